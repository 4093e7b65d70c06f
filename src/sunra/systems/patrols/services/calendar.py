"""Writes the calendar: entries by the safety officer, feed addresses by each person for themselves."""

import datetime as dt
import secrets
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sunra.core.geo.districts import districts
from sunra.core.geo.errors import UnknownDistrict
from sunra.platform.accounts.access import get_visible, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.accounts.keys import digest
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import SEOUL, now
from sunra.platform.ledger.acts import Act
from sunra.platform.ledger.services import record
from sunra.systems.patrols.models import CalendarDay, CalendarFeed, DayKind
from sunra.systems.patrols.rules import PLAN_CALENDAR, VIEW_CALENDAR

LONGEST = dt.timedelta(days=92)
"""An exam season or a festival lasts no longer; a slip of the year does."""
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Words:
    """What an entry says. Without ``since`` and ``until`` (wall clock in Seoul) it is of whole days.

    An ``until`` that is not after ``since`` on one and the same day is on the day after.
    """

    kind: str
    title: str
    first: dt.date
    last: dt.date
    since: dt.time | None = None
    until: dt.time | None = None
    place: str = ""
    district: str = ""
    note: str = ""

    def times(self) -> tuple[dt.datetime, dt.datetime, bool]:
        """Begin and end (UTC), and whether it is of whole days. Raises ``UserError`` ``calendar_times``."""
        if (self.since is None) != (self.until is None):
            raise UserError(
                "calendar_times",
                _("One of the two times is missing."),
                _("Give both, or none for whole days."),
            )
        starts = dt.datetime.combine(self.first, self.since or dt.time(), SEOUL)
        if self.until is None:
            ends = dt.datetime.combine(self.last + _DAY, dt.time(), SEOUL)
        else:
            ends = dt.datetime.combine(self.last, self.until, SEOUL)
            ends += _DAY if self.first == self.last and ends <= starts else dt.timedelta()
        if not starts < ends <= starts + LONGEST + _DAY:
            raise UserError(
                "calendar_times",
                _("It ends before it begins, or lasts longer than three months."),
                _("Correct the days or times."),
            )
        return starts.astimezone(dt.UTC), ends.astimezone(dt.UTC), self.since is None


def plain(text: str) -> str:
    """The text in one line, without characters that calendars cannot hold."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


@transaction.atomic
def add_day(*, actor: Actor, words: Words) -> CalendarDay:
    """Put an entry into the calendar of the actor's agency.

    Raises ``PermissionDenied``; ``UserError`` ``calendar_times``, ``calendar_words``.
    """
    require(actor, PLAN_CALENDAR)
    if actor.agency_id is None:
        raise PermissionDenied
    demo = Agency.objects.values_list("demo", flat=True).get(pk=actor.agency_id)
    row = CalendarDay(agency_id=actor.agency_id, made_by=actor.label[:120], demo=demo)
    _fill(row, words)
    row.save()
    return row


@transaction.atomic
def change_day(*, actor: Actor, day_id: UUID, words: Words) -> CalendarDay:
    """Change an entry; the same words again change nothing. One that was cancelled stays as it is.

    Raises as :func:`add_day`, ``Http404``, ``UserError`` ``calendar_cancelled``.
    """
    require(actor, PLAN_CALENDAR)
    row = get_visible(CalendarDay.objects.select_for_update(), actor, id=day_id)
    if row.cancelled_at:
        raise UserError(
            "calendar_cancelled", _("This entry was cancelled."), _("Add a new one for the new day.")
        )
    before = _values(row)
    _fill(row, words)
    if _values(row) != before:
        row.sequence += 1
        row.save()
    return row


@transaction.atomic
def cancel_day(*, actor: Actor, day_id: UUID, reason: str) -> CalendarDay:
    """Cancel an entry: it stays with its reason. Twice changes nothing.

    Raises ``PermissionDenied``, ``Http404``, ``UserError`` ``no_reason``.
    """
    require(actor, PLAN_CALENDAR)
    row = get_visible(CalendarDay.objects.select_for_update(), actor, id=day_id)
    if not plain(reason):
        raise UserError("no_reason", _("A reason is missing."), _("Write why it is cancelled."))
    if row.cancelled_at is None:
        row.cancelled_at, row.cancelled_why = now(), plain(reason)[:300]
        row.sequence += 1
        row.save()
    return row


_FIELDS = ("kind", "title", "place", "district", "starts", "ends", "all_day", "note")


def _values(row: CalendarDay) -> list[object]:
    return [getattr(row, name) for name in _FIELDS]


def _fill(row: CalendarDay, words: Words) -> None:
    title, place, note = plain(words.title), plain(words.place), plain(words.note)
    long = len(title) > 120 or len(place) > 120 or len(note) > 500
    if words.kind not in DayKind.values or not title or long or not _known(words.district):
        raise UserError(
            "calendar_words",
            _("The entry has no title, is too long, or of an unknown kind or district."),
            _("Correct what is marked."),
        )
    row.starts, row.ends, row.all_day = words.times()
    row.kind, row.title, row.place, row.district, row.note = words.kind, title, place, words.district, note


def _known(district: str) -> bool:
    try:
        return not district or bool(districts().district(district))
    except UnknownDistrict:
        return False


@transaction.atomic
def make_feed(*, actor: Actor) -> str:
    """A new secret address for the actor's own calendar; the one before stops. Told once, kept nowhere.

    The ledger keeps that it was made, and is written first. Raises ``PermissionDenied``.
    """
    require(actor, VIEW_CALENDAR)
    if actor.membership_id is None:
        raise PermissionDenied
    record(
        actor=actor, act=Act.GRANT, subject="patrols.CalendarFeed", ref=str(actor.membership_id),
        purpose=str(_("Own calendar feed")),
    )  # fmt: skip
    _end(actor.membership_id)
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.create(membership_id=actor.membership_id, token_hash=digest(token))
    return token


@transaction.atomic
def end_feed(*, actor: Actor) -> bool:
    """Make the actor's own address useless; whether there was one. Raises ``PermissionDenied``."""
    require(actor, VIEW_CALENDAR)
    if actor.membership_id is None:
        raise PermissionDenied
    record(
        actor=actor, act=Act.REVOKE, subject="patrols.CalendarFeed", ref=str(actor.membership_id),
        purpose=str(_("Own calendar feed")),
    )  # fmt: skip
    return bool(_end(actor.membership_id))


def _end(membership_id: UUID) -> int:
    own = CalendarFeed.objects.filter(membership_id=membership_id, revoked_at=None)
    return own.update(revoked_at=now(), updated=now())
