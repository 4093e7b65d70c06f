"""Near repeats in a forecast: only for families whose own past shows them.

After an incident the places around it may for some days be likelier to see another: for burglary often, for
other families seldom, and often not at all once the victims of one incident are merged. So ``near_repeats``
asks Knox's test (``analysis.knox``) per family, and only where it supports the nearest and soonest band a
term comes back:

    extra = (pairs observed - pairs expected) / incidents      events that one incident is followed by

``add`` gives each incident of the last days its extra events, spread over the cells within the band and over
the days that are left of it, and then takes the district's total back to what it was.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast.analysis.knox import merge_incidents, supports_near_repeat
from sunra.core.forecast.errors import BadEventsError
from sunra.core.forecast.inputs import Events, Grid
from sunra.core.forecast.kernel import Raster

LEAST_INCIDENTS = 200
PAST_DAYS = 730
DAYS = (7.0, 14.0, 28.0)
REACH = 2.0
"""Radius of the nearest band in cells, or 200 m where cells are small."""

Term = tuple[float, float, float]
"""(metres, days, extra): how far, how long, how many more events an incident is followed by."""


def near_repeats(events: Events, grid: Grid, *, seed: int = 0) -> dict[str, Term]:
    """The term of each family whose past two years support one; only events with a known hour are used."""
    found = {}
    timed = events.take(events.hour >= 0)
    for family, kind in sorted(timed.present().items()):
        one = timed.take(timed.kind == kind)
        term = _test(one.take(one.day >= one.day.max() - np.timedelta64(PAST_DAYS, "D")), grid, seed)
        if term is not None:
            found[family] = term
    return found


def _test(events: Events, grid: Grid, seed: int) -> Term | None:
    x, y = events.cell_e * grid.size_m, events.cell_n * grid.size_m
    moment = events.day.astype("datetime64[h]") + events.hour.astype("timedelta64[h]")
    first = merge_incidents(x, y, moment, metres=grid.size_m / 2).first
    if first.size < LEAST_INCIDENTS:
        return None
    near = max(200.0, REACH * grid.size_m)
    try:
        made = supports_near_repeat(
            x[first], y[first], moment[first], metres=(near, 2 * near), days=DAYS, permutations=99, seed=seed
        )
    except BadEventsError:
        # More pairs than the test holds: a place so dense that no single incident stands out.
        return None
    if not made.supported:
        return None
    return near, DAYS[0], float(made.observed[0, 0] - made.expected[0, 0]) / made.incidents


def add(
    rate: NDArray[np.float64], events: Events, raster: Raster, day: np.datetime64, term: Term
) -> NDArray[np.float64]:
    """The rate (cells,) with the extra of the incidents of the last days, total unchanged."""
    metres, days, extra = term
    recent = events.take((events.day < day) & (events.day >= day - np.timedelta64(int(days), "D")))
    if not len(recent) or rate.sum() <= 0:
        return rate
    field = raster.count(raster.place(recent), recent.weight * extra / days)
    raised = rate + _disc(field, raster, metres / raster.size_m)
    return np.asarray(raised * rate.sum() / raised.sum(), dtype=np.float64)


def _disc(field: NDArray[np.float64], raster: Raster, radius: float) -> NDArray[np.float64]:
    """The field spread evenly over the cells within ``radius`` cells, at the grid's cells."""
    box = field.reshape(raster.rows, raster.columns)
    spread = np.zeros_like(box)
    steps = _within(radius)
    for north, east in steps:
        spread += np.roll(box, (north, east), axis=(0, 1))
    return np.asarray((spread / len(steps)).ravel()[raster.where], dtype=np.float64)


def _within(radius: float) -> Sequence[tuple[int, int]]:
    reach = int(radius)
    span = range(-reach, reach + 1)
    return [(north, east) for north in span for east in span if north**2 + east**2 <= radius**2]
