"""Shifts in an actor's reach, and what a phone may read of its own."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import F, Q, QuerySet

from sunra.platform.accounts.access import get_visible, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.ledger.services import Act, record
from sunra.systems.patrols.models import (
    Alarm,
    DutyRules,
    EventKind,
    FieldEvent,
    Hazard,
    Message,
    PlanStop,
    Shift,
    ShiftStatus,
)
from sunra.systems.patrols.rules import DIRECT, VIEW_DUTY, WALKERS
from sunra.systems.patrols.selectors.reach import in_reach

OPEN = (ShiftStatus.PLANNED, ShiftStatus.ON_PATROL)
LATEST_LINES = 50


def reach(actor: Actor, via: str = "") -> Q:
    """Whose shifts an actor deals with: those who walk their own group's, others their agencies'.

    ``via`` leads from another table to the shift, as in ``"shift__"``.
    """
    side = "group_id" if actor.role in WALKERS else "agency_id"
    return Q(**{f"{via}{side}__in": actor.scope})


def shifts(actor: Actor) -> QuerySet[Shift]:
    """Shifts in reach, latest night first."""
    require(actor, VIEW_DUTY)
    found = Shift.objects.select_related("organisation", "plan").filter(reach(actor))
    return found.order_by("-day", "starts", "name")


def shift_of(actor: Actor, shift_id: UUID) -> Shift:
    """One shift in reach; ``Http404`` beyond it."""
    require(actor, VIEW_DUTY)
    rows = Shift.objects.select_related("organisation", "plan", "plan_team")
    return in_reach(rows, reach(actor), actor, id=shift_id)


def open_nights(actor: Actor) -> list[tuple[str, dt.date]]:
    """Districts and days with a shift in reach that is not over, the earliest first."""
    found = shifts(actor).filter(status__in=OPEN).order_by("day", "district")
    return list(dict.fromkeys(found.values_list("district", "day")))


def open_alarms(actor: Actor) -> list[Alarm]:
    """Alarms in reach that nobody closed, the latest first."""
    require(actor, VIEW_DUTY)
    return list(Alarm.objects.select_related("shift").filter(reach(actor, "shift__"), closed_at=None))


def progress(shift: Shift) -> list[tuple[PlanStop, dt.datetime | None]]:
    """A shift's stops in order, each with the time of its first check-in."""
    if shift.plan_team_id is None:
        return []
    visits = FieldEvent.objects.filter(shift=shift, kind=EventKind.CHECK_IN).order_by("-at")
    first = dict(visits.exclude(stop=None).values_list("stop_id", "at"))
    return [(stop, first.get(stop.pk)) for stop in PlanStop.objects.filter(team_id=shift.plan_team_id)]


def read_lines(actor: Actor, shift: Shift) -> list[Message]:
    """A shift's lines, people's own words: the ledger keeps the look first.

    Raises ``LedgerUnavailable``; nothing is read then.
    """
    record(
        actor=actor, act=Act.LOOK, subject="patrols.Message", ref=str(shift.pk), purpose="lines of a shift"
    )
    return lines_for(shift)


def hazards(actor: Actor) -> QuerySet[Hazard]:
    """Reports of the actor's agencies, open ones first."""
    require(actor, DIRECT)
    found = Hazard.objects.filter(agency_id__in=actor.scope)
    return found.order_by(F("closed_at").desc(nulls_first=True), "-at")


def hazard_of(actor: Actor, hazard_id: UUID) -> Hazard:
    """One report in reach, without a look at its words; ``Http404`` beyond it."""
    require(actor, DIRECT)
    return get_visible(Hazard.objects.select_related("photo"), actor, id=hazard_id)


def read_hazard(actor: Actor, hazard_id: UUID) -> Hazard:
    """One report with its words; the ledger keeps the look first. Raises ``LedgerUnavailable``."""
    found = hazard_of(actor, hazard_id)
    record(
        actor=actor, act=Act.LOOK, subject="patrols.Hazard", ref=str(found.pk), purpose="to have it mended"
    )
    return found


def rules_of(agency_id: UUID) -> DutyRules:
    """The agency's rules of duty; the defaults, not stored, where it has none."""
    return DutyRules.objects.filter(agency_id=agency_id).first() or DutyRules(agency_id=agency_id)


def lines_for(shift: Shift, *, after: dt.datetime | None = None) -> list[Message]:
    """What was said to a shift alone and to all of its night (its own words too), oldest first.

    A recall reaches volunteers alone.
    """
    own = Q(shift=shift) | Q(shift=None, district=shift.district)
    found = Message.objects.filter(own, agency_id=shift.agency_id, day=shift.day)
    if shift.recalled_at is None:
        found = found.exclude(recall=True)
    if after is not None:
        found = found.filter(at__gt=after)
    return list(found.order_by("-at")[:LATEST_LINES])[::-1]


def lines_of(shifts: Iterable[Shift]) -> dict[UUID, list[Message]]:
    """The same for several shifts, with one question."""
    asked = {shift.pk: shift for shift in shifts}
    found: dict[UUID, list[Message]] = {identity: [] for identity in asked}
    to = Q(shift_id__in=list(asked)) | Q(shift=None, district__in={one.district for one in asked.values()})
    rows = Message.objects.filter(
        to,
        agency_id__in={one.agency_id for one in asked.values()},
        day__in={one.day for one in asked.values()},
    ).order_by("at")
    for row in rows:
        for shift in asked.values():
            if _is_for(row, shift):
                found[shift.pk].append(row)
    return {identity: lines[-LATEST_LINES:] for identity, lines in found.items()}


def _is_for(line: Message, shift: Shift) -> bool:
    if (line.agency_id, line.day) != (shift.agency_id, shift.day):
        return False
    if line.recall and shift.recalled_at is None:
        return False
    return line.shift_id == shift.pk or (line.shift_id is None and line.district == shift.district)
