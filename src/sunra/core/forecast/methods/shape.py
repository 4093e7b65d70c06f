"""What all methods have in common: a shape over the cells times the level of the whole town."""

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast.history import History
from sunra.core.forecast.methods.columns import columns
from sunra.core.forecast.methods.level import next_total

Numbers = NDArray[np.float64]


class Shaped(ABC):
    """A trained method that says how the next period's events spread over the cells."""

    @abstractmethod
    def shape(self, past: History) -> Numbers:
        """Share of the next period's events that falls in each cell, (cells,), sum 1."""

    def expected(self, past: History) -> Numbers:
        """Expected count (cells,) in the period right after ``past``."""
        return self.shape(past) * next_total(past)


class Seeing(Shaped):
    """A shape made from the columns of the past and nothing else."""

    @abstractmethod
    def spread(self, seen: Numbers) -> Numbers:
        """Density (cells,) from what is seen (cells, columns); any positive scale."""

    def shape(self, past: History) -> Numbers:
        """The density of the past's columns."""
        return normal(self.spread(columns(past)))


def normal(values: Numbers) -> Numbers:
    """The same with sum 1; even where there is nothing."""
    total = values.sum()
    if not np.isfinite(total) or total <= 0:
        return np.full(values.size, 1 / max(1, values.size))
    return np.asarray(values / total, dtype=np.float64)
