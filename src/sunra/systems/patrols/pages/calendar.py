"""하기 › 순찰 달력: launch days, joint patrols, confirmed nights; a feed for each person's own calendar."""

import calendar as months
import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sunra.core.geo.districts import districts
from sunra.platform.accounts import limits
from sunra.platform.accounts.access import allow, public
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import SEOUL, seoul_today
from sunra.platform.ui import chips
from sunra.platform.ui.dates import show_clock, show_date, weekday
from sunra.platform.ui.forms import ReasonForm
from sunra.platform.ui.tables import Column, Filter, Table
from sunra.systems.patrols import ical
from sunra.systems.patrols.calendar_forms import DayForm
from sunra.systems.patrols.models import CalendarDay
from sunra.systems.patrols.rules import PLAN_CALENDAR, VIEW_CALENDAR
from sunra.systems.patrols.selectors import calendar as selectors
from sunra.systems.patrols.services import calendar as services
from sunra.systems.patrols.texts import DAY_KINDS

FEED_BACK, FEED_AHEAD = dt.timedelta(days=31), dt.timedelta(days=366)
FEED_CALLS = 30
"""Of one feed in a minute; calendars come a few times an hour."""
NIGHT, FREE = "night", "free"
_KINDS = {**DAY_KINDS, NIGHT: gettext_lazy("Patrol night"), FREE: gettext_lazy("Public holiday")}
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the month, whatever it comes from."""

    kind: str
    title: str
    begins: dt.date
    days: tuple[dt.date, ...]
    time: str = ""
    place: str = ""
    link: str = ""
    cancelled: bool = False
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A day of the grid."""

    day: dt.date
    inside: bool
    today: bool
    free: str = ""
    entries: list[Entry] = field(default_factory=list)


@allow(VIEW_CALENDAR)
def calendar(request: HttpRequest) -> HttpResponse:
    """A month as a list, and beside it as a grid where there is room."""
    actor, today = actor_of(request), seoul_today()
    first = _month(request.GET.get("month", ""), today)
    last = first.replace(day=months.monthrange(first.year, first.month)[1])
    entries = _entries(actor, first, last)
    request.demo = any(one.demo for one in entries)  # type: ignore[attr-defined]
    table = _table(request, entries)
    ahead = [
        one for one in _entries(actor, today, today + 30 * _DAY) if one.kind != FREE and not one.cancelled
    ]
    context = {
        "table": table, "weeks": _weeks(first, entries, today), "first": first, "days": [
            weekday(dt.date(2026, 11, 22) + n * _DAY) for n in range(7)
        ],
        "before": f"{first - _DAY:%Y-%m}", "after": f"{last + _DAY:%Y-%m}", "this": f"{today:%Y-%m}",
        "next": next((one for one in ahead if one.begins >= today), None),
        "may_plan": actor.may(PLAN_CALENDAR), "month": f"{first:%Y-%m}",
    }  # fmt: skip
    return table.response() or render(request, "patrols/calendar/calendar.html", context)


def _month(asked: str, today: dt.date) -> dt.date:
    try:
        found = dt.date.fromisoformat(f"{asked}-01")
    except ValueError:
        return today.replace(day=1)
    return found if 2000 <= found.year <= 2100 else today.replace(day=1)


def _entries(actor: Actor, first: dt.date, last: dt.date) -> list[Entry]:
    """Everything that touches the days, in the order of time; a night stands on the day it begins."""
    since = dt.datetime.combine(first, dt.time(), SEOUL)
    until = dt.datetime.combine(last + _DAY, dt.time(), SEOUL)
    found = [_of_day(one) for one in selectors.days(actor, since, until)]
    found += [_of_night(one) for one in selectors.nights(actor, first, last)]
    found += [Entry(FREE, name, day, (day,)) for day, name in selectors.public_holidays(first, last).items()]
    return sorted(found, key=lambda one: (one.begins, one.kind != FREE, one.time, one.title))


def _of_day(row: CalendarDay) -> Entry:
    covered = tuple(selectors.spanned(row.starts, row.ends))
    whole = show_date(covered[-1]) if len(covered) > 1 else ""
    clock = f"{show_clock(row.starts)}–{show_clock(row.ends)}"
    return Entry(
        row.kind, row.title, covered[0], covered if row.all_day else covered[:1],
        (_("until %(day)s") % {"day": whole} if whole else "") if row.all_day else clock,
        row.place or (districts().district(row.district).name if row.district else ""),
        reverse("patrols:calendar_day", args=[row.pk]), bool(row.cancelled_at), row.demo,
    )  # fmt: skip


def _of_night(night: selectors.Night) -> Entry:
    teams = ngettext("%(count)d team", "%(count)d teams", night.teams) % {"count": night.teams}
    begins = night.starts.astimezone(SEOUL).date()
    return Entry(
        NIGHT, f"{_('Patrol night')} · {teams}", begins, (begins,),
        f"{show_clock(night.starts)}–{show_clock(night.ends)}",
        districts().district(night.plan.district).name,
        reverse("patrols:plan_detail", args=[night.plan.pk]), demo=night.plan.demo,
    )  # fmt: skip


def _table(request: HttpRequest, entries: list[Entry]) -> Table:
    return Table(
        columns=[
            Column("begins", gettext_lazy("Day"), whole=True),
            Column("title", gettext_lazy("Entry"), link=lambda one: one.link),
            Column("kind", gettext_lazy("Kind"), value=lambda one: str(_KINDS[one.kind])),
            Column("time", gettext_lazy("Time"), whole=True),
            Column("place", gettext_lazy("Place")),
            Column(
                "cancelled", gettext_lazy("State"),
                format=lambda gone: chips.tag("failed", _("Cancelled")) if gone else "",
            ),
        ],
        rows=entries, request=request, name="calendar", caption=_("Entries of the month"), page_size=100,
        filters=[Filter("kind", gettext_lazy("Kind"), list(_KINDS.items()))],
        empty_title=_("Nothing in this month"),
        empty_text=_("Launch days, joint patrols and confirmed nights stand here."),
    )  # fmt: skip


def _weeks(first: dt.date, entries: list[Entry], today: dt.date) -> list[list[Box]]:
    free = {one.begins: one.title for one in entries if one.kind == FREE}
    shown = [one for one in entries if one.kind != FREE]
    return [
        [
            Box(day, day.month == first.month, day == today, free.get(day, ""),
                [one for one in shown if day in one.days and day.month == first.month])
            for day in week
        ]
        for week in months.Calendar(firstweekday=6).monthdatescalendar(first.year, first.month)
    ]  # fmt: skip


@allow(GET=PLAN_CALENDAR, POST=PLAN_CALENDAR)
def new(request: HttpRequest) -> HttpResponse:
    """Add an entry."""
    actor = actor_of(request)
    form = DayForm(request.POST or None, actor=actor, initial={"first": seoul_today()})
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_day(actor=actor, words=form.words())
        except UserError as error:
            form.add_error(None, f"{error.message} {error.remedy}")
        else:
            messages.success(request, _("The entry is in the calendar."))
            return redirect(_month_of(made))
    return render(request, "patrols/calendar/new.html", {"form": form}, status=400 if form.errors else 200)


@allow(GET=VIEW_CALENDAR, POST=PLAN_CALENDAR)
def day(request: HttpRequest, day_id: UUID) -> HttpResponse:
    """One entry; POST changes it."""
    actor = actor_of(request)
    found = selectors.day(actor, day_id)
    mine = actor.may(PLAN_CALENDAR) and found.agency_id in actor.scope and not found.cancelled_at
    form = DayForm(request.POST or None, actor=actor, row=found)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.change_day(actor=actor, day_id=day_id, words=form.words())
        except UserError as error:
            form.add_error(None, f"{error.message} {error.remedy}")
        else:
            messages.success(request, _("The entry was changed."))
            return redirect(_month_of(made))
    return _day(request, found, form if mine or form.errors else None)


def _day(request: HttpRequest, found: CalendarDay, form: Any, reason: Any = None) -> HttpResponse:
    request.demo = found.demo  # type: ignore[attr-defined]
    wrong = (form is not None and form.errors) or (reason is not None and reason.errors)
    context = {
        "day": found, "entry": _of_day(found), "kind": DAY_KINDS[found.kind], "form": form,
        "reason": reason or ReasonForm(auto_id="cancel_%s"),
        "back": _month_of(found),
    }  # fmt: skip
    return render(request, "patrols/calendar/day.html", context, status=400 if wrong else 200)


def _month_of(row: CalendarDay) -> str:
    return f"{reverse('patrols:calendar')}?month={row.starts.astimezone(SEOUL):%Y-%m}"


@allow(POST=PLAN_CALENDAR)
def cancel(request: HttpRequest, day_id: UUID) -> HttpResponse:
    """Cancel an entry; it stays with the reason."""
    actor = actor_of(request)
    found = selectors.day(actor, day_id)
    form = ReasonForm(request.POST, auto_id="cancel_%s")
    if not form.is_valid():
        return _day(request, found, DayForm(None, actor=actor, row=found), form)
    made = services.cancel_day(actor=actor, day_id=day_id, reason=form.cleaned_data["reason"])
    messages.success(request, _("The entry is cancelled. Calendars that read the feed show it so."))
    return redirect(_month_of(made))


@allow(GET=VIEW_CALENDAR, POST=VIEW_CALENDAR)
def own_feed(request: HttpRequest) -> HttpResponse:
    """The person's own feed: POST makes a new address, shown once, or with ``end`` stops the old one."""
    actor, address = actor_of(request), ""
    if request.method == "POST" and "end" in request.POST:
        services.end_feed(actor=actor)
        messages.success(request, _("The address works no more."))
        return redirect("patrols:calendar_feed")
    if request.method == "POST":
        token = services.make_feed(actor=actor)
        address = request.build_absolute_uri(reverse("patrols:calendar_ics", args=[token]))
    context = {"address": address, "feed": selectors.own_feed(actor)}
    answer = render(request, "patrols/calendar/feed.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@public
@limits.guarded("calendar-feed", "PUBLIC_CALLS")
def ics(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind a secret address; an unknown, revoked or outlived one does not exist.

    Calendars ask every hour: one that has it already (``If-None-Match``) is told so.
    """
    actor = selectors.reader_of(token)
    if actor is None:
        raise Http404
    if limits.over("calendar-feed-one", token, FEED_CALLS):
        return limits.too_many()
    today = seoul_today()
    first, last = today - FEED_BACK, today + FEED_AHEAD
    midnight = dt.datetime.combine(first, dt.time(), SEOUL)
    entries = selectors.days(actor, midnight, midnight + FEED_BACK + FEED_AHEAD)
    nights, free = selectors.nights(actor, first, last), selectors.public_holidays(first, last + _DAY)
    answer = HttpResponse(ical.feed(list(entries), nights, free), content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, max-age=600"
    answer["X-Robots-Tag"] = "noindex"
    etag = f'"{hashlib.sha256(answer.content).hexdigest()}"'
    answer["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=answer) or answer
