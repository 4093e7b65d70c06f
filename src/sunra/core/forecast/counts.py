"""The counts that every forecast has to beat: all of the past, or its last part, as anyone can do by hand."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast.errors import BadParamsError
from sunra.core.forecast.history import History

WEEK = 7


@dataclass(frozen=True)
class CountAll:
    """Events so far over periods so far. Method and trained method in one: there is nothing to learn."""

    name: str = "count_all"

    def train(self, past: History, *, seed: int) -> "CountAll":  # noqa: ARG002 - the interface of a method
        """Return itself."""
        return self

    def expected(self, past: History) -> NDArray[np.float64]:
        """Mean count per period (cells,); 0 without a past."""
        return np.asarray(past.counts.sum(0, dtype=np.float64) / max(1, past.periods))


@dataclass(frozen=True)
class CountRecent:
    """The same over the last ``periods`` periods (fewer where the past is shorter)."""

    periods: int
    name: str

    def __post_init__(self) -> None:
        """Refuse a window without a period with ``BadParamsError``."""
        if self.periods < 1:
            raise BadParamsError("a window has at least one period", periods=self.periods)

    @classmethod
    def weeks(cls, weeks: int, *, period_days: int = WEEK) -> "CountRecent":
        """A window of that many weeks, whatever the length of a period; named ``count_52w``."""
        return cls(max(1, round(weeks * WEEK / period_days)), f"count_{weeks}w")

    def train(self, past: History, *, seed: int) -> "CountRecent":  # noqa: ARG002 - the interface of a method
        """Return itself."""
        return self

    def expected(self, past: History) -> NDArray[np.float64]:
        """Mean count per period of the window (cells,)."""
        window = past.counts[max(0, past.periods - self.periods) :]
        return np.asarray(window.sum(0, dtype=np.float64) / max(1, window.shape[0]))
