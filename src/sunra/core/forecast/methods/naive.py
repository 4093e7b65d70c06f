"""The count over all history: what anyone can do by hand, and what a method has to beat."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast.history import History
from sunra.core.forecast.methods.shape import Shaped, normal

EVEN = 0.02
"""Part spread evenly, so that a cell without events is not impossible; the order of cells is the count's."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Naive(Shaped):
    """Method and trained method in one: there is nothing to learn."""

    name: str = "count_all"

    def train(self, past: History, *, seed: int) -> "Naive":  # noqa: ARG002 - the interface of a method
        """Return itself."""
        return self

    def shape(self, past: History) -> Numbers:
        """Share of all events so far."""
        count = normal(past.counts.sum(0, dtype=np.float64))
        return (1 - EVEN) * count + EVEN / count.size
