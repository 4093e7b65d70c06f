"""Everything that reads: plans and routes in the actor's reach, organisations, and members on the record."""

import datetime as dt
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from sunra.platform.accounts.access import get_visible, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.ledger.services import Act, record
from sunra.systems.patrols.models import Member, Organisation, Plan, PlanStatus, PlanStop, PlanTeam, Team
from sunra.systems.patrols.rules import VIEW, VIEW_MEMBER, VIEW_ORGANISATION, WALKERS


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


def routes(actor: Actor, found: Plan) -> list[PlanTeam]:
    """The teams of a plan with their stops; those who walk see their own group's alone."""
    require(actor, VIEW)
    teams = PlanTeam.objects.filter(plan=found).prefetch_related(
        Prefetch("stops", PlanStop.objects.order_by("order"))
    )
    if actor.role in WALKERS:
        teams = teams.filter(group_id__in=actor.scope)
    return list(teams.order_by("order"))


def teams(actor: Actor) -> QuerySet[Team]:
    """The teams that the actor's agencies keep, or that belong to the actor's group."""
    require(actor, VIEW_ORGANISATION)
    return Team.objects.select_related("organisation").filter(
        Q(agency_id__in=actor.scope) | Q(organisation__group_id__in=actor.scope)
    )


def organisations(actor: Actor) -> QuerySet[Organisation]:
    """Patrol organisations that the actor's agencies keep, or that are the actor's own group;
    with figures.
    """
    require(actor, VIEW_ORGANISATION)
    mine = Organisation.objects.filter(Q(agency_id__in=actor.scope) | Q(group_id__in=actor.scope))
    return mine.annotate(
        member_count=Count("members", filter=Q(members__active=True), distinct=True),
        team_count=Count("teams", filter=Q(teams__active=True), distinct=True),
    ).order_by("name")


def organisation(actor: Actor, organisation_id: UUID) -> Organisation:
    """One organisation; ``Http404`` beyond the actor's reach."""
    found = organisations(actor).filter(id=organisation_id).first()
    return found or get_visible(Organisation.objects.all(), actor, id=organisation_id)


def members(actor: Actor, organisation_id: UUID, *, purpose: str) -> QuerySet[Member]:
    """The members of one organisation; the look is in the ledger before a name is read.

    Raises ``PurposeMissing`` and ``LedgerUnavailable`` (nothing may be read then).
    """
    require(actor, VIEW_MEMBER)
    found = organisation(actor, organisation_id)
    record(actor=actor, act=Act.LOOK, subject="patrols.Member", ref=str(found.id), purpose=purpose)
    return Member.objects.filter(organisation=found)
