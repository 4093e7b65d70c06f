"""The rolling test sees nothing later, and its figures are those worked out by hand."""

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core import forecast as fc
from sunra.core.forecast import metrics
from sunra.core.forecast.backtest import backtest, rolling
from sunra.core.forecast.counts import CountAll, CountRecent
from sunra.core.forecast.history import History
from sunra.core.forecast.methods import Chosen
from sunra.core.forecast.scorecard import paired, scorecard

FIRST = dt.date(2024, 1, 1)


def past(counts: np.ndarray) -> History:
    """A row of cells 100 m wide with weekly counts (periods, cells)."""
    cells = counts.shape[1]
    return History(
        counts.astype(np.float32), np.arange(cells, dtype=np.int32), np.zeros(cells, np.int32), 100, FIRST, 7
    )


def random_past(periods: int = 30, cells: int = 40, seed: int = 3) -> np.ndarray:
    """Poisson counts, more in some cells than in others."""
    random = np.random.default_rng(seed)
    return random.poisson(random.exponential(0.4, cells), (periods, cells))


def test_a_planted_future_event_moves_no_earlier_forecast() -> None:
    """If this fails, the test lets methods look ahead, and every figure flatters."""
    methods = (Chosen(), CountAll(), CountRecent.weeks(4))
    plain = random_past()
    planted = plain.copy()
    planted[25, 7] += 500
    options = {"score": range(20, 30), "retrain_periods": 4, "seed": 0}
    asked = [list(rolling(past(counts), methods, **options)) for counts in (plain, planted)]  # type: ignore[arg-type]
    moved = set()
    for one, other in zip(*asked, strict=True):
        same = np.array_equal(one.expected, other.expected) and np.array_equal(one.cuts, other.cuts)
        if one.period <= 25:
            assert same, (one.name, one.period)
        elif not same:
            moved.add(one.name)
    assert moved == {"sunra", "count_all", "count_4w"}


def test_figures_are_those_worked_out_by_hand() -> None:
    """If this fails, hit rate, PAI, PEI, the gain or its error mean something else than they say."""
    counts = np.array([[3, 0, 1, 0], [0, 0, 3, 0], [3, 0, 0, 1], [2, 2, 0, 0]])
    made = backtest(past(counts), (CountAll(), CountRecent(1, "last")), score=range(2, 4), shares=(0.25, 0.5))
    card = scorecard(made, main="last")
    # all history flags cell 2 (4 events), then cell 0 (6 events); the last week flags cell 2, then cell 0
    assert card["methods"]["count_all"]["hr"] == {"0.25": 2 / 8, "0.5": 5 / 8}
    assert card["methods"]["count_all"]["pai"] == {"0.25": 1, "0.5": 1.25}
    assert card["methods"]["count_all"]["pei"] == {"0.25": 2 / 5, "0.5": 5 / 8}
    assert card["events"] == 8
    assert card["flagged"] == {"0.25": 1, "0.5": 2}
    assert card["paired"]["0.25"] == [0, 0]
    first, second = (counts[:2].sum(0) / 2, counts[:3].sum(0) / 3)
    assert np.allclose(made.tracks["count_all"].expected, [first.sum(), second.sum()])
    assert math.isclose(metrics.ratio(np.array([1.0, 3.0]), np.array([4.0, 4.0]))[1], np.sqrt(2 * 2) / 8)


def test_ties_fall_by_the_seed_alone() -> None:
    """If this fails, a run cannot be repeated, or equal cells are flagged in the order of the file."""
    history = past(np.vstack((np.zeros((5, 40)), np.ones((5, 40)))))
    one, same, other = (
        backtest(history, (CountAll(),), score=range(6, 10), seed=seed).tracks["count_all"].order
        for seed in (1, 1, 2)
    )
    assert one is not None
    assert np.array_equal(one, same)  # type: ignore[arg-type]
    assert not np.array_equal(one, other)  # type: ignore[arg-type]
    assert not np.array_equal(one, np.arange(40))


def test_bands_expect_alike_and_lose_nothing() -> None:
    """If this fails, observed over expected by band is not about equal expected events, or drops some."""
    random = np.random.default_rng(5)
    rate = random.gamma(0.5, 1.0, 3000)
    expected, observed = metrics.bands(rate, random.poisson(rate).astype(float), metrics.cuts(rate))
    assert np.allclose(expected, rate.sum() / 10, rtol=0.02)
    assert math.isclose(expected.sum(), rate.sum())
    assert np.all(np.abs(observed / expected - 1) < 0.3)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=4, max_size=40), st.integers(0, 5))
def test_rates_keep_their_bounds(values: list[int], seed: int) -> None:
    """If this fails, a hit rate, an efficiency index or an overlap can leave 0 to 1."""
    events = np.array(values, dtype=float)
    flagged = metrics.flagged((0.1, 0.5, 1.0), events.size)
    tie = metrics.tie_break(events.size, seed)
    order = metrics.ranking(np.roll(events, 1), tie)
    hits, most = metrics.caught(events, order, flagged), metrics.best(events, flagged)
    assert np.all(hits <= most)
    assert hits[-1] == most[-1] == events.sum()
    assert np.all(np.diff(hits) >= 0)
    assert np.allclose(metrics.overlap(order, order, flagged), 1)
    assert np.all(metrics.overlap(order, np.argsort(tie), flagged) <= 1)


def test_what_cannot_be_tested_is_refused() -> None:
    """If this fails, a test without a past, events or a sensible window gives figures that mean nothing."""
    history = past(random_past())
    count = (CountAll(),)
    for score in (range(1, 5), range(5, 5), range(20, 31)):
        with pytest.raises(fc.BadParamsError):
            backtest(history, count, score=score)
    with pytest.raises(fc.BadParamsError):
        backtest(history, count, score=range(20, 30), shares=(0.0,))
    with pytest.raises(fc.BadParamsError):
        backtest(history, (CountAll(), CountAll()), score=range(20, 30))
    with pytest.raises(fc.BadParamsError):
        backtest(history, count, score=range(20, 30), retrain_periods=0)
    with pytest.raises(fc.BadParamsError):
        CountRecent(0, "none")
    with pytest.raises(fc.BadParamsError):
        paired(backtest(history, count, score=range(20, 30)), "count_all", "nobody")
    quiet = random_past()
    quiet[20:] = 0
    with pytest.raises(fc.NoEventsError):
        backtest(past(quiet), count, score=range(20, 30))
    with pytest.raises(fc.NoEventsError):
        backtest(past(quiet[::-1]), count, score=range(2, 10))
