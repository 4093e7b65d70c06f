"""The forecast looks back only, keeps the total, and answers weak data with codes."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core import forecast as fc
from tests.core.forecast.made import TODAY, history, joined, one, square


def codes(made: fc.Forecast) -> set[str]:
    """The codes of a forecast's notes."""
    return {note.code for note in made.notes}


def test_a_future_event_moves_nothing() -> None:
    """Events on or after the horizon's day, however many, leave every number of the forecast as it was."""
    past = history()
    planted = joined(past, one(TODAY, n=500), one(TODAY + dt.timedelta(days=3), n=500))
    before = fc.forecast(past, square(), None, fc.Horizon(TODAY))
    after = fc.forecast(planted, square(), None, fc.Horizon(TODAY))
    assert np.array_equal(before.expected, after.expected)
    assert np.array_equal(before.naive, after.naive)
    assert np.array_equal(before.grade, after.grade)
    assert "future_ignored" in codes(after)
    assert "future_ignored" not in codes(before)


def test_a_planted_past_event_does_move_it() -> None:
    """The same events one day earlier do raise their cell, so the test above is not blind."""
    past = history()
    moved = joined(past, one(TODAY - dt.timedelta(days=1), n=500))
    before = fc.forecast(past, square(), None, fc.Horizon(TODAY))
    after = fc.forecast(moved, square(), None, fc.Horizon(TODAY))
    cell = 10 * 20 + 10
    assert after.expected[cell].sum() > before.expected[cell].sum() * 5


def test_a_week_of_forecasts_adds_up_to_the_rate_of_the_past() -> None:
    """Seven days' expectations sum to seven times the decayed daily rate."""
    past, grid = history(days=700), square()
    week = [fc.forecast(past, grid, None, fc.Horizon(TODAY + dt.timedelta(days=i))) for i in range(7)]
    total = sum(made.expected.sum() for made in week)
    daily = len(past) / 700
    assert total == pytest.approx(7 * daily, rel=0.08)
    naive = week[0].naive.sum()
    assert naive == pytest.approx(daily, rel=0.02)


def test_saturday_evening_stands_out() -> None:
    """The hour-of-week profile is learnt: Saturday 22-24 lies above Tuesday morning in the same cell."""
    past, grid = history(), square()
    saturday = fc.forecast(past, grid, None, fc.Horizon(dt.date(2026, 11, 28)))
    tuesday = fc.forecast(past, grid, None, fc.Horizon(dt.date(2026, 11, 24)))
    assert saturday.expected[0, 11] > 4 * saturday.expected[0, 4]
    assert saturday.expected[0].sum() > 1.2 * tuesday.expected[0].sum()


def test_a_holiday_counts_as_a_sunday() -> None:
    """A holiday on a Wednesday takes the Sunday's profile."""
    past, grid = history(), square()
    day = dt.date(2026, 11, 25)
    plain = fc.forecast(past, grid, None, fc.Horizon(day))
    holiday = fc.forecast(past, grid, None, fc.Horizon(day, holidays=frozenset({day})))
    assert not np.allclose(plain.expected, holiday.expected)


def test_a_night_starts_at_noon_and_crosses_midnight() -> None:
    """first_hour=12 gives slots 12-14 ... 10-12, the last six of them with the next day's profile."""
    past, grid = history(), square()
    day = fc.forecast(past, grid, None, fc.Horizon(TODAY))
    night = fc.forecast(past, grid, None, fc.Horizon(TODAY, first_hour=12))
    assert np.allclose(night.expected[:, :6], day.expected[:, 6:])
    assert night.horizon.hours[:2] == (12, 14)
    assert night.horizon.days[6] == TODAY + dt.timedelta(days=1)


def test_neighbours_lend_strength() -> None:
    """A cell without events beside a hot cell is expected to see more than one far away, and says why."""
    past = one(TODAY - dt.timedelta(days=3), n=400)
    made = fc.forecast(past, square(), None, fc.Horizon(TODAY))
    beside, far = 10 * 20 + 11, 0
    assert made.expected[beside].sum() > made.expected[far].sum() > 0
    why = made.why(beside)
    assert why.own_share == 0
    assert why.neighbour_share == pytest.approx(1)
    hot = made.why(10 * 20 + 10)
    assert hot.own_count == 400
    assert hot.rank == hot.naive_rank == 1
    assert hot.peak_slot == 11
    assert hot.slot_share.sum() == pytest.approx(1)


def test_visible_weights_combine_the_families() -> None:
    """Expected is the weighted sum of the families; a family of weight 0 adds nothing but is still shown."""
    past = joined(
        history(),
        history(500, seed=2, family="street_violence"),
        history(300, seed=3, family="traffic_accident"),
    )
    params = replace(fc.Params(), weights={"theft": 1.0, "street_violence": 2.0, "traffic_accident": 0.0})
    made = fc.forecast(past, square(), None, fc.Horizon(TODAY), params)
    parts = made.by_family
    assert np.allclose(made.expected, parts["theft"] + 2 * parts["street_violence"])
    assert np.allclose(made.counts, parts["theft"] + parts["street_violence"])
    assert parts["traffic_accident"].sum() > 0
    assert made.why(0).families["traffic_accident"] == 0
    assert made.grades_of("street_violence").min() >= 1
    assert not made.grades_of("unheard_of").any()


def test_chance_and_once_in_nights_agree() -> None:
    """P(≥1) is 1 - exp(-count) and "once in N nights" is its inverse, inf where nothing is expected."""
    made = fc.forecast(history(), square(60), None, fc.Horizon(TODAY))
    assert np.allclose(made.p_any, 1 - np.exp(-made.counts))
    some = made.counts > 1e-9
    assert np.allclose(made.once_in_nights[some] * made.p_any[some], 1)
    assert np.isinf(made.once_in_nights[made.counts == 0]).all()


def test_a_grade_means_the_same_tonight_as_last_week() -> None:
    """Thresholds are fixed: twice the events raise grades by one step, they do not re-rank the district."""
    past = history(20000)
    once = fc.forecast(past, square(), None, fc.Horizon(TODAY))
    twice = fc.forecast(joined(past, past), square(), None, fc.Horizon(TODAY))
    middle = (once.grade > 1) & (once.grade < 10)
    assert middle.any()
    step = twice.grade[middle].astype(int) - once.grade[middle]
    assert set(np.unique(step)) <= {0, 1, 2}
    assert step.mean() == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("n", [1, 5])
def test_too_few_events_are_forecast_but_not_graded(n: int) -> None:
    """One event is not "one every day": expected stays small, grades are 0, and the note says so."""
    made = fc.forecast(one(TODAY - dt.timedelta(days=1), n=n), square(), None, fc.Horizon(TODAY))
    assert made.expected.sum() < n / 7
    assert not made.grade.any()
    assert not made.grades_of("theft").any()
    assert {"too_few_events", "short_history"} <= codes(made)


def test_weak_histories_say_what_is_wrong() -> None:
    """All in one cell, a file delivered twice, a gap of a year, an old file, no hours: a code for each."""
    spread = [one(TODAY - dt.timedelta(days=int(d))) for d in range(400, 1100, 3)]
    old = fc.forecast(joined(*spread), square(), None, fc.Horizon(TODAY))
    assert {"single_cell", "stale_history"} <= codes(old)
    gap = joined(history(days=60), *(one(TODAY - dt.timedelta(days=d), east=9501) for d in range(500, 560)))
    assert "gap" in codes(fc.forecast(gap, square(), None, fc.Horizon(TODAY)))
    twice = joined(history(200), history(200))
    assert "every_row_repeated" in codes(fc.forecast(twice, square(), None, fc.Horizon(TODAY)))
    untimed = history()
    untimed = fc.Events(
        untimed.cell_e, untimed.cell_n, untimed.day, np.full(len(untimed), -1), untimed.family
    )
    flat = fc.forecast(untimed, square(), None, fc.Horizon(TODAY))
    assert "hour_unknown" in codes(flat)
    assert np.allclose(flat.expected, flat.expected[:, :1])
    assert np.allclose(flat.naive, flat.naive[:, :1])
    beside = fc.forecast(
        joined(history(), one(TODAY - dt.timedelta(days=9), east=1)), square(), None, fc.Horizon(TODAY)
    )
    assert "outside_grid" in codes(beside)


def test_nothing_to_learn_from_is_refused() -> None:
    """No events, only future ones, only distant ones, only unweighted ones: refused, not a map of zeros."""
    grid, horizon = square(), fc.Horizon(TODAY)
    nothing = fc.Events([], [], np.array([], dtype="datetime64[D]"), [], [])
    accident = one(TODAY - dt.timedelta(days=5), family="traffic_accident", n=50)
    for events in (nothing, one(TODAY), one(TODAY - dt.timedelta(days=5), east=1), accident):
        with pytest.raises(fc.NoEventsError) as caught:
            fc.forecast(events, grid, None, horizon)
        assert caught.value.code == "no_events"


def test_covariates_stand_in_the_reasons_only() -> None:
    """What stands around is shown beside a cell and moves no expectation."""
    lights = np.arange(400.0)
    with_them = fc.forecast(history(), square(), fc.Covariates({"security_light": lights}), fc.Horizon(TODAY))
    without = fc.forecast(history(), square(), None, fc.Horizon(TODAY))
    assert with_them.why(7).around == {"security_light": 7.0}
    assert np.array_equal(with_them.expected, without.expected)


def test_the_seed_orders_ties_only() -> None:
    """Same seed, same order; another seed keeps the numbers and may shuffle equal cells."""
    past = one(TODAY - dt.timedelta(days=3), n=40)
    first = fc.forecast(past, square(60), None, fc.Horizon(TODAY), seed=1)
    again = fc.forecast(past, square(60), None, fc.Horizon(TODAY), seed=1)
    other = fc.forecast(past, square(60), None, fc.Horizon(TODAY), seed=2)
    assert np.array_equal(first.order(), again.order())
    assert np.array_equal(first.expected, other.expected)
    assert not np.array_equal(first.order(), other.order())
    assert first.order(slot=11)[0] == first.order()[0] == 10 * 60 + 10


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.integers(-5, 25), st.integers(-5, 25), st.integers(-40, 900), st.integers(-1, 23)),
        max_size=40,
    )
)
def test_any_history_gives_finite_numbers_or_a_typed_refusal(rows: list[tuple[int, int, int, int]]) -> None:
    """Whatever the events, the forecast is finite and not negative, or a ForecastError."""
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4)
    days = np.datetime64(TODAY) - columns[:, 2]
    events = fc.Events(
        columns[:, 0] + 9500, columns[:, 1] + 19500, days, columns[:, 3], ["theft"] * len(rows)
    )
    try:
        made = fc.forecast(events, square(), None, fc.Horizon(TODAY))
    except fc.NoEventsError:
        return
    for array in (made.expected, made.naive, made.counts, made.p_any):
        assert np.isfinite(array).all()
        assert (array >= 0).all()
    assert made.expected.shape == (400, 12)
    assert made.grade.max() <= 10
