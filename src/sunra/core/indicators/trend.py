"""Trend and season of a series of counts, with bands.

``log μ_t = log e_t + β₀ + β₁ s_t + Σ_k (γ_k cos 2πkt/P + δ_k sin 2πkt/P)``

for counts ``y_t`` in periods of exposure ``e_t`` (days), ``s_t`` time in years, ``P`` periods a year. Counts
are Poisson, or negative binomial (variance ``μ + α μ²``) when they vary more; ``α`` solves
``Σ (y−μ)²/(μ+αμ²) = n − p`` (N. Breslow, Applied Statistics 33, 1984). Fitted by iteratively reweighted least
squares (P. McCullagh and J. Nelder, Generalized Linear Models, 1989, ch. 6).

Two bands: where the expectation lies (confidence), and where a single period's count falls (prediction,
quantiles of a negative binomial whose dispersion also carries the uncertainty of the expectation).
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, special

from sunra.core.indicators.errors import BadFigures, TooShort
from sunra.core.indicators.rates import count_interval
from sunra.core.indicators.units import as_floats

Floats = NDArray[np.float64]
FEWEST = 8
"""Periods below which nothing is fitted."""
FEWEST_FOR_SEASON = 60
"""Events below which no season is fitted: about ten for each of its six coefficients."""
YEARS_FOR_SEASON = 1.9
"""Years below which no season is fitted: two, less the cut months at both ends of a file."""
WIDEST = 3.0
"""Standard error of a logarithm beyond which nothing is known anyway: a factor of 20 each way."""


@dataclass(frozen=True, eq=False)
class Trend:
    """A fitted series (n periods, then ``ahead`` more): expectations and bands in events per period.

    ``low``/``high`` bound the expectation, ``least``/``most`` a single period's count; ``level`` is the
    expectation without the season. ``yearly`` is the factor by which the level changes in a year, with
    ``yearly_low``/``yearly_high``. ``dispersion`` is α (0: Poisson). ``seasonal`` is false when fewer than
    two years or fewer than 60 events are known: a season cannot be told from chance then.
    """

    expected: Floats = field(repr=False)
    low: Floats = field(repr=False)
    high: Floats = field(repr=False)
    least: Floats = field(repr=False)
    most: Floats = field(repr=False)
    level: Floats = field(repr=False)
    yearly: float
    yearly_low: float
    yearly_high: float
    dispersion: float
    seasonal: bool
    observed: int


def fit(
    counts: ArrayLike,
    *,
    periods_a_year: float,
    exposure: ArrayLike | None = None,
    harmonics: int = 2,
    ahead: int = 0,
    level: float = 0.95,
) -> Trend:
    """Fit ``counts`` (n,) of consecutive periods, 12 a year or 52.18; ``exposure`` (n + ahead,) in days.

    Raises ``TooShort`` below eight periods, ``BadFigures`` for negative counts or exposures of 0.
    """
    seen = as_floats(counts)
    total = len(seen) + ahead
    spent = np.ones(total) if exposure is None else as_floats(exposure)
    if len(spent) != total or (spent <= 0).any():
        raise BadFigures("one positive exposure per period")
    if len(seen) < FEWEST:
        raise TooShort("too few periods", periods=len(seen), least=FEWEST)
    seasonal = len(seen) >= YEARS_FOR_SEASON * periods_a_year and seen.sum() >= FEWEST_FOR_SEASON
    matrix = _matrix(total, len(seen), periods_a_year, harmonics if seasonal else 0)
    if not seen.sum():
        return _silent(spent, len(seen), level)
    offset = np.log(spent)
    known = matrix[: len(seen)]
    beta, alpha = _estimate(known, seen, offset[: len(seen)])
    mean = np.exp(offset[: len(seen)] + known @ beta)
    covariance = np.linalg.pinv(known.T @ (known * (mean / (1 + alpha * mean))[:, None]))
    freedom = max(len(seen) - matrix.shape[1], 1)
    reach = float(special.stdtrit(freedom, 1 - (1 - level) / 2))
    spread = np.minimum(np.sqrt(np.einsum("ij,jk,ik->i", matrix, covariance, matrix)), WIDEST)
    expected = np.exp(offset + matrix @ beta)
    least, most = _prediction(expected, alpha + np.expm1(spread**2), level)
    slope, slope_spread = float(beta[1]), min(float(np.sqrt(covariance[1, 1])), WIDEST)
    return Trend(
        expected=expected,
        low=expected * np.exp(-reach * spread),
        high=expected * np.exp(reach * spread),
        least=least,
        most=most,
        level=np.exp(offset + matrix[:, :2] @ beta[:2]),
        yearly=float(np.exp(slope)),
        yearly_low=float(np.exp(slope - reach * slope_spread)),
        yearly_high=float(np.exp(slope + reach * slope_spread)),
        dispersion=alpha,
        seasonal=seasonal,
        observed=len(seen),
    )


def _matrix(total: int, known: int, periods_a_year: float, harmonics: int) -> Floats:
    """Columns: 1, time in years from the middle of the known part, cosine and sine pairs."""
    at = np.arange(total, dtype=np.float64)
    columns = [np.ones(total), (at - (known - 1) / 2) / periods_a_year]
    for number in range(1, harmonics + 1):
        angle = 2 * np.pi * number * at / periods_a_year
        columns += [np.cos(angle), np.sin(angle)]
    return np.column_stack(columns)


def _estimate(matrix: Floats, counts: Floats, offset: Floats) -> tuple[Floats, float]:
    """Coefficients and dispersion, each given the other, until both rest."""
    alpha = 0.0
    beta = _weighted(matrix, counts, offset, alpha)
    for _round in range(10):
        mean = np.exp(offset + matrix @ beta)
        fresh = _dispersion(counts, mean, matrix.shape[1])
        if abs(fresh - alpha) < 1e-6:
            break
        alpha = fresh
        beta = _weighted(matrix, counts, offset, alpha, beta)
    return beta, alpha


def _weighted(
    matrix: Floats, counts: Floats, offset: Floats, alpha: float, start: Floats | None = None
) -> Floats:
    """Iteratively reweighted least squares for a given dispersion."""
    beta = np.zeros(matrix.shape[1]) if start is None else start
    if start is None:
        beta[0] = np.log(counts.sum() / np.exp(offset).sum())
    for _step in range(60):
        eta = np.clip(matrix @ beta + offset, -30, 30)
        mean = np.exp(eta)
        weight = mean / (1 + alpha * mean)
        target = eta - offset + (counts - mean) / mean
        root = np.sqrt(weight)
        fresh: Floats = np.linalg.lstsq(matrix * root[:, None], target * root, rcond=None)[0].astype(
            np.float64
        )
        if np.abs(fresh - beta).max() < 1e-9:
            return fresh
        beta = fresh
    return beta


def _dispersion(counts: Floats, mean: Floats, parameters: int) -> float:
    """α of the negative binomial by its Pearson statistic; 0 when the counts vary no more than Poisson."""
    freedom = len(counts) - parameters
    square = (counts - mean) ** 2

    def excess(alpha: float) -> float:
        return float((square / (mean + alpha * mean**2)).sum() - freedom)

    if freedom <= 0 or excess(0.0) <= 0:
        return 0.0
    return float(optimize.brentq(excess, 0.0, 1e3)) if excess(1e3) < 0 else 1e3


def _prediction(mean: Floats, alpha: Floats, level: float) -> tuple[Floats, Floats]:
    """Quantiles (n,), (n,) of a count with expectation ``mean`` and dispersion ``alpha``."""
    from scipy import stats  # a large package: only who asks for a trend loads it

    tail = (1 - level) / 2
    size = 1 / np.maximum(alpha, 1e-9)
    share = size / (size + mean)
    return stats.nbinom.ppf(tail, size, share), stats.nbinom.ppf(1 - tail, size, share)


def _silent(spent: Floats, known: int, level: float) -> Trend:
    """Nothing ever happened: the expectation is 0, its upper bound that of no event in all periods."""
    _low, high = count_interval([0.0], level=level)
    nothing = np.zeros(len(spent))
    most = spent * high[0] / spent[:known].sum()
    return Trend(
        nothing, nothing, most, nothing, np.ceil(most), nothing, 1.0, 0.0, float("inf"), 0.0,
        seasonal=False, observed=known,
    )  # fmt: skip
