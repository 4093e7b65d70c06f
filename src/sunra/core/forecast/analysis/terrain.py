"""Factor analysis in the manner of risk terrain modelling: what stands where events are frequent?

    log E[events of a cell] = log exposure + a + sum over chosen factors of b_f X_f,  relative risk = exp(b_f)

Selection as RTMDx describes it (Caplan, Kennedy and Piza, RTMDx Utility User Manual, 2013; Kennedy, Caplan
and Piza, J. Quantitative Criminology 27, 2011): every factor in several forms and distances (``layers``); a
Poisson elastic net, its penalty by cross-validation, leaves a few; among them a forward and backward search
by BIC, one column per factor at most, ends in an unpenalised model (``penalised``).

Two things are different. Cells lie beside one another, so folds, resamples and standard errors go by square
blocks, not by single cells. And a choice made from the data is uncertain: the whole search is repeated on
resampled blocks, and each factor tells in which share of them it was chosen, in any form. Intervals are those
of the final model; they do not hold what the search itself may have missed. A relative risk says that events
are more frequent where such places stand, not that the places cause them: bars stand where people are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from sunra.core.forecast.analysis import penalised
from sunra.core.forecast.analysis.layers import Candidates, Places, candidates
from sunra.core.forecast.errors import BadEventsError, BadParamsError

Numbers = NDArray[np.float64]
LEAST_EVENTS = 50.0


@dataclass(frozen=True)
class Search:
    """Settings of the search: ``metres`` distances of influence tried; ``mix`` share of the L1 part;
    ``penalties`` tried; ``folds`` of the cross-validation; ``block_m`` side of a block;
    ``resamples`` for the stability; ``positive`` keeps only factors with a relative risk above 1; ``level``
    of the intervals.
    """

    metres: tuple[float, ...] = (50.0, 100.0, 150.0, 200.0, 300.0, 400.0)
    mix: float = 0.5
    penalties: int = 25
    folds: int = 5
    block_m: float = 1000.0
    resamples: int = 50
    positive: bool = True
    level: float = 0.95

    def __post_init__(self) -> None:
        """Refuse settings without meaning with ``BadParamsError``."""
        good = 0 < self.mix <= 1 and self.penalties > 1 and self.folds > 1 and self.block_m > 0
        if not (good and self.resamples >= 0 and 0 < self.level < 1):
            raise BadParamsError("a setting is outside its meaning", name="search")


@dataclass(frozen=True)
class Factor:
    """One factor: where its influence ends, how much more frequent events are there, and how firm that is.

    ``relative_risk`` with ``low`` and ``high``; ``cells``: share of the cells to which it applies;
    ``stability``: share of the resamples in which the factor was chosen in any form (nan without resamples).
    Not chosen: ``form`` is "" and the figures are nan; the stability still stands.
    """

    name: str
    chosen: bool
    form: str
    metres: float
    relative_risk: float
    low: float
    high: float
    cells: float
    stability: float


@dataclass(frozen=True, eq=False)
class Terrain:
    """``factors``: chosen ones first, by falling relative risk; ``score`` (cells,): relative risk of each
    cell over a cell without any chosen factor; ``events``, ``blocks``, ``tried`` (candidate columns).
    """

    factors: tuple[Factor, ...]
    score: Numbers
    events: float
    blocks: int
    tried: int
    penalty: float


def factors(
    x: ArrayLike,
    y: ArrayLike,
    counts: ArrayLike,
    places: Mapping[str, Places],
    *,
    exposure: ArrayLike | None = None,
    search: Search | None = None,
    seed: int = 0,
) -> Terrain:
    """Which kinds of places stand where events are frequent, with intervals and stability.

    ``x``, ``y`` (cells,) centres in metres; ``counts`` (cells,) events; ``exposure`` (cells,) > 0, 1 if
    absent. Raises ``BadEventsError`` for missing values or fewer than ``LEAST_EVENTS`` events.
    """
    search = search or Search()
    count = np.asarray(counts, dtype=np.float64)
    east, north = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    offset = np.zeros(count.size) if exposure is None else np.log(np.asarray(exposure, dtype=np.float64))
    if not count.shape == east.shape == north.shape == offset.shape or count.ndim != 1:
        raise BadEventsError("the columns differ in length")
    if not (np.isfinite(count).all() and np.isfinite(offset).all()) or (count < 0).any():
        raise BadEventsError("a count or an exposure is impossible")
    if count.sum() < LEAST_EVENTS:
        raise BadEventsError("too few events", events=float(count.sum()), needed=LEAST_EVENTS)
    found = candidates(east, north, places, search.metres)
    block = _blocks(east, north, search.block_m)
    rng = np.random.default_rng(seed)
    penalty = _penalty(found, count, offset, block, search, rng)
    chosen = _choose(found, count, offset, np.ones(count.size), penalty, search)
    stability = _stability(found, (count, offset, block), penalty, search, rng)
    final = penalised.refit(found.values[:, chosen].astype(np.float64), count, offset, block)
    score = np.exp(found.values[:, chosen] @ final.coefficient[1:])
    listed = _listed(found, chosen, final, stability, search.level)
    rest = [_absent(name, stability) for name in sorted(places) if name not in {one.name for one in listed}]
    rest.sort(key=lambda one: (-np.nan_to_num(one.stability), one.name))
    return Terrain(
        (*listed, *rest), score, float(count.sum()), int(block.max()) + 1, len(found.factor), penalty
    )


def _blocks(east: Numbers, north: Numbers, side: float) -> NDArray[np.int64]:
    """Number of each cell's square block, from 0; laid from the district's own corner."""
    square = np.column_stack(((east - east.min()) // side, (north - north.min()) // side))
    return np.unique(square, axis=0, return_inverse=True)[1].ravel().astype(np.int64)


def _standard(values: NDArray[np.bool_]) -> Numbers:
    column = values.astype(np.float64)
    return np.asarray((column - column.mean(0)) / column.std(0), dtype=np.float64)


def _penalty(
    found: Candidates,
    count: Numbers,
    offset: Numbers,
    block: NDArray[np.int64],
    search: Search,
    rng: np.random.Generator,
) -> float:
    """The largest penalty whose cross-validated deviance lies within one standard error of the best."""
    if not found.factor:
        return 0.0
    x = _standard(found.values)
    ones = np.ones(count.size)
    top = penalised.highest_penalty(x, count, offset, ones, search.mix)
    if top <= 0:
        return 0.0
    penalties = top * np.geomspace(1, 0.01, search.penalties)
    folds = min(search.folds, int(block.max()) + 1)
    if folds < 2:
        return float(penalties[-1])
    # Blocks in a random order, dealt out like cards: every fold gets as many of them.
    fold = (rng.permutation(int(block.max()) + 1) % folds)[block]
    error = np.zeros((folds, penalties.size))
    for k in range(folds):
        inside = fold != k
        made = penalised.path(
            x[inside], count[inside], offset[inside], ones[inside], penalties,
            mix=search.mix, positive=search.positive,
        )  # fmt: skip
        for row, b in enumerate(made):
            mu = np.exp(np.minimum(offset[~inside] + b[0] + x[~inside] @ b[1:], penalised.MOST_ETA))
            error[k, row] = penalised.deviance(count[~inside], mu) / max(int((~inside).sum()), 1)
    mean = error.mean(0)
    best = int(np.argmin(mean))
    # The difference from the best, fold by fold: folds differ far more from one another than penalties do.
    gap = error - error[:, best : best + 1]
    bound = gap.std(0, ddof=1) / np.sqrt(folds)
    return float(penalties[int(np.flatnonzero(gap.mean(0) <= bound)[0])])


def _choose(
    found: Candidates, count: Numbers, offset: Numbers, weight: Numbers, penalty: float, search: Search
) -> list[int]:
    """Columns left by the elastic net, then by the search by BIC; one per factor at most."""
    if not found.factor:
        return []
    x = _standard(found.values)
    top = penalised.highest_penalty(x, count, offset, weight, search.mix)
    steps = np.geomspace(max(top, penalty), penalty, 6) if penalty > 0 else np.array([0.0])
    b = penalised.path(x, count, offset, weight, steps, mix=search.mix, positive=search.positive)[-1]
    left = [int(column) for column in np.flatnonzero(b[1:] != 0)]
    return _stepwise(found, left, count, offset, weight, positive=search.positive)


def _stepwise(
    found: Candidates,
    left: Sequence[int],
    count: Numbers,
    offset: Numbers,
    weight: Numbers,
    *,
    positive: bool,
) -> list[int]:
    """Add, exchange or take away one column at a time while the BIC falls."""
    values = found.values.astype(np.float64)
    used = weight > 0
    values, count, offset, weight = values[used], count[used], offset[used], weight[used]

    def bic(columns: tuple[int, ...]) -> float:
        fit = penalised.refit(values[:, list(columns)], count, offset, None, weight)
        if positive and (fit.coefficient[1:] <= 0).any():
            return float("inf")
        return fit.bic

    chosen: tuple[int, ...] = ()
    best = bic(chosen)
    while True:
        moves = {tuple(sorted(set(chosen) - {column})) for column in chosen}
        for column in left:
            others = [one for one in chosen if found.factor[one] != found.factor[column]]
            moves.add(tuple(sorted({*others, column})))
        moves.discard(chosen)
        scored = sorted((bic(move), move) for move in moves)
        if not scored or scored[0][0] >= best - 1e-9:
            return list(chosen)
        best, chosen = scored[0]


def _stability(
    found: Candidates,
    data: tuple[Numbers, Numbers, NDArray[np.int64]],
    penalty: float,
    search: Search,
    rng: np.random.Generator,
) -> dict[str, float]:
    """Share of the resamples of blocks in which each factor was chosen."""
    count, offset, block = data
    blocks = int(block.max()) + 1
    often = dict.fromkeys(found.factor, 0)
    for _ in range(search.resamples):
        drawn = np.bincount(rng.integers(0, blocks, blocks), minlength=blocks)
        weight = drawn[block].astype(np.float64)
        if (weight * count).sum() <= 0:
            continue
        for column in _choose(found, count, offset, weight, penalty, search):
            often[found.factor[column]] += 1
    return {name: times / search.resamples for name, times in often.items()} if search.resamples else {}


def _listed(
    found: Candidates,
    chosen: Sequence[int],
    final: penalised.Refit,
    stability: Mapping[str, float],
    level: float,
) -> list[Factor]:
    wide = float(ndtri(0.5 + level / 2))
    listed = []
    for place, column in enumerate(chosen, start=1):
        b = float(final.coefficient[place])
        reach = wide * float(np.sqrt(max(final.covariance[place, place], 0.0)))
        listed.append(
            Factor(
                name=found.factor[column],
                chosen=True,
                form=found.form[column],
                metres=found.metres[column],
                relative_risk=float(np.exp(b)),
                low=float(np.exp(b - reach)),
                high=float(np.exp(b + reach)),
                cells=float(found.values[:, column].mean()),
                stability=stability.get(found.factor[column], float("nan")),
            )
        )
    return sorted(listed, key=lambda one: (-one.relative_risk, one.name))


def _absent(name: str, stability: Mapping[str, float]) -> Factor:
    nan = float("nan")
    return Factor(
        name=name,
        chosen=False,
        form="",
        metres=nan,
        relative_risk=nan,
        low=nan,
        high=nan,
        cells=nan,
        stability=stability.get(name, nan),
    )
