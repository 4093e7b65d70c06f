"""Everything that reads the ledger for people: who may see which records, and by which filters."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock

from django.db.models import Count, QuerySet

from sunra.platform.base.access import require
from sunra.platform.base.actor import Actor
from sunra.platform.base.roles import PLATFORM_ADMIN
from sunra.platform.base.time import SEOUL
from sunra.platform.ledger.models import Record


@dataclass(frozen=True, slots=True)
class Filters:
    """What is searched for; empty means anything. ``since`` and ``until``: days in Seoul, both included."""

    actor_id: str = ""
    act: str = ""
    subject: str = ""
    ref: str = ""
    since: date | None = None
    until: date | None = None

    def described(self) -> dict[str, str]:
        """The filters in use, for the record of the search itself."""
        pairs = {
            "actor": self.actor_id,
            "act": self.act,
            "subject": self.subject,
            "ref": self.ref,
            "since": str(self.since or ""),
            "until": str(self.until or ""),
        }
        return {name: value for name, value in pairs.items() if value}


def search(actor: Actor, filters: Filters) -> QuerySet[Record]:
    """The records that the actor may see, newest first.

    The scope is the actor's agency and all below it, so a committee's auditor sees the whole tree; the
    platform's administrator also sees what belongs to no agency (failed sign-ins, housekeeping). Looking is
    itself recorded, by :func:`sunra.platform.ledger.services.look`, before this is evaluated. Raises
    ``PermissionDenied`` without ``ledger.view_record``.
    """
    rows = _in_reach(actor)
    exact = {"actor_id": filters.actor_id, "act": filters.act, "ref": filters.ref}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if filters.subject:
        rows = rows.filter(subject__startswith=filters.subject)
    if filters.since:
        rows = rows.filter(at__gte=_midnight(filters.since))
    if filters.until:
        rows = rows.filter(at__lt=_midnight(filters.until + timedelta(days=1)))
    return rows.order_by("-at", "-id")


def counts(actor: Actor, *, since: date) -> dict[str, int]:
    """How many records of each act the actor could find since a day in Seoul; a number shows nobody's data,
    so this look is not recorded. Raises ``PermissionDenied`` without ``ledger.view_record``.
    """
    rows = _in_reach(actor).filter(at__gte=_midnight(since))
    return dict(rows.order_by().values_list("act").annotate(Count("id")))


def _in_reach(actor: Actor) -> QuerySet[Record]:
    require(actor, "ledger.view_record")
    if actor.role == PLATFORM_ADMIN:
        return Record.objects.all()
    return Record.objects.filter(agency_id__in=[str(agency) for agency in actor.scope])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, clock.min, SEOUL)
