"""Events of which only a span is known: a parked car was there in the evening and gone in the morning.

Aoristic weights (Ratcliffe and McCullagh, Professional Geographer 50, 1998): the event is one, spread evenly
over the span; its share in an hour of the week is the length of the overlap over the length of the span. The
overlaps are whole seconds, so the shares are exact fractions: with F(t, k) the seconds of hour k of the week
that lie before t,

    seconds(k) = F(end, k) - F(start, k)
    F(t, k) = 3600 floor(t / week) + min(max(t mod week - 3600 k, 0), 3600)

Weeks begin on Monday at 00:00 of the local clock; a change of the clock (daylight saving) is not corrected.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sunra.core.forecast.errors import BadEventsError

HOURS, HOUR, WEEK = 168, 3600, 604_800
# 1970-01-01 was a Thursday: seconds from the Monday before
_MONDAY = 3 * 24 * HOUR


@dataclass(frozen=True, eq=False)
class Aoristic:
    """Overlaps of n events with the hours of the week (0 = Monday 00-01 to 167 = Sunday 23-24).

    ``seconds`` int64 (n, 168); ``length`` int64 (n,), their sum. A moment (end equal to start) counts as one
    second of its hour.
    """

    seconds: NDArray[np.int64]
    length: NDArray[np.int64]

    @property
    def weights(self) -> NDArray[np.float64]:
        """Share of each event in each hour, float64 (n, 168); each row sums to 1."""
        return np.asarray(self.seconds / self.length[:, None], dtype=np.float64)

    def by_hour(self, weight: ArrayLike | None = None) -> NDArray[np.float64]:
        """Events in each hour of the week (168,), each event weighing ``weight`` (n,) or 1."""
        return np.asarray(_column(weight, self.length.size) / self.length @ self.seconds, dtype=np.float64)

    def by_slot(self, weight: ArrayLike | None = None) -> NDArray[np.float64]:
        """Events by weekday and two-hour slot, (7, 12)."""
        return np.asarray(self.by_hour(weight).reshape(7, 12, 2).sum(2), dtype=np.float64)


def aoristic(start: ArrayLike, end: ArrayLike) -> Aoristic:
    """The overlaps of spans [start, end), datetime64 (n,) of the local clock, to whole seconds.

    Raises ``BadEventsError`` with the row for a missing moment or an end before its start.
    """
    begin, finish = _seconds(start, "start"), _seconds(end, "end")
    if begin.shape != finish.shape or begin.ndim != 1:
        raise BadEventsError("the columns differ in length")
    if (finish < begin).any():
        raise BadEventsError("an event ends before it starts", row=int(np.flatnonzero(finish < begin)[0]))
    finish = np.where(finish == begin, begin + 1, finish)
    return Aoristic(_before(finish) - _before(begin), finish - begin)


def _before(moment: NDArray[np.int64]) -> NDArray[np.int64]:
    """Seconds of each hour of the week before each moment, (n, 168)."""
    weeks, rest = np.divmod(moment, WEEK)
    into = rest[:, None] - HOUR * np.arange(HOURS)
    return weeks[:, None] * HOUR + np.clip(into, 0, HOUR)


def _seconds(values: ArrayLike, name: str) -> NDArray[np.int64]:
    moments = np.asarray(values, dtype="datetime64[s]")
    if np.isnat(moments).any():
        raise BadEventsError(
            "a moment is missing", column=name, row=int(np.flatnonzero(np.isnat(moments))[0])
        )
    return moments.astype(np.int64) + _MONDAY


def _column(weight: ArrayLike | None, size: int) -> NDArray[np.float64]:
    found = np.ones(size) if weight is None else np.asarray(weight, dtype=np.float64)
    if found.shape != (size,) or not np.isfinite(found).all() or (found < 0).any():
        raise BadEventsError("a weight is missing or negative", column="weight")
    return found
