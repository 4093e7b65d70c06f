"""Cell-key noise: the same cell the same noise, bounded, mean zero, no small results."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunra.core.disclosure import cell_key

SECRET = b"s" * 32


def test_the_ptable_is_what_it_says() -> None:
    """Every row sums to 1 with mean 0 and, above zero, the stated variance; no 1, no 2, nothing negative."""
    table, change = cell_key.ptable(), np.arange(-cell_key.WIDEST, cell_key.WIDEST + 1)
    assert table.sum(axis=1) == pytest.approx(np.ones(len(table)))
    assert table @ change == pytest.approx(np.zeros(len(table)), abs=1e-9)
    assert (table @ change**2)[1:] == pytest.approx(np.full(len(table) - 1, cell_key.VARIANCE), abs=1e-6)
    for count, row in enumerate(table):
        for result in count + change[row > 1e-12]:
            assert result == 0 or result >= cell_key.SMALLEST_SHOWN
    assert table[0].tolist() == [0, 0, 0, 0, 1, 0, 0, 0, 0]


@given(st.lists(st.integers(0, 500), min_size=1, max_size=50), st.integers(0, 2**32 - 1))
def test_noise_is_bounded_and_depends_on_count_and_key_alone(counts: list[int], seed: int) -> None:
    """Any order, any company: the same cell gets the same answer, at most four away."""
    given_counts = np.array(counts)
    keys = np.random.default_rng(seed).random(len(counts))
    told = cell_key.perturb(given_counts, keys)
    assert (np.abs(told - given_counts) <= cell_key.WIDEST).all()
    assert not np.isin(told, [1, 2]).any()
    assert (told[given_counts == 0] == 0).all()
    turned = cell_key.perturb(given_counts[::-1], keys[::-1])[::-1]
    assert (told == turned).all()


def test_the_same_records_give_the_same_key_however_they_are_asked_for() -> None:
    """A cell reached by two queries has one key; a record more gives another one."""
    keys = cell_key.record_keys([f"event-{n}" for n in range(20)], SECRET)
    by_dong = cell_key.cell_keys(keys, np.repeat([0, 1], 10), 2)
    by_month = cell_key.cell_keys(keys[[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]], np.zeros(10, dtype=int), 1)
    assert by_dong[0] == by_month[0]
    assert cell_key.cell_keys(keys[:11], np.zeros(11, dtype=int), 1)[0] != by_dong[0]
    assert not (cell_key.record_keys(["event-1"], b"t" * 32) == keys[1]).any()


def test_noise_is_zero_on_average() -> None:
    """Over many cells the sum of the noise is small against its spread."""
    keys = np.random.default_rng(0).random(40_000)
    for count in (1, 3, 6, 50):
        change = cell_key.perturb(np.full(len(keys), count), keys) - count
        assert abs(change.mean()) < 4 * np.sqrt(cell_key.VARIANCE / len(keys))


def test_wrong_input_is_refused() -> None:
    """Negative counts and keys that are no keys."""
    for counts, keys in (([-1], [0.5]), ([1], [1.0]), ([1], [-0.1]), ([1, 2], [0.1])):
        with pytest.raises(ValueError, match="counts"):
            cell_key.perturb(np.array(counts), np.array(keys))
