"""How far a count may lie from what was expected: negative binomial intervals and their honest test.

    Var(Y) = m + s * m²

m: expectation; s: ``spread``, 0 for Poisson. A town's weeks scatter more than Poisson because its level
drifts; a single cell's hardly do. So each kind of unit (cell, area, whole district) has a spread of its own,
the one under which the past was most likely. The test is the randomised probability integral transform
(Smith, J. Forecasting 4, 1985; Czado, Gneiting and Held, Biometrics 65, 2009): u is even on 0-1 if the
distribution is right, and 90 % of u lie in the middle 90 %.
"""

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

LEVEL = 0.9
LEAST, MOST, STEPS = 1e-4, 4.0, 41
POISSON = 1e-6
"""Spreads up to this are taken for 0: the difference is past the digits of the distribution's functions."""

Numbers = NDArray[np.float64]


def learn(expected: ArrayLike, observed: ArrayLike) -> float:
    """The spread under which counts of equal shape were most likely; 0 where Poisson explains them better."""
    mean, count = _columns(expected, observed)
    if not count.size:
        return 0.0
    best, found = _log_poisson(mean, count), 0.0
    for spread in np.geomspace(LEAST, MOST, STEPS):
        value = _log_binomial(mean, count, spread)
        if value > best:
            best, found = value, float(spread)
    return found


def interval(
    expected: ArrayLike, spread: float, *, level: float = LEVEL
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Lowest and highest count of the central interval, inclusive, at least ``level`` likely together."""
    mean = np.asarray(expected, dtype=np.float64)
    tail = (1 - level) / 2
    ends = [_quantile(mean, spread, at) for at in (tail, 1 - tail)]
    return ends[0], ends[1]


def pit(expected: ArrayLike, observed: ArrayLike, spread: float, *, seed: int) -> Numbers:
    """Randomised transform of each count, even on 0-1 when mean and spread are right."""
    mean = np.asarray(expected, dtype=np.float64)
    count = np.asarray(observed, dtype=np.float64)
    above, below = _cumulative(mean, count, spread), _cumulative(mean, count - 1, spread)
    part = np.random.default_rng(seed).random(mean.shape)
    return np.asarray(below + part * (above - below), dtype=np.float64)


def coverage(transformed: Numbers, *, level: float = LEVEL) -> tuple[float, float]:
    """Share of counts inside their central interval, and its standard error if they are independent."""
    tail = (1 - level) / 2
    inside = (transformed >= tail) & (transformed <= 1 - tail)
    share = float(inside.mean())
    return share, float(np.sqrt(share * (1 - share) / inside.size))


def _columns(expected: ArrayLike, observed: ArrayLike) -> tuple[Numbers, Numbers]:
    mean = np.asarray(expected, dtype=np.float64).ravel()
    count = np.asarray(observed, dtype=np.float64).ravel()
    known = mean > 0
    return mean[known], count[known]


def _log_poisson(mean: Numbers, count: Numbers) -> float:
    return float((count * np.log(mean) - mean).sum())


def _log_binomial(mean: Numbers, count: Numbers, spread: float) -> float:
    size = 1 / spread
    some = count > 0
    rising = gammaln(count[some] + size) - gammaln(size) - count[some] * np.log(size)
    swelling = (count + size) * np.log1p(mean * spread)
    return float(rising.sum() + (count * np.log(mean)).sum() - swelling.sum())


def _cumulative(mean: Numbers, count: Numbers, spread: float) -> Numbers:
    # Nearly all counts of cells are 0, whose probability needs no sum.
    nothing = np.exp(-mean) if spread <= POISSON else (1 + mean * spread) ** (-1 / spread)
    found = np.where(count < 0, 0.0, nothing)
    some = count > 0
    if spread <= POISSON:
        found[some] = scipy.stats.poisson.cdf(count[some], mean[some])
    else:
        found[some] = scipy.stats.nbinom.cdf(count[some], 1 / spread, 1 / (1 + mean[some] * spread))
    return np.asarray(found, dtype=np.float64)


def _quantile(mean: Numbers, spread: float, at: float) -> NDArray[np.int64]:
    if spread <= POISSON:
        made = scipy.stats.poisson.ppf(at, mean)
    else:
        made = scipy.stats.nbinom.ppf(at, 1 / spread, 1 / (1 + mean * spread))
    return np.asarray(np.maximum(made, 0), dtype=np.int64)
