"""Scores beside the naive count, and the alarms they raise, against numbers worked by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core.forecast import BadEventsError, BadParamsError, audit
from sunra.core.forecast.audit import Hits, Score


def test_a_period_is_scored_as_on_paper() -> None:
    """Ten cells, two flagged: the model catches 5 of 8, the naive count 4, 3 of them both, the best 6."""
    expected = [3, 2, 1, 1, 1, 0, 0, 0, 0, 0]
    naive = [9, 0, 8, 0, 0, 0, 0, 0, 0, 0]
    observed = [3, 2, 1, 0, 0, 0, 0, 0, 0, 2]
    found = audit.score(expected, naive, observed, shares=[0.2])
    assert (found.events, found.expected, found.cells) == (8, 8, 10)
    assert found.hits == (Hits(share=0.2, cells=2, hits=5, naive=4, both=3, best=5, expected=5),)
    assert sum(found.band_expected) == pytest.approx(8)
    assert sum(found.band_events) == 8
    (row,) = audit.compare([("w1", found)])
    assert (row.rate, row.naive_rate, row.gain) == (5 / 8, 4 / 8, 1 / 8)
    assert row.gain_error == pytest.approx(math.sqrt(3 - 1 / 8) / 8, abs=1e-12)
    assert row.error == pytest.approx(math.sqrt(5 / 8 * 3 / 8 / 8), abs=1e-12)
    assert (row.pai, row.pei) == (pytest.approx(5 / 8 / 0.2), 1)


def _week(
    events: float, hits: float, naive: float, both: float = 0.0, expected: float | None = None
) -> Score:
    due = events if expected is None else expected
    hit = Hits(share=0.05, cells=5, hits=hits, naive=naive, both=both, best=events, expected=hits)
    return Score(events, due, 100, (hit,), (due / 10,) * 10, (events / 10,) * 10)


def test_over_eight_weeks_the_error_is_that_of_weekly_sums() -> None:
    """Gains of 2 and 0 of ten events by turns: .1, with sqrt(8/7 × 8) / 80."""
    weeks = [(f"w{n}", _week(10, 6, 4 if n % 2 else 6)) for n in range(8)]
    (row,) = audit.compare(weeks)
    assert row.gain == pytest.approx(0.1)
    assert row.gain_error == pytest.approx(math.sqrt(8 / 7 * 8) / 80, abs=1e-12)


def test_nights_of_one_week_are_one_cluster() -> None:
    """Two nights with the same label add up before the error is taken; adding is all that pooling does."""
    nights = [("w1", _week(4, 2, 1)), ("w1", _week(6, 4, 3))]
    assert audit.compare(nights) == audit.compare([("w1", audit.add(score for _, score in nights))])
    with pytest.raises(BadEventsError):
        audit.add([])


def test_a_score_survives_the_way_through_json() -> None:
    """What was written is read back equal."""
    found = audit.score([3, 1], [1, 0], [2, 1])
    assert Score.from_dict(found.as_dict()) == found


def test_without_events_there_is_no_rate() -> None:
    """A quiet week has no hit rate; the expectation still stands against it."""
    (row,) = audit.compare([("w1", audit.score([1, 1], [1, 1], [0, 0], shares=[0.5]))])
    assert math.isnan(row.rate)
    assert math.isnan(row.gain_error)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 3)), min_size=3, max_size=40))
def test_hits_are_never_more_than_the_best_nor_than_the_events(rows: list[tuple[int, int, int]]) -> None:
    """Whatever is flagged, both's hits are in each's, each's in the best's, the bands keep every event."""
    expected, naive, observed = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    found = audit.score(expected, naive, observed)
    for one in found.hits:
        assert one.both <= min(one.hits, one.naive)
        assert max(one.hits, one.naive) <= one.best <= found.events
    if found.expected:
        assert sum(found.band_events) == found.events


def test_the_transform_is_uniform_for_a_calibrated_total() -> None:
    """Of Poisson totals nine in ten lie in the 90 % interval."""
    draw = np.random.default_rng(0)
    values = np.array([audit.pit(draw.poisson(7), 7.0, seed=n) for n in range(400)])
    assert 0.86 < ((values > 0.05) & (values < 0.95)).mean() < 0.94


def test_alarms_name_value_and_bound() -> None:
    """Twice the expected events: drift 2 beyond 1.25; a naive count far ahead: minus the gain, beyond 0."""
    weeks = [(f"w{n}", _week(20, 4, 10, both=4, expected=10)) for n in range(10)]
    found = {alarm.kind: alarm for alarm in audit.alarms(weeks)}
    assert (found[audit.DRIFT].value, found[audit.DRIFT].bound) == (2, 1.25)
    assert found[audit.DRIFT].low > 1
    assert audit.NAIVE not in found  # every week the same: no error to measure it by
    weeks.append(("wx", _week(20, 4, 11, both=4, expected=10)))
    naive = next(alarm for alarm in audit.alarms(weeks) if alarm.kind == audit.NAIVE)
    assert naive.value < naive.high < 0 == naive.bound


def test_one_band_that_is_off_is_named() -> None:
    """The hottest tenth gets three times its due while the total is right: calibration, band ten."""
    even = _week(200, 50, 50)
    lifted = Score(even.events, even.expected, 100, even.hits, even.band_expected, (15.5,) * 9 + (60.5,))
    (alarm,) = audit.alarms([("w1", lifted)])
    assert (alarm.kind, alarm.where, alarm.value, alarm.bound) == (audit.CALIBRATION, "10", 60.5 / 20, 1.5)


def test_too_few_events_and_a_good_forecast_raise_no_alarm() -> None:
    """Ten events against five may be chance; a hundred against a hundred is as it should be."""
    assert audit.alarms([("w1", _week(10, 4, 4, expected=5))]) == ()
    assert audit.alarms([("w1", _week(100, 40, 40, expected=100))]) == ()


def test_an_area_flagged_far_beyond_its_events_raises_the_alarm() -> None:
    """All flags on an area with a third of the events: three times its share, beyond two."""
    observed = np.full((10, 6), 1.0)
    flagged = np.zeros((10, 6), dtype=bool)
    flagged[:, 0] = True
    made = audit.by_area(flagged, observed, ["a", "a", "b", "b", "c", "c"])
    (alarm,) = audit.alarms([], made)
    assert (alarm.kind, alarm.where, alarm.value, alarm.bound) == (
        audit.CONCENTRATION,
        "a",
        pytest.approx(3),
        2,
    )


def test_impossible_settings_are_refused() -> None:
    """No share of zero, no columns of different length, no missing value."""
    with pytest.raises(BadParamsError):
        audit.flag([1.0, 2.0], 0)
    with pytest.raises(BadEventsError):
        audit.score([1, 2], [1], [0, 0])
    with pytest.raises(BadEventsError):
        audit.score([1, float("nan")], [1, 1], [0, 0])
