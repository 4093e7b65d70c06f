"""Poisson regression on the logarithms of the densities.

    log p(c) = b0 + sum over k of b_k * log(p_k(c) * cells + EPSILON),  penalty ALPHA / 2 * |b|²

The last column is the learnt mixture itself (``bayes``), so that the regression says where the mixture bends.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast.history import History
from sunra.core.forecast.methods.bayes import LEAST_EVENTS, Lesson, Mixture
from sunra.core.forecast.methods.cores import one_core
from sunra.core.forecast.methods.shape import Seeing

EPSILON = 0.03
"""Relative to the mean cell: what an empty cell's logarithm stands on."""
ALPHA = 1e-3

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class PoissonGlm:
    """Poisson regression, log link, small ridge."""

    name: str = "poisson_glm"

    def train(self, past: History, *, seed: int) -> Seeing:
        """Fit on the past's own later parts."""
        return self.learn(Lesson.of(past, seed=seed))

    def learn(self, lesson: Lesson) -> Seeing:
        """The regression, or the mixture alone where there is too little to learn from."""
        if lesson.known.came.sum() < LEAST_EVENTS:
            return lesson.mixture
        # It costs most of a second to import, and a demonstration never needs it.
        from sklearn.linear_model import PoissonRegressor  # type: ignore[import-untyped]

        table = _logs(lesson.known.seen, lesson.mixture, lesson.cells)
        mean, scale = table.mean(0), table.std(0)
        scale = np.where(scale > 1e-9, scale, 1.0)
        # Newton's steps arrive in a few; those of the default solver did not always within hundreds.
        model = PoissonRegressor(alpha=ALPHA, solver="newton-cholesky", max_iter=100)
        with one_core():
            model.fit((table - mean) / scale, lesson.target, sample_weight=lesson.weight)
        slopes = np.asarray(model.coef_, dtype=np.float64) / scale
        return Loglinear(lesson.mixture, slopes, float(model.intercept_ - slopes @ mean))


@dataclass(frozen=True, eq=False)
class Loglinear(Seeing):
    """``slopes``: (columns + 1,) on the logs of the densities and of the mixture."""

    mixture: Mixture
    slopes: Numbers
    intercept: float

    def spread(self, seen: Numbers) -> Numbers:
        """Exponential of the linear predictor."""
        table = _logs(seen, self.mixture, seen.shape[0])
        return np.asarray(np.exp(np.clip(table @ self.slopes + self.intercept, -30, 30)), dtype=np.float64)


def _logs(seen: Numbers, mixture: Mixture, cells: int) -> Numbers:
    table = np.column_stack((seen[:, :-1], mixture.spread(seen)))
    return np.asarray(np.log(table * cells + EPSILON), dtype=np.float64)
