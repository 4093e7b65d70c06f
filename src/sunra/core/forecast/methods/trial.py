"""Methods put to the test on the past: trained on what came before, asked about what came after.

A trial is a stretch of the past that the methods have not seen when they were trained; at every origin within
it they see all that lies before that origin, as they would have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast import metrics
from sunra.core.forecast.history import History, Method, Trained
from sunra.core.forecast.methods.columns import columns
from sunra.core.forecast.methods.shape import Seeing, normal

STEP_DAYS = 28
SHARES = (0.01, 0.02, 0.05, 0.10)
FLOOR = 0.01
"""Part of every shape that is spread evenly before it is judged: even a quiet cell is not certain."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trial:
    """``shapes``: by method, float64 (origins, cells), sum 1 each; ``came``: (origins, cells), what came;
    ``exposure``: of the past (``History``).
    """

    shapes: Mapping[str, Numbers]
    came: Numbers
    exposure: Numbers | None = None

    @property
    def events(self) -> float:
        """Events to be judged by."""
        return float(self.came.sum())

    def and_then(self, other: "Trial") -> "Trial":
        """Both as one."""
        shapes = {name: np.vstack((self.shapes[name], other.shapes[name])) for name in self.shapes}
        return Trial(shapes, np.vstack((self.came, other.came)), self.exposure)

    def with_shapes(self, name: str, shapes: Numbers) -> "Trial":
        """The same with one more competitor."""
        return Trial({**self.shapes, name: shapes}, self.came, self.exposure)

    def hits(self, name: str, *, seed: int) -> Numbers:
        """Events in the highest 1, 2, 5, 10 % of cells, or of their exposure, (origins, shares).

        Ties stand in an order fixed by the seed.
        """
        return hits(self.shapes[name], self.came, seed=seed, exposure=self.exposure)


def run(past: History, methods: Sequence[Method], *, span: range, seed: int) -> Trial:
    """Train on what lies before ``span`` and ask at every step within it."""
    known = past.before(span.start)
    return ask(past, {one.name: one.train(known, seed=seed) for one in methods}, span=span)


def ask(past: History, trained: Mapping[str, Trained], *, span: range) -> Trial:
    """Ask trained methods at every step within ``span``."""
    step = max(1, STEP_DAYS // past.period_days)
    came: list[Numbers] = []
    shapes: dict[str, list[Numbers]] = {name: [] for name in trained}
    for origin in range(span.start, span.stop - step + 1, step):
        known = past.before(origin)
        came.append(past.counts[origin : origin + step].sum(0, dtype=np.float64))
        # The members of a stack look at the same columns, which are the dear part.
        seen = (
            columns(known) if any(isinstance(one, Seeing) for one in trained.values()) else np.zeros((0, 0))
        )
        for name, one in trained.items():
            made = one.spread(seen) if isinstance(one, Seeing) else one.expected(known)
            shapes[name].append(normal(made))
    return Trial({name: np.array(made) for name, made in shapes.items()}, np.array(came), past.exposure)


def floored(shapes: Numbers) -> Numbers:
    """A little of every shape spread evenly."""
    return np.asarray((1 - FLOOR) * shapes + FLOOR / shapes.shape[1], dtype=np.float64)


def likelihood(shapes: Numbers, came: Numbers) -> float:
    """Log-likelihood gain per event over an even spread, given how many came."""
    where = came > 0
    logs = np.log(np.maximum(shapes[where], 1e-300) * shapes.shape[-1])
    return float((came[where] * logs).sum() / max(came.sum(), 1e-300))


def hits(shapes: Numbers, came: Numbers, *, seed: int, exposure: Numbers | None = None) -> Numbers:
    """See ``Trial.hits``."""
    tie = metrics.tie_break(shapes.shape[1], seed)
    flagged = metrics.flagged(SHARES, shapes.shape[1])
    rows = []
    for shape, events in zip(shapes, came, strict=True):
        order = metrics.ranking(shape if exposure is None else shape / exposure, tie)
        cells = flagged if exposure is None else metrics.reached(SHARES, order, exposure)
        rows.append(metrics.caught(events, order, cells))
    return np.asarray(rows, dtype=np.float64)


def paired(first: Numbers, second: Numbers, total: Numbers) -> tuple[float, float]:
    """Difference of two pooled rates and its standard error (ratio estimator; Cochran 1977, ch. 6)."""
    gain = first - second
    pooled = float(gain.sum() / total.sum())
    rest = gain - pooled * total
    n = total.size
    error = np.sqrt((rest**2).sum() * n / max(1, n - 1)) / total.sum()
    return pooled, float(error)
