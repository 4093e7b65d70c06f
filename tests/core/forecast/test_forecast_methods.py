"""The methods learn from the past alone, the same from the same, and the count is used where it wins."""

import datetime as dt
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core.forecast import methods
from sunra.core.forecast.history import History
from sunra.core.forecast.methods import choice, level, stack, trial
from sunra.core.forecast.methods.columns import columns, names, rows

FIRST = dt.date(2022, 1, 3)


def town(truth: np.ndarray, periods: int, *, seed: int = 1, swing: float = 0.0) -> History:
    """A town of square form whose cells have fixed rates a week, with a season if asked."""
    side = int(np.sqrt(truth.size))
    north, east = np.divmod(np.arange(truth.size, dtype=np.int32), side)
    season = 1 + swing * np.sin(2 * np.pi * np.arange(periods) * 7 / 365.25)
    counts = np.random.default_rng(seed).poisson(season[:, None] * truth).astype(np.float32)
    return History(counts, east, north, 250.0, FIRST, 7)


@cache
def hilly() -> History:
    """Hills, a little rough from cell to cell, about 40 events a week, three years."""
    north, east = np.divmod(np.arange(900), 30)
    hills = np.exp(-((east - 8) ** 2 + (north - 18) ** 2) / 80) + 0.3 * np.exp(-((east - 22) ** 2) / 30)
    truth = hills * np.random.default_rng(3).gamma(8.0, 1.0, 900) + 0.01
    return town(truth * 40 / truth.sum(), 156)


def test_columns_are_densities_of_the_past() -> None:
    """Each column sums to 1 and has a name; covariates come in; an empty past gives even columns."""
    past = replace(hilly(), covariates={"licence": np.arange(900.0)})
    seen = columns(past)
    assert seen.shape == (900, len(names(past)))
    assert np.allclose(seen.sum(0), 1)
    assert seen[899, names(past).index("around_licence")] > seen[0, names(past).index("around_licence")]
    assert np.allclose(columns(hilly().before(0)), 1 / 900)


def test_thinned_rows_stand_for_all() -> None:
    """Where quiet cells are thinned out, the weights of those kept add up to about all of them."""
    every, some = rows(hilly(), seed=1), rows(hilly(), seed=1, most=2000)
    assert some.came.sum() == every.came.sum()
    assert some.came.size < every.came.size
    assert some.weight.sum() == pytest.approx(every.weight.sum(), rel=0.1)


@pytest.mark.parametrize("method", [methods.EmpiricalBayes(), methods.PoissonGlm(), methods.BoostedTrees()])
def test_a_method_comes_nearer_the_truth_than_the_count(method: methods.EmpiricalBayes) -> None:
    """On smooth hills every method beats the count's likelihood, sums to the level, and repeats itself."""
    past = hilly()
    known, after = past.before(130), past.counts[130:].sum(0, dtype=np.float64)
    made, again, count = (
        one.train(known, seed=4).expected(known) for one in (method, method, methods.Naive())
    )
    assert np.array_equal(made, again)
    assert (made > 0).all()
    assert made.sum() == pytest.approx(count.sum()) == pytest.approx(40, rel=0.2)
    assert trial.likelihood(made / made.sum(), after) > trial.likelihood(count / count.sum(), after)


def test_the_choice_is_made_on_the_past_and_said() -> None:
    """On hills a method wins over the count; all scores are kept; the same seed gives the same forecast."""
    first, second = (methods.choose(hilly(), seed=2) for _ in range(2))
    assert first.reason == choice.BEST
    assert first.name != "count_all"
    assert set(first.scores) == {"empirical_bayes", "poisson_glm", "boosted_trees", "count_all", "stack"}
    assert np.array_equal(first.expected(hilly()), second.expected(hilly()))
    assert first.expected(hilly()).sum() == pytest.approx(40, rel=0.2)


def test_where_the_count_wins_it_is_used() -> None:
    """If no method's hit rates reach the count's, the count is the choice, whatever the likelihoods."""
    poor = choice.Score(9.0, (0.1,), ((-0.01, 0.0),), (-0.01, 0.0))
    count = choice.Score(1.0, (0.1,), ((0.0, 0.0),), (0.0, 0.0))
    assert choice.best({"stack": poor, "count_all": count}) == "count_all"
    assert choice.best({"stack": replace(poor, gain_all=(0.01, 0.0)), "count_all": count}) == "stack"


def test_a_short_past_is_not_chosen_on() -> None:
    """Ten weeks, or few events, give empirical Bayes with the reference weights and say so."""
    for past in (hilly().before(10), town(np.full(400, 0.001), 200)):
        made = methods.choose(past, seed=0)
        assert (made.name, made.reason) == ("empirical_bayes", choice.TOO_LITTLE)
        assert np.isfinite(made.expected(past)).all()


def test_stack_and_calibration_keep_totals_and_order() -> None:
    """A stack is a positive density; a calibrated count keeps the order of the cells."""
    past = hilly()
    made = methods.Stack().train(past, seed=0).expected(past)
    assert (made > 0).all()
    bent = methods.Calibrated(methods.Naive()).train(past, seed=0).expected(past)
    order = np.argsort(past.counts.sum(0), kind="stable")
    assert (np.diff(bent[order]) >= -1e-12).all()
    assert bent.sum() == pytest.approx(made.sum())


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), first=st.floats(0.0, 1.5), second=st.floats(0.0, 1.5))
def test_a_pool_is_a_density(seed: int, first: float, second: float) -> None:
    """Whatever the weights, the pool of two densities is positive and sums to 1."""
    made = np.random.default_rng(seed).gamma(0.3, 1.0, (2, 3, 50)) + 1e-12
    shapes = {"a": made[0], "b": made[1]}
    pool = stack.mix(shapes, {"a": first, "b": second})
    assert np.allclose(pool.sum(1), 1)
    assert (pool >= 0).all()


def test_the_level_knows_the_season() -> None:
    """A town that swings by 40 % over the year is expected high in summer and low in winter."""
    past = town(np.full(400, 0.25), 208, swing=0.4)
    high, low = (level.next_total(past.before(at)) for at in (169, 195))
    assert high == pytest.approx(140, rel=0.1)
    assert low == pytest.approx(60, rel=0.15)
    assert level.next_total(past.before(0)) == 0
