"""Prizes for passing: counted by hand, diminishing, checked anew, and worth a different plan."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core.geo import cells
from sunra.core.routing import Problem, RoutingError, Stop, Stops, StraightLine, Team, Walks, check, plan
from sunra.core.routing.kernels import routes as kernels
from sunra.core.routing.walks import legs

E0, N0 = cells.cell_of(127.02, 37.59)


def _at(east: int, north: int) -> tuple[float, float]:
    """The centre of a cell counted from the first one."""
    lon, lat = cells.center(E0 + east, N0 + north)
    return float(lon), float(lat)


def _row(count: int, prize: float, decay: float = 0.5) -> Walks:
    """A row of cells to the east of the first one, that one included."""
    return Walks(E0 + np.arange(count), np.full(count, N0), np.full(count, prize), decay)


def test_passes_count_what_is_entered_and_diminish():
    """If this fails, standing still earns something, or the second pass as much as the first."""
    walks = _row(5, 2.0)
    there = np.array([_at(0, 0), _at(3, 0)])
    assert walks.passes([there]).tolist() == [0, 1, 1, 1, 0]
    assert walks.passes([there, there[::-1]]).tolist() == [1, 2, 2, 1, 0]
    assert walks.passes([there[[0, 0]]]).tolist() == [0, 0, 0, 0, 0]
    assert walks.worth([1, 2, 2, 1, 0]) == pytest.approx(2 + 3 + 3 + 2)
    assert walks.worth([10**6] * 5) == pytest.approx(walks.most)


def test_of_equal_stops_the_way_decides():
    """If this fails, what is passed on the way does not matter to the plan."""
    # two stops equally far; only one can be reached in the shift, and only its way is worth something
    lon, lat = zip(_at(6, 0), _at(-6, 0), strict=True)
    team = Team("a", "foot", _at(0, 0), _at(0, 0), 50)
    for side in (1, -1):
        walks = Walks(E0 + side * np.arange(7), np.full(7, N0), np.full(7, 0.1))
        problem = Problem(Stops.at(lon, lat, 1.0, dwell_min=13), (team,), walks=walks)
        found = plan(problem, Stop(iterations=60), seed=1)
        assert found.routes[0].stop_ids == ((0,) if side == 1 else (1,))
        assert found.prize == pytest.approx(1 + found.walked)
        # six cells on the way out; back home five for the second time and the first cell for the first
        assert found.walked == pytest.approx(0.1 * (7 + 5 * 0.5))
        assert check(problem, found) == []
        assert found.prize <= found.bound


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.floats(0, 0.9))
def test_plans_state_what_an_independent_count_finds(seed: int, decay: float) -> None:
    """If this fails, the stated prize is not what the legs of the plan pass."""
    random = np.random.default_rng(seed)
    points = random.integers(-8, 9, (9, 2))
    lon, lat = zip(*(_at(*point) for point in points), strict=True)
    pairs = np.array(list(itertools.product(range(-8, 9), range(-8, 9))))
    walks = Walks(E0 + pairs[:, 0], N0 + pairs[:, 1], random.uniform(0, 0.1, len(pairs)), decay)
    teams = (Team("a", "foot", _at(0, 0), _at(0, 0), 80), Team("b", "car", _at(2, 0), _at(2, 1), 60))
    problem = Problem(Stops.at(lon, lat, random.uniform(0.5, 1, 9)), teams, walks=walks)
    found = plan(problem, Stop(iterations=20), seed=seed)
    assert check(problem, found) == []
    count: dict[tuple[int, int], int] = {}
    worth = 0.0
    prizes = walks.rows()
    for team, route in zip(teams, found.routes, strict=True):
        line = [team.start, *((lon[s], lat[s]) for s in route.stop_ids), team.end]
        for a, b in itertools.pairwise(line):
            east, north = StraightLine().cells(a, b)
            entered = set(zip(east.tolist(), north.tolist(), strict=True)) - {(int(east[0]), int(north[0]))}
            for cell in sorted(entered & prizes.keys()):
                worth += walks.prize[prizes[cell]] * decay ** count.get(cell, 0)
                count[cell] = count.get(cell, 0) + 1
    assert found.walked == pytest.approx(worth)


def test_a_claim_of_more_is_found():
    """If this fails, a plan may state any prize for passing."""
    problem = Problem(
        Stops.at(*zip(_at(3, 0)), 1.0), (Team("a", "foot", _at(0, 0), _at(0, 0), 50),), walks=_row(4, 1)
    )
    found = plan(problem, Stop(iterations=5))
    codes = [one.code for one in check(problem, replace(found, walked=found.walked + 1))]
    assert codes == ["walked"]


def test_compiled_and_plain_count_alike():
    """If this fails, the compiled search weighs other plans than the report."""
    points = [_at(2, 0), _at(4, 0), _at(0, 0), _at(0, 0)]
    metres = StraightLine().matrix(points, points)
    made = legs(_row(6, 1.0), StraightLine(), [(points, metres)])
    routes, lengths, kind = np.array([[2, 0, 1, 3]]), np.array([4]), np.zeros(1, np.int64)
    scratch = np.zeros(6, np.int64)
    given_legs = (made.of, made.starts, made.cells, made.prize, made.decay, scratch)
    expected = _row(6, 1.0).worth([1, 2, 2, 2, 1, 0])
    for function in (kernels.walked, kernels.walked.py_func):
        assert function(routes, lengths, kind, given_legs) == pytest.approx(expected)
        assert not scratch.any()


def test_what_is_no_prize_is_refused():
    """If this fails, a prize below zero, a cell twice or no decay at all reach the search."""
    for walks in (
        {"prize": np.array([-1.0])},
        {"prize": np.array([1.0, 2.0])},
        {"decay": 1.0},
        {"cell_e": np.array([E0, E0]), "cell_n": np.array([N0, N0]), "prize": np.ones(2)},
    ):
        with pytest.raises(RoutingError, match="bad_walks"):
            Walks(**{"cell_e": np.array([E0]), "cell_n": np.array([N0]), "prize": np.ones(1), **walks})
