"""The live board: which team is in which cell, for those who direct the night. Teams, never persons.

A reading asks the database once for everybody who watches; what one of them may see is chosen from it.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.core import signing
from django.db.models import Q

from sunra.core.geo import cells
from sunra.core.geo.districts import districts
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.time import SEOUL, now
from sunra.platform.ledger.services import Act, record
from sunra.systems.patrols.models import Alarm, AlarmKind, Shift, ShiftStatus
from sunra.systems.patrols.rules import VIEW_LIVE, WALKERS

PURPOSE = "live board of a night"
ON, WAITING, RECALLED, ALARM = "on", "waiting", "recalled", "alarm"
_TICKET_SECONDS = 12 * 3600
_SALT = "patrols.live"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seat:
    """What a watcher may see: shifts whose agency (``walks``: whose group) lies in ``scope``."""

    walks: bool
    scope: frozenset[UUID]

    @classmethod
    def of(cls, actor: Actor) -> "Seat":
        """The actor's seat. Raises ``PermissionDenied``."""
        require(actor, VIEW_LIVE)
        return cls(actor.role in WALKERS, actor.scope)

    def sees(self, agency_id: UUID, group_id: UUID | None) -> bool:
        """Whether a shift of these is on this board."""
        return (group_id if self.walks else agency_id) in self.scope


@dataclass(frozen=True, slots=True)
class Reading:
    """All teams on duty at a moment, each with its agency and group."""

    at: dt.datetime
    teams: tuple[tuple[UUID, UUID | None, Row], ...] = ()

    def board(self, seat: Seat) -> dict[str, Row]:
        """The rows of a seat, by shift."""
        return {row["id"]: row for agency_id, group_id, row in self.teams if seat.sees(agency_id, group_id)}


def read(moment: dt.datetime | None = None, seat: Seat | None = None) -> Reading:
    """Teams on patrol, and those that should have begun and have not; two questions to the database.

    ``seat`` narrows it for one watcher; the stream's reader asks for all.
    """
    at = moment or now()
    due = Q(status=ShiftStatus.PLANNED, starts__lte=at, ends__gt=at)
    found = Shift.objects.filter(Q(status=ShiftStatus.ON_PATROL) | due)
    if seat is not None:
        found = found.filter(**{f"{'group_id' if seat.walks else 'agency_id'}__in": seat.scope})
    rows: list[Any] = list(
        found.order_by("district", "name").values(
            "id", "agency_id", "group_id", "plan_id", "name", "kind", "district", "day", "starts", "ends",
            "status", "recalled_at", "cell_e", "cell_n", "seen_at", "demo",
        )
    )  # fmt: skip
    alarms: dict[UUID, list[str]] = {}
    known = Alarm.objects.filter(closed_at=None, shift__in=[row["id"] for row in rows] if seat else found)
    for shift_id, kind in known.order_by("raised_at").values_list("shift_id", "kind"):
        alarms.setdefault(shift_id, []).append(kind)
    return Reading(at, tuple(_rows(rows, alarms)))


def _rows(rows: list[Row], alarms: dict[UUID, list[str]]) -> Iterable[tuple[UUID, UUID | None, Row]]:
    placed = [row for row in rows if row["cell_e"] is not None and row["status"] == ShiftStatus.ON_PATROL]
    east, north = (np.array([row[name] for row in placed], dtype=np.int64) for name in ("cell_e", "cell_n"))
    lon, lat = cells.center(east, north) if placed else (east, north)
    where = {
        row["id"]: (cells.format_cell(row["cell_e"], row["cell_n"]), round(float(x), 5), round(float(y), 5))
        for row, x, y in zip(placed, lon, lat, strict=True)
    }
    for row in rows:
        number, x, y = where.get(row["id"], ("", None, None))
        open_alarms = alarms.get(row["id"], [])
        yield (
            row["agency_id"],
            row["group_id"],
            {
                "id": str(row["id"]), "name": row["name"], "kind": row["kind"],
                "district": districts().district(row["district"]).name, "state": _state(row, open_alarms),
                "cell": number, "lon": x, "lat": y, "alarms": open_alarms,
                "seen": _clock(row["seen_at"]), "ends": _clock(row["ends"]), "demo": row["demo"],
            },
        )  # fmt: skip


def _state(row: Row, alarms: list[str]) -> str:
    if alarms:
        return ALARM
    if row["recalled_at"] is not None:
        return RECALLED
    return ON if row["status"] == ShiftStatus.ON_PATROL else WAITING


def _clock(at: dt.datetime | None) -> str:
    return f"{at.astimezone(SEOUL):%H:%M}" if at else ""


def open_board(actor: Actor) -> Seat:
    """A seat at the board: the ledger keeps that it was opened, before anything is read.

    Raises ``PermissionDenied``, ``LedgerUnavailable``.
    """
    seat = Seat.of(actor)
    record(
        actor=actor, act=Act.LOOK, subject="patrols.Presence", ref=str(actor.agency_id or ""), purpose=PURPOSE
    )
    return seat


def ticket(actor: Actor) -> str:
    """What an open board shows when it asks again: that its opening is in the ledger. Half a day long."""
    return signing.dumps(_holder(actor), salt=_SALT)


def seat_again(actor: Actor, shown: str) -> Seat:
    """The seat of a board that is open already; without a valid ticket of the same person it is opened anew.

    Raises ``PermissionDenied``, ``LedgerUnavailable``.
    """
    try:
        known = signing.loads(shown, salt=_SALT, max_age=_TICKET_SECONDS) == _holder(actor)
    except signing.BadSignature:
        known = False
    return Seat.of(actor) if known else open_board(actor)


def _holder(actor: Actor) -> list[str]:
    return [actor.id, str(actor.agency_id), actor.role]


def board_alarms(actor: Actor) -> list[Alarm]:
    """Open alarms on the actor's board, calls for help first, then the longest open."""
    seat = Seat.of(actor)
    side = "group_id" if seat.walks else "agency_id"
    found = Alarm.objects.select_related("shift").filter(closed_at=None, **{f"shift__{side}__in": seat.scope})
    return sorted(found, key=lambda one: (one.kind != AlarmKind.HELP, one.raised_at))
