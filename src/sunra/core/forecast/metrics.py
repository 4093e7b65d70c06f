"""How good a forecast of places was: hit rate, PAI, PEI, likelihood, calibration, steadiness, errors.

    HR(a)  = events in the flagged share a of the cells / all events
    PAI(a) = HR(a) / (flagged cells / cells)  (Chainey, Tompson and Uhlig, Security J. 21, 2008)
    PEI(a) = hits / hits of the best flags of as many cells   (Hunt, PhD thesis, 2016)

All are pooled: sums over the periods first, then the ratio. The standard error of a pooled ratio
r = sum(y_t) / sum(n_t) over k periods is that of the ratio estimator (Cochran, Sampling Techniques, 1977):

    se = sqrt(k / (k - 1) * sum((y_t - r n_t)^2)) / sum(n_t)
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast.errors import BadParamsError

BANDS = 10
FLOOR = 0.01
"""Part of every expectation that is spread evenly before its likelihood is taken: a plain count says "never"
of an empty cell, and one event there would be worth minus infinity."""

Numbers = NDArray[np.float64]


def flagged(shares: Sequence[float], cells: int) -> tuple[int, ...]:
    """How many cells each share of the area is, at least one; raises ``BadParamsError`` outside (0, 1]."""
    if not shares or not all(0 < share <= 1 for share in shares):
        raise BadParamsError("a share of the area lies above 0 and up to 1", shares=list(shares))
    return tuple(max(1, round(share * cells)) for share in shares)


def reached(shares: Sequence[float], order: NDArray[np.int64], exposure: Numbers) -> tuple[int, ...]:
    """How many cells of an order fit into each share of the exposure, at least one."""
    sums = np.cumsum(exposure[order])
    found = np.searchsorted(sums, np.array(shares) * sums[-1] * (1 + 1e-12), side="right")
    return tuple(int(n) for n in np.maximum(found, 1))


def tie_break(cells: int, seed: int) -> Numbers:
    """The random order (cells,) in which equal cells stand; fixed by the seed for all periods and methods."""
    return np.random.default_rng(seed).random(cells)


def ranking(expected: Numbers, tie: Numbers) -> NDArray[np.int64]:
    """Cells from the highest expectation to the lowest."""
    return np.lexsort((-tie, -expected)).astype(np.int64)


def caught(events: Numbers, order: NDArray[np.int64], cells: Sequence[int]) -> Numbers:
    """Events within the first ``cells`` cells of an order, (shares,)."""
    return np.asarray(np.cumsum(events[order])[np.array(cells) - 1], dtype=np.float64)


def best(events: Numbers, cells: Sequence[int]) -> Numbers:
    """Events within the best possible flags, known only afterwards, (shares,)."""
    return np.asarray(np.cumsum(np.sort(events)[::-1])[np.array(cells) - 1], dtype=np.float64)


def overlap(
    one: NDArray[np.int64],
    other: NDArray[np.int64],
    cells: Sequence[int],
    other_cells: Sequence[int] | None = None,
) -> Numbers:
    """Jaccard index of the flags of two orders, (shares,): cells in both over cells in either."""
    rank = np.empty(other.size, dtype=np.int64)
    rank[other] = np.arange(other.size)
    theirs = cells if other_cells is None else other_cells
    both = np.array([np.count_nonzero(rank[one[:n]] < m) for n, m in zip(cells, theirs, strict=True)])
    return np.asarray(both / (np.array(cells) + np.array(theirs) - both), dtype=np.float64)


def likelihood(expected: Numbers, events: Numbers) -> float:
    """Poisson log-likelihood of a period's counts (constant left out), after the floor; 0 of nothing."""
    mean = (1 - FLOOR) * expected + FLOOR * expected.mean()
    where = events > 0
    if mean.sum() <= 0:
        mean = np.full(mean.size, 1e-12)
    return float((events[where] * np.log(mean[where])).sum() - mean.sum())


def ratio(part: Numbers, whole: Numbers) -> tuple[float, float]:
    """Pooled ratio of two columns (periods,) and its standard error; NaN where it is not defined."""
    total, k = float(whole.sum()), whole.size
    if total <= 0:
        return float("nan"), float("nan")
    pooled = float(part.sum()) / total
    if k < 2:
        return pooled, float("nan")
    rest = part - pooled * whole
    return pooled, float(np.sqrt(k / (k - 1) * (rest**2).sum()) / total)


def cuts(expected: Numbers) -> Numbers:
    """Where to cut cells by their share of all that is expected so that ten bands expect alike, (9,)."""
    total = expected.sum()
    if total <= 0:
        return np.zeros(BANDS - 1)
    rising = np.sort(expected) / total
    middle = np.cumsum(rising) - rising / 2
    at = np.searchsorted(middle, np.arange(1, BANDS) / BANDS)
    return np.asarray(rising[np.minimum(at, rising.size - 1)], dtype=np.float64)


def bands(expected: Numbers, events: Numbers, at: Numbers) -> tuple[Numbers, Numbers]:
    """Expected and observed events of the ten bands that ``cuts`` made, quietest first, (10,) each."""
    total = expected.sum()
    share = expected / total if total > 0 else expected
    band = np.searchsorted(at, share, side="right")
    return (
        np.bincount(band, expected, minlength=BANDS).astype(np.float64),
        np.bincount(band, events, minlength=BANDS).astype(np.float64),
    )
