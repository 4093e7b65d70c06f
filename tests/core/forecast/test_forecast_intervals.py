"""Intervals hold what they promise, and the spread is found again."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core.forecast import intervals
from sunra.core.forecast.covered import Covered, Units
from sunra.core.forecast.history import History


@pytest.mark.parametrize("spread", [0.0, 0.05, 0.5])
def test_the_spread_is_found_and_the_transform_is_even(spread: float) -> None:
    """Counts drawn with a spread give it back, and nine in ten transformed counts lie in the middle."""
    rng = np.random.default_rng(7)
    mean = rng.gamma(2.0, 6.0, 6000)
    truth = mean if spread == 0 else rng.gamma(1 / spread, spread * mean)
    count = rng.poisson(truth)
    found = intervals.learn(mean, count)
    assert found == pytest.approx(spread, rel=0.25, abs=0.004)
    transformed = intervals.pit(mean, count, found, seed=1)
    share, error = intervals.coverage(transformed)
    assert share == pytest.approx(0.9, abs=0.015)
    assert error == pytest.approx(0.004, abs=0.001)
    assert transformed.mean() == pytest.approx(0.5, abs=0.02)


def test_a_wrong_spread_is_found_out() -> None:
    """Poisson intervals around counts that scatter much more hold far fewer than nine in ten."""
    rng = np.random.default_rng(8)
    count = rng.poisson(rng.gamma(4.0, 10.0, 2000))
    share, _error = intervals.coverage(intervals.pit(np.full(2000, 40.0), count, 0.0, seed=1))
    assert share < 0.6


@settings(max_examples=50, deadline=None)
@given(mean=st.floats(1e-6, 1e4), spread=st.floats(0, 3), level=st.floats(0.5, 0.99))
def test_an_interval_holds_its_mean_count(mean: float, spread: float, level: float) -> None:
    """Ends are ordered, not negative, and hold at least the promised share of the distribution."""
    low, high = intervals.interval([mean], spread, level=level)
    assert 0 <= low[0] <= high[0]
    inside = intervals._cumulative(np.array([mean]), high.astype(float), spread)
    below = intervals._cumulative(np.array([mean]), low - 1.0, spread)
    assert (inside - below)[0] >= level - 1e-9


def test_nothing_expected_has_no_spread() -> None:
    """Without expectations there is nothing to learn."""
    assert intervals.learn([0.0], [0]) == 0
    assert intervals.learn([], []) == 0


def test_a_rolling_test_counts_what_its_intervals_hold() -> None:
    """If this fails, a right forecast is not covered nine times in ten, or a far too low one is."""
    random = np.random.default_rng(4)
    rate = random.gamma(2.0, 1.0, 400)
    north, east = np.divmod(np.arange(400, dtype=np.int32), 20)
    counts = random.poisson(rate, (60, 400)).astype(np.float32)
    units = Units.of(History(counts, east, north, 100, dt.date(2024, 1, 1), 7), seed=0)
    right, low = Covered(), Covered()
    for period in counts.astype(np.float64):
        right.note(units, rate, period)
        low.note(units, np.where(right.periods <= 16, rate, 0.3 * rate), period)
    assert set(right.shares()) == {"cell", "block", "all"}
    assert right.judged["block"] == 4 * (60 - 4)
    assert right.shares()["cell"][0] == pytest.approx(0.9, abs=0.01)
    assert right.shares()["block"][0] == pytest.approx(0.9, abs=0.08)
    assert low.shares()["block"][0] < 0.7
    assert Covered().shares() == {}
