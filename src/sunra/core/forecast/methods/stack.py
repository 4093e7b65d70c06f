"""The methods' shapes combined: log-linear, with weights that a held-out part of the past has chosen.

    p(c) proportional to product over m of p_m(c) ** a_m,   a_m >= 0

The weights maximise the likelihood of what came in the trial, which none of the members had seen when they
were trained (stacking: Wolpert, Neural Networks 5, 1992; log-linear pools: Genest and Zidek, Statistical
Science 1, 1986). A sum of weights under 1 flattens, over 1 sharpens.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from sunra.core.forecast.history import History
from sunra.core.forecast.methods import trial
from sunra.core.forecast.methods.bayes import EmpiricalBayes, Lesson
from sunra.core.forecast.methods.glm import PoissonGlm
from sunra.core.forecast.methods.shape import Seeing, normal
from sunra.core.forecast.methods.trees import BoostedTrees

HELD_OUT, MOST_HELD_DAYS = 0.25, 364
PULL = 20.0
"""How strongly the weights are held to equal ones, in units of log-likelihood per squared weight."""
MEMBERS = (EmpiricalBayes(), PoissonGlm(), BoostedTrees())

Numbers = NDArray[np.float64]


def held_out(past: History) -> int:
    """Periods of the last part of the past that a trial is made of."""
    return min(int(past.periods * HELD_OUT), MOST_HELD_DAYS // past.period_days)


def learn(past: History, *, seed: int) -> dict[str, Seeing]:
    """All members, trained on one reading of the past."""
    lesson = Lesson.of(past, seed=seed)
    return {one.name: one.learn(lesson) for one in MEMBERS}


@dataclass(frozen=True)
class Stack:
    """Log-linear pool of the members."""

    name: str = "stack"

    def train(self, past: History, *, seed: int) -> "Pool":
        """Weights from the last part of the past, members from all of it."""
        cut = past.periods - held_out(past)
        tried = trial.ask(past, learn(past.before(cut), seed=seed), span=range(cut, past.periods))
        return Pool(learn(past, seed=seed), weigh(tried))


@dataclass(frozen=True, eq=False)
class Pool(Seeing):
    """Trained members and their weights, by name."""

    members: Mapping[str, Seeing]
    weights: Mapping[str, float]

    def spread(self, seen: Numbers) -> Numbers:
        """Weighted geometric mean of the members' shapes."""
        return mix({name: normal(one.spread(seen)) for name, one in self.members.items()}, self.weights)


def mix(shapes: Mapping[str, Numbers], weights: Mapping[str, float]) -> Numbers:
    """The pool of shapes (..., cells), sum 1 over the cells."""
    logs = sum(weight * np.log(np.maximum(shapes[name], 1e-300)) for name, weight in weights.items())
    made = np.exp(logs - np.max(logs, axis=-1, keepdims=True))
    return np.asarray(made / made.sum(axis=-1, keepdims=True), dtype=np.float64)


def weigh(tried: trial.Trial) -> dict[str, float]:
    """The members' weights under which what came in the trial was most likely; equal ones without events."""
    names = [one.name for one in MEMBERS]
    equal = np.full(len(names), 1 / len(names))
    if tried.events <= 0:
        return dict(zip(names, equal.tolist(), strict=True))
    logs = np.stack([np.log(np.maximum(tried.shapes[name], 1e-300)) for name in names])
    totals = tried.came.sum(1)
    seen = np.einsum("moc,oc->m", logs, tried.came)

    def loss(weight: Numbers) -> tuple[float, Numbers]:
        mixed = np.tensordot(weight, logs, 1)
        top = mixed.max(1, keepdims=True)
        made = np.exp(mixed - top)
        mass = made.sum(1, keepdims=True)
        norm = np.log(mass[:, 0]) + top[:, 0]
        mean = np.einsum("moc,oc->m", logs, made / mass * totals[:, None])
        away = weight - equal
        return float(totals @ norm - weight @ seen + PULL * away @ away), mean - seen + 2 * PULL * away

    found = scipy.optimize.minimize(
        loss, equal, jac=True, method="L-BFGS-B", bounds=[(0.0, 2.0)] * len(names)
    )
    return {name: float(weight) for name, weight in zip(names, found.x, strict=True)}
