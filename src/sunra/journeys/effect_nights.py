"""Confirmed nights beside what happened: for each place of the lot the events then, before, and next door."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db.models import Max, Min
from numpy.typing import NDArray

from sunra.core.effects import Walked, belts
from sunra.core.forecast import FAMILIES
from sunra.engine.store import StoreError
from sunra.journeys.bridge import night_risk
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import SEOUL, now
from sunra.platform.places import selectors as places_book
from sunra.systems.patrols.night import NightRisk
from sunra.systems.patrols.selectors.effects import LotNight, lot_nights
from sunra.systems.risk import happened
from sunra.systems.risk import selectors as risk
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.severity import family_of

Floats = NDArray[np.float64]

BACK = 28
"""Nights before with which a night's own places are compared."""
DAYS = 3
"""Days after the first team left of which the longer judgement counts the events."""
DAY = 24 * 60 * 60
_TINY = 1e-9
"""Expected count of a place where nothing is expected, for one given by hand: it must be above 0."""

LATE, NO_LOT, LOST, WAITING = "late", "no_lot", "lost", "waiting"
"""Why a confirmed night is not judged: confirmed after it began, drawn without a lot, its forecast is no
longer kept, or its events have not come in."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """One night; arrays by place of its lot. ``why`` tells why it is left out (then the arrays are empty).

    ``expected`` and ``events`` from when the first team left to the night's end, ``expected_days`` and
    ``events_days`` over ``DAYS`` days; ``before`` the events of the same hours on ``BACK`` earlier nights,
    ``belt`` and ``belt_before`` those of the neighbouring cells.
    """

    day: dt.date
    why: str
    chance: Floats
    visited: NDArray[np.bool_]
    expected: Floats
    events: Floats
    expected_days: Floats
    events_days: Floats
    before: Floats
    belt: Floats
    belt_before: Floats
    walked: Walked | None


@dataclass(frozen=True, slots=True, eq=False)
class _Events:
    """Events by time: seconds since the epoch, cell, family with severity, plain family."""

    at: NDArray[np.float64]
    cell: list[tuple[int, int]]
    family: list[tuple[str, str]]

    def between(self, begin: float, end: float) -> range:
        return range(*(int(place) for place in np.searchsorted(self.at, (begin, end))))


def gather(
    actor: Actor,
    agency_id: UUID,
    district: str,
    *,
    demo: bool,
    since: dt.date,
    until: dt.date,
    moment: dt.datetime | None = None,
) -> list[Judged]:
    """The confirmed nights in [``since``, ``until``), oldest first, with what happened."""
    nights = lot_nights(actor, agency_id, district, demo=demo, since=since, until=until)
    if not nights:
        return []
    step = dt.timedelta(days=1)
    first, last = nights[0].begins - BACK * step, nights[-1].begins + (DAYS + 1) * step
    events = _events(actor, district, demo=demo, since=first, until=last)
    reach = _reach(actor, district, demo=demo)
    forecasts = risk.forecasts(actor).in_bulk([one.forecast for one in nights])
    at = moment or now()
    return [_judged(one, forecasts.get(one.forecast), events, reach, at) for one in nights]


def _judged(
    one: LotNight, forecast: Forecast | None, events: _Events, reach: happened.Known, moment: dt.datetime
) -> Judged:
    over = one.begins + dt.timedelta(days=DAYS)
    why = (
        LATE if not one.early
        else NO_LOT if not len(one.chance)
        else WAITING if over > moment or not reach.covers(one.begins, over)
        else ""
    )  # fmt: skip
    night = None if why or forecast is None else _night(forecast)
    if night is None or forecast is None:
        return _left_out(one, why or LOST)
    zero = dt.datetime.combine(one.day, dt.time(night.first_hour), tzinfo=SEOUL)
    begin, length = one.begins.timestamp(), DAY - (one.begins - zero).total_seconds()
    expected, expected_days = _expected(one, night, (DAY - length) / 60)
    weights = forecast.params.get("weights", {})
    places = zip(one.cell_e.tolist(), one.cell_n.tolist(), strict=True)
    own = {cell: (row,) for row, cell in enumerate(places)}
    around = belts(one.cell_e, one.cell_n)
    then = [n for n in events.between(begin, begin + length) if _counts(events.family[n], weights)]
    days = [n for n in events.between(begin, begin + DAYS * DAY) if _counts(events.family[n], weights)]
    earlier = [
        n for n in events.between(begin - BACK * DAY, begin)
        if (events.at[n] - begin) % DAY < length and _counts(events.family[n], weights)
    ]  # fmt: skip
    return Judged(
        one.day, "", one.chance, one.visited,
        expected, _count(then, own, events, one), expected_days, _count(days, own, events, one),
        _count(earlier, own, events, one), _count(then, around, events, one),
        _count(earlier, around, events, one), one.walked,
    )  # fmt: skip


def _left_out(one: LotNight, why: str) -> Judged:
    none, nobody = np.zeros(0), np.zeros(0, np.bool_)
    return Judged(one.day, why, none, nobody, none, none, none, none, none, none, none, one.walked)


def _night(forecast: Forecast) -> NightRisk | None:
    try:
        return night_risk(forecast)
    except (StoreError, UserError):
        return None


def _expected(one: LotNight, night: NightRisk, begin: float) -> tuple[Floats, Floats]:
    """Expected events of each place from minute ``begin`` to the night's end, and over ``DAYS`` days."""
    index = happened.index_of(night.cell_e, night.cell_n)
    rows = [index.get(cell, -1) for cell in zip(one.cell_e.tolist(), one.cell_n.tolist(), strict=True)]
    tonight, whole = np.append(night.during(begin, DAY / 60), 0.0), np.append(night.expected.sum(1), 0.0)
    return np.maximum(tonight[rows], _TINY), np.maximum(DAYS * whole[rows], _TINY)


def _counts(family: tuple[str, str], weights: Mapping[str, float]) -> bool:
    """Whether the night's forecast, and so its patrol, was about such events."""
    severe, plain = family
    return not weights or weights.get(severe, weights.get(plain, 0.0)) > 0


def _count(
    wanted: Iterable[int], rows: Mapping[tuple[int, int], Sequence[int]], events: _Events, one: LotNight
) -> Floats:
    table = np.zeros(len(one.chance))
    for n in wanted:
        touched = rows.get(events.cell[n], ())
        for row in touched:
            table[row] += 1 / len(touched)
    return table


def _events(actor: Actor, district: str, *, demo: bool, since: dt.datetime, until: dt.datetime) -> _Events:
    found = happened.events(actor, district, demo=demo, since=since, until=until).order_by("time_from", "id")
    rows = list(found.values_list("time_from", "cell_e", "cell_n", "family", "category"))
    return _Events(
        np.array([at.timestamp() for at, *_rest in rows], np.float64),
        [(int(east or 0), int(north or 0)) for _at, east, north, *_rest in rows],
        [(family_of(family, category), family) for *_rest, family, category in rows],
    )


def _reach(actor: Actor, district: str, *, demo: bool) -> happened.Known:
    if not demo:
        return happened.known(actor, district)
    found = places_book.events(actor, district=district, families=FAMILIES).filter(demo=True)
    ends = found.aggregate(first=Min("time_from"), last=Max("time_from"))
    return happened.Known(ends["first"], ends["last"])
