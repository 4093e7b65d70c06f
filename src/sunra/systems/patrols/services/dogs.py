"""Dog squads: application, paper, field test by two examiners, selection, briefing, renewal."""

import calendar
import datetime as dt
import uuid
from collections.abc import Mapping
from statistics import mean
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import seoul_today
from sunra.platform.ledger.services import Act, record
from sunra.systems.patrols import sealed
from sunra.systems.patrols.models import DogPair, DogRules, DogScore, DogStage, DogStep, Member
from sunra.systems.patrols.rules import EXAMINE_DOG, MANAGE_DOG, REVIEW_DOG
from sunra.systems.patrols.sealed import Dog
from sunra.systems.patrols.selectors import dogs as selectors
from sunra.systems.patrols.selectors.people import reach

NEXT: Mapping[str, tuple[DogStage, ...]] = {
    DogStage.APPLIED: (DogStage.PAPER, DogStage.REFUSED),
    DogStage.PAPER: (DogStage.REFUSED,),
    DogStage.TESTED: (DogStage.SELECTED, DogStage.REFUSED),
    DogStage.SELECTED: (DogStage.ACTIVE, DogStage.REFUSED),
    DogStage.ACTIVE: (DogStage.ACTIVE, DogStage.ENDED),
    DogStage.REFUSED: (DogStage.APPLIED,),
    DogStage.ENDED: (DogStage.APPLIED,),
}
"""What the office decides; the field test is passed or failed by the examiners' points alone."""
_PAPERED = {DogStage.PAPER, DogStage.SELECTED, DogStage.ACTIVE}
DIGITS = 15


@transaction.atomic
def apply(
    *, actor: Actor, organisation_id: UUID, handler: str, dog: Dog, vaccinated_until: dt.date | None,
    liability_until: dt.date | None,
) -> DogPair:  # fmt: skip
    """An application: ``handler`` is the member's number in the organisation.

    Raises ``PermissionDenied`` and ``UserError`` (no such member, a wrong registration number).
    """
    require(actor, MANAGE_DOG)
    members = Member.objects.filter(reach(actor, "organisation__"), withdrawn=None)
    member = members.filter(organisation_id=organisation_id, key=handler.strip()).first()
    if member is None:
        raise UserError(
            "patrols.no_such_member",
            _("No member of this organisation has this number."),
            _("Look the number up in the list of members, or add the member first."),
            ("handler",),
        )
    _right_number(dog)
    found = DogPair(id=uuid.uuid4(), agency_id=member.agency_id, handler=member)
    _note(actor, found, "applied")
    found.sealed = sealed.seal_dog(found.pk, dog)
    found.vaccinated_until, found.liability_until = vaccinated_until, liability_until
    found.save()
    _step(actor, found, DogStage.APPLIED, seoul_today(), "")
    return found


@transaction.atomic
def renew_papers(
    *,
    actor: Actor,
    pair_id: UUID,
    dog: Dog,
    vaccinated_until: dt.date | None,
    liability_until: dt.date | None,
) -> DogPair:
    """Registration, vaccination and liability cover as they are now."""
    require(actor, MANAGE_DOG)
    found = selectors.pair(actor, pair_id)
    _right_number(dog)
    _note(actor, found, "papers")
    found.sealed = sealed.seal_dog(found.pk, dog)
    found.vaccinated_until, found.liability_until = vaccinated_until, liability_until
    found.save()
    return found


@transaction.atomic
def step(*, actor: Actor, pair_id: UUID, stage: str, on: dt.date, decided_by: str) -> DogPair:
    """The office's next decision; a briefing or renewal sets the day of the next renewal.

    Raises ``PermissionDenied`` and ``UserError``: a step that does not follow, papers that do not hold, a
    wrong day.
    """
    require(actor, REVIEW_DOG)
    found = selectors.pair(actor, pair_id)
    if stage not in NEXT[found.stage]:
        raise UserError("patrols.no_such_step", _("This step does not follow from where the member is."),
                        _("Look at the page again; somebody may have been faster."), ("stage",))  # fmt: skip
    last = found.steps.last()
    if on > seoul_today() or (last is not None and on < last.on):
        raise UserError("patrols.wrong_day", _("The day lies ahead, or before the step that came before."),
                        _("Give the day on which it was decided."), ("on",))  # fmt: skip
    _note(actor, found, stage)
    if stage in _PAPERED:
        _papers_hold(found, on)
    if stage == DogStage.APPLIED:
        found.attempt += 1
    if stage == DogStage.ACTIVE:
        found.renew_by = _months_on(on, selectors.rules_of(found.agency_id).renew_months)
    _step(actor, found, DogStage(stage), on, decided_by)
    return found


@transaction.atomic
def score(*, actor: Actor, pair_id: UUID, narrow: int, calm: int, dogs: int) -> DogPair:
    """One examiner's points. With the second's the field test is decided: passed with the pass mark on
    average and no item at nought.

    Raises ``PermissionDenied`` for the handler's own account, for an account that has scored and when two
    have; ``UserError`` before the paper was passed.
    """
    require(actor, EXAMINE_DOG)
    found = selectors.pair(actor, pair_id)
    if found.stage != DogStage.PAPER:
        raise UserError("patrols.no_field_test", _("No field test is due."),
                        _("The paper must be passed first."), ("narrow",))  # fmt: skip
    if not selectors.may_score(actor, found) or actor.person_id is None:
        raise PermissionDenied
    _note(actor, found, "score")
    DogScore.objects.create(
        agency_id=found.agency_id, pair=found, attempt=found.attempt, examiner_id=actor.person_id,
        narrow=narrow, calm=calm, dogs=dogs,
    )  # fmt: skip
    given = list(found.scores.filter(attempt=found.attempt))
    if len(given) == selectors.EXAMINERS:
        passed = passes(given, selectors.rules_of(found.agency_id).pass_mark)
        _step(actor, found, DogStage.TESTED if passed else DogStage.REFUSED, seoul_today(), "")
    return found


def passes(given: list[DogScore], pass_mark: int) -> bool:
    """Whether the points suffice: ``pass_mark`` of 30 on average, and nought nowhere."""
    totals = [one.narrow + one.calm + one.dogs for one in given]
    return mean(totals) >= pass_mark and all(min(one.narrow, one.calm, one.dogs) > 0 for one in given)


@transaction.atomic
def set_rules(*, actor: Actor, pass_mark: int, renew_months: int) -> DogRules:
    """Decide the pass mark (of 30) and the months to the renewal for the actor's agency."""
    require(actor, REVIEW_DOG)
    if actor.agency_id is None:
        raise PermissionDenied
    record(
        actor=actor, act=Act.CHANGE, subject="patrols.DogRules", ref=str(actor.agency_id),
        purpose="rules of dog squads", detail={"pass_mark": pass_mark, "renew_months": renew_months},
    )  # fmt: skip
    values = {"pass_mark": pass_mark, "renew_months": renew_months}
    return DogRules.objects.update_or_create(agency_id=actor.agency_id, defaults=values)[0]


def _right_number(dog: Dog) -> None:
    if not (dog.number.isascii() and dog.number.isdigit() and len(dog.number) == DIGITS):
        raise UserError("patrols.dog_number", _("A registration number has 15 digits."),
                        _("Copy it from the dog's registration."), ("number",))  # fmt: skip


def _papers_hold(found: DogPair, on: dt.date) -> None:
    """Refuse when vaccination or liability cover is missing or has run out."""
    if not all(day is not None and day >= on for day in (found.vaccinated_until, found.liability_until)):
        raise UserError(
            "patrols.papers_missing",
            _("Vaccination or liability cover is missing or has run out."),
            _("Renew the papers first."),
            ("stage",),
        )


def _months_on(day: dt.date, months: int) -> dt.date:
    years, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return dt.date(day.year + years, month + 1, min(day.day, last))


def _note(actor: Actor, found: DogPair, what: str) -> None:
    record(
        actor=actor, act=Act.CHANGE, subject=selectors.SUBJECT, ref=str(found.pk),
        purpose="selection for a dog patrol squad", detail={"what": what},
    )  # fmt: skip


def _step(actor: Actor, found: DogPair, stage: DogStage, on: dt.date, decided_by: str) -> None:
    found.stage = stage
    found.save()
    DogStep.objects.create(
        agency_id=found.agency_id, pair=found, stage=stage, on=on, decided_by=decided_by.strip()[:80],
        written_by=actor.label[:120],
    )  # fmt: skip
