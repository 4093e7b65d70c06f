"""Handlers with dogs in reach: by number without a look, with names after one is in the ledger."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Q, QuerySet, Value, When

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.time import seoul_today
from sunra.platform.ledger.services import Act, record
from sunra.systems.patrols import sealed
from sunra.systems.patrols.models import DogPair, DogRules, DogScore, DogStage, Organisation
from sunra.systems.patrols.rules import EXAMINE_DOG, MANAGE_DOG, VIEW_DOG
from sunra.systems.patrols.sealed import Details, Dog
from sunra.systems.patrols.selectors.people import SOON, reach
from sunra.systems.patrols.selectors.reach import in_reach

SUBJECT = "patrols.DogPair"
EXAMINERS = 2


@dataclass(frozen=True, slots=True)
class SeenPair:
    """A pair with the seals open, and the scores of its field test so far."""

    pair: DogPair
    handler: Details
    dog: Dog
    scores: tuple[DogScore, ...]


def groups(actor: Actor) -> QuerySet[Organisation]:
    """The organisations for whose members the actor may apply; those with dogs first."""
    require(actor, MANAGE_DOG)
    first = Case(When(kind="dog", then=Value(0)), default=Value(1))
    return Organisation.objects.filter(reach(actor), active=True).order_by(first, "name")


def pairs(actor: Actor) -> QuerySet[DogPair]:
    """All pairs in reach whose handler is a member; by number, nobody is named."""
    require(actor, VIEW_DOG)
    found = DogPair.objects.select_related("handler", "handler__organisation")
    return found.filter(reach(actor, "handler__organisation__"), handler__withdrawn=None)


def pair(actor: Actor, pair_id: UUID) -> DogPair:
    """One pair in reach, sealed; ``Http404`` beyond, with a record of the attempt."""
    require(actor, VIEW_DOG)
    present = DogPair.objects.select_related("handler", "handler__organisation")
    return in_reach(
        present.filter(handler__withdrawn=None), reach(actor, "handler__organisation__"), actor, id=pair_id
    )


def seen(actor: Actor, pair_id: UUID, *, purpose: str) -> SeenPair:
    """One pair, unsealed after the look is in the ledger."""
    found = pair(actor, pair_id)
    record(actor=actor, act=Act.LOOK, subject=SUBJECT, ref=str(found.pk), purpose=purpose)
    scores = found.scores.filter(attempt=found.attempt).select_related("examiner")
    return SeenPair(found, sealed.unseal(found.handler), sealed.unseal_dog(found), tuple(scores))


def first_due(found: DogPair) -> dt.date | None:
    """The first day on which vaccination, liability cover or the selection no longer holds."""
    days = [day for day in (found.vaccinated_until, found.liability_until, found.renew_by) if day]
    return min(days, default=None)


def in_order(found: QuerySet[DogPair]) -> list[DogPair]:
    """What runs out first at the top."""
    limit = seoul_today() + SOON

    def place(one: DogPair) -> tuple[bool, dt.date, dt.datetime]:
        due = first_due(one) or dt.date.max
        return due > limit, due, one.created

    return sorted(found, key=place)


def rules_of(agency_id: UUID) -> DogRules:
    """What the agency decided, else what holds without a decision."""
    return DogRules.objects.filter(agency_id=agency_id).first() or DogRules(agency_id=agency_id)


def may_score(actor: Actor, found: DogPair) -> bool:
    """Whether the actor may examine now: a person, not the handler, who has not scored; two score."""
    if not actor.may(EXAMINE_DOG) or actor.person_id is None or found.stage != DogStage.PAPER:
        return False
    given = set(found.scores.filter(attempt=found.attempt).values_list("examiner_id", flat=True))
    own = found.handler.person_id == actor.person_id
    return not own and actor.person_id not in given and len(given) < EXAMINERS


def has_scored(actor: Actor, found: DogPair) -> bool:
    """Whether the actor has given points: before that nobody sees another's."""
    mine = Q(attempt=found.attempt, examiner_id=actor.person_id)
    return actor.person_id is not None and found.scores.filter(mine).exists()
