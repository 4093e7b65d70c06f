"""Trends: the bands hold what they claim, by simulation; short and silent series are honest."""

import numpy as np
import pytest

from sunra.core import indicators


def _truth(months: int) -> np.ndarray:
    """A level that falls by 10 % a year with a season, in events a month."""
    at = np.arange(months)
    return np.exp(np.log(40) + np.log(0.9) * at / 12 + 0.3 * np.cos(2 * np.pi * (at - 6) / 12))


@pytest.mark.parametrize("alpha", [0.0, 0.08])
def test_the_bands_hold_what_they_claim(alpha: float) -> None:
    """Over 150 simulated series of five years about 95 % of expectations, and of next counts, lie inside.

    If it fails, the page shows bands that claim more, or less, than is known.
    """
    draw = np.random.default_rng(4)
    truth = _truth(62)
    inside, hit, slope = [], [], []
    for _ in range(150):
        mean = truth * draw.gamma(1 / alpha, alpha, len(truth)) if alpha else truth
        counts = draw.poisson(mean)
        found = indicators.fit(counts[:60], periods_a_year=12, ahead=2)
        inside.append(((found.low <= truth) & (truth <= found.high))[:60].mean())
        hit.append(((found.least <= counts) & (counts <= found.most))[60:].mean())
        slope.append(found.yearly_low <= 0.9 <= found.yearly_high)
    assert 0.92 <= np.mean(inside) <= 0.975
    assert 0.92 <= np.mean(hit) <= 0.985
    assert 0.9 <= np.mean(slope) <= 0.99


def test_the_season_is_found_and_taken_out() -> None:
    """The highest expectation is in July, where the truth has it; the level has no season left."""
    counts = np.random.default_rng(1).poisson(_truth(48))
    found = indicators.fit(counts, periods_a_year=12)
    assert found.seasonal
    assert int(np.argmax(found.expected[:12])) in {5, 6, 7}
    assert (np.diff(found.level) < 0).all()
    assert found.expected.sum() == pytest.approx(counts.sum(), rel=0.02)


def test_exposure_counts() -> None:
    """A February with fewer days expects fewer events at the same rate."""
    days = np.array([31, 28, 31, 30] * 3, dtype=float)
    found = indicators.fit(days * 2, periods_a_year=12, exposure=days)
    assert found.expected == pytest.approx(days * 2, rel=1e-6)
    assert not found.seasonal


def test_a_short_series_is_refused_and_a_silent_one_bounded() -> None:
    """Seven periods are no trend; a series of zeros expects nothing but does not exclude everything."""
    with pytest.raises(indicators.TooShort):
        indicators.fit([1] * 7, periods_a_year=12)
    with pytest.raises(indicators.BadFigures):
        indicators.fit([1] * 9, periods_a_year=12, exposure=[1] * 8 + [0])
    silent = indicators.fit([0] * 12, periods_a_year=12)
    assert silent.expected.max() == 0
    assert silent.high.sum() == pytest.approx(3.689, abs=0.001)


def test_one_event_does_not_break_the_fit() -> None:
    """A single event in years stays finite: no exploding coefficients."""
    counts = np.zeros(36)
    counts[7] = 1
    found = indicators.fit(counts, periods_a_year=12)
    assert np.isfinite(found.expected).all()
    assert found.expected.sum() < 3
