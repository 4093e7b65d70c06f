"""Reads what was found of persons in arrived files, and what tables were released."""

from uuid import UUID

from django.db.models import QuerySet

from sunra.platform.accounts.access import get_visible, require, visible
from sunra.platform.accounts.actor import Actor
from sunra.systems.sharing.models import Release, Screening
from sunra.systems.sharing.rules import RELEASE, TREAT_PERSONS


def screenings(actor: Actor) -> QuerySet[Screening]:
    """Files of the actor's agencies in which persons were found, newest first."""
    require(actor, TREAT_PERSONS)
    return visible(Screening.objects.select_related("agency"), actor)


def screening(actor: Actor, screening_id: UUID) -> Screening:
    """One of them; ``Http404`` outside the actor's agencies."""
    require(actor, TREAT_PERSONS)
    return get_visible(Screening.objects.select_related("agency"), actor, id=screening_id)


def releases(actor: Actor) -> QuerySet[Release]:
    """Tables of counts that the actor's agencies released, without their cells."""
    require(actor, RELEASE)
    return visible(Release.objects.defer("cells"), actor)
