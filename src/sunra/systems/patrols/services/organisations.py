"""Organisations, members and teams from CSV files; numbers as they come, the same file twice changes
nothing.
"""

import csv
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sunra.core.geo.districts import districts
from sunra.core.routing import SPEEDS_KMH
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.ledger.services import Act, record
from sunra.systems.patrols.models import Member, Organisation, Team, TeamKind
from sunra.systems.patrols.rules import IMPORT

_NO = frozenset({"", "0", "n", "no", "false", "아니오", "비활동"})
_MAX_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows were new, and how many were there before."""

    added: int
    known: int


def import_organisations(
    *, actor: Actor, agency_id: UUID, path: Path, demo: bool = False, groups: Mapping[str, UUID] | None = None
) -> Imported:
    """Columns ``key name kind dong active``; ``groups`` names by key the agency with which a group signs in.

    Raises ``PermissionDenied``; ``UserError`` with file and line, and nothing is written then.
    """
    _allowed(actor, agency_id)

    def keep(row: Mapping[str, str]) -> bool:
        values = {
            "name": _needed(row, "name")[:120],
            "kind": row.get("kind", "").strip()[:40],
            "dong": row.get("dong", "").strip()[:10],
            "active": row.get("active", "1").strip().lower() not in _NO,
            "demo": demo,
        }
        key = _needed(row, "key")
        if groups and key in groups:
            values["group_id"] = groups[key]
        return Organisation.objects.update_or_create(agency_id=agency_id, key=key, defaults=values)[1]

    return _each(path, keep)


@transaction.atomic
def import_members(*, actor: Actor, agency_id: UUID, path: Path) -> Imported:
    """Columns ``key organisation name role joined``; telephone numbers and anything else stay in the file.

    The change is in the ledger before a name is stored.
    """
    _allowed(actor, agency_id)
    record(
        actor=actor, act=Act.CHANGE, subject="patrols.Member", ref=str(agency_id), purpose="import of members"
    )
    known = dict(Organisation.objects.filter(agency_id=agency_id).values_list("key", "id"))
    found: dict[tuple[UUID, str], Member] = {}

    def keep(row: Mapping[str, str]) -> bool:
        organisation = known.get(_needed(row, "organisation"))
        if organisation is None:
            raise _WrongFieldError("organisation")
        joined = row.get("joined", "").strip()
        key = _needed(row, "key")
        found[organisation, key] = Member(
            agency_id=agency_id,
            organisation_id=organisation,
            key=key,
            name=_needed(row, "name")[:60],
            role=row.get("role", "").strip()[:40],
            joined=_parsed(dt.date.fromisoformat, joined, "joined") if joined else None,
        )
        return True

    _each(path, keep)
    before = Member.objects.filter(agency_id=agency_id).count()
    Member.objects.bulk_create(
        found.values(),
        batch_size=500,
        update_conflicts=True,
        unique_fields=["organisation", "key"],
        update_fields=["name", "role", "joined", "updated"],
    )
    added = Member.objects.filter(agency_id=agency_id).count() - before
    return Imported(added, len(found) - added)


def import_teams(*, actor: Actor, agency_id: UUID, path: Path, demo: bool = False) -> Imported:
    """Columns ``key name kind organisation start_name lon lat shift_from shift_minutes speed_kmh size``.

    ``kind`` is car, foot or dog; a team on foot has two people or more; the start lies in a district.
    """
    _allowed(actor, agency_id)
    known = dict(Organisation.objects.filter(agency_id=agency_id).values_list("key", "id"))

    def keep(row: Mapping[str, str]) -> bool:
        key, values = _needed(row, "key"), _team(row, known)
        return Team.objects.update_or_create(agency_id=agency_id, key=key, defaults=values | {"demo": demo})[
            1
        ]

    return _each(path, keep)


def _team(row: Mapping[str, str], known: Mapping[str, UUID]) -> dict[str, Any]:
    """One team's values, each checked."""
    kind = _needed(row, "kind").lower()
    if kind not in TeamKind.values:
        raise _WrongFieldError("kind")
    organisation = row.get("organisation", "").strip()
    if organisation and organisation not in known:
        raise _WrongFieldError("organisation")
    lon, lat = (_parsed(float, _needed(row, name), name) for name in ("lon", "lat"))
    dong = str(districts().locate(lon, lat))
    if not dong:
        raise _WrongFieldError("lon")
    size = _parsed(int, row.get("size", "").strip() or "2", "size")
    if kind != TeamKind.CAR and size < 2:
        raise _WrongFieldError("size")
    speed = _parsed(float, row.get("speed_kmh", "").strip() or str(SPEEDS_KMH[kind]), "speed_kmh")  # type: ignore[index]
    minutes = _parsed(int, _needed(row, "shift_minutes"), "shift_minutes")
    if not 0 < minutes <= 24 * 60:
        raise _WrongFieldError("shift_minutes")
    if not 0 < speed <= 80:
        raise _WrongFieldError("speed_kmh")
    return {
        "organisation_id": known.get(organisation),
        "name": _needed(row, "name")[:120],
        "kind": kind,
        "district": dong[:5],
        "start_name": row.get("start_name", "").strip()[:120],
        "start_lon": lon,
        "start_lat": lat,
        "shift_from": _parsed(dt.time.fromisoformat, _needed(row, "shift_from"), "shift_from"),
        "shift_minutes": minutes,
        "speed_kmh": speed,
        "size": size,
        "active": True,
    }


class _WrongFieldError(ValueError):
    """A row's field is missing or has no meaning; ``args[0]`` names it."""


def _needed(row: Mapping[str, str], name: str) -> str:
    value = (row.get(name) or "").strip()
    if not value:
        raise _WrongFieldError(name)
    return value


def _parsed(parse: Callable[[str], Any], value: str, name: str) -> Any:
    try:
        return parse(value)
    except ValueError as error:
        raise _WrongFieldError(name) from error


def _allowed(actor: Actor, agency_id: UUID) -> None:
    require(actor, IMPORT)
    if agency_id not in actor.scope:
        raise PermissionDenied


@transaction.atomic
def _each(path: Path, keep: Callable[[Mapping[str, str]], bool]) -> Imported:
    """Keep every row or none; the error names file, line and field, never the value."""
    added = known = 0
    for line, row in _rows(path):
        try:
            if keep(row):
                added += 1
            else:
                known += 1
        except _WrongFieldError as error:
            raise UserError(
                "patrols.bad_row",
                _("A field is missing or cannot be read."),
                _("Correct this line and import the file again; nothing was changed."),
                (path.name, str(line), str(error.args[0])),
            ) from error
    return Imported(added, known)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and row of a UTF-8 or CP949 CSV with a header."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp949", errors="replace")
    for count, row in enumerate(csv.DictReader(text.splitlines()), start=2):
        if count > _MAX_ROWS:
            break
        yield (
            count,
            {str(key).strip(): value or "" for key, value in row.items() if isinstance(value, str | None)},
        )
