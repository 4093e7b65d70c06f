"""Plans made better part by part: as sound as any, never worse, and counted right."""

import itertools
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core.geo import cells
from sunra.core.routing import Break, Problem, Stop, Stops, Team, Walks, check, parts, plan
from sunra.core.routing.arrays import empty
from sunra.core.routing.planner import _Layout
from sunra.core.routing.search import Params, Search

SMALL = patch.object(parts, "WORTHWHILE", 0)
"""Parts are searched however few steps there are."""


def _night(seed: int, *, walks: bool = False, windows: bool = False, fixed: bool = False) -> Problem:
    """Seven teams of three classes among forty stops."""
    random = np.random.default_rng(seed)
    count = 40
    lon, lat = random.uniform(127.0, 127.05, count), random.uniform(37.58, 37.62, count)
    lon[0], lat[0] = 127.022, 37.601  # near the dogs, which take it where it is fixed
    opens = random.choice([0.0, 60.0], count) if windows else np.zeros(count)
    opens[0] = 0.0
    stops = Stops.at(
        lon,
        lat,
        random.uniform(1, 10, count),
        dwell_min=random.uniform(11, 15, count),
        open_min=opens,
        must=random.random(count) > 0.95,
    )
    bases = random.uniform([127.0, 37.58], [127.05, 37.62], (5, 2)).tolist()
    teams = [Team(f"foot {row}", "foot", (x, y), (x, y), 110.0) for row, (x, y) in enumerate(bases)]
    teams[0] = replace(teams[0], breaks=(Break(10.0, 30.0, 60.0),), forbidden=frozenset({1, 2}))
    teams += [Team(f"dog {row}", "dog", (127.02, 37.6), (127.03, 37.6), 90.0) for row in range(2)]
    problem = Problem(stops, tuple(teams), fixed={"dog 1": (0,)} if fixed else {})
    if walks:
        near = np.unique(np.column_stack(cells.cell_of(lon, lat)), axis=0)
        problem = replace(problem, walks=Walks(near[:, 0], near[:, 1], np.ones(len(near))))
    return problem


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.booleans(), st.booleans(), st.booleans())
def test_every_plan_passes_the_checker(seed, walks, windows, fixed):
    """With windows, breaks, must-visit places, passing and fixed stops the look finds nothing."""
    problem = _night(seed % 50, walks=walks, windows=windows, fixed=fixed)
    with SMALL:
        found = plan(problem, Stop(iterations=1200), seed=seed)
    assert check(problem, found) == []
    assert found.iterations == 1200
    if fixed:
        assert 0 in found.routes[6].stop_ids


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_the_running_sum_is_right_and_never_falls(seed, walks):
    """What the search believes to hold after each part is what the routes are worth."""
    arrays = _Layout(_night(seed % 50, walks=walks)).arrays()
    search = Search(arrays, Params(), seed)
    with SMALL:
        clock = Stop(iterations=1500).clock()
        state = search.run(clock, empty(arrays), None, until=parts.share_of_whole(arrays, clock))
        told = [search.prize]
        state = parts.improve(search, state, clock, seed, lambda _done, prize: told.append(prize))
    assert abs(search.worth(state) - search.prize) < 1e-6
    assert all(after >= before - 1e-9 for before, after in itertools.pairwise(told))
    assert search.steps == 1500


def test_parts_are_the_same_for_a_seed():
    """With iterations alone the plan is the seed's, parts included."""
    with SMALL:
        first, again = (plan(_night(1), Stop(iterations=1500), seed=4) for _ in range(2))
    assert [route.stop_ids for route in first.routes] == [route.stop_ids for route in again.routes]


def test_parts_do_what_the_whole_does_not():
    """Every team at its neighbour's place of work: parts hand whole rounds over."""
    random = np.random.default_rng(5)
    bases = [(127.0 + 0.02 * at, 37.6) for at in range(6)]
    lon = np.concatenate([x + random.uniform(-0.002, 0.002, 4) for x, _ in bases])
    stops = Stops.at(lon, 37.6 + random.uniform(-0.002, 0.002, 24), 1.0, dwell_min=15.0)
    teams = tuple(Team(f"team {row}", "foot", base, base, 90.0) for row, base in enumerate(bases))
    problem = Problem(stops, teams)
    arrays = _Layout(problem).arrays()
    state = empty(arrays)
    search = Search(arrays, Params(packings=0), 1)
    for team in range(6):
        state.routes[team, :3], state.lengths[team] = [24, 4 * ((team + 1) % 6), 25], 3
    state.team_of[[4 * ((team + 1) % 6) for team in range(6)]] = range(6)
    search.prize = 6.0
    found = parts.improve(search, state, Stop(iterations=30_000).clock(), 1, None)
    assert search.prize == arrays.prize[found.team_of >= 0].sum() == 24


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("prize", [0.0, 1.0])
@pytest.mark.parametrize("must", [False, True])
def test_hardly_anything_to_do(count, prize, must):
    """More teams than stops, stops worth nothing, passing alone worth something: planned like any other."""
    lon, lat = np.linspace(127.001, 127.01, count), np.full(count, 37.6)
    teams = tuple(Team(f"foot {row}", "foot", (127.0, 37.6), (127.0, 37.6), 60.0) for row in range(6))
    east, north = cells.cell_of(np.array([127.003]), np.array([37.6]))
    walks = Walks(east, north, np.ones(1))
    for some in (None, walks):
        problem = Problem(Stops.at(lon, lat, prize, must=must), teams, walks=some)
        with SMALL:
            found = plan(problem, Stop(iterations=900))
        assert check(problem, found) == []
        assert sum(len(route.stop_ids) for route in found.routes) == (count if prize or must else 0)


def test_few_teams_or_few_steps_have_no_parts():
    """Where steps are few all time goes to the whole; few teams are searched in pairs, with windows only."""
    arrays = _Layout(_night(1)).arrays()
    assert parts.share_of_whole(arrays, Stop(iterations=1000).clock()) == 1.0
    assert parts.share_of_whole(arrays, Stop(seconds=1).clock()) == 0.25
    some = replace(_night(1), teams=_night(1).teams[1:5])
    assert parts.share_of_whole(_Layout(some).arrays(), Stop(seconds=1).clock()) == 1.0
    timed = replace(_night(1, windows=True), teams=some.teams)
    assert parts.share_of_whole(_Layout(timed).arrays(), Stop(seconds=1).clock()) == 0.5
    pair = replace(timed, teams=some.teams[:2])
    assert parts.share_of_whole(_Layout(pair).arrays(), Stop(seconds=1).clock()) == 1.0


def test_pairs_of_few_teams_are_sound():
    """Three teams and windows: pairs are searched, and the independent look finds nothing."""
    problem = replace(_night(2, windows=True, walks=True), teams=_night(2).teams[:3])
    with SMALL:
        found = plan(problem, Stop(iterations=1500), seed=3)
    assert check(problem, found) == []
    assert found.iterations == 1500
