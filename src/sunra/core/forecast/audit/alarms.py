"""Alarms: typed, with value and bound, raised only where chance alone would hardly explain the value."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sunra.core.forecast.analysis.profiles import poisson_interval
from sunra.core.forecast.audit.fairness import Fairness
from sunra.core.forecast.audit.scoring import Score, add, compare

DRIFT: Final = "drift"
CALIBRATION: Final = "calibration"
CONCENTRATION: Final = "concentration"
NAIVE: Final = "naive"
KINDS: Final = (DRIFT, CALIBRATION, CONCENTRATION, NAIVE)


@dataclass(frozen=True)
class Bounds:
    """When to raise the alarm.

    ``drift``: observed over expected events in all lies beyond it (or its inverse); ``calibration``: the same
    for any of the ten bands of equal expected events; ``concentration``: an area's share of the flags is more
    than this many times its share of the events; ``naive``: the naive count is ahead by this many standard
    errors at ``share``. ``level``: confidence at which the value must lie beyond 1 as well; ``least`` events
    before anything is judged.
    """

    drift: float = 1.25
    calibration: float = 1.5
    concentration: float = 2.0
    naive: float = 2.0
    share: float = 0.05
    level: float = 0.99
    least: float = 20.0


@dataclass(frozen=True)
class Alarm:
    """``kind`` of ``KINDS``; ``value`` passed ``bound``; ``low``, ``high``: interval of the value; ``where``:
    the band (1-10), the area or the share, "" for the whole.
    """

    kind: str
    value: float
    bound: float
    low: float
    high: float
    where: str = ""


def alarms(
    scores: Sequence[tuple[object, Score]], fairness: Fairness | None = None, bounds: Bounds | None = None
) -> tuple[Alarm, ...]:
    """Every alarm of scores labelled by week and of an audit; none below ``bounds.least`` events."""
    bounds = bounds or Bounds()
    found: list[Alarm] = []
    if scores:
        whole = add(one for _, one in scores)
        if max(whole.events, whole.expected) >= bounds.least:
            found += _calibration(whole, bounds)
        if whole.events >= bounds.least:
            found += _behind(scores, bounds)
    return (*found, *(_concentrated(fairness, bounds) if fairness else ()))


def _calibration(whole: Score, bounds: Bounds) -> list[Alarm]:
    """Drift of the total; then bands, at a level shared out among the ten (Bonferroni)."""
    found = _beyond(DRIFT, whole.events, whole.expected, bounds.drift, bounds.level, "")
    rows = list(zip(whole.band_events, whole.band_expected, strict=True))
    level = 1 - (1 - bounds.level) / max(len(rows), 1)
    made = [
        alarm
        for number, (events, expected) in enumerate(rows, start=1)
        for alarm in _beyond(CALIBRATION, events, expected, bounds.calibration, level, str(number))
    ]
    worst = sorted(made, key=lambda alarm: -abs(np.log(max(alarm.value, 1e-9))))
    return [*found, *worst[:1]]


def _beyond(kind: str, events: float, expected: float, bound: float, level: float, where: str) -> list[Alarm]:
    if expected <= 0:
        return []
    low, high = (float(side) / expected for side in poisson_interval(events, level))
    value = events / expected
    if value > bound and low > 1:
        return [Alarm(kind, value, bound, low, high, where)]
    if value < 1 / bound and high < 1:
        return [Alarm(kind, value, 1 / bound, low, high, where)]
    return []


def _behind(scores: Sequence[tuple[object, Score]], bounds: Bounds) -> list[Alarm]:
    for row in compare(scores):
        if row.share == bounds.share and row.gain < -bounds.naive * row.gain_error and row.gain_error > 0:
            reach = 2 * row.gain_error
            return [Alarm(NAIVE, row.gain, 0.0, row.gain - reach, row.gain + reach, f"{row.share:g}")]
    return []


def _concentrated(fairness: Fairness, bounds: Bounds) -> list[Alarm]:
    """The area whose share of the flags is furthest beyond its share of the events, for certain."""
    total = sum(row.count for row in fairness.areas)
    if total < bounds.least:
        return []
    over = [row for row in fairness.areas if row.ratio > bounds.concentration and row.ratio_low > 1]
    if not over:
        return []
    worst = max(over, key=lambda row: row.flagged - row.events)
    return [
        Alarm(CONCENTRATION, worst.ratio, bounds.concentration, worst.ratio_low, worst.ratio_high, worst.area)
    ]
