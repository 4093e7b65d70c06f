"""Organisations and teams, with figures."""

from uuid import UUID

from django.db.models import Count, Q, QuerySet

from sunra.platform.accounts.access import get_visible, require
from sunra.platform.accounts.actor import Actor
from sunra.systems.patrols.models import Organisation, Team
from sunra.systems.patrols.rules import MAKE, VIEW_ORGANISATION


def teams(actor: Actor) -> QuerySet[Team]:
    """The teams that the actor's agencies keep, or that belong to the actor's group."""
    require(actor, VIEW_ORGANISATION)
    return Team.objects.select_related("organisation").filter(
        Q(agency_id__in=actor.scope) | Q(organisation__group_id__in=actor.scope)
    )


def teams_on_duty(actor: Actor, district: str) -> QuerySet[Team]:
    """The teams that the actor's agency can send out in a district."""
    require(actor, MAKE)
    return Team.objects.filter(agency_id__in=[actor.agency_id], district=district, active=True).exclude(
        organisation__active=False
    )


def organisations(actor: Actor) -> QuerySet[Organisation]:
    """Patrol organisations that the actor's agencies keep, or that are the actor's own group;
    with figures.
    """
    require(actor, VIEW_ORGANISATION)
    mine = Organisation.objects.filter(Q(agency_id__in=actor.scope) | Q(group_id__in=actor.scope))
    return mine.annotate(
        member_count=Count("members", filter=Q(members__active=True, members__withdrawn=None), distinct=True),
        team_count=Count("teams", filter=Q(teams__active=True), distinct=True),
    ).order_by("name")


def organisation(actor: Actor, organisation_id: UUID) -> Organisation:
    """One organisation; ``Http404`` beyond the actor's reach."""
    found = organisations(actor).filter(id=organisation_id).first()
    return found or get_visible(Organisation.objects.all(), actor, id=organisation_id)
