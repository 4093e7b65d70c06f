"""A rolling test of methods on a past that is known: trained, asked, compared with what then came.

At each scored period t a method is handed ``history.before(t)``, a copy that holds nothing later; it is
trained anew every ``retrain_periods`` periods, and as soon as its past has grown by a quarter, on what lies
before. The cuts of the calibration's bands come from the forecast of the period before the training's end. So
an event moves no forecast of an earlier period.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast import metrics
from sunra.core.forecast.covered import Covered, Units
from sunra.core.forecast.errors import BadParamsError, NoEventsError
from sunra.core.forecast.history import History, Method, Trained

SHARES = (0.01, 0.02, 0.05, 0.10)
GROWN = 1.25
"""A past so much longer than the one learnt from is worth learning anew: half a year says little."""

Numbers = NDArray[np.float64]
Report = Callable[[int, int, str], None]
"""Called with done, total and what is being done: progress, and a place to stop by raising."""


@runtime_checkable
class Choosing(Protocol):
    """A trained method that says which of several it is, and why."""

    name: str
    reason: str


@dataclass(frozen=True, eq=False)
class Asked:
    """One forecast of the rolling test.

    ``cuts``: (9,), where the bands of calibration are cut. ``train_seconds``: None when nothing was
    trained for it. ``chosen``: method and reason, when a choice among others was made just now.
    """

    period: int
    name: str
    expected: Numbers
    cuts: Numbers
    seconds: float
    train_seconds: float | None = None
    chosen: str = ""


@dataclass(eq=False)
class Track:
    """What one method did, in the order of the periods.

    ``hits``: (shares,), events caught by the flags. ``overlap``: Jaccard (shares,)
    with the flags of the period before. ``likelihood`` and ``expected``: of each period. ``band_expected``,
    ``band_events``: (10,), sums. ``seconds``: of each forecast, ``train_seconds`` of each training.
    ``chosen``: which method a choosing one used after each training, where it says so. ``covered``: how often
    the 90 % intervals held what came.
    """

    hits: list[Numbers] = field(default_factory=list)
    overlap: list[Numbers] = field(default_factory=list)
    likelihood: list[float] = field(default_factory=list)
    expected: list[float] = field(default_factory=list)
    band_expected: Numbers = field(default_factory=lambda: np.zeros(metrics.BANDS))
    band_events: Numbers = field(default_factory=lambda: np.zeros(metrics.BANDS))
    seconds: list[float] = field(default_factory=list)
    train_seconds: list[float] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)
    covered: Covered = field(default_factory=Covered)
    order: NDArray[np.int64] | None = None


@dataclass(frozen=True, eq=False)
class Flags:
    """Which cells are flagged: the first of an order, up to a share of the cells or of their exposure."""

    shares: tuple[float, ...]
    cells: tuple[int, ...]
    exposure: Numbers | None

    def dense(self, values: Numbers) -> Numbers:
        """What cells are ordered by: a short road with one event comes before a long one."""
        return values if self.exposure is None else values / self.exposure

    def of(self, order: NDArray[np.int64]) -> tuple[int, ...]:
        """How many of an order are flagged at each share."""
        return self.cells if self.exposure is None else metrics.reached(self.shares, order, self.exposure)

    def best(self, events: Numbers) -> Numbers:
        """Hits of the best flags, known only afterwards; by density where cells have an exposure."""
        if self.exposure is None:
            return metrics.best(events, self.cells)
        order = np.argsort(-self.dense(events), kind="stable")
        return metrics.caught(events, order, self.of(order))


@dataclass(frozen=True, eq=False)
class Backtest:
    """The result: sums per period, from which every figure is pooled (``scorecard``).

    ``flagged``: cells per share; only about as many where cells have an exposure, for the share is one of it.
    ``area``: the share that they stand for. ``events``: (periods,). ``best``: (periods, shares), hits of the
    best flags. ``even``: (periods,), log-likelihood of the all-history level spread evenly, or by exposure.
    ``tracks``: by method.
    """

    score: range
    cells: int
    shares: tuple[float, ...]
    flagged: tuple[int, ...]
    area: tuple[float, ...]
    events: Numbers
    best: Numbers
    even: Numbers
    tracks: Mapping[str, Track]


def backtest(
    history: History,
    methods: Sequence[Method],
    *,
    score: range,
    shares: Sequence[float] = SHARES,
    retrain_periods: int = 52,
    seed: int = 0,
    report: Report | None = None,
) -> Backtest:
    """Test every method over the periods of ``score``.

    Raises ``BadParamsError`` for periods outside the history, shares outside (0, 1] and methods of one name;
    ``NoEventsError`` when nothing lies before the scored periods or nothing in them.
    """
    _check(history, methods, score, retrain_periods)
    flags = Flags(tuple(shares), metrics.flagged(shares, history.cells), history.exposure)
    tie = metrics.tie_break(history.cells, seed)
    units = Units.of(history, seed=seed)
    tracks = {method.name: Track() for method in methods}
    asked = rolling(history, methods, score=score, retrain_periods=retrain_periods, seed=seed, report=report)
    for one in asked:
        events = history.counts[one.period].astype(np.float64)
        _note(tracks[one.name], one, events, flags, tie)
        tracks[one.name].covered.note(units, one.expected, events)
    came = [history.counts[period].astype(np.float64) for period in score]
    exposure = np.ones(history.cells) if history.exposure is None else history.exposure
    evenly = exposure / exposure.sum()
    level = np.cumsum(history.counts.sum(1, dtype=np.float64))[[period - 1 for period in score]] / score
    return Backtest(
        score=score,
        cells=history.cells,
        shares=tuple(shares),
        flagged=flags.cells,
        area=tuple(shares) if flags.exposure is not None else tuple(n / history.cells for n in flags.cells),
        events=np.array([events.sum() for events in came]),
        best=np.array([flags.best(events) for events in came]),
        even=np.array(
            [metrics.likelihood(mean * evenly, events) for mean, events in zip(level, came, strict=True)]
        ),
        tracks=tracks,
    )


def rolling(
    history: History,
    methods: Sequence[Method],
    *,
    score: range,
    retrain_periods: int,
    seed: int,
    report: Report | None = None,
) -> Iterator[Asked]:
    """Every forecast of the test: all methods of one period, then the next period."""
    say = report or _silent
    total = len(score) * len(methods)
    trained: dict[str, tuple[Trained, Numbers]] = {}
    learnt: Trained
    learnt_at = 0
    for number, period in enumerate(score):
        known = history.before(period)
        training = not trained or period >= min(learnt_at + retrain_periods, learnt_at * GROWN)
        learnt_at = period if training else learnt_at
        for place, method in enumerate(methods):
            say(number * len(methods) + place, total, method.name)
            train_seconds, chosen = None, ""
            if training:
                began = time.perf_counter()
                learnt = method.train(known, seed=seed)
                train_seconds = time.perf_counter() - began
                chosen = f"{learnt.name}: {learnt.reason}" if isinstance(learnt, Choosing) else ""
                edge = learnt.expected(history.before(period - 1))
                trained[method.name] = (learnt, metrics.cuts(edge))
            learnt, at = trained[method.name]
            began = time.perf_counter()
            expected = np.asarray(learnt.expected(known), dtype=np.float64)
            seconds = time.perf_counter() - began
            yield Asked(period, method.name, expected, at, seconds, train_seconds, chosen)
    say(total, total, "")


def _note(track: Track, one: Asked, events: Numbers, flags: Flags, tie: Numbers) -> None:
    """Add one forecast to its method's sums."""
    order = metrics.ranking(flags.dense(one.expected), tie)
    flagged = flags.of(order)
    track.hits.append(metrics.caught(events, order, flagged))
    if track.order is not None:
        track.overlap.append(metrics.overlap(order, track.order, flagged, flags.of(track.order)))
    track.order = order
    track.likelihood.append(metrics.likelihood(one.expected, events))
    track.expected.append(float(one.expected.sum()))
    expected, observed = metrics.bands(one.expected, events, one.cuts)
    track.band_expected = track.band_expected + expected
    track.band_events = track.band_events + observed
    track.seconds.append(one.seconds)
    if one.train_seconds is not None:
        track.train_seconds.append(one.train_seconds)
    if one.chosen:
        track.chosen.append(one.chosen)


def _check(history: History, methods: Sequence[Method], score: range, retrain_periods: int) -> None:
    if not 2 <= score.start < score.stop <= history.periods or score.step != 1:
        raise BadParamsError(
            f"the scored periods must lie between 2 and {history.periods}, the first before the last",
            score=[score.start, score.stop],
            periods=history.periods,
        )
    if retrain_periods < 1:
        raise BadParamsError(
            "methods are trained anew after one period at the earliest", name="retrain_periods"
        )
    names = [method.name for method in methods]
    if not names or len(set(names)) != len(names):
        raise BadParamsError("every method needs a name of its own", methods=names)
    before, during = history.counts[: score.start].sum(), history.counts[score.start : score.stop].sum()
    if before <= 0:
        raise NoEventsError("no event lies in the grid before the first scored period: nothing to learn from")
    if during <= 0:
        raise NoEventsError("no event lies in the grid within the scored periods: nothing to judge by")


def _silent(_done: int, _total: int, _note: str) -> None:
    return
