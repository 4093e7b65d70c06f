"""Gi*, Knox, aoristic weights and profiles against numbers worked by hand."""

import datetime as dt
import gzip
import itertools
import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core.forecast import BadEventsError, BadParamsError
from sunra.core.forecast import analysis as an
from tests.shared import shared_data

LINE = np.arange(5) * 100.0
ZERO = np.zeros(5)
MONDAY = np.datetime64("2024-01-01")


def test_gi_star_is_the_number_on_paper() -> None:
    """Five cells in a row: mean 4, s² 10, so every denominator is √15 where W is 2 or 3."""
    weights = an.band_weights(LINE, ZERO, 100)
    spots = an.hot_spots([1, 2, 3, 4, 10], weights, fdr=False)
    hand = np.array([-5, -6, -3, 5, 6]) / np.sqrt(15)
    np.testing.assert_allclose(spots.z, hand, rtol=0, atol=1e-12)
    assert spots.p[4] == pytest.approx(0.12133525035848211, abs=1e-12)
    assert spots.neighbours.tolist() == [2, 3, 3, 3, 2]
    assert spots.level.tolist() == [0, 0, 0, 0, 0]


def test_nearest_weights_hold_the_cell_and_its_k_nearest() -> None:
    """Equal distances are cut by position, so the answer does not hang on the order of the tree."""
    weights = an.nearest_weights(LINE, ZERO, 1).toarray()
    assert weights.tolist() == [
        [1, 1, 0, 0, 0], [1, 1, 0, 0, 0], [0, 1, 1, 0, 0], [0, 0, 1, 1, 0], [0, 0, 0, 1, 1],
    ]  # fmt: skip
    assert an.gi_star([1, 2, 3, 4, 10], an.nearest_weights(LINE, ZERO, 1))[0] == pytest.approx(-5 / 15**0.5)
    with pytest.raises(BadParamsError):
        an.nearest_weights(LINE, ZERO, 5)


def test_gi_star_without_difference_is_zero() -> None:
    """Equal values, or neighbours everywhere, leave nothing to test and no division by zero."""
    assert not an.gi_star(np.full(5, 0.1), an.band_weights(LINE, ZERO, 100)).any()
    assert not an.gi_star([1, 2, 3, 4, 10], an.band_weights(LINE, ZERO, 1000)).any()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=6, max_size=25), st.randoms(use_true_random=False))
def test_gi_star_does_not_hang_on_order_nor_on_place(values: list[int], random: object) -> None:
    """Shuffling the cells shuffles the answer; moving the map or scaling the counts leaves it."""
    n = len(values)
    order = np.array(random.sample(range(n), n))  # type: ignore[attr-defined]
    x, y, count = np.arange(n) % 5 * 100.0, np.arange(n) // 5 * 100.0, np.array(values, dtype=float)
    z = an.gi_star(count, an.band_weights(x, y, 150))
    shuffled = an.gi_star(count[order], an.band_weights(x[order], y[order], 150))
    moved = an.gi_star(3 * count + 7, an.band_weights(x + 1e6, y - 2e6, 150))
    np.testing.assert_allclose(shuffled, z[order], atol=1e-9)
    np.testing.assert_allclose(moved, z, atol=1e-9)


def test_false_discovery_lifts_fewer_cells_than_single_tests() -> None:
    """One true cluster on a large map is found; among the rest the control leaves hardly any."""
    rng = np.random.default_rng(0)
    count = rng.poisson(1.0, 900).astype(float)
    x, y = np.arange(900) % 30 * 100.0, np.arange(900) // 30 * 100.0
    heart = (np.abs(x - 1500) <= 100) & (np.abs(y - 1500) <= 100)
    count[heart] += 8
    weights = an.band_weights(x, y, 100)
    single, controlled = an.hot_spots(count, weights, fdr=False), an.hot_spots(count, weights)
    assert (controlled.level[heart] == 3).all()
    assert (controlled.level > 0).sum() < (single.level > 0).sum()


def test_patterns_name_what_became_of_a_cell() -> None:
    """A cluster that always stands is persistent, one that appears last new, one that went former."""
    x, y = np.arange(100) % 10 * 100.0, np.arange(100) // 10 * 100.0
    counts = np.ones((10, 100)) + np.arange(100) % 3 * 0.1
    counts[:, 11] += 30
    counts[-1, 88] += 30
    counts[:4, 18] += 30
    found = an.emerging(counts, an.band_weights(x, y, 0))
    assert found.pattern[[11, 88, 18, 50]].tolist()[1:] == ["new", "former", "none"]
    assert found.pattern[11] in {"persistent", "intensifying", "diminishing"}


def test_mann_kendall_is_the_number_on_paper() -> None:
    """1 2 3 4 5: S 10, variance 50/3, z 9 / sqrt(50/3); with 1 1 2 3 3: S 8, ties take 36 from 300."""
    z = an.mann_kendall(np.array([[1, 1], [2, 1], [3, 2], [4, 3], [5, 3]], dtype=float))
    np.testing.assert_allclose(z, [9 / np.sqrt(300 / 18), 7 / np.sqrt(264 / 18)], atol=1e-12)


def _days(*days: float) -> np.ndarray:
    return MONDAY.astype("datetime64[s]") + (np.array(days) * 86400).astype("timedelta64[s]")


def test_knox_is_the_number_on_paper() -> None:
    """Two near pairs, two soon pairs of six, one pair both: expected 2 × 2 / 6, ratio 1.5."""
    found = an.supports_near_repeat(
        [0, 50, 1000, 1050], [0, 0, 0, 0], _days(0, 3, 10, 40),
        metres=[100], days=[7], period_days=np.inf, permutations=999,
    )  # fmt: skip
    assert found.observed.tolist() == [[1]]
    assert found.expected[0, 0] == pytest.approx(2 / 3, abs=1e-12)
    assert found.ratio[0, 0] == pytest.approx(1.5, abs=1e-12)
    # of the 3 ways to split four days into two pairs: {AB, CD} and {AD, BC} have one soon pair, {AC, BD} none
    assert found.p[0, 0] == pytest.approx(2 / 3, abs=0.05)
    assert found.residual[0, 0] == pytest.approx((1 / 3) / np.sqrt(2 / 9), abs=0.08)
    assert not found.supported


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 40)), min_size=4, max_size=6))
def test_knox_expectation_is_the_mean_over_all_exchanges(rows: list[tuple[int, int]]) -> None:
    """Over every exchange of days within two periods the mean of the table is the stated expectation."""
    x, day = np.array([r[0] * 60.0 for r in rows]), np.array([r[1] for r in rows], dtype=float)
    args = {"metres": [100.0, 200.0], "days": [7.0, 14.0], "period_days": 20.0, "permutations": 1}
    found = an.supports_near_repeat(x, 0 * x, _days(*day), **args)
    period = ((day - day.min()) // 20).astype(int)
    orders = (list(order) for order in itertools.permutations(range(len(rows))))
    tables = [_table(x, day[order]) for order in orders if (period[order] == period).all()]
    np.testing.assert_allclose(found.expected, np.mean(tables, axis=0), atol=1e-9)
    np.testing.assert_array_equal(found.observed, _table(x, day))


def _table(x: np.ndarray, day: np.ndarray) -> np.ndarray:
    table = np.zeros((2, 2))
    for i, j in itertools.combinations(range(x.size), 2):
        near, soon = abs(x[i] - x[j]), abs(day[i] - day[j])
        if near <= 200 and soon <= 14:
            table[int(near > 100), int(soon > 7)] += 1
    return table


def test_planted_repeats_are_found_and_slow_change_is_not_taken_for_them() -> None:
    """Pairs planted within a week are supported; a map that moves from year to year is not, by periods."""
    rng = np.random.default_rng(3)
    x, y, day = rng.uniform(0, 3000, 300), rng.uniform(0, 3000, 300), rng.integers(0, 365, 300)
    again = (np.r_[x, x[:60] + 20], np.r_[y, y[:60]], _days(*np.r_[day, day[:60] + 3]))
    assert an.supports_near_repeat(*again, permutations=99).supported
    year = rng.integers(0, 2, 600)
    moving = (
        rng.normal(3000 * year, 300),
        rng.normal(0, 300, 600),
        _days(*(365 * year + rng.integers(0, 365, 600))),
    )
    assert an.supports_near_repeat(*moving, period_days=np.inf, permutations=99).ratio[0, 0] > 1.2
    assert not an.supports_near_repeat(*moving, period_days=365, permutations=99).supported


def test_victims_of_one_incident_become_one() -> None:
    """Three reports of one brawl are one incident, chained through the middle one; the next street stays."""
    merged = an.merge_incidents([500, 0, 40, 80], [0] * 4, _days(0, 1 / 24, 0, 2 / 24), metres=50, hours=2)
    assert merged.size.tolist() == [3, 1]
    assert merged.first.tolist() == [2, 0]
    assert merged.of.tolist() == [1, 0, 0, 0]
    with pytest.raises(BadEventsError):
        an.merge_incidents([0.0], [float("nan")], _days(0))


def test_aoristic_weights_are_exact_fractions() -> None:
    """Monday 23:30 to Tuesday 01:30: a quarter, a half, a quarter; a moment is one whole hour's."""
    start = np.array(["2024-01-01T23:30", "2024-01-03T05:10", "2024-01-01T00:00"], dtype="datetime64[s]")
    end = np.array(["2024-01-02T01:30", "2024-01-03T05:10", "2024-01-16T00:00"], dtype="datetime64[s]")
    found = an.aoristic(start, end)
    weights = found.weights
    assert weights[0, 23:26].tolist() == [0.25, 0.5, 0.25]
    assert weights[1, 2 * 24 + 5] == 1
    assert weights[2, :24].tolist() == [3 / 360] * 24
    assert weights[2, 24:].tolist() == [2 / 360] * 144
    assert found.by_slot().sum() == pytest.approx(3, abs=1e-12)
    with pytest.raises(BadEventsError):
        an.aoristic(end, start)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 3 * 604800))
def test_aoristic_weights_sum_to_one_and_turn_with_the_week(start: int, length: int) -> None:
    """Every event is one event; a week later it weighs the same, an hour later one place further."""
    begin = np.array([start, start + 604800, start + 3600]).astype("datetime64[s]")
    found = an.aoristic(begin, begin + np.timedelta64(length, "s"))
    np.testing.assert_array_equal(found.seconds.sum(1), found.length)
    np.testing.assert_array_equal(found.seconds[0], found.seconds[1])
    np.testing.assert_array_equal(np.roll(found.seconds[0], 1), found.seconds[2])


@pytest.mark.real_data
def test_new_york_vehicle_thefts_keep_every_theft() -> None:
    """Of real spans none is lost: the weights of the sound ones add up to their number, nights first."""
    with gzip.open(shared_data("crime", "nyc_vehicle_thefts.csv.gz")) as stream:
        frame = pl.read_csv(stream.read()).drop_nulls(["date_start", "date_end"])
    start, end = (
        frame[name].str.slice(0, 19).str.replace(" ", "T").to_numpy().astype("datetime64[s]")
        for name in ("date_start", "date_end")
    )
    sound = end >= start
    found = an.aoristic(start[sound], end[sound])
    assert found.by_hour().sum() == pytest.approx(sound.sum(), abs=1e-6)
    by_hour = found.by_hour().reshape(7, 24).sum(0)
    assert by_hour[0:6].mean() > by_hour[9:15].mean()


def test_rates_have_garwood_s_interval() -> None:
    """No event in 10 Mondays: 0 to -ln(.025) / 10; ten events: the means that leave 2.5 % in each tail."""
    week = np.zeros(168)
    week[24] = 10
    found = an.hours_of_week(week, dt.date(2024, 1, 1), dt.date(2024, 3, 10))
    assert found.days[0, 0] == 10
    assert found.high[0, 0] == pytest.approx(-np.log(0.025) / 10, abs=1e-12)
    assert _at_most(9, 10 * found.low[1, 0]) == pytest.approx(0.975, abs=1e-9)
    assert _at_most(10, 10 * found.high[1, 0]) == pytest.approx(0.025, abs=1e-9)
    assert found.relative[1, 0] == pytest.approx(168)


def _at_most(n: int, mean: float) -> float:
    """The Poisson law summed term by term."""
    return sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(n + 1))


def test_months_are_rated_over_the_days_watched() -> None:
    """Two Januaries and one February: the rate divides by 62 and 29; an unwatched month has no rate."""
    day = np.array(["2023-01-05", "2024-01-05", "2024-02-29"], dtype="datetime64[D]")
    found = an.months(day, dt.date(2023, 1, 1), dt.date(2024, 2, 29))
    assert found.rate[:2].tolist() == [2 / 62, 1 / 57]
    assert np.isfinite(found.rate).all()
    short = an.months(day[1:], dt.date(2024, 1, 1), dt.date(2024, 2, 29))
    assert np.isnan(short.rate[2:]).all()
    with pytest.raises(BadEventsError):
        an.months(day, dt.date(2024, 1, 1), dt.date(2024, 2, 29))
