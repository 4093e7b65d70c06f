"""Displacement by lot: known changes are found, what moves next door or falls back is no gain."""

import math

import numpy as np
import pytest

from sunra.core.effects import Around, CellNights, EffectsError, belts, displacement_by_lot

NIGHTS, CELLS, BACK = 30, 40, 28


def _month(random: np.random.Generator, *, gone: float, moved: float) -> tuple[CellNights, Around]:
    """A visit takes ``gone`` of a cell-night's events away and ``moved`` of those turn up next door; the lot
    favours the cells with many events before, so that these fall back by themselves.
    """
    level = random.gamma(1.0, 0.4, CELLS)
    before = random.poisson(level * BACK)
    chance = np.clip(0.1 + 0.8 * before / before.max(), 0.1, 0.9)
    p = np.tile(chance, NIGHTS)
    z = random.random(NIGHTS * CELLS) < p
    rate = np.tile(level, NIGHTS)
    data = CellNights(
        np.repeat(np.arange(NIGHTS), CELLS), p, z,
        random.poisson(np.where(z, rate * (1 - gone), rate)).astype(float), np.maximum(rate, 1e-9),
    )  # fmt: skip
    belt_level = np.full(NIGHTS * CELLS, 0.3)
    around = Around(
        BACK, np.tile(before, NIGHTS).astype(float),
        random.poisson(belt_level + np.where(z, rate * gone * moved, 0.0)).astype(float),
        random.poisson(belt_level * BACK).astype(float),
    )  # fmt: skip
    return data, around


@pytest.mark.parametrize(("gone", "moved"), [(0.0, 0.0), (0.5, 0.0), (0.5, 1.0)])
def test_a_known_change_is_found_and_what_moves_is_no_gain(gone: float, moved: float) -> None:
    """If this fails, patrols are praised for what went next door or came back by itself."""
    random = np.random.default_rng(3)
    found, inside = [], 0
    for _ in range(60):
        data, around = _month(random, gone=gone, moved=moved)
        one = displacement_by_lot(data, around)
        truth = -100 * gone * (1 - moved) * float(data.expected.mean())
        found.append(one.difference - truth)
        inside += one.low <= truth <= one.high
        assert one.difference == pytest.approx(one.local + one.displacement)
    assert abs(np.mean(found)) < 3 * np.std(found) / math.sqrt(len(found))
    assert inside >= 46


def test_nothing_is_said_of_too_little_and_bad_counts_are_refused() -> None:
    """If this fails, a difference is claimed from a few nights, or from counts that cannot be."""
    data, around = _month(np.random.default_rng(0), gone=0.0, moved=0.0)
    assert displacement_by_lot(data, around, fewest_nights=31).status == "too_few_nights"
    silent = displacement_by_lot(data, around, fewest_events=10**6)
    assert silent.status == "too_few_events"
    assert math.isnan(silent.difference)
    assert displacement_by_lot(data, around, least=0.5).status == "no_overlap"
    with pytest.raises(EffectsError):
        displacement_by_lot(data, Around(BACK, np.zeros(1), np.zeros(1), np.zeros(1)))
    with pytest.raises(EffectsError):
        Around(0, np.zeros(1), np.zeros(1), np.zeros(1))
    with pytest.raises(EffectsError):
        Around(1, np.zeros(1), -np.ones(1), np.zeros(1))
    with pytest.raises(EffectsError):
        Around(1, np.zeros(1), np.zeros(2), np.zeros(1))


def test_a_belt_is_shared_out_and_no_place_is_in_it() -> None:
    """If this fails, an event next door to two places counts twice, or a place is its own neighbour's."""
    around = belts(np.array([0, 2, 10]), np.array([0, 0, 0]))
    assert len(around) == 8 + 8 - 3 + 8
    assert around[1, 1] == (0, 1)
    assert around[-1, 0] == (0,)
    assert (10, 0) not in around
    touching = belts(np.array([0, 1]), np.array([0, 0]))
    assert (1, 0) not in touching
    assert len(touching) == 10
