"""Everything that reads notices; a person sees their own and nobody else's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext

from sunra.platform.accounts.actor import Actor
from sunra.platform.notices.models import Notice, Preference


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice in the language of whoever reads it."""

    id: int
    kind: str
    text: str
    url: str
    created: datetime
    read: bool


def notices(actor: Actor, *, unread: bool = False) -> QuerySet[Notice]:
    """The actor's notices, newest first."""
    mine = Notice.objects.filter(person_id=actor.person_id) if actor.person_id else Notice.objects.none()
    return mine.filter(read_at__isnull=True) if unread else mine


def unread_count(actor: Actor) -> int:
    """How many notices wait for the actor."""
    return notices(actor, unread=True).count()


def shown(found: Iterable[Notice]) -> list[Shown]:
    """The notices as a page shows them."""
    return [Shown(n.pk, n.kind, _filled(n), n.url, n.created, n.read_at is not None) for n in found]


def wants_email(actor: Actor) -> bool:
    """Whether the actor also hears by e-mail; yes until they said no."""
    return not Preference.objects.filter(person_id=actor.person_id or 0, email=False).exists()


def waiting(persons: Iterable[int]) -> dict[int, tuple[int, int]]:
    """For each person with unread notices: how many, and the newest one's id. One query for all streams."""
    grouped = (
        Notice.objects.filter(person_id__in=list(persons), read_at__isnull=True)
        .order_by()
        .values("person_id")
    )
    return {
        row["person_id"]: (row["unread"], row["newest"])
        for row in grouped.annotate(unread=Count("pk"), newest=Max("pk"))
    }


def _filled(notice: Notice) -> str:
    text = gettext(notice.text)
    return text % notice.params if notice.params else text
