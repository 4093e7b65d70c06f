"""Organisations and teams from files; numbers as they come, the same file twice changes nothing."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from sunra.core.geo.districts import districts
from sunra.core.routing import SPEEDS_KMH
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.systems.patrols.models import Organisation, Team, TeamKind
from sunra.systems.patrols.rules import IMPORT
from sunra.systems.patrols.services import gear_files, member_files
from sunra.systems.patrols.services.sheets import (
    Imported,
    Sheet,
    WrongFieldError,
    each,
    needed,
    parsed,
)

COLUMNS: dict[str, tuple[str, ...]] = {
    "organisations": ("key", "name", "kind", "dong", "active"),
    "members": member_files.COLUMNS,
    "teams": (
        "key", "name", "kind", "organisation", "start_name", "lon", "lat", "shift_from", "shift_minutes",
        "speed_kmh", "size",
    ),
    "equipment": gear_files.COLUMNS,
}  # fmt: skip
NEEDED = {
    "organisations": ("key", "name", "kind"),
    "members": member_files.NEEDED,
    "teams": ("key", "name", "kind", "lon", "lat", "shift_from", "shift_minutes"),
    "equipment": gear_files.NEEDED,
}
_WORDS = {"members": member_files.WORDS, "equipment": gear_files.WORDS}
MOST_PEOPLE = 100
_NO = frozenset({"", "0", "n", "no", "false", "아니오", "비활동"})


def sheet_of(what: str, data: bytes, name: str) -> Sheet:
    """A file of one of ``COLUMNS``."""
    return Sheet(data, name, NEEDED[what], COLUMNS[what], _WORDS.get(what, {}))


def import_organisations(
    *, actor: Actor, agency_id: UUID, path: Path, demo: bool = False, groups: Mapping[str, UUID] | None = None
) -> Imported:
    """Columns ``key name kind dong active``; ``groups`` names by key the agency with which a group signs in.

    Raises ``PermissionDenied``; ``ImportRefused`` with file, row and field, and nothing is written then.
    """
    sheet = sheet_of("organisations", path.read_bytes(), path.name)
    return take_organisations(actor=actor, agency_id=agency_id, sheet=sheet, demo=demo, groups=groups)


def import_teams(*, actor: Actor, agency_id: UUID, path: Path, demo: bool = False) -> Imported:
    """Columns ``key name kind organisation start_name lon lat shift_from shift_minutes speed_kmh size``.

    ``kind`` is car, foot or dog; a team on foot has two people or more; the start lies in a district.
    """
    sheet = sheet_of("teams", path.read_bytes(), path.name)
    return take_teams(actor=actor, agency_id=agency_id, sheet=sheet, demo=demo)


@transaction.atomic
def take_organisations(
    *,
    actor: Actor,
    agency_id: UUID,
    sheet: Sheet,
    demo: bool = False,
    groups: Mapping[str, UUID] | None = None,
) -> Imported:
    """As ``import_organisations``, of a file in memory."""
    _allowed(actor, agency_id)

    def keep(row: Mapping[str, str]) -> tuple[str, bool]:
        values = {
            "name": needed(row, "name")[:120],
            "kind": needed(row, "kind")[:40],
            "dong": row.get("dong", "")[:10],
            "active": row.get("active", "1").lower() not in _NO,
            "demo": demo,
        }
        key = needed(row, "key")[:60]
        if groups and key in groups:
            values["group_id"] = groups[key]
        return key, Organisation.objects.update_or_create(agency_id=agency_id, key=key, defaults=values)[1]

    return each(sheet, keep)


@transaction.atomic
def take_teams(*, actor: Actor, agency_id: UUID, sheet: Sheet, demo: bool = False) -> Imported:
    """As ``import_teams``, of a file in memory."""
    _allowed(actor, agency_id)
    known = dict(Organisation.objects.filter(agency_id=agency_id).values_list("key", "id"))

    def keep(row: Mapping[str, str]) -> tuple[str, bool]:
        key, values = needed(row, "key")[:60], _team(row, known) | {"demo": demo}
        return key, Team.objects.update_or_create(agency_id=agency_id, key=key, defaults=values)[1]

    return each(sheet, keep)


def preview(*, actor: Actor, agency_id: UUID, what: str, sheet: Sheet) -> Imported:
    """What a file would do; nothing is kept. Raises as the import itself."""
    with transaction.atomic():
        if what == "members":
            found = member_files.take_members(actor=actor, agency_id=agency_id, sheet=sheet, trial=True)
        else:
            found = _TAKE[what](actor=actor, agency_id=agency_id, sheet=sheet)
        transaction.set_rollback(True)
    return found


def take(*, actor: Actor, agency_id: UUID, what: str, sheet: Sheet) -> Imported:
    """Import a file of ``what`` (a key of ``COLUMNS``), all or nothing."""
    return _TAKE[what](actor=actor, agency_id=agency_id, sheet=sheet)


_TAKE: dict[str, Any] = {
    "organisations": take_organisations,
    "members": member_files.take_members,
    "teams": take_teams,
    "equipment": gear_files.take_gear,
}


def _team(row: Mapping[str, str], known: Mapping[str, UUID]) -> dict[str, Any]:
    """One team's values, each checked."""
    kind = needed(row, "kind").lower()
    if kind not in TeamKind.values:
        raise WrongFieldError("kind")
    organisation = row.get("organisation", "").strip()
    if organisation and organisation not in known:
        raise WrongFieldError("organisation")
    lon, lat = (parsed(float, needed(row, name), name) for name in ("lon", "lat"))
    dong = str(districts().locate(lon, lat))
    if not dong:
        raise WrongFieldError("lon")
    size = parsed(int, row.get("size", "").strip() or "2", "size")
    if not (1 if kind == TeamKind.CAR else 2) <= size <= MOST_PEOPLE:
        raise WrongFieldError("size")
    speed = parsed(float, row.get("speed_kmh", "").strip() or str(SPEEDS_KMH[kind]), "speed_kmh")  # type: ignore[index]
    minutes = parsed(int, needed(row, "shift_minutes"), "shift_minutes")
    if not 0 < minutes <= 24 * 60:
        raise WrongFieldError("shift_minutes")
    if not 0 < speed <= 80:
        raise WrongFieldError("speed_kmh")
    return {
        "organisation_id": known.get(organisation),
        "name": needed(row, "name")[:120],
        "kind": kind,
        "district": dong[:5],
        "start_name": row.get("start_name", "").strip()[:120],
        "start_lon": lon,
        "start_lat": lat,
        "shift_from": parsed(dt.time.fromisoformat, needed(row, "shift_from"), "shift_from"),
        "shift_minutes": minutes,
        "speed_kmh": speed,
        "size": size,
        "active": True,
    }


def _allowed(actor: Actor, agency_id: UUID) -> None:
    require(actor, IMPORT)
    if agency_id not in actor.scope:
        raise PermissionDenied
