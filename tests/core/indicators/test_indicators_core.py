"""Units that never mix, intervals, cover and like areas."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sunra.core import indicators
from sunra.core.indicators import Features, Measure

DONGS = Measure.of("dong", {"a1": 3, "a2": 4, "b1": 5})


def test_station_and_district_figures_never_add_up() -> None:
    """A station's figure and a district's are refused together, in sums, rates, features and standings."""
    stations = indicators.regroup(DONGS, {"S": frozenset({"a1", "b1"})}, "station").measure
    districts = indicators.regroup(DONGS, {"S": frozenset({"a1", "a2"})}, "district").measure
    for mix in (
        lambda: stations + districts,
        lambda: stations.per(districts),
        lambda: Features.of(one=stations, two=districts),
        lambda: indicators.standing(stations, districts, "S", ["S"]),
        lambda: indicators.regroup(stations, {"D": frozenset({"S"})}, "district"),
        lambda: indicators.regroup(DONGS, {}, "cell"),
    ):
        with pytest.raises(indicators.MixedUnits) as refused:
            mix()
        assert refused.value.code == "mixed_units"


def test_regrouping_loses_nothing_silently() -> None:
    """What no group claims is named with its sum; a dong claimed twice is refused."""
    found = indicators.regroup(DONGS, {"S": frozenset({"a1", "a2"}), "T": frozenset({"x"})}, "station")
    assert found.measure.as_dict() == {"S": 7.0, "T": 0.0}
    assert (found.outside, found.outside_total) == (("b1",), 5.0)
    with pytest.raises(indicators.OverlappingUnits):
        indicators.regroup(DONGS, {"S": frozenset({"a1"}), "T": frozenset({"a1"})}, "station")


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 1000)), st.data())
@settings(max_examples=50, deadline=None)
def test_sums_over_any_partition_are_the_total(values: dict[str, int], data: st.DataObject) -> None:
    """Whatever dongs make up the stations, their figures and the rest are the whole."""
    measure = Measure.of("dong", values)
    owner = {unit: data.draw(st.sampled_from(["S", "T", ""])) for unit in measure.units}
    groups = {name: frozenset(u for u in owner if owner[u] == name) for name in ("S", "T")}
    found = indicators.regroup(measure, groups, "station")
    assert found.measure.total() + found.outside_total == measure.total()


def test_bad_figures_are_refused() -> None:
    """NaN, negative values, repeated units and unknown kinds of units never become a figure."""
    for units, values in ((("a", "a"), (1, 1)), (("a",), (-1,)), (("a",), (np.nan,)), (("a",), (1, 2))):
        with pytest.raises(indicators.BadFigures):
            Measure("dong", units, np.array(values, dtype=float))
    with pytest.raises(indicators.UnknownUnit):
        Measure("person", (), np.array([]))  # type: ignore[arg-type]
    assert np.isnan(Measure.of("dong", {"a": 1}).per(Measure.of("dong", {"b": 1}))).all()


@given(st.integers(0, 5000))
@settings(max_examples=60, deadline=None)
def test_the_count_interval_is_exact(count: int) -> None:
    """At the lower bound so many or more have probability 2.5 %, at the upper bound so many or fewer."""
    low, high = (float(bound[0]) for bound in indicators.count_interval([count]))
    assert low <= count <= high
    assert stats.poisson.cdf(count, high) == pytest.approx(0.025, abs=1e-6)
    if count:
        assert stats.poisson.sf(count - 1, low) == pytest.approx(0.025, abs=1e-6)
    else:
        assert low == 0


def test_the_ratio_interval_covers() -> None:
    """Simulated pairs of counts: at least 94 % of the intervals hold the true ratio."""
    draw = np.random.default_rng(0)
    held = 0
    for _ in range(400):
        one, two = draw.poisson(30), draw.poisson(20)
        low, high = indicators.ratio_interval(one, 10.0, two, 10.0)
        held += low <= 1.5 <= high
    assert held >= 376
    assert indicators.ratio_interval(3, 1, 0, 1)[1] == np.inf
    assert indicators.ratio_interval(0, 1, 0, 1) == (0.0, np.inf)


def test_the_mean_interval_needs_two() -> None:
    """One response time has no interval, none no mean; of many the interval is Student's."""
    times = np.array([3.0, 5.0, 10.0])
    total, squares = [times.sum(), 4.0, 0.0], [(times**2).sum(), 16.0, 0.0]
    mean, low, high = indicators.mean_interval(total, squares, [3, 1, 0])
    expected = stats.t.interval(0.95, 2, times.mean(), stats.sem(times))
    assert (mean[0], high[0]) == pytest.approx((6.0, expected[1]))
    assert low[0] == max(expected[0], 0)
    assert mean[1] == 4
    assert np.isnan([low[1], high[1], mean[2]]).all()


def test_street_cover_measures_length() -> None:
    """A light in the middle of a 200 m street with reach 30 m covers 60 m; the street beside it nothing."""
    lines = [np.array([[0.0, 0.0], [200.0, 0.0]]), np.array([[0.0, 500.0], [100.0, 500.0]])]
    found = indicators.street_cover(lines, np.array([[100.0, 0.0]]), reach=30)
    assert found.metres.tolist() == [200.0, 100.0]
    assert found.covered.tolist() == [pytest.approx(60, abs=10), 0.0]
    assert indicators.street_cover(lines, np.empty((0, 2)), reach=30).covered.sum() == 0
    assert len(indicators.street_cover([], np.empty((0, 2)), reach=30).metres) == 0


def test_like_areas_are_the_nearest_and_say_why() -> None:
    """Of areas along a line the neighbours in size come first, with the difference in each feature."""
    sizes = Measure.of("district", {f"d{n}": 10_000 * 1.5**n for n in range(8)})
    dense = Measure.of("district", {f"d{n}": 5_000.0 for n in range(8)})
    features = Features.of(residents=sizes, density=dense)
    peers = indicators.alike(features, "d3", count=2)
    assert {peer.unit for peer in peers} == {"d2", "d4"}
    assert dict(peers[0].differences)["density"] == 0
    assert abs(dict(peers[0].differences)["residents"]) < 0.5
    with pytest.raises(indicators.UnknownUnit):
        indicators.alike(features, "d9")


def test_standing_is_one_among_equals() -> None:
    """An area with its peers' rate stands at 1 within its interval; without exposure nothing is said."""
    counts, people = Measure.of("dong", {"a": 20, "b": 40}), Measure.of("dong", {"a": 10, "b": 20, "c": 0})
    found = indicators.standing(counts, people, "a", ["b"])
    assert (found.observed, found.expected, found.ratio) == (20, 20, 1)
    assert found.low < 1 < found.high
    with pytest.raises(indicators.BadFigures):
        indicators.standing(counts, people, "c", ["b"])
