"""Dates as PAGES.md writes them: 2026. 11. 22.(일) 22:00 in Seoul, slots 22-24시."""

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sunra.platform.base.time import SEOUL


def weekday(day: date) -> str:
    """The day of the week in one word's first letters."""
    return (
        pgettext("weekday", "Mon"),
        pgettext("weekday", "Tue"),
        pgettext("weekday", "Wed"),
        pgettext("weekday", "Thu"),
        pgettext("weekday", "Fri"),
        pgettext("weekday", "Sat"),
        pgettext("weekday", "Sun"),
    )[day.weekday()]


def show_date(day: date) -> str:
    """``2026. 11. 22.(일)``; a moment is taken to its day in Seoul."""
    if isinstance(day, datetime) and day.tzinfo:
        day = day.astimezone(SEOUL)
    return f"{day.year}. {day.month}. {day.day}.({weekday(day)})"


def show_datetime(moment: datetime) -> str:
    """``2026. 11. 22.(일) 22:00``, in Seoul; a moment without a zone is Seoul's already."""
    local = moment.astimezone(SEOUL) if moment.tzinfo else moment
    return f"{show_date(local)} {local:%H:%M}"


def show_slot(slot: int) -> str:
    """The two-hour slot 0-11 as hours: ``22-24시``."""
    return _("%(start)02d–%(end)02d h") % {"start": slot * 2, "end": slot * 2 + 2}


def show_clock(moment: datetime) -> str:
    """``22:00``, in Seoul."""
    return f"{moment.astimezone(SEOUL) if moment.tzinfo else moment:%H:%M}"
