"""Plans and routes in the actor's reach."""

import datetime as dt
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from sunra.platform.accounts.access import get_visible, require
from sunra.platform.accounts.actor import Actor
from sunra.systems.patrols.models import (
    EventKind,
    FieldEvent,
    Plan,
    PlanStatus,
    PlanStop,
    PlanTeam,
    Shift,
    WalkedCell,
)
from sunra.systems.patrols.rules import VIEW, WALKERS

LEAST_MINUTES = 1.0
"""What all teams together must have been in a cell for it to count as walked."""


def plans(actor: Actor) -> QuerySet[Plan]:
    """Plans of the actor's agencies, and confirmed ones that stop in the actor's jurisdiction.

    Those who walk see confirmed plans with a route of their own group.
    """
    require(actor, VIEW)
    found = Plan.objects.select_related("agency")
    confirmed = Q(status=PlanStatus.CONFIRMED)
    if actor.role in WALKERS:
        mine = PlanTeam.objects.filter(group_id__in=actor.scope).values("plan_id")
        return found.filter(confirmed, id__in=mine)
    touched = PlanStop.objects.filter(dong__in=actor.dongs).values("team__plan_id")
    return found.filter(Q(agency_id__in=actor.scope) | confirmed & Q(id__in=touched))


def plan(actor: Actor, plan_id: UUID) -> Plan:
    """One plan; ``Http404`` beyond the actor's reach."""
    found = plans(actor).filter(id=plan_id).first()
    if found:
        return found
    # A draft of the walker's own agency is not theirs to see, though it lies in their scope.
    beyond = Plan.objects.exclude(agency_id__in=actor.scope) if actor.role in WALKERS else Plan.objects.all()
    return get_visible(beyond, actor, id=plan_id)


def latest(actor: Actor, *, district: str = "", day: dt.date | None = None) -> Plan | None:
    """The newest plan in reach; a confirmed one comes before drafts of the same night."""
    found = plans(actor)
    if district:
        found = found.filter(district=district)
    if day:
        found = found.filter(day=day)
    return found.order_by("-day", "status", "-updated").first()


def counted(nights: QuerySet[Plan]) -> dict[dt.date, UUID]:
    """By night the plan that counts: the confirmed one, else the newest; earliest night first."""
    # "draft" sorts behind "confirmed" backwards, so the last of a day is the one that was walked.
    return dict(nights.order_by("day", "-status", "updated").values_list("day", "id"))


def stops_by_night(actor: Actor, found: Plan, nights: int) -> dict[dt.date, frozenset[tuple[int, int]]]:
    """Cells looked after on each of the last ``nights`` nights up to the plan's own, of its agency.

    Of each night the confirmed plan counts, else the newest; of the plan's own night the plan itself. Where
    a phone began a shift, stops with a check-in count, and cells walked as soon as tracks are summed up;
    on nights without phones the planned stops stand in.
    """
    own = plans(actor).filter(agency_id=found.agency_id, district=found.district, demo=found.demo)
    begin = found.day - dt.timedelta(days=nights - 1)
    last = counted(own.filter(day__range=(begin, found.day))) | {found.day: found.id}
    cells: dict[dt.date, set[tuple[int, int]]] = {day: set() for day in last}
    stops = PlanStop.objects.filter(team__plan_id__in=list(last.values()))
    for day, east, north in stops.values_list("team__plan__day", "cell_e", "cell_n"):
        cells[day].add((east, north))
    return {day: frozenset(one) for day, one in (cells | _walked(found, last)).items()}


def _walked(found: Plan, nights: dict[dt.date, UUID]) -> dict[dt.date, set[tuple[int, int]]]:
    """Where teams were, of the nights before ``found`` on which a phone reported."""
    begun = Shift.objects.filter(plan_id__in=list(nights.values()), begun_at__isnull=False)
    there: dict[dt.date, set[tuple[int, int]]] = {
        day: set() for day in begun.values_list("plan__day", flat=True) if day < found.day
    }
    visits = FieldEvent.objects.filter(kind=EventKind.CHECK_IN, stop__team__plan__day__in=list(there))
    visits = visits.filter(stop__team__plan_id__in=list(nights.values()))
    summed = WalkedCell.objects.filter(
        agency_id=found.agency_id, district=found.district, demo=found.demo, day__in=list(there),
        minutes__gte=LEAST_MINUTES,
    )  # fmt: skip
    rows = [
        *visits.values_list("stop__team__plan__day", "stop__cell_e", "stop__cell_n"),
        *summed.values_list("day", "cell_e", "cell_n"),
    ]
    for day, east, north in rows:
        there[day].add((east, north))
    return there


def routes(actor: Actor, found: Plan) -> list[PlanTeam]:
    """The teams of a plan with their stops; those who walk see their own group's alone."""
    require(actor, VIEW)
    teams = PlanTeam.objects.filter(plan=found).prefetch_related(
        Prefetch("stops", PlanStop.objects.order_by("order"))
    )
    if actor.role in WALKERS:
        teams = teams.filter(group_id__in=actor.scope)
    return list(teams.order_by("order"))
