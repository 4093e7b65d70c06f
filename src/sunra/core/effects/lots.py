"""Patrolled against similar unpatrolled cell-nights, weighted by the chance that the lot gave each.

Patrols go where much happened, and much seldom happens twice: before and after at the same places mistakes
this regression to the mean for an effect. A lottery of plans gives every cell-night i a known chance p_i of
a visit (``core.routing.lottery`` stores it before anybody walks), so with z_i = 1 when it was visited,
y_i events and e_i expected ones

    R_1 = Σ z_i y_i / p_i  /  Σ z_i e_i / p_i            events per expected one, with patrol
    R_0 = Σ (1-z_i) y_i / (1-p_i)  /  Σ (1-z_i) e_i / (1-p_i)       and without
    effect = R_1 / R_0 - 1

both sums standing for the same cell-nights: Horvitz and Thompson (1952) in Hájek's ratio form, with expected
counts instead of ones, so that cells of any level weigh in evenly. Cell-nights whose chance lies outside
[``least``, 1 - ``least``] are left out of both sides (positivity): where the lot decides nothing, nothing can
be learnt. The interval is for log R_1 - log R_0 by linearisation, clustered by night, because one plan
decides a night's cells together; Student's t with nights - 1 degrees. Events on the same cell on several
nights need no assumption: the nights' lots are independent.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from sunra.core.effects.errors import EffectsError

Floats = NDArray[np.float64]

LEAST_CHANCE = 0.05
FEWEST_EVENTS, FEWEST_NIGHTS = 15, 10


@dataclass(frozen=True, slots=True, eq=False)
class CellNights:
    """One entry a cell and night, arrays of one length.

    ``night`` any number that is the same for the cells of one plan; ``chance`` the stored probability of a
    visit; ``visited`` whether the plan visited it (as planned: that is what the lot decided); ``events`` what
    happened in the time judged; ``expected`` what the forecast of that night said, > 0.
    """

    night: NDArray[np.int64]
    chance: Floats
    visited: NDArray[np.bool_]
    events: Floats
    expected: Floats

    def __post_init__(self) -> None:
        parts = (self.night, self.chance, self.visited, self.events, self.expected)
        if len({len(part) for part in parts}) > 1:
            raise EffectsError("bad_shape")
        for name, bad in (
            ("chance", ~((self.chance >= 0) & (self.chance <= 1 + 1e-9))),
            ("events", ~(np.isfinite(self.events) & (self.events >= 0))),
            ("expected", ~(np.isfinite(self.expected) & (self.expected > 0))),
            ("visited", (self.visited & (self.chance <= 0)) | (~self.visited & (self.chance >= 1 + 1e-9))),
        ):
            if bad.any():
                raise EffectsError("bad_values", name)


@dataclass(frozen=True, slots=True)
class Effect:
    """``ratio`` - 1 is the relative change (-0.2: a fifth fewer) with ``low`` and ``high`` of its interval.

    ``status`` is "" or why nothing can be said: "too_few_nights", "too_few_events", "no_overlap" (the lot
    decided nothing); then ratio, low and high are NaN. ``events_patrolled`` and ``events_other`` are counts
    within reach of the lot, ``left_out`` the share of expected events outside it. ``naive`` is the ratio
    without weights, to show what the weighting corrects.
    """

    status: str
    ratio: float
    low: float
    high: float
    level: float
    nights: int
    events_patrolled: int
    events_other: int
    left_out: float
    naive: float

    @property
    def tells(self) -> bool:
        """Whether the interval excludes "no change"."""
        return not self.status and not self.low <= 1.0 <= self.high


def effect(
    data: CellNights,
    *,
    level: float = 0.90,
    least: float = LEAST_CHANCE,
    fewest_events: int = FEWEST_EVENTS,
    fewest_nights: int = FEWEST_NIGHTS,
) -> Effect:
    """The effect of a planned visit on its cell and night, with its interval; see the module."""
    inside = (data.chance >= least) & (data.chance <= 1 - least)
    whole = float(data.expected.sum())
    left_out = 1 - float(data.expected[inside].sum()) / whole if whole > 0 else 1.0
    z = data.visited[inside]
    y, e, p = data.events[inside], data.expected[inside], data.chance[inside]
    names, night = np.unique(data.night[inside], return_inverse=True)
    with_patrol, without = int(y[z].sum()), int(y[~z].sum())

    def nothing(status: str) -> Effect:
        nan = math.nan
        return Effect(status, nan, nan, nan, level, len(names), with_patrol, without, left_out, _naive(data))

    if not z.any() or z.all():
        return nothing("no_overlap")
    if len(names) < fewest_nights:
        return nothing("too_few_nights")
    if min(with_patrol, without) < fewest_events:
        return nothing("too_few_events")
    one, other = np.where(z, 1 / p, 0.0), np.where(z, 0.0, 1 / (1 - p))
    rates, parts = [], []
    for weight in (one, other):
        base = float((weight * e).sum())
        rate = float((weight * y).sum()) / base
        rates.append(rate)
        parts.append(np.bincount(night, weight * (y - rate * e), len(names)) / (rate * base))
    influence = parts[0] - parts[1]
    count = len(names)
    error = math.sqrt(count / (count - 1) * float((influence**2).sum()))
    reach = float(stdtrit(count - 1, (1 + level) / 2)) * error
    ratio = rates[0] / rates[1]
    return Effect(
        "", ratio, ratio * math.exp(-reach), ratio * math.exp(reach), level, count, with_patrol, without,
        left_out, _naive(data),
    )  # fmt: skip


def _naive(data: CellNights) -> float:
    """Events per cell-night with patrol over those without: no weights, no expected counts."""
    z = data.visited
    if not z.any() or z.all() or data.events[~z].sum() == 0:
        return math.nan
    return float(data.events[z].mean() / data.events[~z].mean())
