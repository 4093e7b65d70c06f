"""The calibration moves numbers, never the order of cells nor the district's total."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core import forecast as fc
from sunra.core.forecast import calibrate
from tests.core.forecast.made import TODAY, square


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), cells=st.integers(2, 300), power=st.floats(0.3, 2.5))
def test_order_and_total_stay(seed: int, cells: int, power: float) -> None:
    """However wrong the rates were, calibrated rates rise where rates rise and sum to the same."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(0.5, 2.0, cells)
    curve = calibrate.learn(rate, rng.poisson(rate**power).astype(float))
    factor = curve(rate)
    order = np.argsort(rate, kind="stable")
    assert (np.diff((factor * rate)[order]) >= -1e-12).all()
    assert (factor * rate).sum() == pytest.approx(rate.sum())


def test_a_curve_learns_that_hot_cells_are_hotter() -> None:
    """Where the hottest cells saw twice what was expected, their factor rises above the quiet ones'."""
    rate = np.concatenate((np.full(900, 1.0), np.full(100, 9.0)))
    observed = np.concatenate((np.full(900, 0.5), np.full(100, 18.0)))
    factor = calibrate.learn(rate, observed)(rate)
    assert factor[-1] > 1.2
    assert factor[0] < 0.8


def test_a_short_past_is_left_alone() -> None:
    """Under a year or a few hundred events nothing is held out, and an empty curve changes nothing."""
    assert calibrate.held_out(364, 1e6) == 0
    assert calibrate.held_out(3000, 100) == 0
    assert calibrate.held_out(800, 1000) == 200
    assert calibrate.held_out(4000, 1000) == 365
    rate = np.array([0.0, 1.0, 2.0])
    assert np.array_equal(calibrate.NONE(rate), np.ones(3))
    assert calibrate.learn(rate, np.zeros(3)) is calibrate.NONE
    assert calibrate.learn(np.zeros(3), rate) is calibrate.NONE


def test_steady_hot_cells_are_expected_at_about_their_own_rate() -> None:
    """In an unchanging town of very unequal cells the hottest ones' expectation comes near the truth."""
    rng = np.random.default_rng(5)
    truth = rng.gamma(0.35, 1.0, 400)
    truth *= 20 / truth.sum()
    cell = np.repeat(np.arange(400), rng.poisson(truth * 730))
    day = np.datetime64(TODAY) - rng.integers(1, 731, cell.size)
    grid = square()
    events = fc.Events(
        grid.cell_e[cell], grid.cell_n[cell], day, rng.integers(0, 24, cell.size), np.full(cell.size, "theft")
    )
    part = fc.forecast(events, grid, None, fc.Horizon(TODAY)).parts["theft"]
    hot = np.argsort(-truth)[:20]
    assert (part.own + part.near)[hot].sum() == pytest.approx(truth[hot].sum(), rel=0.12)
