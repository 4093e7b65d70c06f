"""Hot spots by Getis and Ord's Gi*: where do high counts stand together more than chance would place them?

    Gi*(i) = (sum_j w_ij x_j - mean(x) W_i) / (s sqrt((n S_i - W_i^2) / (n - 1)))
    W_i = sum_j w_ij,  S_i = sum_j w_ij^2,  s^2 = sum(x^2) / n - mean(x)^2

with the cell itself among its neighbours (Ord and Getis, Geographical Analysis 27, 1995). Weights are binary
here: all cells within a distance, or the k nearest and the cell itself. Gi* is a z value; p is two-sided from
the normal law. Thousands of tests are made at once, so the level of a cell is read after Benjamini and
Hochberg's control of the false discovery rate (Caldas de Castro and Singer, Geographical Analysis 38, 2006)
unless it is asked for without.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree
from scipy.special import ndtr, ndtri

from sunra.core.forecast.errors import BadEventsError, BadParamsError

ALPHAS = (0.10, 0.05, 0.01)
PATTERNS = ("none", "new", "consecutive", "persistent", "intensifying", "diminishing", "sporadic", "former")

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class HotSpots:
    """Per cell: ``z`` and two-sided ``p`` float64; ``neighbours`` int64 (itself included); ``level`` int8:
    1, 2, 3 hot at 90, 95, 99 % confidence, -1, -2, -3 cold, 0 neither. ``fdr``: whether the levels control
    the false discovery rate.
    """

    z: Numbers
    p: Numbers
    neighbours: NDArray[np.int64]
    level: NDArray[np.int8]
    fdr: bool


@dataclass(frozen=True, eq=False)
class Emerging:
    """Gi* over periods: ``z`` (periods, cells), ``level`` int8 (periods, cells); ``trend`` (cells,) is the z
    value of the Mann-Kendall test of z over periods; ``pattern`` (cells,) one of ``PATTERNS``.
    """

    z: Numbers
    level: NDArray[np.int8]
    trend: Numbers
    pattern: NDArray[np.str_]


def band_weights(x: ArrayLike, y: ArrayLike, metres: float) -> csr_matrix:
    """1 for every cell whose centre lies within ``metres``, itself included: CSR (n, n)."""
    points = _points(x, y)
    if not metres >= 0:
        raise BadParamsError("the distance must not be negative", name="metres")
    # The centres of a grid lie at round distances: a border must not hang on the last bit.
    pairs = cKDTree(points).query_pairs(metres * (1 + 1e-9), output_type="ndarray")
    own = np.arange(len(points))
    rows = np.concatenate((pairs[:, 0], pairs[:, 1], own))
    columns = np.concatenate((pairs[:, 1], pairs[:, 0], own))
    return csr_matrix((np.ones(rows.size), (rows, columns)), shape=(len(points), len(points)))


def nearest_weights(x: ArrayLike, y: ArrayLike, k: int) -> csr_matrix:
    """1 for a cell itself and its ``k`` nearest others (equal distances by position): CSR (n, n)."""
    points = _points(x, y)
    n = len(points)
    if not 0 < k < n:
        raise BadParamsError("k must lie between 1 and the number of cells less one", name="k")
    # Ask for more than k, so that ties are cut by position and not by the tree's order.
    asked = min(n, k + 9)
    distance, index = cKDTree(points).query(points, asked)
    own = np.arange(n)[:, None]
    distance = np.where(index == own, -1.0, np.round(distance, 6))
    place = points[index]
    order = np.lexsort((place[:, :, 1], place[:, :, 0], distance), axis=1)[:, : k + 1]
    columns = np.take_along_axis(index, order, axis=1)
    rows = np.repeat(np.arange(n), k + 1)
    return csr_matrix((np.ones(rows.size), (rows, columns.ravel())), shape=(n, n))


def gi_star(values: ArrayLike, weights: csr_matrix) -> Numbers:
    """Gi* of every cell, (n,); 0 where it is undefined (all values equal, or all cells neighbours).

    ``values`` (n,) or (n, periods). Raises ``BadEventsError``.
    """
    found = np.asarray(values, dtype=np.float64)
    n = found.shape[0]
    if weights.shape != (n, n) or not np.isfinite(found).all():
        raise BadEventsError("values and weights do not fit", cells=n)
    flat = found.reshape(n, -1)
    total = np.asarray(weights.sum(1), dtype=np.float64).reshape(n, 1)
    squared = np.asarray(weights.multiply(weights).sum(1), dtype=np.float64).reshape(n, 1)
    # Moving the values to their mean first keeps the digits that the difference would lose.
    moved = flat - flat.mean(0)
    deviation = np.sqrt((moved**2).mean(0))
    above = weights @ moved
    room = np.maximum(n * squared - total**2, 0.0) / max(n - 1, 1)
    scale = deviation[None, :] * np.sqrt(room)
    defined = (scale > 0) & (deviation > 1e-12 * np.abs(flat).max(0, initial=1.0))[None, :]
    z = np.divide(above, scale, out=np.zeros_like(above), where=defined)
    return np.asarray(z.reshape(found.shape), dtype=np.float64)


def hot_spots(values: ArrayLike, weights: csr_matrix, *, fdr: bool = True) -> HotSpots:
    """Gi* with its probability and level; see ``HotSpots``."""
    z = gi_star(values, weights)
    p = 2 * ndtr(-np.abs(z))
    count = np.asarray((weights > 0).sum(1)).ravel().astype(np.int64)
    return HotSpots(z, p, count, _level(z, p, fdr=fdr), fdr)


def false_discovery(p: ArrayLike, alpha: float) -> float:
    """Benjamini and Hochberg's threshold: the largest p_(i) ≤ i alpha / n; -1 when there is none."""
    ordered = np.sort(np.asarray(p, dtype=np.float64).ravel())
    passing = np.flatnonzero(ordered <= np.arange(1, ordered.size + 1) * alpha / ordered.size)
    return float(ordered[passing[-1]]) if passing.size else -1.0


def emerging(counts: ArrayLike, weights: csr_matrix, *, fdr: bool = True) -> Emerging:
    """Gi* of each period and what became of every cell over them.

    ``counts`` (periods, cells). With hot meaning level ≥ 2 (95 %): *persistent*: hot in nine tenths of the
    periods and in the last; *intensifying* / *diminishing*: the same with z rising / falling over the periods
    (Mann-Kendall, 95 %); *new*: in the last alone; *consecutive*: in an unbroken run that ends with the last;
    *sporadic*: in the last and on and off before; *former*: hot before and not in the last; *none*.
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2:
        raise BadEventsError("counts must be periods by cells")
    z = gi_star(table.T, weights).T
    p = 2 * ndtr(-np.abs(z))
    level = np.stack([_level(one, chance, fdr=fdr) for one, chance in zip(z, p, strict=True)])
    trend = mann_kendall(z)
    return Emerging(z, level, trend, _patterns(level >= 2, trend))


def mann_kendall(series: ArrayLike) -> Numbers:
    """z of the Mann-Kendall trend of each column of (periods, n), with the correction for ties."""
    table = np.asarray(series, dtype=np.float64)
    periods = table.shape[0]
    score = np.zeros(table.shape[1])
    ties = np.zeros(table.shape[1])
    for t in range(periods):
        score += np.sign(table[t + 1 :] - table[t]).sum(0)
        same = (table == table[t]).sum(0)
        # each of a group of size m adds (m - 1)(2m + 5), so the group adds m (m - 1)(2m + 5)
        ties += (same - 1) * (2 * same + 5)
    variance = (periods * (periods - 1) * (2 * periods + 5) - ties) / 18
    moved = score - np.sign(score)
    z = np.divide(moved, np.sqrt(np.maximum(variance, 0)), out=np.zeros_like(moved), where=variance > 0)
    return np.asarray(z, dtype=np.float64)


def _points(x: ArrayLike, y: ArrayLike) -> Numbers:
    points = np.column_stack((np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)))
    if not len(points) or not np.isfinite(points).all():
        raise BadEventsError("a cell has no place", cells=len(points))
    return points


def _level(z: Numbers, p: Numbers, *, fdr: bool) -> NDArray[np.int8]:
    level = np.zeros(z.size, dtype=np.int8)
    for alpha in ALPHAS:
        border = false_discovery(p, alpha) if fdr else alpha
        level += ((p <= border) & (z != 0)).astype(np.int8)
    return (level * np.sign(z)).astype(np.int8)


def _patterns(hot: NDArray[np.bool_], trend: Numbers) -> NDArray[np.str_]:
    periods = hot.shape[0]
    share, last = hot.mean(0), hot[-1]
    cold = ~hot[::-1]
    run = np.where(cold.any(0), cold.argmax(0), periods)
    often = last & (share >= 0.9)
    rising, falling = trend > ndtri(0.975), trend < ndtri(0.025)
    cases = [
        often & rising,
        often & falling,
        often,
        last & (hot.sum(0) == 1),
        last & (run == hot.sum(0)),
        last,
        hot.any(0),
    ]
    names = ["intensifying", "diminishing", "persistent", "new", "consecutive", "sporadic", "former"]
    return np.select(cases, names, default="none")
