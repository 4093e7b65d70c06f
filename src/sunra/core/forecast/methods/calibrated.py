"""A method whose expectation has been held against what came, and bent where it was wrong."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast import calibrate
from sunra.core.forecast.history import History, Method, Trained
from sunra.core.forecast.methods import trial
from sunra.core.forecast.methods.shape import Shaped, normal
from sunra.core.forecast.methods.stack import held_out

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Bent(Shaped):
    """A trained method and the curve that is laid over its shape; the order of cells stays."""

    base: Trained
    curve: calibrate.Curve

    def shape(self, past: History) -> Numbers:
        """The base's shape times the factor of each cell."""
        plain = normal(self.base.shape(past) if isinstance(self.base, Shaped) else self.base.expected(past))
        return normal(plain * self.curve(plain))


@dataclass(frozen=True)
class Calibrated:
    """Any method with a curve learnt on the last part of the past, for which it was trained without it."""

    method: Method

    @property
    def name(self) -> str:
        """The method's own."""
        return f"{self.method.name}_calibrated"

    def train(self, past: History, *, seed: int) -> Bent:
        """Learn the curve on a trial, then train the method on the whole past."""
        cut = past.periods - held_out(past)
        curve = calibrate.NONE
        if cut < past.periods:
            tried = trial.run(past, (self.method,), span=range(cut, past.periods), seed=seed)
            curve = calibrate.learn(tried.shapes[self.method.name].ravel(), tried.came.ravel())
        return Bent(self.method.train(past, seed=seed), curve)
