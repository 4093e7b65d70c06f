"""Empirical Bayes: own past and neighbourhoods of several memories, mixed as the district's past says.

    p(c) = sum over k of w_k * p_k(c),   w_k >= 0,  sum of w = 1

p_k: the densities of ``columns`` (a cell's own count, its surroundings near and far, even). Each event of the
past is taken to come from one of them; w is fitted by expectation maximisation (Dempster, Laird and Rubin,
JRSS B 39, 1977) on counts that came after what was seen. It is n + w * KDE with the strengths of many kernels
and half-lives learnt together: a gamma-Poisson mean whose prior is the local density (Clayton and Kaldor,
Biometrics 43, 1987). Where too little has come to learn from, the starting weights hold: own counts to
surroundings about as 1 to 0.6, as on the Chicago reference split.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast.history import History
from sunra.core.forecast.methods.columns import Rows, names, rows
from sunra.core.forecast.methods.shape import Seeing

ROUNDS = 400
LEAST_EVENTS = 200.0
PRIOR_EVENTS = 50.0
"""Events that the starting weights count for, so that a short past moves them little."""
OWN, NEAR, EVEN = 0.60, 0.38, 0.02

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class EmpiricalBayes:
    """Mixture of densities, weights learnt from the past."""

    name: str = "empirical_bayes"

    def train(self, past: History, *, seed: int) -> "Mixture":
        """Fit the weights on the past's own later parts."""
        return self.learn(Lesson.of(past, seed=seed))

    def learn(self, lesson: "Lesson") -> "Mixture":
        """What the lesson was begun with."""
        return lesson.mixture


@dataclass(frozen=True, eq=False)
class Lesson:
    """What all methods learn from: the rows of a past, and the mixture learnt from them first."""

    known: Rows
    mixture: "Mixture"
    cells: int
    seed: int

    @classmethod
    def of(cls, past: History, *, seed: int) -> "Lesson":
        """Read the past once."""
        known = rows(past, seed=seed)
        return cls(known, mixture_of(known, names(past)), past.cells, seed)

    @property
    def target(self) -> Numbers:
        """Events over those expected if all cells were alike, per row."""
        return self.known.came / self.known.expected

    @property
    def weight(self) -> Numbers:
        """How much each row says."""
        return self.known.weight * self.known.expected


@dataclass(frozen=True, eq=False)
class Mixture(Seeing):
    """``weights``: (columns,), sum 1, in the order of ``columns.names``."""

    names: tuple[str, ...]
    weights: Numbers

    def spread(self, seen: Numbers) -> Numbers:
        """Weighted sum of the densities."""
        return np.asarray(seen @ self.weights, dtype=np.float64)


def mixture_of(known: Rows, columns: tuple[str, ...]) -> Mixture:
    """The weights that make what came most likely, given what was seen."""
    start = starting(columns)
    some = known.came > 0
    came, seen = known.came[some], known.seen[some]
    if came.sum() < LEAST_EVENTS:
        return Mixture(columns, start)
    # A weight that begins at 0 stays there, so every column begins with a little.
    weight = 0.9 * start + 0.1 / start.size
    for _ in range(ROUNDS):
        share = seen * weight
        weight = (came / np.maximum(share.sum(1), 1e-300)) @ share + PRIOR_EVENTS * start
        weight /= weight.sum()
    return Mixture(columns, weight)


def starting(columns: tuple[str, ...]) -> Numbers:
    """Own counts 0.60, kernels 0.38, even 0.02, shared alike among the memories; all else 0."""
    own = np.array([name.startswith("count_") for name in columns], dtype=np.float64)
    near = np.array([name.startswith("kernel_") for name in columns], dtype=np.float64)
    even = np.array([name == "even" for name in columns], dtype=np.float64)
    return np.asarray(OWN * own / own.sum() + NEAR * near / near.sum() + EVEN * even, dtype=np.float64)
