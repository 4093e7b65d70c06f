"""Intervals: small numbers are shown as what they are, a range.

Counts: exact Poisson interval (F. Garwood, Biometrika 28, 1936): for k events
``[Γ⁻¹(k, α/2), Γ⁻¹(k + 1, 1 − α/2)]``, Γ⁻¹ the inverse regularised incomplete gamma function.
Ratios of two rates: conditional on their sum the first count is binomial; the bounds are those of
C. Clopper and E. Pearson (Biometrika 26, 1934), turned into a ratio.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from sunra.core.indicators.units import as_floats

Floats = NDArray[np.float64]


def count_interval(counts: ArrayLike, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Lower and upper bound (n,) of the expectation behind each count (n,), events of a Poisson process.

    Divide both by the exposure for the interval of a rate. Raises ``BadFigures``.
    """
    found = as_floats(counts)
    tail = (1 - level) / 2
    low = np.where(found > 0, special.gammaincinv(np.maximum(found, 1e-9), tail), 0.0)
    high = special.gammaincinv(found + 1, 1 - tail)
    return np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)


def ratio_interval(
    count: float, exposure: float, other: float, other_exposure: float, *, level: float = 0.95
) -> tuple[float, float]:
    """Bounds of (count / exposure) / (other / other_exposure); the upper one is infinite when ``other`` is 0.

    Raises ``BadFigures`` for negative figures; exposures must be positive.
    """
    as_floats([count, exposure, other, other_exposure])
    tail = (1 - level) / 2
    if count + other == 0:
        return 0.0, float("inf")
    low = special.betaincinv(count, other + 1, tail) if count else 0.0
    high = special.betaincinv(count + 1, other, 1 - tail) if other else 1.0
    scale = other_exposure / exposure
    return float(scale * low / (1 - low)), float(scale * high / (1 - high)) if high < 1 else float("inf")


def mean_interval(
    total: ArrayLike, squares: ArrayLike, count: ArrayLike, *, level: float = 0.95
) -> tuple[Floats, Floats, Floats]:
    """Mean and Student interval (n,) from sum, sum of squares and number of each group; NaN below two."""
    sums, squared, number = as_floats(total), as_floats(squares), as_floats(count)
    some = np.where(number >= 1, number, np.nan)
    mean = sums / some
    two = np.where(number >= 2, number, np.nan)
    variance = np.maximum(squared - sums * mean, 0.0) / (two - 1)
    freedom = np.where(number >= 2, number - 1, 1)
    reach = special.stdtrit(freedom, 1 - (1 - level) / 2) * np.sqrt(variance / two)
    return mean, np.maximum(mean - reach, 0.0), mean + reach
