"""Which cells are flagged, how often the same ones, and what a cap on repeats would cost."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sunra.core.forecast.errors import BadEventsError, BadParamsError
from sunra.core.forecast.result import ranked

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Repeats:
    """How flags repeat over periods.

    ``times`` int64 (cells,), periods in which each cell was flagged; ``ever``, ``never``, ``always``: shares
    of the cells flagged at least once, never, in every period; ``jaccard`` (periods - 1,): cells flagged
    in both of two periods in a row over those flagged in either (nan where neither flags any).
    """

    times: NDArray[np.int64]
    ever: float
    never: float
    always: float
    jaccard: Numbers

    @property
    def mean_jaccard(self) -> float:
        """The mean over the pairs of periods; nan with one period."""
        known = self.jaccard[~np.isnan(self.jaccard)]
        return float(known.mean()) if known.size else float("nan")


@dataclass(frozen=True, eq=False)
class Capped:
    """Flags under a cap beside free ones: ``hits`` and ``free_hits`` are events in flagged cells.

    ``cost``: share of the free hits that the cap gives up (nan without any), ``cost_se`` its standard error
    over periods (nan below two periods); ``repeats`` of the capped flags; ``most`` of ``window`` periods.
    """

    most: int
    window: int
    flagged: Flags
    hits: float
    free_hits: float
    cost: float
    cost_se: float
    repeats: Repeats


def flag(expected: ArrayLike, share: float, *, seed: int = 0) -> Flags:
    """The highest ``share`` of the cells in each period: bool, as ``expected`` (periods, cells) or (cells,).

    The number is rounded, one at least; ties are broken at random, fixed by the seed. Raises
    ``BadParamsError``, ``BadEventsError``.
    """
    table = table_of(expected, "expected")
    flagged = np.zeros(table.shape, dtype=bool)
    number = count_of(share, table.shape[1])
    for period, row in enumerate(table):
        flagged[period, ranked(row, seed)[:number]] = True
    return flagged if np.ndim(expected) == 2 else np.asarray(flagged[0])


def count_of(share: float, cells: int) -> int:
    """How many cells a share of the area is."""
    if not 0 < share <= 1:
        raise BadParamsError("a share lies above 0 and up to 1", name="share")
    return max(1, round(share * cells))


def repeats(flagged: ArrayLike) -> Repeats:
    """How often the same cells are flagged; ``flagged`` bool (periods, cells)."""
    table = np.atleast_2d(np.asarray(flagged, dtype=bool))
    times = table.sum(0).astype(np.int64)
    both = (table[1:] & table[:-1]).sum(1)
    either = (table[1:] | table[:-1]).sum(1)
    return Repeats(
        times=times,
        ever=float((times > 0).mean()),
        never=float((times == 0).mean()),
        always=float((times == len(table)).mean()),
        jaccard=np.divide(both, either, out=np.full(both.size, np.nan), where=either > 0),
    )


def cap_repeats(
    expected: ArrayLike, observed: ArrayLike, *, share: float, most: int, window: int, seed: int = 0
) -> Capped:
    """Flag the highest cells, but none in more than ``most`` of any ``window`` periods in a row.

    A cell that has used up its share makes room for the next one. When too few cells are free, fewer are
    flagged. ``expected``, ``observed`` (periods, cells). Raises ``BadParamsError``, ``BadEventsError``.
    """
    table, events = table_of(expected, "expected"), table_of(observed, "observed")
    if table.shape != events.shape:
        raise BadEventsError("expected and observed do not fit")
    if not 0 < most <= window:
        raise BadParamsError("a cap lies between 1 and its window", name="most")
    number = count_of(share, table.shape[1])
    free = flag(table, share, seed=seed)
    capped = np.zeros_like(free)
    for period, row in enumerate(table):
        used = capped[max(0, period - window + 1) : period].sum(0)
        order = ranked(row, seed)
        capped[period, order[used[order] < most][:number]] = True
    hits, free_hits = (events * capped).sum(1), (events * free).sum(1)
    cost, error = _lost(free_hits - hits, free_hits)
    return Capped(
        most, window, capped, float(hits.sum()), float(free_hits.sum()), cost, error, repeats(capped)
    )


def _lost(lost: Numbers, whole: Numbers) -> tuple[float, float]:
    """A ratio of sums over periods and its linearised standard error."""
    total = whole.sum()
    if total <= 0:
        return float("nan"), float("nan")
    ratio = float(lost.sum() / total)
    n = lost.size
    if n < 2:
        return ratio, float("nan")
    rest = lost - ratio * whole
    return ratio, float(np.sqrt((rest**2).sum() * n / (n - 1)) / total)


def table_of(values: ArrayLike, name: str) -> Numbers:
    """Periods by cells, finite and not negative; one period may be given as (cells,)."""
    table = np.atleast_2d(np.asarray(values, dtype=np.float64))
    if table.ndim != 2 or not table.size or not np.isfinite(table).all() or (table < 0).any():
        raise BadEventsError("a table of periods by cells holds an impossible value", column=name)
    return table
