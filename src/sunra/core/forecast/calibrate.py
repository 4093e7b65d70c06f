"""Makes "expected" mean expected: a rising curve, learnt on the district's own past, laid over the rates.

The strength w of the shrinkage is chosen for the order of cells; the hottest cells then come out too low. So
the model is fitted on the past without its last part, its cells are cut into ten bands of equal expected
events, and observed over expected of each band in that last part (shrunk to 1 by ``BAND_EVENTS``) is the
factor at the band's mean rate. Between bands the factor is interpolated over the logarithm of the rate, so
that the order of cells stays; the district's total stays too.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BANDS = 10
BAND_EVENTS = 20.0
LEAST_SLOPE = 0.2
HELD_OUT, MOST_HELD_OUT, LEAST_DAYS, LEAST_EVENTS = 0.25, 365, 365, 300.0


@dataclass(frozen=True, eq=False)
class Curve:
    """``rate``: logs of rates over the district's mean, rising; ``factor``: log of the factor at each."""

    rate: NDArray[np.float64]
    factor: NDArray[np.float64]

    def __call__(self, rate: NDArray[np.float64]) -> NDArray[np.float64]:
        """Factor per cell (1 where nothing is expected) that leaves order and total as they are."""
        mean = rate.mean()
        if not self.rate.size or mean <= 0:
            return np.ones_like(rate)
        some = rate > 0
        factor = np.ones_like(rate)
        factor[some] = np.exp(np.interp(np.log(rate[some] / mean), self.rate, self.factor))
        return np.asarray(factor * rate.sum() / (factor * rate).sum(), dtype=np.float64)


NONE = Curve(np.zeros(0), np.zeros(0))


def held_out(days: int, events: float) -> int:
    """How many of the last days are held out; 0 when the past is too short for it."""
    if days < LEAST_DAYS or events < LEAST_EVENTS:
        return 0
    return min(MOST_HELD_OUT, int(days * HELD_OUT))


def learn(rate: NDArray[np.float64], observed: NDArray[np.float64]) -> Curve:
    """The curve from rates (cells,) of the earlier past and counts (cells,) of the part held out."""
    total = observed.sum()
    if total <= 0 or rate.sum() <= 0:
        return NONE
    order = np.argsort(rate, kind="stable")
    expected = rate[order] * total / rate.sum()
    band = np.minimum((np.cumsum(expected) - expected / 2) / total * BANDS, BANDS - 1).astype(np.int64)
    exp = np.bincount(band, expected, minlength=BANDS)
    obs = np.bincount(band, observed[order], minlength=BANDS)
    cells = np.bincount(band, minlength=BANDS)
    known = (exp > 0) & (cells > 0)
    at = np.log(exp[known] / cells[known] * rate.size / total)
    value = at + np.log((obs[known] + BAND_EVENTS) / (exp[known] + BAND_EVENTS))
    for i in range(1, at.size):
        value[i] = max(value[i], value[i - 1] + LEAST_SLOPE * (at[i] - at[i - 1]))
    return Curve(at, value - at)
