"""Risk terrain: the regression against hand calculation, the search against what was planted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core.forecast import BadEventsError
from sunra.core.forecast.analysis import FAR, Places, Search, factors, penalised
from sunra.core.forecast.analysis.layers import candidates

SIDE = 40
EAST, NORTH = (100.0 * axis.ravel() for axis in np.meshgrid(np.arange(SIDE), np.arange(SIDE)))


def test_the_refit_is_the_number_on_paper() -> None:
    """Means 5 and 1: relative risk 5; robust variance of its log 20/20² + 2/4² with each cell a block."""
    x = np.repeat([1.0, 0.0], 4)[:, None]
    y = np.array([2, 4, 6, 8, 1, 2, 0, 1], dtype=float)
    fit = penalised.refit(x, y, np.zeros(8), np.arange(8))
    assert np.exp(fit.coefficient).tolist() == pytest.approx([1, 5], abs=1e-9)
    assert fit.covariance[1, 1] == pytest.approx(20 / 400 + 2 / 16, abs=1e-9)
    ll = sum(np.log(5.0) * n - 5 for n in (2, 4, 6, 8)) - 4 - np.log([2, 24, 720, 40320, 2]).sum()
    assert fit.loglik == pytest.approx(ll, abs=1e-9)
    assert fit.bic == pytest.approx(2 * np.log(8) - 2 * ll, abs=1e-9)


def test_exposure_divides_and_blocks_add_up() -> None:
    """Twice the exposure at the same count halves the rate; two cells of one block err together."""
    x = np.array([[1.0], [1], [0], [0]])
    y = np.array([4.0, 8, 2, 4])
    fit = penalised.refit(x, y, np.log([1.0, 2, 1, 2]), np.array([0, 0, 1, 1]))
    assert np.exp(fit.coefficient).tolist() == pytest.approx([2, 2], abs=1e-9)
    assert fit.covariance[1, 1] == pytest.approx(0, abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.floats(0.02, 0.8), st.sampled_from([0.5, 1.0]), st.booleans())
def test_the_elastic_net_stands_where_no_step_helps(
    seed: int, share: float, mix: float, positive: bool
) -> None:
    """At the solution the gradient meets the conditions of Karush, Kuhn and Tucker for every factor."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(80, 4))
    y = rng.poisson(np.exp(0.5 * x[:, 0] - 0.5 * x[:, 1])).astype(float)
    ones, offset = np.ones(80), np.zeros(80)
    top = penalised.highest_penalty(x, y, offset, ones, mix)
    b = penalised.path(x, y, offset, ones, np.array([top, share * top]), mix=mix, positive=positive)
    assert np.allclose(b[0, 1:], 0, atol=1e-6)
    last, penalty = b[-1], share * top
    gradient = x.T @ (y - np.exp(last[0] + x @ last[1:])) / 80 - penalty * (1 - mix) * last[1:]
    for slope, coefficient in zip(gradient, last[1:], strict=True):
        if coefficient != 0:
            assert slope == pytest.approx(np.sign(coefficient) * penalty * mix, abs=1e-5)
        else:
            assert slope <= penalty * mix + 1e-5
            assert positive or slope >= -penalty * mix - 1e-5


def test_forms_are_what_they_say() -> None:
    """Near holds the border itself, far is its opposite; empty and everywhere-true columns are left out."""
    x, y = np.arange(5) * 100.0, np.zeros(5)
    bar = Places(np.array([0.0]), np.array([0.0]), ("near", FAR))
    found = candidates(x, y, {"bar": bar, "none": Places(np.zeros(0), np.zeros(0))}, [100.0, 900.0])
    assert (found.form, found.metres) == (("near", "far"), (100.0, 100.0))
    assert found.values.T.tolist() == [[True, True, False, False, False], [False, False, True, True, True]]


def _town() -> tuple[np.ndarray, dict[str, Places]]:
    """Events three times as frequent within 150 m of a bar; kiosks stand anywhere."""
    rng = np.random.default_rng(5)
    places = {name: Places(rng.uniform(0, 4000, 50), rng.uniform(0, 4000, 50)) for name in ("bar", "kiosk")}
    bars = places["bar"]
    near = np.hypot(EAST[:, None] - bars.x, NORTH[:, None] - bars.y).min(1) <= 150
    return rng.poisson(np.where(near, 1.5, 0.5)).astype(float), places


def test_the_planted_factor_is_found_with_its_distance_and_its_strength() -> None:
    """The bars are chosen at 150 m in every resample, the interval holds 3; the kiosks are not chosen."""
    counts, places = _town()
    search = Search(metres=(50, 150, 300), resamples=6, block_m=800, penalties=12)
    found = factors(EAST, NORTH, counts, places, search=search, seed=1)
    bar, kiosk = found.factors
    assert (bar.name, bar.form, bar.metres, bar.stability) == ("bar", "near", 150, 1)
    assert bar.low < 3 < bar.high
    assert not kiosk.chosen
    assert kiosk.stability < 0.5
    assert found.score.max() == pytest.approx(bar.relative_risk)
    assert factors(EAST + 5e5, NORTH - 3e5, counts, _moved(places), search=search, seed=1).factors[0] == bar


def _moved(places: dict[str, Places]) -> dict[str, Places]:
    return {name: Places(one.x + 5e5, one.y - 3e5) for name, one in places.items()}


def test_too_little_is_refused_and_nothing_to_choose_is_said() -> None:
    """Fewer than fifty events give no answer; a town without places gives an answer without factors."""
    counts, places = _town()
    with pytest.raises(BadEventsError):
        factors(EAST, NORTH, counts * 0, places)
    found = factors(EAST, NORTH, counts, {}, search=Search(resamples=0))
    assert found.factors == ()
    assert (found.score == 1).all()
