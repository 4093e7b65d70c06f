"""Patrol plans: always sound by an independent look, reproducible, and close to the best known."""

import dataclasses
import math
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core.routing import (
    SPEEDS_KMH,
    Break,
    Problem,
    RoutingError,
    Stop,
    Stops,
    StraightLine,
    StreetGraph,
    Team,
    check,
    draw_dwell,
    plan,
)
from tests.core.routing.chao import read_chao
from tests.core.routing.test_streets import _gangnam
from tests.shared import shared_data

HOME = (127.01, 37.60)


@st.composite
def problems(draw):
    """Small nights: stops in a few kilometres with windows, teams of all kinds."""
    count = draw(st.integers(0, 14))
    numbers = st.floats(0, 1)
    values = np.array(draw(st.lists(st.tuples(*[numbers] * 6), min_size=count, max_size=count))).reshape(
        count, 6
    )
    opens = np.where(values[:, 3] < 0.5, 0, values[:, 3] * 200)
    closes = np.where(values[:, 4] < 0.5, math.inf, opens + values[:, 4] * 100)
    stops = Stops.at(
        127.0 + values[:, 0] * 0.03,
        37.59 + values[:, 1] * 0.02,
        np.round(values[:, 2] * 10),
        dwell_min=11 + 4 * values[:, 5],
        open_min=opens,
        close_min=closes,
        must=values[:, 5] > 0.85,
    )
    kinds = draw(st.lists(st.sampled_from(["car", "foot", "dog"]), min_size=1, max_size=3))
    teams = tuple(
        Team(
            f"team {i}",
            kind,
            HOME,
            HOME if draw(st.booleans()) else (127.012, 37.601),
            draw(st.floats(30, 400)),
            begin_min=draw(st.sampled_from([0.0, 60.0])),
            forbidden=frozenset(draw(st.sets(st.integers(0, 13), max_size=3))) & set(range(count)),
            breaks=(Break(5.0, 60.0, 85.0),) if draw(st.booleans()) and i == 0 else (),
        )
        for i, kind in enumerate(kinds)
    )
    return Problem(stops, teams)


@settings(max_examples=60, deadline=None)
@given(problems(), st.integers(0, 1000))
def test_every_plan_passes_the_checker(problem, seed):
    """Whatever the stops and teams, the independent look finds nothing; greedy never beats the search."""
    try:
        searched = plan(problem, Stop(iterations=15), seed=seed)
        greedy = plan(problem, Stop(iterations=0), seed=seed)
    except RoutingError:
        # Only a break that ends after a shift begun at 0 or 60 minutes can be refused here.
        assert problem.teams[0].breaks
        assert problem.teams[0].shift_min < 95
        return
    assert check(problem, searched) == []
    assert check(problem, greedy) == []
    assert len(searched.unserved) <= len(greedy.unserved)
    assert searched.prize >= greedy.prize or len(searched.unserved) < len(greedy.unserved)
    assert [route.team for route in searched.routes] == [team.name for team in problem.teams]


def _night(count=40, seed=3):
    rng = np.random.default_rng(seed)
    stops = Stops.at(
        rng.uniform(127.0, 127.05, count),
        rng.uniform(37.58, 37.62, count),
        rng.integers(1, 10, count),
        dwell_min=draw_dwell(count, seed=seed),
    )
    teams = (
        Team("car 1", "car", HOME, HOME, 240),
        Team("car 2", "car", HOME, HOME, 240, speed_kmh=22.0),
        Team("foot", "foot", (127.02, 37.59), (127.02, 37.59), 120),
        Team("dogs", "dog", (127.03, 37.60), (127.03, 37.61), 120, begin_min=30),
    )
    return Problem(stops, teams)


def test_same_seed_same_plan():
    """With iterations alone a seed fixes the plan, and another seed gives another."""
    problem = _night()
    first, again, other = (plan(problem, Stop(iterations=40), seed=seed) for seed in (1, 1, 2))
    assert [route.stop_ids for route in first.routes] == [route.stop_ids for route in again.routes]
    assert [route.arrive_min for route in first.routes] == [route.arrive_min for route in again.routes]
    assert [route.stop_ids for route in first.routes] != [route.stop_ids for route in other.routes]
    assert first.iterations == 40


def test_stop_by_seconds_and_progress():
    """A search by the clock ends, tells how far it is, and ends at once when the listener raises."""
    told = []
    found = plan(_night(), Stop(seconds=0.3), progress=lambda done, best: told.append((done, best)))
    assert found.iterations > 0
    assert told[0][0] < 0.5
    assert all(0 <= share <= 1 for share, _ in told)
    assert 0 < told[0][1] <= found.prize + 1e-9

    def cancel(_share, _best):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        plan(_night(), Stop(seconds=60), progress=cancel)
    assert plan(_night(), Stop(seconds=0)).iterations == 0


def test_slow_teams_go_less_far():
    """Teams differ: dogs walk at their own speed, and their minutes fit their metres and visits."""
    problem = _night()
    found = plan(problem, Stop(iterations=20))
    assert SPEEDS_KMH["dog"] < SPEEDS_KMH["foot"] < SPEEDS_KMH["car"]
    for team, route in zip(problem.teams, found.routes, strict=True):
        dwell = problem.stops.dwell_min[list(route.stop_ids)].sum()
        assert route.minutes == pytest.approx(route.metres / team.metres_per_minute + dwell)
        assert tuple(route.line[0]) == team.start
        assert tuple(route.line[-1]) == team.end


def test_stops_without_prize_are_left_alone():
    """Nobody is sent where nothing is to be gained."""
    stops = Stops.at([127.01, 127.011], [37.6, 37.6], [0, 5])
    found = plan(Problem(stops, (Team("a", "foot", HOME, HOME, 120),)), Stop(iterations=5))
    assert found.routes[0].stop_ids == (1,)
    assert found.prize == 5


def test_the_checker_sees_each_break():
    """Every rule that a tampered plan breaks is named by its code."""
    stops = Stops.at([127.011, 127.012, 127.013], 37.6, [3, 2, 1], dwell_min=12, close_min=[90, 90, 90])
    problem = Problem(stops, (Team("a", "foot", HOME, HOME, 90),))
    sound = plan(problem, Stop(iterations=5))
    assert check(problem, sound) == []
    route = sound.routes[0]
    last = route.stop_ids[-1]

    def codes(*, prize=sound.prize, at=problem, **changes):
        tampered = dataclasses.replace(sound, routes=(dataclasses.replace(route, **changes),), prize=prize)
        return {violation.code for violation in check(at, tampered)}

    assert codes(prize=99.0) == {"prize", "bound"}
    assert codes(minutes=1.0) == {"minutes"}
    assert codes(metres=1.0) == {"metres"}
    assert codes(team="b") == {"team"}
    assert "unknown_stop" in codes(stop_ids=(*route.stop_ids[:-1], 7))
    assert "twice" in codes(stop_ids=(*route.stop_ids[:-1], route.stop_ids[0]))
    assert codes(arrive_min=()) == {"times_missing"}
    assert "arrival" in codes(arrive_min=tuple(value + 1 for value in route.arrive_min))
    assert "departure" in codes(leave_min=tuple(value + 1 for value in route.leave_min))
    early = dataclasses.replace(stops, close_min=np.where(np.arange(3) == last, 0.5, 90.0))
    assert "window" in codes(at=dataclasses.replace(problem, stops=early))
    short = dataclasses.replace(problem, teams=(Team("a", "foot", HOME, HOME, 20),))
    assert codes(at=short) == {"shift"}
    doubled = dataclasses.replace(sound, routes=(route, route))
    assert {"team", "twice"} <= {violation.code for violation in check(problem, doubled)}


def test_bad_problems_are_refused():
    """Wrong numbers are named with their field and rows, wrong teams by name."""
    for change, name in (
        ({"lon": [np.nan, 127]}, "lon"),
        ({"lat": [np.inf, 37]}, "lat"),
        ({"prize": [-1, 0]}, "prize"),
        ({"dwell_min": -1}, "dwell_min"),
        ({"open_min": 5, "close_min": 1}, "close_min"),
        ({"prize": [1, 2, 3]}, "shape"),
    ):
        values = {"lon": [127.0, 127.0], "lat": [37.0, 37.0], "prize": 1.0} | change
        with pytest.raises(RoutingError) as refused:
            Stops.at(values.pop("lon"), values.pop("lat"), values.pop("prize"), **values)
        assert (refused.value.code, refused.value.params["field"]) == ("bad_stops", name)
    with pytest.raises(RoutingError, match="bad_team"):
        Team("a", "foot", HOME, HOME, -1)
    with pytest.raises(RoutingError, match="bad_team"):
        Team("a", "foot", HOME, HOME, 60, speed_kmh=-4)
    team = Team("a", "foot", HOME, HOME, 60)
    for teams in ((), (team, team)):
        with pytest.raises(RoutingError, match="bad_team"):
            Problem(Stops.at([], [], []), teams)
    far = Team("far", "foot", HOME, (127.2, 37.60), 60)
    with pytest.raises(RoutingError, match="shift_too_short"):
        plan(Problem(Stops.at([], [], []), (far,)), Stop(iterations=1))


def test_dwell_is_drawn_between_bounds():
    """Drawn visits last 11 to 15 minutes and follow the seed."""
    dwell = draw_dwell(500, seed=1)
    assert dwell.min() >= 11
    assert dwell.max() <= 15
    assert np.array_equal(dwell, draw_dwell(500, seed=1))


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["p4.2.q", "p5.3.x", "p7.2.t"])
def test_close_to_the_best_known(name):
    """On public benchmark files a short search comes within 8 % of the best known and is sound."""
    folder = shared_data("orienteering")
    best = dict(line.split() for line in (folder / "best_known.txt").read_text().splitlines() if line.strip())
    problem = read_chao((folder / "chao" / f"{name}.txt").read_text())
    found = plan(problem, Stop(iterations=700), seed=1)
    assert check(problem, found) == []
    assert found.prize >= 0.92 * float(best[f"{name}.txt"])


@pytest.mark.real_data
def test_a_night_on_the_streets_of_gangnam():
    """Four teams and forty stops are planned soundly along real streets, never below the crow."""
    streets = StreetGraph.from_lines(_gangnam())
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(127.03, 127.07, 40), rng.uniform(37.49, 37.52, 40)
    assert streets.covers(lon, lat, 300).mean() > 0.9
    stops = Stops.at(lon, lat, rng.integers(1, 10, 40), dwell_min=draw_dwell(40))
    station = (127.0471, 37.5046)
    teams = tuple(
        Team(name, kind, station, station, shift)
        for name, kind, shift in (
            ("c1", "car", 180),
            ("c2", "car", 180),
            ("walk", "foot", 120),
            ("dogs", "dog", 120),
        )
    )
    problem = Problem(stops, teams, streets)
    found = plan(problem, Stop(iterations=60))
    assert check(problem, found) == []
    assert sum(len(route.stop_ids) for route in found.routes) > 20
    line = found.routes[0].line
    assert len(line) > 50
    crow = StraightLine(1.0).matrix([station], [(lon[i], lat[i]) for i in found.routes[0].stop_ids])
    assert found.routes[0].metres > crow.max()


def test_what_is_fixed_stays_and_the_rest_goes_around_it():
    """An officer who gave a stop to a team finds it there, in the order given, whatever it costs."""
    problem = dataclasses.replace(_night(), fixed={"foot": (7,), "car 2": (3, 11)})
    found = plan(problem, Stop(iterations=200), seed=1)
    assert check(problem, found) == []
    routes = {route.team: route.stop_ids for route in found.routes}
    assert 7 in routes["foot"]
    assert routes["car 2"].index(3) < routes["car 2"].index(11)


@pytest.mark.parametrize("fixed", [{"nobody": (1,)}, {"foot": (1,), "dogs": (1,)}, {"foot": (99,)}])
def test_what_cannot_be_fixed_is_refused(fixed):
    """A team that is not there, a stop given twice, a stop that is not there."""
    with pytest.raises(RoutingError, match="bad_fixed"):
        dataclasses.replace(_night(), fixed=fixed)


def test_more_than_a_shift_holds_is_refused():
    """Fixed stops that take longer than the shift are named by their team, not dropped."""
    problem = _night()
    with pytest.raises(RoutingError, match="fixed_too_long"):
        plan(dataclasses.replace(problem, fixed={"foot": tuple(range(20))}), Stop(iterations=1))
    lazy = dataclasses.replace(problem.teams[2], breaks=(Break(200.0, 0.0, 10.0),))
    with pytest.raises(RoutingError, match="break_too_long"):
        plan(dataclasses.replace(problem, teams=(lazy,)), Stop(iterations=1))


def test_a_break_outweighs_places_that_must_be_visited():
    """Where both do not fit the break is kept and the place is named: a team's rest comes first."""
    stops = Stops.at([127.01, 127.03], [37.60, 37.60], [1, 9], must=True, dwell_min=15.0)
    team = Team("foot", "foot", HOME, HOME, 80, breaks=(Break(30.0, 0.0, 60.0),))
    problem = Problem(stops, (team,))
    found = plan(problem, Stop(iterations=200))
    assert found.unserved == (1,)
    assert len(found.routes[0].rests) == 1
    assert check(problem, found) == []


def test_a_place_that_nobody_can_reach_in_time_is_named():
    """It must be visited and cannot: the plan says which, and still plans the rest."""
    stops = Stops.at([127.01, 129.0], [37.601, 35.0], [1, 1], must=[False, True])
    problem = Problem(stops, (Team("car", "car", HOME, HOME, 240),))
    found = plan(problem, Stop(iterations=5))
    assert found.unserved == (1,)
    assert found.routes[0].stop_ids == (0,)
    assert check(problem, found) == []


def test_everything_collected_ends_the_search():
    """At the bound there is nothing left to look for."""
    problem = Problem(Stops.at([127.01], [37.601], [5]), (Team("car", "car", HOME, HOME, 240),))
    found = plan(problem, Stop(iterations=1_000_000))
    assert (found.prize, found.bound) == (5, 5)
    assert found.iterations < 1000


def test_the_same_code_runs_uncompiled():
    """Compiled or not, the search finds the best of a small night, and the checker agrees."""
    code = (
        "from tests.core.routing.test_plan import small; from sunra.core.routing import Stop, check, plan;"
        "found = plan(small(), Stop(iterations=60), seed=1); print(found.prize, check(small(), found))"
    )
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": os.pathsep.join(("src", "."))}
    plain = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert plain.returncode == 0, plain.stderr[-2000:]
    found = plan(small(), Stop(iterations=60), seed=1)
    assert plain.stdout.strip() == f"{found.prize} {check(small(), found)}" == f"{found.prize} []"


def small():
    """Ten stops, two teams on foot."""
    night = _night(10)
    return Problem(night.stops, night.teams[2:])
