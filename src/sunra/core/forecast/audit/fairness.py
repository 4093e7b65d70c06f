"""Who is flagged: flags against events and residents by area, and whether flags are equally worth it.

An audit of composition as The Markup made of PredPol (2021): shares of flags beside shares of events and of
population, ratio by ratio; "hits per flag" asks whether a flag finds as much in one area as in another,
tested with Pearson's statistic of hits against flags times the common rate, k - 1 degrees of freedom.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from sunra.core.forecast.analysis.profiles import poisson_interval
from sunra.core.forecast.audit.flags import table_of
from sunra.core.forecast.errors import BadEventsError

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class AreaRow:
    """One area. Shares are of the whole district, sum 1 over the areas; ``population`` nan when unknown.

    ``ratio``: flagged share over event share, with ``ratio_low``, ``ratio_high`` from Garwood's interval of
    the area's events; inf or nan without events. ``per_flag``: events hit per flag (a cell in a period), with
    its interval.
    """

    area: str
    cells: float
    flagged: float
    events: float
    population: float
    flags: int
    count: float
    hits: float
    ratio: float
    ratio_low: float
    ratio_high: float
    per_flag: float
    per_flag_low: float
    per_flag_high: float


@dataclass(frozen=True)
class Fairness:
    """``areas`` by falling flagged share; ``equal_hits_p``: how likely hits per flag differ as much by chance
    (nan below two areas with flags).
    """

    areas: tuple[AreaRow, ...]
    equal_hits_p: float


def by_area(
    flagged: ArrayLike,
    observed: ArrayLike,
    area: ArrayLike,
    population: Mapping[str, float] | None = None,
    *,
    history: ArrayLike | None = None,
) -> Fairness:
    """Compose flags and events by area.

    ``flagged`` bool and ``observed`` (periods, cells); ``area`` str (cells,), "" for cells that are nowhere
    (left out); ``history`` (cells,): events of a longer time for the shares of events, those observed when
    absent. Raises ``BadEventsError``.
    """
    flags, events = np.atleast_2d(np.asarray(flagged, dtype=bool)), table_of(observed, "observed")
    names = np.asarray(area, dtype=np.str_)
    past = events.sum(0) if history is None else table_of(history, "history")[0]
    if flags.shape != events.shape or not names.shape == past.shape == flags.shape[1:]:
        raise BadEventsError("flags, events and areas do not fit")
    known, index = np.unique(names, return_inverse=True)
    sums = [
        np.bincount(index, column, minlength=known.size).astype(np.float64)
        for column in (np.ones(names.size), flags.sum(0), past, (flags * events).sum(0))
    ]
    keep = known != ""
    cells, flag_count, count, hits = (column[keep] for column in sums)
    people = np.array([float((population or {}).get(str(name), np.nan)) for name in known[keep]])
    low, high = poisson_interval(count)
    hit_low, hit_high = poisson_interval(hits)
    rows = [
        AreaRow(
            area=str(name),
            cells=_over(cells[i], cells.sum()),
            flagged=_over(flag_count[i], flag_count.sum()),
            events=_over(count[i], count.sum()),
            population=_over(people[i], np.nansum(people)),
            flags=int(flag_count[i]),
            count=float(count[i]),
            hits=float(hits[i]),
            ratio=_ratio(flag_count, count[i], count.sum(), i),
            ratio_low=_ratio(flag_count, high[i], count.sum(), i),
            ratio_high=_ratio(flag_count, low[i], count.sum(), i),
            per_flag=_over(hits[i], flag_count[i]),
            per_flag_low=_over(hit_low[i], flag_count[i]),
            per_flag_high=_over(hit_high[i], flag_count[i]),
        )
        for i, name in enumerate(known[keep])
    ]
    rows.sort(key=lambda row: (-np.nan_to_num(row.flagged), row.area))
    return Fairness(tuple(rows), _equal(flag_count, hits))


def _over(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")


def _ratio(flags: Numbers, count: float, total: float, i: int) -> float:
    """Flagged share over the event share that ``count`` events would be."""
    mine = _over(flags[i], flags.sum())
    if count > 0 and total > 0:
        return mine / float(count / total)
    return float("inf") if mine > 0 else float("nan")


def _equal(flags: Numbers, hits: Numbers) -> float:
    used = flags > 0
    if used.sum() < 2 or hits[used].sum() <= 0:
        return float("nan")
    due = flags[used] * hits[used].sum() / flags[used].sum()
    return float(chdtrc(used.sum() - 1, ((hits[used] - due) ** 2 / due).sum()))
