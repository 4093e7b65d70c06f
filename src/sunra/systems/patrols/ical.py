"""The calendar as iCalendar (RFC 5545): for people's own calendars, with nothing personal in it."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from icalendar import Calendar, Event, Timezone, TimezoneStandard

from sunra.core.geo.districts import districts
from sunra.platform.base.time import SEOUL
from sunra.systems.patrols.models import CalendarDay
from sunra.systems.patrols.selectors.calendar import Night, spanned
from sunra.systems.patrols.texts import DAY_KINDS, DEMO

_ZONE = "Asia/Seoul"
_REFRESH = dt.timedelta(hours=1)


def feed(entries: Sequence[CalendarDay], confirmed: Sequence[Night], free: Mapping[dt.date, str]) -> bytes:
    """The file: entries (cancelled ones say so) and confirmed nights, each one event."""
    with translation.override(settings.LANGUAGE_CODE):
        calendar = Calendar()
        calendar.add("prodid", "-//Sunra//Patrols//KO")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", _("Patrol calendar"))
        calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add_component(_zone())
        for entry in entries:
            calendar.add_component(_entry(entry))
        for night in confirmed:
            calendar.add_component(_night(night, free))
        return bytes(calendar.to_ical())


def _zone() -> Timezone:
    """Seoul has had one offset since 1988; the feed holds nothing older."""
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", _ZONE)
    standard.add("dtstart", dt.datetime(1988, 10, 9, 2))  # noqa: DTZ001 - a zone's own clock
    standard.add("tzoffsetfrom", dt.timedelta(hours=9))
    standard.add("tzoffsetto", dt.timedelta(hours=9))
    standard.add("tzname", "KST")
    zone.add_component(standard)
    return zone


def _entry(entry: CalendarDay) -> Event:
    event = Event()
    event.add("uid", f"{entry.pk}@sunra")
    event.add("dtstamp", entry.updated.astimezone(dt.UTC).replace(microsecond=0))
    event.add("sequence", entry.sequence)
    event.add("summary", _titled(entry.title, demo=entry.demo))
    event.add("categories", [str(DAY_KINDS[entry.kind])])
    event.add("status", "CANCELLED" if entry.cancelled_at else "CONFIRMED")
    starts, ends = entry.starts.astimezone(SEOUL), entry.ends.astimezone(SEOUL)
    event.add("dtstart", starts.date() if entry.all_day else starts)
    event.add("dtend", ends.date() if entry.all_day else ends)
    where = entry.place or (districts().district(entry.district).full_name if entry.district else "")
    if where:
        event.add("location", where)
    if entry.note or entry.cancelled_why:
        event.add("description", "\n".join(filter(None, (entry.cancelled_why, entry.note))))
    return event


def _night(night: Night, free: Mapping[dt.date, str]) -> Event:
    plan, event = night.plan, Event()
    made = (plan.confirmed_at or plan.updated).astimezone(dt.UTC).replace(microsecond=0)
    name = districts().district(plan.district).full_name
    # A plan confirmed anew for the same night takes the place of the one before.
    event.add("uid", f"{plan.agency_id}-{plan.district}-{plan.day}@sunra")
    event.add("dtstamp", made)
    event.add("sequence", int(made.timestamp() // 60))
    event.add("summary", _titled(_("Patrol night %(district)s") % {"district": name}, demo=plan.demo))
    event.add("categories", [_("Patrol night")])
    event.add("status", "CONFIRMED")
    event.add("dtstart", night.starts.astimezone(SEOUL).replace(microsecond=0))
    event.add("dtend", night.ends.astimezone(SEOUL).replace(microsecond=0))
    event.add("location", name)
    teams = ngettext("%(count)d team", "%(count)d teams", night.teams) % {"count": night.teams}
    public = [free[one] for one in spanned(night.starts, night.ends) if one in free]
    event.add("description", "\n".join([teams, *public]))
    return event


def _titled(title: str, *, demo: bool) -> str:
    return f"[{DEMO}] {title}" if demo else title
