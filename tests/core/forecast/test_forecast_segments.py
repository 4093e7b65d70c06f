"""Roads in place of squares: every metre in one piece, events on the nearest, shares of the length."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core import forecast as fc
from sunra.core.forecast import methods, metrics, segments
from sunra.core.forecast.backtest import backtest
from sunra.core.forecast.counts import CountAll
from sunra.core.forecast.methods.columns import columns, names
from sunra.core.forecast.scorecard import scorecard

FIRST = dt.date(2024, 1, 1)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), min_size=2, max_size=6, unique=True),
    st.floats(20, 900),
)
def test_pieces_hold_every_metre_and_none_is_too_long(points: list[tuple[int, int]], longest: float) -> None:
    """If this fails, road is lost or counted twice, or a piece is longer than asked."""
    line = np.array(points, dtype=float)
    laid = segments.cut([line, line[::-1], line[:1]], longest_m=longest)
    assert laid.length_m.sum() == pytest.approx(np.hypot(*np.diff(line, axis=0).T).sum())
    assert laid.length_m.max() <= longest * (1 + 1e-6)
    assert laid.same_way == 1
    assert set(laid.line) == {0}


def test_an_event_lies_on_the_nearest_piece_or_on_none() -> None:
    """If this fails, an accident is put on another road, or one in a field on any."""
    laid = segments.cut([[(0, 0), (400, 0)], [(0, 100), (400, 100)]], longest_m=200)
    assert laid.nearest([10, 390, 10, 10], [20, 20, 90, 5000]).tolist() == [0, 1, 2, -1]
    past = laid.history(
        [0, 0, 2, -1], np.array(["2024-01-01", "2024-01-09", "2024-01-02", "2024-01-03"], "datetime64[D]"),
        first=FIRST, periods=2,
    )  # fmt: skip
    assert past.counts.tolist() == [[1, 0, 1, 0], [1, 0, 0, 0]]


def test_without_knowledge_events_spread_by_length() -> None:
    """If this fails, a short alley is expected to see as much as a long road."""
    laid = segments.cut([[(0, 0), (50, 0)], [(0, 900), (200, 900)]])
    past = laid.history([], [], first=FIRST, periods=4)
    even = columns(past)[:, names(past).index("even")]
    assert even == pytest.approx([0.2, 0.8])


def test_shares_are_shares_of_the_length() -> None:
    """If this fails, flagging the longest roads looks better than it is."""
    order = np.array([2, 0, 1, 3])
    assert metrics.reached((0.1, 0.25, 0.6, 1.0), order, np.array([3.0, 4.0, 2.0, 1.0])) == (1, 1, 2, 4)
    # two lines of 100 m and one of 800 m: the count flags by events per metre
    laid = segments.cut([[(0, 0), (100, 0)], [(0, 500), (100, 500)], [(0, 900), (800, 900)]], longest_m=900)
    days = np.datetime64(FIRST) + 7 * np.array([0, 0, 0, 0, 1, 2, 2, 2])
    past = laid.history([0, 2, 2, 2, 1, 0, 2, 2], days, first=FIRST, periods=3)
    card = scorecard(backtest(past, (CountAll(),), score=range(2, 3), shares=(0.2,)), main="count_all")
    one = card["methods"]["count_all"]
    assert one["hr"]["0.2"] == pytest.approx(1 / 3, abs=1e-6)
    assert one["pai"]["0.2"] == pytest.approx(5 / 3, abs=1e-6)


def test_the_same_engine_learns_on_roads() -> None:
    """If this fails, the choice cannot be made on roads, or a forecast on them loses the level."""
    random = np.random.default_rng(1)
    streets = [[(0, 150 * n), (3000, 150 * n)] for n in range(20)]
    laid = segments.cut(streets)
    truth = laid.length_m * random.gamma(0.5, 1.0, len(laid))
    piece = random.choice(len(laid), 2600, p=truth / truth.sum())
    day = np.datetime64(FIRST) + random.integers(0, 7 * 65, 2600)
    past = laid.history(piece, day, first=FIRST, periods=65)
    made = methods.choose(past, seed=0)
    assert made.reason != methods.choice.TOO_LITTLE
    assert made.expected(past).sum() == pytest.approx(40, rel=0.2)


def test_what_is_no_road_is_refused(tmp_path: Path) -> None:
    """If this fails, a text, points or no line at all end in a trace."""
    for name, text in (
        ("a.geojson", "no roads"),
        ("b.geojson", '{"type": "Point", "coordinates": [127, 37]}'),
    ):
        (tmp_path / name).write_text(text, "utf-8")
        with pytest.raises(fc.BadGridError):
            segments.read(tmp_path / name, target=5179)
    for lines, longest in (([], 250.0), ([[(0, 0), (0, 0)]], 250.0), ([[(0, 0), (9, 9)]], 0.0)):
        with pytest.raises(fc.BadGridError):
            segments.cut(lines, longest_m=longest)
    laid = segments.cut([[(0, 0), (9, 9)]])
    with pytest.raises(fc.BadEventsError):
        laid.history([1], ["2024-01-01"], first=FIRST, periods=2)
