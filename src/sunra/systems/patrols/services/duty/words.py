"""What a phone's event means, bounded in size, place and time; anything else is refused with a code."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sunra.systems.patrols.models import EventKind, ReportTo, Shift, ShiftStatus, TeamKind

HAZARDS = ("lamp", "road", "waste", "fence", "camera", "bell", "other")
METHODS = ("position", "qr", "hand")
REASONS = ("injury", "illness", "weather", "equipment", "other")
MOST_CELLS, LONGEST_NOTE = 400, 300
PAIR = 2
"""Volunteers go in pairs or more."""
_EAST, _NORTH = (7_000, 14_000), (13_000, 21_000)  # 100 m cells of Korea, EPSG:5179
_EARLY, _LATE = dt.timedelta(hours=12), dt.timedelta(hours=96)
_AHEAD = dt.timedelta(minutes=10)

Walk = tuple[int, int, dt.datetime, dt.datetime]


class BadEvent(Exception):  # noqa: N818 - reads as what it is
    """An event that is refused for good.

    ``code`` is ``shape``, ``kind``, ``time``, ``place``, ``alone``, ``cancelled`` or ``not_begun``.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Said:
    """One event understood: ``data`` is what may be kept; ``walks`` and ``text`` go elsewhere."""

    id: UUID
    kind: EventKind
    at: dt.datetime
    cell: tuple[int, int] | None
    stop_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)
    walks: tuple[Walk, ...] = ()
    text: str = ""
    mark: str = ""


def understand(one: dict[str, Any], identity: UUID, shift: Shift, moment: dt.datetime) -> Said:
    """The event of a shift. Raises :class:`BadEvent`."""
    try:
        kind = EventKind(str(one.get("kind")))
    except ValueError as error:
        raise BadEvent("kind") from error
    at = _time(one.get("at"), shift, moment)
    cell = _cell(one["cell"]) if one.get("cell") is not None else None
    data = one.get("data") or {}
    if not isinstance(data, dict):
        raise BadEvent("shape")
    said = Said(identity, kind, at, cell)
    reader = _READERS.get(kind)
    return reader(said, data, shift, moment) if reader else said


def _begin(said: Said, data: dict[str, Any], shift: Shift, _moment: dt.datetime) -> Said:
    people = _number(data.get("people"), 1, 50)
    if people < PAIR and shift.kind != TeamKind.CAR:
        raise BadEvent("alone")
    if shift.status == ShiftStatus.CANCELLED:
        raise BadEvent("cancelled")
    return replace(said, data={"people": people, "track": bool(data.get("track"))})


def _check_in(said: Said, data: dict[str, Any], _shift: Shift, _moment: dt.datetime) -> Said:
    stop = data.get("stop")
    return replace(
        said,
        stop_id=None if stop is None else _number(stop, 0, 2**53),
        data={"method": _one_of(data, "method", METHODS)},
        mark=str(data.get("mark", ""))[:20],
    )


def _walked(said: Said, data: dict[str, Any], shift: Shift, moment: dt.datetime) -> Said:
    found = data.get("cells")
    if not isinstance(found, list) or len(found) > MOST_CELLS:
        raise BadEvent("shape")
    walks = tuple(_walk(part, shift, moment) for part in found)
    minutes = sum((until - since).total_seconds() for _east, _north, since, until in walks) / 60
    return replace(said, cell=None, data={"cells": len(walks), "minutes": round(minutes, 1)}, walks=walks)


def _walk(part: Any, shift: Shift, moment: dt.datetime) -> Walk:
    if not isinstance(part, list) or len(part) != 4:
        raise BadEvent("shape")
    east, north = _cell(part[:2])
    since, until = (_time(value, shift, moment) for value in part[2:])
    if until < since:
        raise BadEvent("time")
    return east, north, since, until


def _hazard(said: Said, data: dict[str, Any], _shift: Shift, _moment: dt.datetime) -> Said:
    given = {"kind": _one_of(data, "kind", HAZARDS), "to": _one_of(data, "to", ReportTo.values)}
    return replace(said, data=given, text=_text(data, "note", empty=True))


def _message(said: Said, data: dict[str, Any], _shift: Shift, _moment: dt.datetime) -> Said:
    return replace(said, text=_text(data, "text"))


def _drop_out(said: Said, data: dict[str, Any], _shift: Shift, _moment: dt.datetime) -> Said:
    return replace(said, data={"reason": _one_of(data, "reason", REASONS)})


Reader = Callable[[Said, dict[str, Any], Shift, dt.datetime], Said]
_READERS: dict[EventKind, Reader] = {
    EventKind.BEGIN: _begin,
    EventKind.CHECK_IN: _check_in,
    EventKind.WALKED: _walked,
    EventKind.HAZARD: _hazard,
    EventKind.MESSAGE: _message,
    EventKind.DROP_OUT: _drop_out,
}


def _time(value: Any, shift: Shift, moment: dt.datetime) -> dt.datetime:
    try:
        at = dt.datetime.fromtimestamp(_number(value, 0, 2**53) / 1000, dt.UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise BadEvent("time") from error
    if not shift.starts - _EARLY <= at <= min(shift.ends + _LATE, moment + _AHEAD):
        raise BadEvent("time")
    return at


def _cell(value: Any) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2:
        raise BadEvent("shape")
    try:
        return _number(value[0], *_EAST), _number(value[1], *_NORTH)
    except BadEvent as error:
        raise BadEvent("place") from error


def _number(value: Any, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadEvent("shape")
    return value


def _one_of(data: dict[str, Any], key: str, allowed: tuple[str, ...] | list[str]) -> str:
    value = data.get(key)
    if value not in allowed:
        raise BadEvent("shape")
    return str(value)


def _text(data: dict[str, Any], key: str, *, empty: bool = False) -> str:
    value = data.get(key, "")
    if not isinstance(value, str) or len(value) > LONGEST_NOTE:
        raise BadEvent("shape")
    found = " ".join(value.split())
    if not found and not empty:
        raise BadEvent("shape")
    return found
