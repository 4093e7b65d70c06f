"""Who is flagged, how often, at what cost a cap comes, and what a loop of finds would do."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core.forecast import BadEventsError, BadParamsError, audit
from sunra.core.forecast.audit import Loop


def test_repeats_are_counted_as_on_paper() -> None:
    """Three periods of four cells: one always flagged, one never, Jaccard 1/3 and then 1."""
    flagged = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 1, 0]], dtype=bool)
    found = audit.repeats(flagged)
    assert found.times.tolist() == [3, 1, 2, 0]
    assert (found.ever, found.never, found.always) == (0.75, 0.25, 0.25)
    assert found.jaccard.tolist() == pytest.approx([1 / 3, 1])
    assert found.mean_jaccard == pytest.approx(2 / 3)
    assert math.isnan(audit.repeats(flagged[0]).mean_jaccard)


def test_a_cap_makes_room_and_says_what_it_costs() -> None:
    """The hot cell is flagged every other period only: half its hits go, less what the next brings."""
    expected = np.tile([5.0, 1.0, 0.0, 0.0], (4, 1))
    observed = np.tile([4.0, 1.0, 0.0, 0.0], (4, 1))
    found = audit.cap_repeats(expected, observed, share=0.25, most=1, window=2)
    assert found.flagged[:, 0].tolist() == [True, False, True, False]
    assert found.flagged[:, 1].tolist() == [False, True, False, True]
    assert (found.free_hits, found.hits) == (16, 10)
    assert found.cost == pytest.approx(6 / 16)
    assert found.cost_se == pytest.approx(math.sqrt(4 / 3 * 4 * 1.5**2) / 16)
    free = audit.cap_repeats(expected, observed, share=0.25, most=2, window=2)
    assert (free.cost, free.hits) == (0, 16)
    with pytest.raises(BadParamsError):
        audit.cap_repeats(expected, observed, share=0.25, most=3, window=2)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 99), st.integers(1, 3), st.integers(3, 5))
def test_no_window_holds_more_flags_than_the_cap(seed: int, most: int, window: int) -> None:
    """In every run of periods no cell is flagged more often than allowed, and never more cells than free."""
    rng = np.random.default_rng(seed)
    expected = rng.random(8) + rng.random((9, 8)) / 10
    found = audit.cap_repeats(expected, rng.poisson(1, (9, 8)), share=0.25, most=most, window=window)
    runs = np.lib.stride_tricks.sliding_window_view(found.flagged, window, axis=0).sum(-1)
    assert runs.max() <= most
    assert (found.flagged.sum(1) <= 2).all()


def test_shares_by_area_are_as_on_paper() -> None:
    """A has half the flags, a quarter of the events, a third of the residents: twice its events' share."""
    flagged = np.array([[1, 0, 1, 0], [1, 0, 1, 0]], dtype=bool)
    observed = np.array([[1, 0, 2, 1], [1, 0, 2, 1]], dtype=float)
    found = audit.by_area(flagged, observed, ["A", "A", "B", "B"], {"A": 100.0, "B": 200.0})
    a = next(row for row in found.areas if row.area == "A")
    assert (a.cells, a.flagged, a.events, a.population) == (0.5, 0.5, 0.25, pytest.approx(1 / 3))
    assert a.ratio == pytest.approx(2)
    assert a.ratio_low < 2 < a.ratio_high
    assert (a.flags, a.hits, a.per_flag) == (2, 2, 1)
    # 2 and 4 hits of 2 flags each, 3 due: 1/3 + 1/3 with one degree of freedom
    assert found.equal_hits_p == pytest.approx(math.erfc(math.sqrt(2 / 3 / 2)), abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.sampled_from("ABC")), min_size=4, max_size=30))
def test_shares_sum_to_one_and_do_not_hang_on_order(rows: list[tuple[bool, int, str]]) -> None:
    """Flags, events and cells are shared out whole; turning the cells round changes nothing."""
    flagged, observed, area = (np.array(column) for column in zip(*rows, strict=True))
    found = audit.by_area(flagged, observed, area)
    assert sum(row.cells for row in found.areas) == pytest.approx(1)
    for name, total in (("flagged", flagged.sum()), ("events", observed.sum())):
        if total:
            assert sum(getattr(row, name) for row in found.areas) == pytest.approx(1)
    turned = audit.by_area(flagged[::-1], observed[::-1], area[::-1])
    assert repr(turned) == repr(found)


def test_an_area_without_events_and_cells_without_area() -> None:
    """Flags without events are infinitely more than the events; cells that lie nowhere are left out."""
    found = audit.by_area([True, False, True], [0, 2, 5], ["A", "B", ""])
    assert [row.area for row in found.areas] == ["A", "B"]
    assert found.areas[0].ratio == float("inf")
    assert math.isnan(found.areas[1].population)
    with pytest.raises(BadEventsError):
        audit.by_area([True], [1, 2], ["A", "B"])


def test_discovered_events_weigh_by_policy() -> None:
    """Excluded by default; reweighted by the mean over the own presence, so that their mean weight is one."""
    met, presence = [False, True, True], [0.1, 0.8, 0.2]
    assert audit.weights(met, presence).tolist() == [1, 0, 0]
    assert audit.weights(met, presence, audit.INCLUDE).tolist() == [1, 1, 1]
    weights = audit.weights(met, presence, audit.REWEIGHT)
    assert weights.tolist() == pytest.approx([1, 0.4, 1.6])
    with pytest.raises(BadEventsError):
        audit.weights(met, [0, 2, 1], audit.REWEIGHT)
    with pytest.raises(BadParamsError):
        audit.weights(met, presence, "other")  # type: ignore[arg-type]
    assert audit.Provenance(3, 1, audit.EXCLUDE).share == 0.25


def test_the_loop_runs_away_with_finds_and_stays_near_the_truth_without_them() -> None:
    """An area with a quarter of the hot cells but twice its past on record: finds keep it flagged far beyond
    its share, without or with reweighted finds it comes down towards it.
    """
    rng = np.random.default_rng(2)
    rate = np.full(400, 0.4) + rng.random(400) * 0.02
    area = np.arange(400) < 100
    start = rate * 26 * np.where(area, 2.0, 1.0)
    found = audit.simulate_feedback(
        rate, area, loop=Loop(share=0.1, periods=160, reported=0.3, found=0.8, half_life=26), start=start
    )
    apparent, excluded, weighted = (found.settled(name) for name in ("apparent", "excluded", "reweighted"))
    assert found.area == 0.25
    assert apparent > 0.6
    assert abs(excluded - found.true) < 0.2
    assert weighted < apparent - 0.2


def test_when_all_is_reported_the_policies_agree() -> None:
    """With nothing left to discover the loop has nothing to feed on."""
    rate, area = np.linspace(0.1, 2, 60), np.arange(60) < 20
    found = audit.simulate_feedback(rate, area, loop=Loop(periods=20, reported=1.0))
    assert found.apparent.tolist() == found.excluded.tolist() == found.reweighted.tolist()
    assert found.true == 0
    with pytest.raises(BadParamsError):
        Loop(reported=1.2)
