"""The cars' guarantee: kept at every minute, priced, and seen by the checker when it is broken."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core.routing import Break, Problem, RoutingError, Stop, Stops, Team, check, plan
from sunra.core.routing.problem import Response

BASE = (127.02, 37.60)


def _city(minutes, *, seed=1, cars=3, late=0.0):
    rng = np.random.default_rng(seed)
    stops = Stops.at(rng.uniform(127.0, 127.04, 30), rng.uniform(37.585, 37.615, 30), rng.integers(1, 9, 30))
    teams = tuple(
        Team(
            f"car {at}", "car", BASE, BASE, 150, begin_min=late * at, breaks=(Break(20, 40, 120),) * (at == 0)
        )
        for at in range(cars)
    )
    points = Response(rng.uniform(127.005, 127.035, 25), rng.uniform(37.59, 37.61, 25), minutes)
    foot = Team("foot", "foot", BASE, BASE, 120)
    return Problem(stops, (*teams, foot), response=points)


@settings(max_examples=12, deadline=None)
@given(st.floats(3, 25), st.integers(0, 99), st.sampled_from([0.0, 45.0]))
def test_the_guarantee_holds_at_every_minute(minutes, seed, late):
    """Whatever the limit, each point not named as unguarded has a car near enough at every minute."""
    problem = _city(minutes, seed=seed, late=late)
    found = plan(problem, Stop(iterations=60), seed=seed)
    assert check(problem, found) == []
    assert found.price >= 0


def test_a_tighter_guarantee_costs_more_and_a_loose_one_nothing():
    """The price is what the same teams would collect without it; a limit that never binds is free."""
    free = plan(_city(500.0), Stop(iterations=400))
    tight = plan(_city(9.0), Stop(iterations=400))
    assert free.price <= 0.02 * free.prize
    assert tight.price > free.price
    assert tight.prize < free.prize
    assert free.unguarded == ()


def test_points_that_no_car_can_reach_are_named():
    """A limit below the way from the station leaves points unguarded, and says which."""
    found = plan(_city(3.0), Stop(iterations=20))
    assert len(found.unguarded) > 5
    assert check(_city(3.0), found) == []


def test_the_checker_sees_a_car_too_far_away():
    """A plan made without the guarantee is refused under it, by point and minute."""
    problem = _city(8.0)
    careless = plan(dataclasses.replace(problem, response=None), Stop(iterations=200))
    assert {violation.code for violation in check(problem, careless)} == {"response"}
    alone = dataclasses.replace(problem, teams=problem.teams[-1:])
    none = plan(alone, Stop(iterations=20))
    assert len(none.unguarded) == 25
    assert check(alone, none) == []
    assert {v.code for v in check(alone, dataclasses.replace(none, unguarded=()))} == {"response"}


def test_a_wrong_guarantee_is_refused():
    """No minutes, no guarantee; a point that is no place neither."""
    for lon, minutes in ((127.0, 0.0), (np.nan, 5.0)):
        with pytest.raises(RoutingError, match="bad_response"):
            Response(np.array([lon]), np.array([37.6]), minutes)
