"""Alarms: raised by the server's own timer or by a phone, closed by a person or by what was waited for."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from sunra.platform.accounts.access import get_visible, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.accounts.roles import CONTROL_OPERATOR, SAFETY_OFFICER
from sunra.platform.base.time import now
from sunra.platform.events.registry import declare
from sunra.platform.events.services import publish
from sunra.platform.notices.services import notify
from sunra.systems.patrols.models import (
    Alarm,
    AlarmKind,
    DutyRules,
    EventKind,
    FieldEvent,
    PlanStop,
    Shift,
    ShiftStatus,
)
from sunra.systems.patrols.rules import DIRECT

RAISED = "patrols.alarm_raised"
declare(RAISED, 1, shift=str, district=str, day=str, kind=str, at=str, demo=bool)

_TEXTS = {
    AlarmKind.LATE: gettext_noop("A team did not check in on time."),
    AlarmKind.NO_END: gettext_noop("A team's shift is over and it did not report its end."),
    AlarmKind.HELP: gettext_noop("A team called 112."),
    AlarmKind.DROP_OUT: gettext_noop("A team cannot go on."),
}
BOARD = "/patrols/shifts/"


@transaction.atomic
def raise_for(shift: Shift, kind: AlarmKind, at: dt.datetime) -> Alarm | None:
    """Raise an alarm and tell the room; None when one of the kind is open already."""
    row, made = Alarm.objects.get_or_create(
        shift=shift, kind=kind, closed_at=None, defaults={"agency_id": shift.agency_id, "raised_at": at}
    )
    if not made:
        return None
    notify(
        kind="patrols.alarm", text=_TEXTS[kind], url=f"{BOARD}{shift.pk}/", agency_id=shift.agency_id,
        roles=(SAFETY_OFFICER, CONTROL_OPERATOR),
    )  # fmt: skip
    publish(
        type=RAISED, version=1, agency_id=shift.agency_id,
        payload={
            "shift": str(shift.pk), "district": shift.district, "day": str(shift.day), "kind": str(kind),
            "at": at.isoformat(), "demo": shift.demo,
        },
    )  # fmt: skip
    return row


def settle(shift: Shift, kinds: Collection[AlarmKind], at: dt.datetime) -> int:
    """Close the shift's open alarms of ``kinds``: what they waited for has come."""
    return Alarm.objects.filter(shift=shift, kind__in=kinds, closed_at=None).update(closed_at=at)


@transaction.atomic
def see_alarm(*, actor: Actor, alarm_id: UUID) -> Alarm:
    """Say that somebody looks after it. Raises ``PermissionDenied``, ``Http404``."""
    require(actor, DIRECT)
    found = get_visible(Alarm.objects.select_for_update(), actor, id=alarm_id)
    found.seen_by = actor.label[:60]
    found.save(update_fields=["seen_by", "updated"])
    return found


@transaction.atomic
def close_alarm(*, actor: Actor, alarm_id: UUID, note: str) -> Alarm:
    """Close it with a word on what was found. Raises ``PermissionDenied``, ``Http404``."""
    require(actor, DIRECT)
    found = get_visible(Alarm.objects.select_for_update(), actor, id=alarm_id)
    if found.closed_at is None:
        found.closed_at, found.note = now(), " ".join(note.split())[:300]
        found.seen_by = found.seen_by or actor.label[:60]
        found.save(update_fields=["closed_at", "note", "seen_by", "updated"])
    return found


def watch(moment: dt.datetime | None = None) -> int:
    """The server's timer: teams on patrol that are late at a stop, and ends nobody reported; alarms raised.

    A team that set out late is late by that much everywhere. A stop counts as passed when the team checked
    in there or at a later one. A phone without a network looks late too: the alarm closes by itself when
    its check-in arrives.
    """
    at = moment or now()
    rules = {row.agency_id: row for row in DutyRules.objects.all()}
    raised = 0
    for shift in Shift.objects.filter(status=ShiftStatus.ON_PATROL).iterator():
        own = rules.get(shift.agency_id) or DutyRules(agency_id=shift.agency_id)
        if at > shift.ends + dt.timedelta(minutes=own.end_minutes):
            raised += _once(shift, AlarmKind.NO_END, shift.ends, at)
        else:
            due = _missed(shift, at - dt.timedelta(minutes=own.late_minutes))
            raised += due is not None and _once(shift, AlarmKind.LATE, due, at)
    return raised


def _once(shift: Shift, kind: AlarmKind, due: dt.datetime, at: dt.datetime) -> bool:
    """Raise it unless it was raised since ``due``: what a person closed stays closed."""
    if Alarm.objects.filter(shift=shift, kind=kind, raised_at__gte=due).exists():
        return False
    return raise_for(shift, kind, at) is not None


def _missed(shift: Shift, before: dt.datetime) -> dt.datetime | None:
    """When the latest stop that should have been reached ``before`` was due; None when all is well."""
    late = max(dt.timedelta(0), (shift.begun_at or shift.starts) - shift.starts)
    stops = PlanStop.objects.filter(team_id=shift.plan_team_id, arrive__lte=before - late)
    latest = stops.order_by("-order").values_list("order", "arrive").first()
    if latest is None:
        return None
    visits = FieldEvent.objects.filter(shift=shift, kind=EventKind.CHECK_IN)
    passed = visits.filter(stop__order__gte=latest[0]).exists()
    by_hand = visits.filter(stop=None, at__gte=latest[1] + late).exists()
    return None if passed or by_hand else latest[1] + late
