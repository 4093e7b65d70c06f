"""How many events the next period brings in all: the recent level times the season.

    E[total] = level * season(day),  log season = harmonics of the year,  level = fading mean without it

The harmonics are fitted by Poisson likelihood with a ridge that stands for "a year swings by about 15 %", and
only where two years are known. The level's half-life is the one that would have forecast the known past best.
"""

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast.history import History

YEAR = 365.25
HARMONICS = 2
SWING = 0.15
SEASON_DAYS = 730
LOOK_BACK_DAYS = 1827
HALF_LIVES = (56.0, 112.0, 224.0, 448.0)
WARM_UP_DAYS = 182
STEPS = 12

Numbers = NDArray[np.float64]


def next_total(past: History) -> float:
    """Expected events of all cells in the period right after ``past``; 0 without a past."""
    if not past.periods:
        return 0.0
    totals = past.counts.sum(1, dtype=np.float64)[-max(1, LOOK_BACK_DAYS // past.period_days) :]
    if totals.sum() <= 0:
        return 0.0
    first = past.starts(past.periods - totals.size)
    days = _day_of_year(first, np.arange(totals.size + 1) * past.period_days + past.period_days / 2)
    season = seasons(totals, days, past.period_days)
    return float(level(totals / season[:-1], totals, season[:-1], past.period_days) * season[-1])


def seasons(totals: Numbers, days: Numbers, period_days: int) -> Numbers:
    """Factor of each period and of the next, (periods + 1,), around 1; all 1 under two years."""
    if totals.size * period_days < SEASON_DAYS:
        return np.ones(totals.size + 1)
    angle = 2 * np.pi * np.outer(days / YEAR, np.arange(1, HARMONICS + 1))
    waves = np.hstack((np.sin(angle), np.cos(angle)))
    years = np.arange(totals.size) * period_days / YEAR
    trend = np.column_stack((np.ones(totals.size), years - years.mean()))
    table = np.hstack((trend, waves[:-1]))
    ridge = np.r_[0.0, 1e-3, np.full(2 * HARMONICS, 1 / SWING**2)]
    weight = np.r_[np.log(totals.mean()), np.zeros(table.shape[1] - 1)]
    for _ in range(STEPS):
        mean = np.exp(np.clip(table @ weight, -30, 30))
        # Weekly totals scatter more than Poisson; the dispersion keeps noise out of the season.
        spread = max(1.0, float(((totals - mean) ** 2 / mean).mean()))
        slope = table.T @ (totals - mean) / spread - ridge * weight
        bend = (table * mean[:, None]).T @ table / spread + np.diag(ridge + 1e-9)
        weight = weight + np.linalg.solve(bend, slope)
    return np.asarray(np.exp(waves @ weight[2:]), dtype=np.float64)


def level(adjusted: Numbers, totals: Numbers, season: Numbers, period_days: int) -> float:
    """Fading mean of the totals without their season, with the half-life that served best so far."""
    best, value = -np.inf, float(adjusted.mean())
    warm = min(totals.size - 1, max(1, WARM_UP_DAYS // period_days))
    for half_life in HALF_LIVES:
        fade = 0.5 ** (period_days / half_life)
        sums = np.empty((2, totals.size + 1))
        sums[:, 0] = 0.0
        for at in range(totals.size):
            sums[:, at + 1] = fade * sums[:, at] + (totals[at], season[at])
        ahead = sums[0, 1:] / sums[1, 1:]
        mean = np.maximum(ahead[warm:-1] * season[warm + 1 :], 1e-9)
        served = float((totals[warm + 1 :] * np.log(mean) - mean).sum())
        if served > best:
            best, value = served, float(ahead[-1])
    return value


def _day_of_year(first: dt.date, days: Numbers) -> Numbers:
    return np.asarray(first.timetuple().tm_yday + days, dtype=np.float64)
