"""Did it work: known truths are found, small numbers are not spoken of, sums are those of the paper."""

import math

import numpy as np
import pytest

from sunra.core.effects import (
    Before,
    CellNights,
    EffectsError,
    Walked,
    covered,
    effect,
    weighted_displacement_difference,
)
from tests.core.effects.simulated import month


def test_known_effects_are_found_and_before_and_after_is_not_believed():
    """If this fails, a patrol that does nothing seems to work, or one that works does not."""
    random = np.random.default_rng(1)
    for truth in (1.0, 0.7):
        found = [effect(month(random, ratio=truth, per_night=40.0)[0]) for _ in range(60)]
        mean = np.exp(np.mean([math.log(one.ratio) for one in found]))
        assert mean == pytest.approx(truth, rel=0.06)
        inside = np.mean([one.low <= truth <= one.high for one in found])
        assert 0.78 <= inside <= 1.0
    fell = np.mean([month(random, ratio=1.0)[1] for _ in range(20)])
    assert fell < 0.97  # the naive comparison sees a fall where nothing works


def _nights(nights: int, events: float) -> CellNights:
    random = np.random.default_rng(0)
    size = nights * 20
    return CellNights(
        np.repeat(np.arange(nights), 20), np.full(size, 0.5), random.random(size) < 0.5,
        random.poisson(events, size).astype(float), np.ones(size),
    )  # fmt: skip


def test_nothing_is_said_of_too_little():
    """If this fails, a claim is made from a handful of nights or events, or where no lot decided."""
    assert effect(_nights(5, 2.0)).status == "too_few_nights"
    silent = effect(_nights(30, 0.001))
    assert silent.status == "too_few_events"
    assert math.isnan(silent.ratio)
    assert not silent.tells
    sure = CellNights(np.arange(3), np.ones(3), np.ones(3, bool), np.ones(3), np.ones(3))
    assert effect(sure).status == "no_overlap"
    assert effect(sure).left_out == 1.0


def test_weights_are_worked_by_hand():
    """If this fails, the ratio is not that of Horvitz-Thompson sums."""
    data = CellNights(
        np.arange(4), np.array([0.5, 0.25, 0.5, 0.25]), np.array([True, True, False, False]),
        np.array([1.0, 2.0, 3.0, 6.0]), np.array([1.0, 1.0, 2.0, 2.0]),
    )  # fmt: skip
    found = effect(data, fewest_events=1, fewest_nights=2)
    patrolled = (1 / 0.5 + 2 / 0.25) / (1 / 0.5 + 1 / 0.25)
    other = (3 / 0.5 + 6 / 0.75) / (2 / 0.5 + 2 / 0.75)
    assert found.ratio == pytest.approx(patrolled / other)
    assert (found.events_patrolled, found.events_other, found.nights) == (3, 9, 4)


def test_weighted_displacement_difference_is_that_of_the_paper():
    """If this fails, displacement is not counted in, or the error is not that of Poisson counts."""
    found = weighted_displacement_difference(Before(50, 30), Before(60, 55), Before(20, 25), Before(22, 21))
    assert found.difference == pytest.approx((30 - 50) - (55 - 60) + (25 - 20) - (21 - 22))
    assert found.error == pytest.approx(math.sqrt(50 + 30 + 60 + 55 + 20 + 25 + 22 + 21))
    assert (found.local, found.displacement) == (-15, 6)
    assert found.low < found.difference < found.high
    assert weighted_displacement_difference(Before(2, 1), Before(1, 1)).status == "too_few_events"
    longer = weighted_displacement_difference(Before(50, 100), Before(60, 120), scale=2.0)
    assert longer.difference == 0
    assert not longer.tells
    with pytest.raises(EffectsError):
        weighted_displacement_difference(Before(1, 1), Before(1, 1), Before(1, 1))
    with pytest.raises(EffectsError):
        Before(-1, 0)


def test_walked_against_planned_has_its_interval_or_none():
    """If this fails, a share is claimed from two nights, or an interval leaves 0 to 1."""
    few = covered([Walked(10, 9, 3.0, 2.0)] * 2)
    assert (few.status, few.share) == ("too_few_nights", 0.9)
    assert math.isnan(few.share_interval[0])
    assert covered([]).status == "nothing"
    random = np.random.default_rng(2)
    nights = [Walked(10, int(n), float(n) / 3, 2.0) for n in random.integers(5, 11, 20)]
    found = covered(nights)
    assert found.status == ""
    assert 0 <= found.share_interval[0] <= found.share <= found.share_interval[1] <= 1
    assert found.risk_interval[0] <= found.risk_per_hour <= found.risk_interval[1]
    with pytest.raises(EffectsError):
        Walked(1, 2, 0.0, 0.0)


def test_bad_chances_are_refused():
    """If this fails, a visit that had no chance is weighed."""
    for chance in (0.0, 1.5):
        with pytest.raises(EffectsError):
            CellNights(np.zeros(1, int), np.array([chance]), np.ones(1, bool), np.ones(1), np.ones(1))
