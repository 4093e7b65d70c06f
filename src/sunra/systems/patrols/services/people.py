"""Members: taken on, changed, moved a step on, trained, withdrawn; each change is in the ledger first."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.accounts.models import Person
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import seoul_today
from sunra.platform.ledger.services import Act, record
from sunra.systems.patrols import sealed
from sunra.systems.patrols.availability import Hours
from sunra.systems.patrols.models import (
    DogPair,
    DogStage,
    Member,
    MemberStep,
    Organisation,
    Standing,
    Track,
    Training,
)
from sunra.systems.patrols.rules import MANAGE_MEMBER, REVIEW_MEMBER
from sunra.systems.patrols.sealed import Details
from sunra.systems.patrols.selectors import people as selectors

SUBJECT = "patrols.Member"
_AGAIN = (Standing.APPLIED,)
NEXT: Mapping[str, Mapping[str, tuple[Standing, ...]]] = {
    Track.COMMISSION: {
        Standing.NONE: _AGAIN,
        Standing.APPLIED: (Standing.CHECKED, Standing.REFUSED),
        Standing.CHECKED: (Standing.GRANTED, Standing.REFUSED),
        Standing.GRANTED: (Standing.ENDED,),
        Standing.REFUSED: _AGAIN,
        Standing.ENDED: _AGAIN,
    },
    Track.APPOINTMENT: {
        Standing.NONE: _AGAIN,
        Standing.APPLIED: (Standing.REVIEW, Standing.REFUSED),
        Standing.REVIEW: (Standing.GRANTED, Standing.REFUSED),
        Standing.GRANTED: (Standing.ENDED,),
        Standing.REFUSED: _AGAIN,
        Standing.ENDED: _AGAIN,
    },
}
"""Where a member can go from where, on each track."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept of a member besides who it is.

    ``trainings`` by kind, none stands for not taken; ``account`` is the name with which the member signs in.
    """

    joined: dt.date | None = None
    insured_until: dt.date | None = None
    hours: Hours | None = None
    trainings: Mapping[str, dt.date | None] | None = None
    account: str = ""


def allowed_next(actor: Actor, member: Member, track: str) -> tuple[Standing, ...]:
    """The steps that ``actor`` may write down next: a group's leader applies, the office does the rest."""
    found = NEXT[track][getattr(member, track)]
    return found if actor.may(REVIEW_MEMBER) else tuple(one for one in found if one == Standing.APPLIED)


@transaction.atomic
def add(*, actor: Actor, organisation_id: UUID, key: str, details: Details, kept: Record) -> Member:
    """A new member of an organisation in the actor's reach.

    Raises ``PermissionDenied``, ``Http404``, and ``UserError`` when the number or the person is there.
    """
    require(actor, MANAGE_MEMBER)
    found = selectors.managed_organisation(actor, organisation_id)
    member = Member(id=uuid.uuid4(), agency_id=found.agency_id, organisation=found, key=key.strip()[:60])
    _record(actor, member, "added", "membership of a patrol organisation")
    if Member.objects.filter(organisation=found, key=member.key).exists():
        said = _("The number %(key)s is taken.") % {"key": member.key}
        raise UserError("patrols.key_taken", said, _("Give another number."), ("key",))
    _refuse_twice(found, member, details)
    _keep(member, details, kept)
    return member


@transaction.atomic
def change(*, actor: Actor, member_id: UUID, details: Details, kept: Record) -> Member:
    """Correct a member; raises as ``add``."""
    member = _managed(actor, member_id)
    _record(actor, member, "changed", "membership of a patrol organisation")
    _refuse_twice(member.organisation, member, details)
    _keep(member, details, kept)
    return member


@transaction.atomic
def step(
    *, actor: Actor, member_id: UUID, track: str, standing: str, on: dt.date, decided_by: str
) -> MemberStep:
    """Write down a step of the commission or the appointment: its day, and who decided.

    Raises ``PermissionDenied`` for what the actor may not write, ``UserError`` for a step that does not
    follow, lies ahead, or lies before the last one.
    """
    member = _managed(actor, member_id)
    if standing not in NEXT[track][getattr(member, track)]:
        raise UserError(
            "patrols.no_such_step",
            _("This step does not follow from where the member is."),
            _("Look at the page again; somebody may have been faster."),
            ("standing",),
        )
    if standing not in allowed_next(actor, member, track):
        require(actor, REVIEW_MEMBER)
    last = member.steps.filter(track=track).last()
    if on > seoul_today() or (last is not None and on < last.on):
        raise UserError(
            "patrols.wrong_day",
            _("The day lies ahead, or before the step that came before."),
            _("Give the day on which it was decided."),
            ("on",),
        )
    _record(actor, member, f"{track}: {standing}", "standing of a patrol member")
    return _step(actor, member, track, standing, on, decided_by)


def _step(
    actor: Actor, member: Member, track: str, standing: str, on: dt.date, decided_by: str
) -> MemberStep:
    setattr(member, track, standing)
    member.save(update_fields=[track, "updated"])
    return MemberStep.objects.create(
        agency_id=member.agency_id, member=member, track=track, standing=standing, on=on,
        decided_by=decided_by.strip()[:80], written_by=actor.label[:120],
    )  # fmt: skip


@transaction.atomic
def withdraw(*, actor: Actor, member_id: UUID, reason: str) -> None:
    """A member leaves: everything personal goes, with its seals; that somebody was a member stays.

    What stays: the organisation, the years of joining and leaving, and the steps with their days.
    """
    member = _managed(actor, member_id)
    record(
        actor=actor, act=Act.CHANGE, subject=SUBJECT, ref=str(member.pk), purpose=reason,
        detail={"what": "withdrawn"},
    )  # fmt: skip
    today = seoul_today()
    for track in Track.values:
        if getattr(member, track) not in {Standing.NONE, Standing.REFUSED, Standing.ENDED}:
            _step(actor, member, track, Standing.ENDED, today, "")
    member.trainings.all().delete()
    DogPair.objects.filter(handler=member).update(
        sealed="", stage=DogStage.ENDED, vaccinated_until=None, liability_until=None, renew_by=None
    )
    member.key = f"-{member.pk.hex}"
    member.joined = member.joined.replace(month=1, day=1) if member.joined else None
    member.sealed, member.person, member.hours, member.insured_until = "", None, [], None
    member.withdrawn, member.active = today, False
    member.save()


def _managed(actor: Actor, member_id: UUID) -> Member:
    require(actor, MANAGE_MEMBER)
    return selectors.managed(actor, member_id)


def _record(actor: Actor, member: Member, what: str, purpose: str) -> None:
    detail = {"what": what, "organisation": str(member.organisation_id)}
    record(actor=actor, act=Act.CHANGE, subject=SUBJECT, ref=str(member.pk), purpose=purpose, detail=detail)


def _refuse_twice(organisation: Organisation, member: Member, details: Details) -> None:
    """Refuse a person that the organisation has under another number."""
    if details.identity is None:
        return
    others = Member.objects.filter(organisation=organisation, withdrawn=None).exclude(pk=member.pk)
    for other in others:
        if sealed.unseal(other).identity == details.identity:
            said = _("This person is a member already, as number %(key)s.") % {"key": other.key}
            raise UserError("patrols.twice", said, _("Open that member instead."), ("name",))


def _keep(member: Member, details: Details, kept: Record) -> None:
    member.sealed = sealed.seal(member.pk, details)
    member.joined, member.insured_until = kept.joined, kept.insured_until
    member.hours = kept.hours or []
    member.person = _person(member, kept.account)
    member.save()
    for kind, until in (kept.trainings or {}).items():
        if until is None:
            member.trainings.filter(kind=kind).delete()
        else:
            Training.objects.update_or_create(
                member=member, kind=kind, defaults={"valid_until": until, "agency_id": member.agency_id}
            )


def _person(member: Member, account: str) -> Person | None:
    """The account of that name in the group or the office that keeps it; none for no name."""
    if not account:
        return None
    organisation = member.organisation
    near = [one for one in (organisation.agency_id, organisation.group_id) if one]
    found = Person.objects.filter(username=account, memberships__agency_id__in=near).distinct().first()
    if found is None:
        raise UserError(
            "patrols.no_such_account",
            _("Nobody signs in here with this name."),
            _("Correct it, or leave it empty."),
            ("account",),
        )
    return found
