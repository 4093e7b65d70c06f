"""Reads the calendar: entries, confirmed nights and public holidays of a time, for a page or a feed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import holidays
from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.accounts.keys import digest
from sunra.platform.accounts.models import Person
from sunra.platform.accounts.selectors import person_actor
from sunra.platform.base.time import SEOUL
from sunra.systems.patrols.models import CalendarDay, CalendarFeed, Plan, PlanStatus, PlanTeam
from sunra.systems.patrols.rules import VIEW_CALENDAR, WALKERS
from sunra.systems.patrols.selectors.plans import plans
from sunra.systems.patrols.selectors.reach import above, in_reach


@dataclass(frozen=True, slots=True)
class Night:
    """A confirmed night, one event whatever it crosses; ``teams`` are those that the reader may see."""

    plan: Plan
    starts: dt.datetime
    ends: dt.datetime
    teams: int


def _reach(actor: Actor) -> Q:
    """The agencies below and above the actor's own: a group reads the calendar of its office."""
    return Q(agency_id__in=actor.scope | above(actor.agency_id))


def days(actor: Actor, since: dt.datetime, until: dt.datetime) -> QuerySet[CalendarDay]:
    """The entries that touch a time, cancelled ones among them."""
    require(actor, VIEW_CALENDAR)
    return CalendarDay.objects.filter(_reach(actor), starts__lt=until, ends__gt=since)


def day(actor: Actor, day_id: UUID) -> CalendarDay:
    """One entry; ``Http404`` beyond the actor's reach."""
    require(actor, VIEW_CALENDAR)
    return in_reach(CalendarDay.objects.all(), _reach(actor), actor, id=day_id)


def nights(actor: Actor, first: dt.date, last: dt.date) -> list[Night]:
    """Confirmed nights of the days from ``first`` to ``last``; those who walk see their own group's."""
    require(actor, VIEW_CALENDAR)
    found = {
        plan.pk: plan for plan in plans(actor).filter(day__range=(first, last), status=PlanStatus.CONFIRMED)
    }
    rows = PlanTeam.objects.filter(plan_id__in=list(found))
    if actor.role in WALKERS:
        rows = rows.filter(group_id__in=actor.scope)
    times: dict[UUID, list[tuple[dt.datetime, dt.datetime]]] = defaultdict(list)
    for plan_id, starts, minutes in rows.values_list("plan_id", "starts", "minutes"):
        times[plan_id].append((starts, starts + dt.timedelta(minutes=max(minutes, 1))))
    return sorted(
        (
            Night(
                found[one], min(since for since, _until in spans), max(until for _since, until in spans),
                len(spans),
            )
            for one, spans in times.items()
        ),
        key=lambda night: (night.starts, night.plan.district),
    )  # fmt: skip


@lru_cache(maxsize=16)
def _holidays(year: int, language: str) -> dict[dt.date, str]:
    return dict(holidays.country_holidays("KR", years=year, language=language))


def public_holidays(first: dt.date, last: dt.date) -> dict[dt.date, str]:
    """Korean public holidays with their substitutes from ``first`` to ``last``, in the active language."""
    language = "en_US" if (get_language() or "").startswith("en") else "ko"
    found = {
        one: name
        for year in range(first.year, last.year + 1)
        for one, name in _holidays(year, language).items()
    }
    return {one: name for one, name in sorted(found.items()) if first <= one <= last}


def spanned(starts: dt.datetime, ends: dt.datetime) -> Iterable[dt.date]:
    """The days in Seoul that an entry touches."""
    first, last = (moment.astimezone(SEOUL) for moment in (starts, ends - dt.timedelta(microseconds=1)))
    return (first.date() + dt.timedelta(days=n) for n in range((last.date() - first.date()).days + 1))


def own_feed(actor: Actor) -> CalendarFeed | None:
    """The actor's feed that is open, if there is one."""
    require(actor, VIEW_CALENDAR)
    if actor.membership_id is None:
        return None
    return CalendarFeed.objects.filter(membership_id=actor.membership_id, revoked_at=None).first()


def reader_of(token: str) -> Actor | None:
    """The actor whose feed a secret opens; None when unknown, revoked, or the membership no longer holds."""
    row = (
        CalendarFeed.objects.select_related("membership")
        .filter(token_hash=digest(token), revoked_at=None)
        .first()
    )
    if row is None:
        return None
    person = Person.objects.get(pk=row.membership.person_id)
    actor = person_actor(person, row.membership_id)
    # Without a valid chosen membership the person acts in another one: that is another feed.
    held = actor.membership_id == row.membership_id
    return actor if held and actor.may(VIEW_CALENDAR) else None
