"""Events of other kinds tell of the same places, never of a later time, and need not be there."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from sunra.core import forecast as fc
from sunra.core.forecast import methods
from sunra.core.forecast.backtest import rolling
from sunra.core.forecast.history import History
from sunra.core.forecast.methods import choice, trial
from sunra.core.forecast.methods.columns import columns, names

FIRST = dt.date(2022, 1, 3)
WEEKS = 60


def town(*, own: float = 45.0, seed: int = 5) -> History:
    """100 cells of uneven truth; of other kinds ten times as many events follow the same truth."""
    random = np.random.default_rng(seed)
    truth = random.gamma(0.5, 1.0, 100)
    truth /= truth.sum()
    north, east = np.divmod(np.arange(100, dtype=np.int32), 10)
    counts, others = (random.poisson(n * truth, (WEEKS, 100)).astype(np.float32) for n in (own, 450))
    return History(counts, east, north, 250.0, FIRST, 7, others={"others": others})


def test_a_cut_history_holds_no_later_event_of_any_kind() -> None:
    """If this fails, a method sees next week's events of another kind."""
    cut = town().before(20)
    assert cut.others["others"].shape == (20, 100)
    with pytest.raises(ValueError, match="read-only"):
        cut.others["others"][0, 0] = 1
    with pytest.raises(fc.BadEventsError):
        replace(cut, others={"others": np.zeros((21, 100), np.float32)})


def test_other_kinds_have_columns_and_bring_the_methods_nearer() -> None:
    """If this fails, what other events say of a place is lost on the methods."""
    past = town(own=30.0)
    alone = replace(past, others={})
    assert len(names(past)) == columns(past).shape[1] > len(names(alone))
    known, after = 52, past.counts[52:].sum(0, dtype=np.float64)
    for method in (methods.EmpiricalBayes(), methods.PoissonGlm(), methods.BoostedTrees()):
        with_, without = (
            method.train(one.before(known), seed=1).shape(one.before(known)) for one in (past, alone)
        )
        assert trial.likelihood(with_, after) > trial.likelihood(without, after), method.name


def test_a_future_event_moves_no_earlier_forecast_through_the_whole_choice() -> None:
    """If this fails, trials, stack, calibration or other kinds let the choice look ahead."""
    plain = town()
    planted = []
    for name in ("counts", "others"):
        changed = np.array(plain.counts if name == "counts" else plain.others["others"])
        changed[54, 7] += 400
        planted.append(
            replace(plain, **{name: changed if name == "counts" else {"others": changed}})  # type: ignore[arg-type]
        )
    options = {"score": range(52, 57), "retrain_periods": 3, "seed": 0}
    tried = (methods.Chosen(), methods.PoissonGlm())
    first, *others = (list(rolling(one, tried, **options)) for one in (plain, *planted))  # type: ignore[arg-type]
    assert choice.TOO_LITTLE not in first[0].chosen
    for other in others:
        moved = {
            one.period
            for one, two in zip(first, other, strict=True)
            if not (np.array_equal(one.expected, two.expected) and np.array_equal(one.cuts, two.cuts))
        }
        assert moved == {55, 56}


def test_a_choice_trained_without_other_kinds_serves_when_they_come() -> None:
    """If this fails, a district's first event of a second family breaks the week's trained methods."""
    random = np.random.default_rng(2)
    cell = random.integers(0, 12, (2, 1500))
    day = np.datetime64("2025-01-01") + np.sort(random.integers(0, 420, 1500))
    grid = fc.Grid(*(part.ravel() for part in np.meshgrid(np.arange(12), np.arange(12))))
    theft = fc.Events(*cell, day, np.full(1500, 20), np.full(1500, "theft"))
    trained = fc.choose_methods(theft, grid, None, dt.date(2026, 3, 1))
    family = np.where(np.arange(1500) % 3 == 0, "disorder", "theft")
    mixed = fc.Events(*cell, day, np.full(1500, 20), family)
    made = fc.forecast(mixed, grid, None, fc.Horizon(dt.date(2026, 3, 1)), trained=trained)
    assert np.isfinite(made.expected).all()
    assert made.methods["theft"] == trained["theft"].name
