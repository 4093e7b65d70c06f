"""What a program asks of a collection: box, time, page and properties, read from an address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.utils.translation import gettext_lazy as _

from sunra.platform.base.errors import Text, UserError
from sunra.platform.base.time import SEOUL
from sunra.systems.sharing.opened.columns import COUNTED, DICTIONARY, Column

DEFAULT_LIMIT, MOST = 100, 10_000
_LARGEST = 2**53
ONLY_KNOWN = _("Use only the parameters that the description of the API names.")
_PAGING = frozenset({"bbox", "datetime", "limit", "offset", "after", "f"})
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:]{8}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})")
_NUMBER = re.compile(r"-?\d{1,400}(\.\d{1,400})?([eE][+-]?\d{1,3})?")


@dataclass(frozen=True, slots=True)
class Box:
    """A box of longitudes and latitudes; ``west`` > ``east`` crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: ``after`` is the last feature of the page before, where it is known; ``nowhere`` when a
    property is asked for that other collections have and this one has not.
    """

    box: Box | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = DEFAULT_LIMIT
    offset: int = 0
    after: int | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    nowhere: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether anything but the page is asked for."""
        return bool(self.box or self.since or self.until or self.properties)


class BadParameter(UserError):  # noqa: N818 - named for what people did
    """A parameter that is unknown or cannot be read."""

    def __init__(self, name: str, remedy: Text) -> None:
        super().__init__("bad_parameter", _("This parameter is not understood."), remedy, (name[:80],))


def read(given: Mapping[str, str], known: tuple[Column, ...]) -> Asked:
    """The question in an address's parameters; raises ``BadParameter``, also for a parameter unknown."""
    names = {column.name for column in known if column.name != "changed"}
    others = {**COUNTED, **DICTIONARY, **{column.name: column for column in known}}
    unknown = [name for name in given if name not in _PAGING and (name not in others or name == "changed")]
    if unknown:
        raise BadParameter(unknown[0], ONLY_KNOWN)
    since, until = _span(given["datetime"]) if "datetime" in given else (None, None)
    return Asked(
        box=_box(given["bbox"]) if "bbox" in given else None,
        since=since,
        until=until,
        limit=min(_integer(given, "limit", DEFAULT_LIMIT, least=1), MOST),
        offset=min(_integer(given, "offset", 0), _LARGEST),
        after=min(_integer(given, "after", 0), _LARGEST) if "after" in given else None,
        properties={name: _value(column, given[name]) for name, column in others.items() if name in given},
        nowhere=any(name in others and name not in names for name in given),
    )


def _integer(given: Mapping[str, str], name: str, default: int, least: int = 0) -> int:
    if name not in given:
        return default
    if not re.fullmatch(r"[0-9]{1,400}", given[name]) or (value := int(given[name])) < least:
        raise BadParameter(name, _("Give a whole number."))
    return value


def _value(column: Column, text: str) -> str:
    if column.type == "integer" and not re.fullmatch(r"-?[0-9]{1,400}", text):
        raise BadParameter(column.name, _("Give a whole number."))
    if column.type == "number" and not _NUMBER.fullmatch(text):
        raise BadParameter(column.name, _("Give a number."))
    if column.type == "boolean" and text not in {"true", "false"}:
        raise BadParameter(column.name, _("Give true or false."))
    return text


def _box(text: str) -> Box:
    """Four numbers, or six with heights, which are left aside."""
    parts = text.split(",")
    if len(parts) not in {4, 6} or not all(_NUMBER.fullmatch(part) for part in parts):
        raise BadParameter("bbox", _("Give west, south, east and north in degrees, with commas between."))
    numbers = [float(part) for part in parts]
    west, south, east, north = numbers if len(parts) == 4 else (*numbers[:2], *numbers[3:5])
    return Box(west, min(south, north), east, max(south, north))


def _span(text: str) -> tuple[datetime | None, datetime | None]:
    """First and last moment of a date, a moment, or an interval with ``..`` for an open end."""
    first, slash, last = text.partition("/")
    if not slash:
        return _moment(first, last=False), _moment(first, last=True)
    return (
        None if first in {"", ".."} else _moment(first, last=False),
        None if last in {"", ".."} else _moment(last, last=True),
    )


def _moment(text: str, *, last: bool) -> datetime:
    """The moment in UTC; of a day without time its first or last moment in Seoul."""
    try:
        if _DAY.fullmatch(text):
            midnight = datetime.combine(date.fromisoformat(text), time(), SEOUL)
            return (midnight + timedelta(days=1, microseconds=-1) if last else midnight).astimezone(UTC)
        if _MOMENT.fullmatch(text):
            moment = datetime.fromisoformat(text.upper()).astimezone(UTC)
            whole_second = last and not moment.microsecond
            return moment + timedelta(microseconds=999_999) if whole_second else moment
    except (ValueError, OverflowError):
        pass
    raise BadParameter(
        "datetime", _("Write 2026-11-22, 2026-11-22T12:00:00Z, or two of them with a slash between.")
    )
