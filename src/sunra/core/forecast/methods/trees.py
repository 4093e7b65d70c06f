"""Boosted regression trees with Poisson loss on the densities, begun from their learnt mixture.

    E[came] = expected * mixture * exp(trees)

Few leaves and many rows in each: on places that hardly change, trees otherwise learn last year's luck. The
trees only bend the mixture: on a small grid, where one leaf holds all the busy cells, its order remains.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast.history import History
from sunra.core.forecast.methods.bayes import Lesson, Mixture
from sunra.core.forecast.methods.cores import one_core
from sunra.core.forecast.methods.shape import Seeing

RATE, LEAVES, ROUNDS = 0.075, 7, 100
LEAST_ROWS = 1000
BINS = 127
LEAST_EVENTS = 1000.0
FLOOR = 1e-3
"""Of the mean cell: the least that the trees begin from."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class BoostedTrees:
    """Histogram gradient boosting, Poisson loss."""

    name: str = "boosted_trees"

    def train(self, past: History, *, seed: int) -> Seeing:
        """Fit on the past's own later parts."""
        return self.learn(Lesson.of(past, seed=seed))

    def learn(self, lesson: Lesson) -> Seeing:
        """The trees, or the mixture alone where there is too little to learn from."""
        if lesson.known.came.sum() < LEAST_EVENTS:
            return lesson.mixture
        # It costs most of a second to import, and a demonstration never needs it.
        from sklearn.ensemble import HistGradientBoostingRegressor  # type: ignore[import-untyped]

        table = _relative(lesson.known.seen, lesson.mixture, lesson.cells)
        edges = tuple(_edges(column) for column in table.T)
        model = HistGradientBoostingRegressor(
            loss="poisson",
            learning_rate=RATE,
            max_leaf_nodes=LEAVES,
            min_samples_leaf=LEAST_ROWS,
            max_iter=ROUNDS,
            l2_regularization=1.0,
            early_stopping=False,
            random_state=lesson.seed % 2**32,
        )
        begun = np.maximum(table[:, -1], FLOOR)
        with one_core():
            model.fit(_binned(table, edges), lesson.target / begun, sample_weight=lesson.weight * begun)
        return Forest(lesson.mixture, edges, model)


@dataclass(frozen=True, eq=False)
class Forest(Seeing):
    """The boosted trees, the mixture that they bend, and the borders of their bins."""

    mixture: Mixture
    edges: tuple[Numbers, ...]
    model: Any

    def spread(self, seen: Numbers) -> Numbers:
        """Relative rate per cell."""
        table = _relative(seen, self.mixture, seen.shape[0])
        with one_core():
            found = self.model.predict(_binned(table, self.edges))
        return np.asarray(np.maximum(found, 1e-9) * np.maximum(table[:, -1], FLOOR), dtype=np.float64)


def _relative(seen: Numbers, mixture: Mixture, cells: int) -> Numbers:
    return np.asarray(np.column_stack((seen[:, :-1], mixture.spread(seen))) * cells, dtype=np.float64)


def _edges(column: Numbers) -> Numbers:
    """Borders of bins with about equally many of the positive values each."""
    positive = column[column > 0]
    if not positive.size:
        return np.zeros(1)
    return np.unique(np.r_[0.0, np.quantile(positive, np.linspace(0, 1, BINS)[1:-1])])


def _binned(table: Numbers, edges: tuple[Numbers, ...]) -> NDArray[np.float32]:
    """The number of the bin of every value: scikit-learn would sort each column once per border."""
    found = [
        np.searchsorted(border, column, side="left") for border, column in zip(edges, table.T, strict=True)
    ]
    return np.column_stack(found).astype(np.float32)
