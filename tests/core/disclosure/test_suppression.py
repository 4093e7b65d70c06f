"""Suppression against attackers: a linear program from the public side, and every world by hand."""

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from sunra.core.disclosure import (
    BadTable,
    Contradiction,
    CountTable,
    PublishedTable,
    Release,
    Suppressed,
    attack,
    links,
    split,
    suppress,
)
from sunra.core.disclosure.suppress import WAYS
from tests.core.disclosure import brute
from tests.core.disclosure.made import with_margins

slow = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
counts = st.one_of(st.integers(0, 6), st.integers(0, 40))


def bases(*shape: int) -> st.SearchStrategy[np.ndarray]:
    """Arrays of counts of one shape."""
    size = int(np.prod(shape))
    return st.lists(counts, min_size=size, max_size=size).map(lambda flat: np.array(flat).reshape(shape))


def public(found: Suppressed) -> list[PublishedTable]:
    """What everybody sees."""
    return [release.public() for release in found.releases]


def tables(base: np.ndarray, vintage: str = "1") -> list[CountTable]:
    """The linked tables of an array with all its margins."""
    dims = ["dong", "family", "month"][: base.ndim]
    return split(with_margins(base, dims), dims, name="t", vintage=vintage)


def own_attacker(base: np.ndarray, found: Suppressed) -> dict[tuple, tuple[float, float]]:
    """A linear program written for this test alone: unknown body, one row per shown cell."""
    dims = ["dong", "family", "month"][: base.ndim]
    atoms = list(np.ndindex(*base.shape))
    rows, totals, wanted = [], [], {}
    for release in found.releases:
        for key, count in release.table.cells.items():
            value = dict(zip(release.table.dims, key, strict=True))
            inside = [
                all(value.get(dim, f"{dim}{at}") == f"{dim}{at}" for dim, at in zip(dims, atom, strict=True))
                for atom in atoms
            ]
            row = np.array(inside, dtype=float)
            if key in release.hidden:
                wanted[release.table.dims, key] = row
            else:
                rows.append(row)
                totals.append(count)
    result = {}
    for cell, row in wanted.items():
        ends = [
            linprog(sign * row, A_eq=rows or None, b_eq=totals or None, bounds=(0, None)) for sign in (1, -1)
        ]
        assert ends[0].status == 0
        result[cell] = (ends[0].fun, np.inf if ends[1].status == 3 else -ends[1].fun)
    return result


@slow
@given(bases(3, 4))
def test_two_dimensions_withstand_an_attacker_of_their_own(base: np.ndarray) -> None:
    """Whatever the counts: every hidden cell, primary or not, may be anything from 0 to 5."""
    found = suppress(tables(base), showing=40)
    assert not found.refused
    for low, high in own_attacker(base, found).values():
        assert low <= 1e-6
        assert high >= 5 - 1e-6


@settings(slow, max_examples=3)
@given(bases(3, 3, 2))
def test_three_dimensions_withstand_both_attackers(base: np.ndarray) -> None:
    """The attacker of the product and the one of the test agree, and both fail."""
    found = suppress(tables(base), showing=12)
    mine = own_attacker(base, found)
    theirs = attack(public(found))
    assert not theirs.narrower()
    names = {(found.releases[n].table.dims, key): ends for (n, key), ends in theirs.cells.items()}
    assert names.keys() == mine.keys()
    for cell, ends in mine.items():
        assert names[cell] == pytest.approx(ends, abs=1e-5)


@slow
@given(bases(3, 3))
def test_every_small_count_is_hidden_and_nothing_else_is_changed(base: np.ndarray) -> None:
    """1-4 never shown; what is shown is the true count; a table without small counts stays whole."""
    found = suppress(tables(base), showing=12)
    small = 0
    for release in found.releases:
        for key, count in release.table.cells.items():
            shown = release.public().shown[key]
            assert shown is None or shown == count
            assert shown is None or not 0 < count < 5
            small += 0 < count < 5
    assert found.primary == small
    assert found.secondary == 0 or small > 0


@slow
@given(bases(3, 3), bases(3, 3))
def test_two_vintages_withstand_an_attacker_who_knows_what_grew(first: np.ndarray, more: np.ndarray) -> None:
    """The second vintage (the first plus new cases) gives nothing away of either one."""
    before = suppress(tables(first, "1"), showing=12)
    later = tables(first + np.where(more > 20, more, 0), "2")
    after = suppress(later, earlier=before.releases, showing=12)
    assume(not after.refused)
    releases = [*before.releases, *after.releases]
    found = attack([one.public() for one in releases], links([one.table for one in releases]))
    assert not found.tighter(5)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=4, max_size=4))
def test_the_linear_attacker_sees_no_more_than_every_world(flat: list[int]) -> None:
    """On tiny tables all worlds are listed: each lies in the interval that the attack gives."""
    base = np.array(flat).reshape(2, 2)
    dims = {"dong": ["dong0", "dong1"], "family": ["family0", "family1"]}
    whole = [Release(one, frozenset(k for k, n in one.cells.items() if 0 < n < 3)) for one in tables(base)]
    shown = [one.public() for one in whole]
    found = attack(shown)
    for cell, (low, high) in brute.ranges(dims, [(t.dims, dict(t.shown)) for t in shown], 8).items():
        assert found.cells[cell][0] <= low + 1e-6
        assert found.cells[cell][1] >= min(high, 8) - 1e-6


def test_primary_suppression_alone_is_no_protection() -> None:
    """One small count in a row with its total is the total less the rest; the attack says so."""
    base = np.array([[3, 20, 30], [15, 25, 35]])
    bare = [Release(t, frozenset(k for k, n in t.cells.items() if 0 < n < 5)) for t in tables(base)]
    found = attack([one.public() for one in bare])
    assert found.pinned()
    assert list(found.cells.values()) == [pytest.approx((3, 3))]
    assert not attack(public(suppress(tables(base)))).pinned()


def test_three_margins_of_one_table_are_attacked_by_their_joint_table() -> None:
    """Pairs of margins say less than all three together; the suppressor withstands the joint attack."""
    base = np.random.default_rng(7).poisson(3.0, (3, 3, 3))
    dims = ["dong", "family", "month"]
    frame = with_margins(base, dims)
    pairs = frame.filter(pl.sum_horizontal(pl.col(dim).is_null() for dim in dims) == 1)
    found = suppress(split(pairs, dims, name="pairs", vintage="1"))
    assert found.primary
    assert not attack(public(found)).narrower()


def test_width_hides_less_and_still_protects_small_counts() -> None:
    """Hidden cells that are large need no zero in their interval: fewer are hidden, small ones as safe."""
    base = np.random.default_rng(3).poisson(9.0, (6, 6))
    whole, width = suppress(tables(base)), suppress(tables(base), secondary="width")
    assert width.primary == whole.primary > 0
    assert width.secondary <= whole.secondary
    found = attack(public(width))
    cells = [width.releases[number].table.cells[key] for number, key in found.narrower()]
    assert all(count >= 5 for count in cells)
    assert not found.tighter(5)


def test_cells_that_need_not_be_hidden_are_shown_again() -> None:
    """Fewer are hidden than by one way without a second look, the same ones each time, and all stay safe."""
    base = np.random.default_rng(2).poisson(5.0, (5, 5))
    plain = suppress(tables(base), ways=WAYS[1:2], showing=0)
    found, again = (suppress(tables(base), showing=100) for _time in range(2))
    assert found.shown_again > 0
    assert found.secondary < plain.secondary
    assert [one.hidden for one in found.releases] == [one.hidden for one in again.releases]
    assert all(low <= 1e-6 and high >= 5 - 1e-6 for low, high in own_attacker(base, found).values())


def test_vintages_published_together_keep_the_whole_interval_of_every_cell() -> None:
    """What one after the other cannot keep (a total that grew), one release of both can."""
    first = np.array([[3, 20, 30], [15, 25, 35], [9, 8, 7]])
    grown = first + np.array([[1, 0, 0], [0, 0, 0], [0, 0, 0]])
    both = [*tables(first, "1"), *tables(grown, "2")]
    found = suppress(both, showing=0)
    assert not found.refused
    assert not attack(public(found), links(both)).narrower()
    early = suppress(tables(first, "1"), showing=0)
    late = suppress(tables(grown, "2"), earlier=early.releases, showing=0)
    series = [*early.releases, *late.releases]
    above = attack(public(early) + public(late), links(both)).narrower()
    assert all(series[number].table.cells[key] >= 5 for number, key in above)


def test_enough_finds_the_same_weak_cells_with_fewer_programs() -> None:
    """The short way of the attack judges every cell as the long way does."""
    base = np.random.default_rng(5).poisson(4.0, (5, 5))
    bare = [Release(t, frozenset(k for k, n in t.cells.items() if 0 < n < 5)) for t in tables(base)]
    shown = [one.public() for one in bare]
    whole, short = attack(shown), attack(shown, enough=5)
    assert sorted(whole.narrower()) == sorted(short.narrower())
    assert short.programs <= whole.programs


def test_what_cannot_be_hidden_any_more_is_refused() -> None:
    """A small count that everybody knows from an earlier table cannot be protected: nothing may leave."""
    known = CountTable("family", ("family",), {("noise",): 3, ("theft",): 39}, "1")
    new = CountTable("both", ("dong", "family"), {("x", "theft"): 39, ("x", "noise"): 3}, "1")
    found = suppress([new], earlier=[Release(known, frozenset())])
    assert found.refused
    assert found.releases[0].hidden == set(new.cells)


def test_a_small_count_that_cannot_be_zero_any_more_is_refused() -> None:
    """Both totals are public and one cell grew: it is 1 at least, so its table may not leave."""
    first = [
        CountTable("t", ("family",), {("theft",): 10, ("noise",): 2}, "1"),
        CountTable("t", (), {(): 12}, "1"),
    ]
    known = [*suppress(first).releases, Release(CountTable("t", (), {(): 13}, "2"), frozenset())]
    assert known[0].hidden == {("theft",), ("noise",)}
    new = CountTable("t", ("family",), {("theft",): 10, ("noise",): 3}, "2")
    assert suppress([new], earlier=known).refused


def test_tables_that_contradict_each_other_are_told() -> None:
    """Shown parts that do not add up to the shown total are no table of one world."""
    one = PublishedTable("a", ("dong",), {("x",): 4, ("y",): 5}, "1")
    two = PublishedTable("b", (), {(): 10}, "1")
    with pytest.raises(Contradiction):
        attack([one, two, PublishedTable("c", ("dong",), {("x",): None, ("y",): None}, "1")])


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"dong": ["x"], "n": [1]}),
        pl.DataFrame({"dong": ["x"], "count": [-1]}),
        pl.DataFrame({"dong": ["x", "x"], "count": [1, 2]}),
        pl.DataFrame({"dong": ["x"], "count": [None]}, schema={"dong": pl.String, "count": pl.Int64}),
    ],
)
def test_frames_that_are_no_count_tables_are_refused(frame: pl.DataFrame) -> None:
    """No count column, negative or missing counts, a cell twice."""
    with pytest.raises(BadTable):
        split(frame, ["dong"], name="t")


def test_an_empty_table_needs_nothing() -> None:
    """Nothing in, nothing hidden."""
    found = suppress([CountTable("t", ("dong",), {}, "1")])
    assert (found.primary, found.secondary, found.share) == (0, 0, 0.0)
