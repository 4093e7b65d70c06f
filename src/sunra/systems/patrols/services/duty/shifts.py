"""Shifts: opened with a confirmed plan, spoken to, recalled."""

import datetime as dt
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sunra.platform.accounts.access import get_visible, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now
from sunra.platform.ledger.services import Act, record
from sunra.systems.patrols.models import (
    DutyRules,
    Hazard,
    Message,
    Plan,
    PlanTeam,
    Shift,
    ShiftStatus,
    Team,
    TeamKind,
)
from sunra.systems.patrols.rules import DIRECT, LEAD, MAKE
from sunra.systems.patrols.selectors.duty import OPEN, shift_of

LONGEST_LINE = 300


def open_shifts(plan: Plan) -> list[Shift]:
    """Give every team of a confirmed plan its shift of the night; call it in the confirming transaction.

    A team that has one already keeps it, and its phones with it: they get the new route. One on patrol
    keeps its times too and is told. A planned shift whose team the new plan leaves out is cancelled; one on
    patrol stays until its people end it.
    """
    teams = list(PlanTeam.objects.filter(plan=plan).select_related("team__organisation"))
    known = {
        row.name: row
        for row in Shift.objects.select_for_update().filter(
            agency_id=plan.agency_id, district=plan.district, day=plan.day, status__in=OPEN
        )
    }
    kept = [_shift(plan, team, known.pop(team.name, None)) for team in teams]
    gone = [row.pk for row in known.values() if row.status == ShiftStatus.PLANNED]
    Shift.objects.filter(pk__in=gone).update(status=ShiftStatus.CANCELLED)
    return kept


def _shift(plan: Plan, team: PlanTeam, known: Shift | None) -> Shift:
    crew: Team | None = team.team
    if known is not None and known.status == ShiftStatus.ON_PATROL:
        return _led_on(plan, team, known)
    row = known or Shift(agency_id=plan.agency_id, district=plan.district, day=plan.day, name=team.name)
    row.plan, row.plan_team, row.team = plan, team, crew
    row.organisation, row.group_id = (crew.organisation if crew else None), team.group_id
    row.kind, row.demo = team.kind, plan.demo
    length = max(team.minutes, crew.shift_minutes if crew else 0.0, 1.0)
    row.starts, row.ends = team.starts, team.starts + dt.timedelta(minutes=length)
    row.people = crew.size if crew else 2
    row.save()
    return row


def _led_on(plan: Plan, team: PlanTeam, shift: Shift) -> Shift:
    """A team on patrol walks on by the new plan, from where it is, until its own end."""
    if shift.plan_team_id != team.pk:
        shift.plan, shift.plan_team = plan, team
        shift.save(update_fields=["plan", "plan_team", "updated"])
        Message.objects.create(
            agency_id=shift.agency_id, shift=shift, district=shift.district, day=shift.day, at=now(),
            text=str(_("Your route has changed. Go on with the first stop of the list.")),
            sent_by=plan.confirmed_by[:60],
        )  # fmt: skip
    return shift


@transaction.atomic
def say(
    *, actor: Actor, text: str, shift_id: UUID | None = None, district: str = "", day: dt.date | None = None
) -> Message:
    """Send a line to one shift, or to all of a district's night. Raises ``PermissionDenied``, ``Http404``."""
    text = _line(text)
    if shift_id is None:
        require(actor, DIRECT)
        if actor.agency_id is None or not district or day is None:
            raise PermissionDenied
        agency_id, target = actor.agency_id, None
    else:
        require(actor, LEAD)
        target = shift_of(actor, shift_id)
        agency_id, district, day = target.agency_id, target.district, target.day
    return Message.objects.create(
        agency_id=agency_id, shift=target, district=district, day=day, text=text,
        sent_by=actor.label[:60], at=now(),
    )  # fmt: skip


@transaction.atomic
def recall(*, actor: Actor, district: str, day: dt.date, text: str = "") -> int:
    """Call all volunteers of a night back; how many shifts that were. Police crews are not touched.

    For an alert of active violence: volunteers are recalled, never sent. The ledger keeps who did it.
    Raises ``PermissionDenied``.
    """
    require(actor, DIRECT)
    if actor.agency_id is None:
        raise PermissionDenied
    called = Shift.objects.filter(
        agency_id__in=actor.scope, district=district, day=day, status__in=OPEN
    ).exclude(organisation=None, kind=TeamKind.CAR)
    record(
        actor=actor, act=Act.CHANGE, subject="patrols.Shift", ref=f"{district} {day}",
        purpose="volunteers recalled",
    )  # fmt: skip
    moment = now()
    agencies = set(called.values_list("agency_id", flat=True))
    count = called.update(recalled_at=moment)
    for agency_id in agencies or {actor.agency_id}:
        Message.objects.create(
            agency_id=agency_id, district=district, day=day, recall=True, at=moment,
            text=_line(text) if text.strip() else str(_("Go back to your starting point now.")),
            sent_by=actor.label[:60],
        )  # fmt: skip
    return count


@transaction.atomic
def close_hazard(*, actor: Actor, hazard_id: UUID, outcome: str) -> Hazard:
    """Write what became of a report. Raises ``PermissionDenied``, ``Http404``, ``UserError``."""
    require(actor, DIRECT)
    found = get_visible(Hazard.objects.select_for_update(), actor, id=hazard_id)
    found.outcome, found.closed_at = _line(outcome), now()
    found.save(update_fields=["outcome", "closed_at", "updated"])
    return found


@transaction.atomic
def set_rules(*, actor: Actor, late_minutes: int, end_minutes: int, track_days: int) -> DutyRules:
    """Keep an agency's rules of duty; the ledger keeps the change. Raises ``PermissionDenied``."""
    require(actor, MAKE)
    if actor.agency_id is None:
        raise PermissionDenied
    given = {"late_minutes": late_minutes, "end_minutes": end_minutes, "track_days": track_days}
    record(
        actor=actor, act=Act.CHANGE, subject="patrols.DutyRules", ref=str(actor.agency_id),
        purpose="rules of duty", detail=given,
    )  # fmt: skip
    row, _made = DutyRules.objects.update_or_create(agency_id=actor.agency_id, defaults=given)
    return row


def _line(text: str) -> str:
    found = " ".join(text.split())
    if not found or len(found) > LONGEST_LINE:
        raise UserError(
            "line", _("Write a line of at most 300 characters."), _("Shorten the text, or write one.")
        )
    return found
