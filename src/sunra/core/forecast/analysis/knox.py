"""Near repeats: is another event near in space *and* time more often than either alone explains?

Knox's count (Applied Statistics 13, 1964): pairs of incidents by band of distance and band of days. Under
the null hypothesis the days are exchangeable among the places; the expected count of a band is then

    E[k, l] = sum over pairs of periods (a, b) of  S[a, b, k] * T[a, b, l] / P[a, b]

S: pairs within distance band k whose members fall in periods a and b; T / P: share of those periods' pairs
within band of days l. With one period it is Knox's own product of the margins. Days are exchanged within
periods only, because a slow change of the map over years would otherwise pass for repeats (Kulldorff and
Hjalmars, Biometrics 55, 1999). p = (1 + permutations at least as high) / (1 + permutations), as Besag and
Diggle (Applied Statistics 26, 1977); "residual" is (observed - expected) / standard deviation among the
permutations. Victims of one incident must be merged first, or the test finds minutes, not repeats.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from sunra.core.forecast.errors import BadEventsError, BadParamsError

MAX_PAIRS = 5_000_000
DAY = 86_400.0
RATIO, ALPHA = 1.2, 0.05
"""A band counts as supported from 20 % above expectation at p ≤ 0.05, as Ratcliffe's calculator advises."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Incidents:
    """Events merged into incidents: ``first`` int64 (incidents,), index of the earliest event of each, in the
    order of time; ``of`` int64 (events,), the incident of each event; ``size`` int64 (incidents,).
    """

    first: NDArray[np.int64]
    of: NDArray[np.int64]
    size: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class NearRepeat:
    """Pairs by band of distance (rows) and of days (columns).

    ``metres``, ``days``: upper borders, inclusive; the first band begins at 0, inclusive. ``observed`` int64,
    ``expected``, ``ratio`` (observed / expected; nan where nothing is expected), ``residual``, ``p`` float64,
    all (bands of distance, bands of days).
    """

    metres: tuple[float, ...]
    days: tuple[float, ...]
    observed: NDArray[np.int64]
    expected: Numbers
    ratio: Numbers
    residual: Numbers
    p: Numbers
    incidents: int
    permutations: int

    @property
    def bands(self) -> tuple[tuple[float, float], ...]:
        """(metres, days) of each cell of the table, row by row."""
        return tuple((near, soon) for near in self.metres for soon in self.days)

    @property
    def supported(self) -> bool:
        """Whether the nearest and soonest band is well above expectation: a near-repeat term may be used."""
        return bool(self.p[0, 0] <= ALPHA and self.ratio[0, 0] >= RATIO)


def merge_incidents(
    x: ArrayLike, y: ArrayLike, moment: ArrayLike, *, metres: float = 50.0, hours: float = 2.0
) -> Incidents:
    """Join events that lie within ``metres`` and ``hours`` of another of the same incident (single linkage).

    ``x``, ``y``: (n,) metres; ``moment``: datetime64 (n,). Raises ``BadEventsError``, ``BadParamsError``.
    """
    east, north, when = _checked(x, y, moment)
    if metres <= 0 or hours <= 0:
        raise BadParamsError("metres and hours must be positive", name="merge")
    scaled = np.column_stack((east / metres, north / metres, when / (hours * 3600)))
    n = east.size
    pairs = np.empty((0, 2), dtype=np.intp)
    if n > 1:
        # One unit in every axis holds all candidates; a little more, for the scaling rounds.
        pairs = cKDTree(scaled).query_pairs(1.0 + 1e-9, p=np.inf, output_type="ndarray")
    i, j = pairs[:, 0], pairs[:, 1]
    close = np.hypot(east[i] - east[j], north[i] - north[j]) <= metres
    close &= np.abs(when[i] - when[j]) <= hours * 3600
    links = coo_matrix((np.ones(int(close.sum())), (i[close], j[close])), shape=(n, n))
    _count, label = connected_components(links, directed=False)
    order = np.lexsort((north, east, when))
    _labels, earliest, sizes = np.unique(label[order], return_index=True, return_counts=True)
    rank = np.argsort(earliest)
    number = np.empty(rank.size, dtype=np.int64)
    number[rank] = np.arange(rank.size)
    return Incidents(order[earliest[rank]].astype(np.int64), number[label], sizes[rank].astype(np.int64))


def supports_near_repeat(
    x: ArrayLike,
    y: ArrayLike,
    moment: ArrayLike,
    *,
    metres: Sequence[float] = (100.0, 200.0, 300.0, 400.0),
    days: Sequence[float] = (7.0, 14.0, 21.0, 28.0),
    period_days: float = 365.0,
    permutations: int = 199,
    seed: int = 0,
) -> NearRepeat:
    """Knox's table of merged incidents with the probability of each band under exchanged days.

    ``x``, ``y``: (n,) metres; ``moment``: datetime64 (n,) of any unit; ``period_days``: days are exchanged
    within periods of this length (``inf``: over the whole past). Raises ``BadEventsError`` for missing values
    and for more than ``MAX_PAIRS`` pairs within the widest distance, ``BadParamsError`` for bands that do not
    rise.
    """
    east, north, when = _checked(x, y, moment)
    near, soon = _bands(metres, "metres"), _bands(days, "days") * DAY
    if not period_days > 0 or permutations < 1:
        raise BadParamsError("the period and the permutations must be positive", name="period_days")
    i, j, band = _pairs(east, north, near)
    origin = when.min() if when.size else 0.0
    period = np.zeros(when.size, dtype=np.int64)
    if np.isfinite(period_days):
        period = ((when - origin) // (period_days * DAY)).astype(np.int64)
    shape = (near.size, soon.size)

    def table(at: Numbers) -> NDArray[np.int64]:
        column = np.searchsorted(soon, np.abs(at[i] - at[j]))
        inside = column < soon.size
        flat = band[inside] * soon.size + column[inside]
        return np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape).astype(np.int64)

    observed = table(when)
    expected = _expected(when, period, (i, j, band), near.size, soon)
    drawn = np.stack(
        [table(shuffled) for shuffled in _shuffles(when, period, permutations, np.random.default_rng(seed))]
    )
    spread = np.sqrt(((drawn - expected) ** 2).mean(0))
    gap = observed - expected
    ratio = np.divide(observed, expected, out=np.full(shape, np.nan), where=expected > 0)
    return NearRepeat(
        metres=tuple(near.tolist()),
        days=tuple((soon / DAY).tolist()),
        observed=observed,
        expected=expected,
        ratio=ratio,
        residual=np.divide(gap, spread, out=np.zeros(shape), where=spread > 0),
        p=(1 + (drawn >= observed).sum(0)) / (1 + permutations),
        incidents=int(when.size),
        permutations=permutations,
    )


def _checked(x: ArrayLike, y: ArrayLike, moment: ArrayLike) -> tuple[Numbers, Numbers, Numbers]:
    """The columns as float64: metres, metres, whole seconds since 1970."""
    east, north = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    time = np.asarray(moment, dtype="datetime64")
    if not east.shape == north.shape == time.shape or east.ndim != 1:
        raise BadEventsError("the columns differ in length")
    if not (np.isfinite(east).all() and np.isfinite(north).all()) or np.isnat(time).any():
        raise BadEventsError("a value is missing")
    return east, north, time.astype("datetime64[s]").astype(np.float64)


def _bands(borders: Sequence[float], name: str) -> Numbers:
    found = np.asarray(borders, dtype=np.float64)
    if not found.size or found[0] < 0 or not np.isfinite(found).all() or (np.diff(found) <= 0).any():
        raise BadParamsError("bands must rise from zero or more", name=name)
    return found


def _pairs(
    east: Numbers, north: Numbers, near: Numbers
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int64]]:
    """Both members and the distance band of every pair within the widest band."""
    if east.size < 2:
        none = np.zeros(0, dtype=np.intp)
        return none, none, none.astype(np.int64)
    tree = cKDTree(np.column_stack((east, north)))
    widest = float(near[-1])
    count = (int(tree.count_neighbors(tree, widest)) - east.size) // 2
    if count > MAX_PAIRS:
        raise BadEventsError("too many pairs within the widest distance", pairs=count, limit=MAX_PAIRS)
    pairs = tree.query_pairs(widest, output_type="ndarray")
    i, j = pairs[:, 0], pairs[:, 1]
    band = np.searchsorted(near, np.hypot(east[i] - east[j], north[i] - north[j]))
    inside = band < near.size
    return i[inside], j[inside], band[inside].astype(np.int64)


def _shuffles(
    when: Numbers, period: NDArray[np.int64], count: int, rng: np.random.Generator
) -> list[Numbers]:
    """The days exchanged within each period, ``count`` times."""
    order = np.argsort(period, kind="stable")
    made = []
    for _ in range(count):
        mixed = np.empty_like(when)
        mixed[order] = when[np.lexsort((rng.random(when.size), period))]
        made.append(mixed)
    return made


def _expected(
    when: Numbers,
    period: NDArray[np.int64],
    pairs: tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int64]],
    rows: int,
    soon: Numbers,
) -> Numbers:
    """Mean of the table over all exchanges of days within periods, exactly."""
    i, j, band = pairs
    expected = np.zeros((rows, soon.size))
    low, high = np.minimum(period[i], period[j]), np.maximum(period[i], period[j])
    combined = low * (int(period.max(initial=0)) + 1) + high
    for key in np.unique(combined):
        chosen = combined == key
        a, b = int(low[chosen][0]), int(high[chosen][0])
        near = np.bincount(band[chosen], minlength=rows)
        share = _time_share(np.sort(when[period == a]), np.sort(when[period == b]), soon, same=a == b)
        expected += near[:, None] * share
    return expected


def _time_share(a: Numbers, b: Numbers, soon: Numbers, *, same: bool) -> Numbers:
    """Share of the pairs of two sorted sets of days (or of one with itself) in each band."""
    within = np.array(
        [(np.searchsorted(b, a + d, "right") - np.searchsorted(b, a - d, "left")).sum() for d in soon],
        dtype=np.float64,
    )
    if same:
        return np.asarray(np.diff((within - a.size) / 2, prepend=0.0) / (a.size * (a.size - 1) / 2))
    return np.asarray(np.diff(within, prepend=0.0) / (a.size * b.size))
