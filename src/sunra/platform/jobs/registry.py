"""The kinds of jobs and the schedules, declared in each app's ``jobs.py``."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sunra.platform.base.discovery import import_rooms
from sunra.platform.base.errors import Text
from sunra.platform.base.time import SEOUL

Run = Callable[..., dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: ``run(ctx, **args)``, seconds a lease lasts, retries after an unexpected error."""

    name: str
    title: Text
    run: Run
    lease_seconds: float
    retries: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a kind runs by itself: every so often from the epoch, or daily at a wall-clock time in Seoul."""

    name: str
    kind: str
    every: timedelta | None = None
    daily_at: time | None = None
    args: dict[str, Any] = field(default_factory=dict)
    agencies: Callable[[], Iterable[UUID]] | None = None

    def last_due(self, moment: datetime) -> datetime:
        """The latest due time that is not after ``moment`` (UTC)."""
        if self.every is not None:
            step = self.every.total_seconds()
            return datetime.fromtimestamp(moment.timestamp() // step * step, UTC)
        if self.daily_at is None:
            message = f"schedule {self.name} has no time"
            raise ValueError(message)
        local = moment.astimezone(SEOUL)
        due = datetime.combine(local.date(), self.daily_at, SEOUL)
        return (due if due <= local else due - timedelta(days=1)).astimezone(UTC)


class UnknownKind(LookupError):  # noqa: N818 - reads as what it is
    """No app declares this kind of job."""


ROOM = "jobs"
_KINDS: dict[str, Kind] = {}
_SCHEDULES: dict[str, Schedule] = {}


def job(name: str, *, title: Text, lease_seconds: float = 60, retries: int = 2) -> Callable[[Run], Run]:
    """Declare ``def run(ctx: JobContext, **args) -> dict`` as the kind ``name``.

    The lease is how long a silent worker is waited for; the heartbeat renews it three times as often.
    """

    def register(run: Run) -> Run:
        _KINDS[name] = Kind(name, title, run, lease_seconds, retries)
        return run

    return register


def schedule(
    name: str,
    kind: str,
    *,
    every: timedelta | None = None,
    daily_at: str | time | None = None,
    args: dict[str, Any] | None = None,
    agencies: Callable[[], Iterable[UUID]] | None = None,
) -> Schedule:
    """Run ``kind`` by itself: ``every`` so often, or ``daily_at`` "HH:MM" in Seoul.

    One job for the installation, or one for each of ``agencies()``. A due time missed while all
    was down is made up for once. Raises ``ValueError`` unless exactly one of the two times is given.
    """
    if (every is None) == (daily_at is None):
        message = f"schedule {name}: give either every or daily_at"
        raise ValueError(message)
    at = time.fromisoformat(daily_at) if isinstance(daily_at, str) else daily_at
    _SCHEDULES[name] = Schedule(name, kind, every, at, args or {}, agencies)
    return _SCHEDULES[name]


def kind_of(name: str) -> Kind:
    """The kind; raises :class:`UnknownKind`."""
    import_rooms(ROOM)
    try:
        return _KINDS[name]
    except KeyError:
        raise UnknownKind(name) from None


def title_of(name: str) -> str:
    """What people call the kind, in the active language; its name when the code no longer has it."""
    import_rooms(ROOM)
    return str(_KINDS[name].title) if name in _KINDS else name


def schedules() -> tuple[Schedule, ...]:
    """Every schedule."""
    import_rooms(ROOM)
    return tuple(_SCHEDULES.values())


def forget(name: str) -> None:
    """Take a kind or schedule out again (tests)."""
    _KINDS.pop(name, None)
    _SCHEDULES.pop(name, None)
