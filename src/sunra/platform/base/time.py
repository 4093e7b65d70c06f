"""Time as people here live it: stored in UTC, computed and shown in Asia/Seoul."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def seoul_now() -> datetime:
    """This moment on a wall clock in Seoul."""
    return datetime.now(SEOUL)


def seoul_today() -> date:
    """The calendar day in Seoul."""
    return seoul_now().date()
