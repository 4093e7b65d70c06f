"""Walked against planned, and the risk covered in an hour of patrol."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from sunra.core.effects.errors import EffectsError

FEWEST_NIGHTS = 5


@dataclass(frozen=True, slots=True)
class Walked:
    """One night: stops planned, those of them walked, events expected at the walked ones, hours of teams."""

    planned: int
    walked: int
    expected: float
    hours: float

    def __post_init__(self) -> None:
        if not (0 <= self.walked <= self.planned and self.expected >= 0 and self.hours >= 0):
            raise EffectsError("bad_values", "night")


@dataclass(frozen=True, slots=True)
class Covered:
    """``share`` of planned stops walked and ``risk_per_hour`` (expected events at walked stops per hour).

    Each with ``(low, high)``, over nights. With fewer than five nights ``status`` is "too_few_nights" and the
    intervals are NaN; without anything planned or walked "nothing".
    """

    status: str
    nights: int
    planned: int
    walked: int
    hours: float
    share: float
    share_interval: tuple[float, float]
    risk_per_hour: float
    risk_interval: tuple[float, float]


def covered(nights: Sequence[Walked], *, level: float = 0.90) -> Covered:
    """Both ratios of sums, with intervals by linearisation over nights (Student's t)."""
    planned, walked = sum(n.planned for n in nights), sum(n.walked for n in nights)
    hours = sum(n.hours for n in nights)
    share, share_interval = _ratio([n.walked for n in nights], [n.planned for n in nights], level)
    risk, risk_interval = _ratio([n.expected for n in nights], [n.hours for n in nights], level)
    status = "" if len(nights) >= FEWEST_NIGHTS else "too_few_nights"
    if planned == 0 or hours == 0:
        status = "nothing"
    if not math.isnan(share_interval[0]):
        share_interval = (max(0.0, share_interval[0]), min(1.0, share_interval[1]))
    if not math.isnan(risk_interval[0]):
        risk_interval = (max(0.0, risk_interval[0]), risk_interval[1])
    return Covered(status, len(nights), planned, walked, hours, share, share_interval, risk, risk_interval)


def _ratio(above: Sequence[float], below: Sequence[float], level: float) -> tuple[float, tuple[float, float]]:
    base = float(sum(below))
    if base <= 0:
        return math.nan, (math.nan, math.nan)
    ratio = float(sum(above)) / base
    count = len(above)
    if count < FEWEST_NIGHTS:
        return ratio, (math.nan, math.nan)
    rest = (np.asarray(above, dtype=np.float64) - ratio * np.asarray(below, dtype=np.float64)) / base
    error = math.sqrt(count / (count - 1) * float((rest**2).sum()))
    reach = float(stdtrit(count - 1, (1 + level) / 2)) * error
    return ratio, (ratio - reach, ratio + reach)
