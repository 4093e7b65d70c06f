"""Reads people and memberships."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from sunra.platform.accounts.models import Membership, Person
from sunra.platform.agencies.selectors import reach
from sunra.platform.base.actor import Actor
from sunra.platform.base.time import now


def valid(at: datetime | None = None) -> Q:
    """The condition that a membership is in force: begun, not ended, of an active agency."""
    moment = at or now()
    begun = Q(valid_from__lte=moment)
    return begun & (Q(valid_until__isnull=True) | Q(valid_until__gt=moment)) & Q(agency__active=True)


def memberships_of(person: Person) -> QuerySet[Membership]:
    """The memberships of a person that are in force, the longest held first."""
    held = Membership.objects.filter(valid(), person=person, person__is_active=True)
    return held.select_related("agency").order_by("valid_from", "id")


def person_actor(person: Person, membership_id: UUID | None = None) -> Actor:
    """The actor a person is in the chosen membership, else the longest held, else without a role."""
    held = list(memberships_of(person))
    chosen = next((one for one in held if one.id == membership_id), held[0] if held else None)
    if chosen is None:
        return Actor(kind="person", id=str(person.public_id), label=person.name, person_id=person.pk)
    scope, dongs = reach(chosen.agency_id)
    return Actor(
        kind="person",
        id=str(person.public_id),
        label=person.name,
        person_id=person.pk,
        agency_id=chosen.agency_id,
        role=chosen.role,
        scope=scope,
        dongs=dongs,
        membership_id=chosen.id,
    )
