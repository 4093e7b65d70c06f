"""Everything that writes notices: tell people, mark as read, keep their preference."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils.http import url_has_allowed_host_and_scheme

from sunra.platform.accounts.actor import Actor
from sunra.platform.accounts.models import Membership, Person
from sunra.platform.base.time import now
from sunra.platform.jobs.services import enqueue
from sunra.platform.notices.models import Notice, Preference

Param = str | int | float
_LONGEST_PARAM = 120
KEEP_READ = timedelta(days=90)
KEEP_UNREAD = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody who now holds one of ``roles`` (any role when empty) in the agency."""

    agency_id: UUID
    roles: tuple[str, ...] = ()


@transaction.atomic
def notify(
    *,
    kind: str,
    text: str,
    url: str = "",
    params: dict[str, Param] | None = None,
    persons: Iterable[Person | int] | None = None,
    agency_id: UUID | None = None,
    roles: Iterable[str] = (),
    email: bool = True,
) -> int:
    """Put a notice before ``persons``, or before those who hold ``roles`` in an agency; returns to how many.

    ``text`` is a message of a catalogue (mark it with ``gettext_noop``), filled with ``params`` in the
    language of whoever reads it; both, like ``url``, name no person. With ``email`` those who want it also
    get a mail that says no more than that something waits. Notices and the job that mails commit with the
    transaction around.
    Raises ``ValueError`` for an address outside this site or a parameter that is not a short value.
    """
    filled = _checked(text, url, params or {})
    people = _people(persons, Audience(agency_id, tuple(roles)) if agency_id else None)
    Notice.objects.bulk_create(
        [
            Notice(person_id=person, kind=kind, text=text, params=filled, url=url, created=now())
            for person in people
        ]
    )
    if email:
        _mail(people, agency_id)
    return len(people)


@transaction.atomic
def mark_read(*, actor: Actor, notice_id: int | None = None) -> int:
    """Mark one of the actor's own notices as read, or all of them; raises ``Http404`` for another's."""
    mine = Notice.objects.filter(person_id=actor.person_id or 0)
    if notice_id is not None:
        mine = mine.filter(pk=notice_id)
        if not mine.exists():
            raise Http404
    return mine.filter(read_at__isnull=True).update(read_at=now())


@transaction.atomic
def prefer(*, actor: Actor, email: bool) -> None:
    """Keep whether the actor also wants notices by e-mail."""
    if actor.person_id is None:
        raise Http404
    Preference.objects.update_or_create(person_id=actor.person_id, defaults={"email": email})


@transaction.atomic
def clear(moment: datetime | None = None) -> int:
    """Delete notices read three months ago, and those that nobody read for a year; how many went."""
    at = moment or now()
    over = Q(read_at__lt=at - KEEP_READ) | Q(created__lt=at - KEEP_UNREAD)
    return Notice.objects.filter(over).delete()[0]


def _checked(text: str, url: str, params: dict[str, Any]) -> dict[str, Param]:
    """The parameters, after text and address were found to be harmless."""
    if url and not (url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)):
        raise ValueError("a notice leads to a page of this site")
    for name, value in params.items():
        if not isinstance(value, str | int | float) or len(str(value)) > _LONGEST_PARAM:
            raise ValueError(f"parameter {name} is not a short value")
    _ = text % params if params else text
    return params


def _people(persons: Iterable[Person | int] | None, audience: Audience | None) -> list[int]:
    """Active people among ``persons`` and ``audience``, each once."""
    wanted = {p if isinstance(p, int) else int(p.pk) for p in persons or ()}
    if audience is not None:
        moment = now()
        held = Membership.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=moment),
            agency_id=audience.agency_id,
            valid_from__lte=moment,
        )
        if audience.roles:
            held = held.filter(role__in=audience.roles)
        wanted |= set(held.values_list("person_id", flat=True))
    return sorted(Person.objects.filter(pk__in=wanted, is_active=True).values_list("pk", flat=True))


def _mail(people: list[int], agency_id: UUID | None) -> None:
    """Queue the mail to those who have an address and did not say no."""
    refused = set(
        Preference.objects.filter(person_id__in=people, email=False).values_list("person_id", flat=True)
    )
    reachable = Person.objects.filter(pk__in=set(people) - refused).exclude(email="")
    wanting = sorted(reachable.values_list("pk", flat=True))
    if not wanting:
        return
    home = (
        agency_id
        or Membership.objects.filter(person_id__in=wanting).values_list("agency_id", flat=True).first()
    )
    if home is not None:
        enqueue(actor=Actor.job(home, "notices.mail"), kind="notices.mail", args={"persons": wanting})
