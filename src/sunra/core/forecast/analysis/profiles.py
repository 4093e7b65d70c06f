"""When: rates by hour and weekday, and by month, with exact intervals.

A count n over an exposure of d days gives the rate n / d a day; its interval is Garwood's (Biometrika 28,
1936): [chi2(a/2; 2n) / 2d, chi2(1 - a/2; 2n + 2) / 2d]. Counts that aoristic weights make broken use the same
formula, the gamma law having no need of whole numbers. A rate is per day of its own kind: Mondays over the
number of Mondays, Januaries over the days of January that were watched.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

from sunra.core.forecast.errors import BadEventsError, BadParamsError

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Profile:
    """Rates of one kind of interval; all arrays have the same shape.

    ``count``: events; ``days``: days watched; ``rate``: events a day, ``low``, ``high`` its interval at
    ``level``; nan where no day was watched. ``relative``: rate over the mean rate.
    """

    count: Numbers
    days: Numbers
    rate: Numbers
    low: Numbers
    high: Numbers
    level: float

    @property
    def relative(self) -> Numbers:
        """Rate over the rate of all intervals together; 1 everywhere when nothing happened."""
        watched = self.days.sum()
        mean = self.count.sum() / watched if watched > 0 else 0.0
        return self.rate / mean if mean > 0 else np.where(np.isnan(self.rate), np.nan, 1.0)


def poisson_interval(count: ArrayLike, level: float = 0.95) -> tuple[Numbers, Numbers]:
    """Garwood's interval of the expectation behind each count."""
    if not 0 < level < 1:
        raise BadParamsError("a level lies between 0 and 1", name="level")
    n = np.asarray(count, dtype=np.float64)
    tail = (1 - level) / 2
    low = np.where(n > 0, gammaincinv(np.maximum(n, 1e-300), tail), 0.0)
    return low, np.asarray(gammaincinv(n + 1, 1 - tail), dtype=np.float64)


def hours_of_week(events: ArrayLike, first: dt.date, last: dt.date, *, level: float = 0.95) -> Profile:
    """Rates (7, 24), Monday first. ``events``: (168,) counts by hour of the week, whole or aoristic, of the
    days ``first`` to ``last``, inclusive.
    """
    count = np.asarray(events, dtype=np.float64)
    if count.shape != (168,):
        raise BadEventsError("a week has 168 hours", shape=str(count.shape))
    days = np.bincount(_weekdays(_days(first, last)), minlength=7).astype(np.float64)
    return _profile(count.reshape(7, 24), np.repeat(days[:, None], 24, axis=1), level)


def months(day: ArrayLike, first: dt.date, last: dt.date, *, level: float = 0.95) -> Profile:
    """Rates by month of the year (12,), January first; ``day``: datetime64 (n,) within first and last."""
    watched = _days(first, last)
    moments = np.asarray(day, dtype="datetime64[D]")
    if moments.size and (
        np.isnat(moments).any() or moments.min() < watched[0] or moments.max() > watched[-1]
    ):
        raise BadEventsError("a day is missing or outside the window", first=str(first), last=str(last))
    count = np.bincount(_months(moments), minlength=12).astype(np.float64)
    return _profile(count, np.bincount(_months(watched), minlength=12).astype(np.float64), level)


def _profile(count: Numbers, days: Numbers, level: float) -> Profile:
    if not np.isfinite(count).all() or (count < 0).any():
        raise BadEventsError("a count is missing or negative")
    low, high = poisson_interval(count, level)
    rate, lower, upper = (
        np.divide(part, days, out=np.full(days.shape, np.nan), where=days > 0) for part in (count, low, high)
    )
    return Profile(count, days, rate, lower, upper, level)


def _days(first: dt.date, last: dt.date) -> NDArray[np.datetime64]:
    if last < first:
        raise BadParamsError("the window ends before it begins", name="last")
    return np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + 1)


def _weekdays(days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    return (days.astype(np.int64) + 3) % 7


def _months(days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    return days.astype("datetime64[M]").astype(np.int64) % 12
