"""Plans by lot: chances that hold, rules that are kept, secrets that stay, and observers who see little."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core.geo import cells
from sunra.core.routing import Problem, RoutingError, Stop, Stops, Team, check
from sunra.core.routing.lottery import (
    Edits,
    Night,
    Places,
    Policy,
    draw,
    night_of,
    randomness,
    secret_seed,
)
from sunra.core.routing.lottery.history import left_out, lot_within, owed
from sunra.core.routing.lottery.mixture import foreseen, weigh
from sunra.core.routing.observer import OBSERVERS, observe

E0, N0 = cells.cell_of(127.02, 37.59)
FAST = {"stop": Stop(iterations=60), "each": Stop(iterations=8)}


def _tonight(seed: int = 0, count: int = 24) -> tuple[Problem, Places]:
    """A field of stops in two 법정동, two teams."""
    random = np.random.default_rng(seed)
    spots = random.permutation([(i, j) for i in range(0, 14, 2) for j in range(0, 14, 2)])[:count]
    lon, lat = cells.center(E0 + spots[:, 0], N0 + spots[:, 1])
    home = tuple(map(float, cells.center(E0 + 7, N0 + 7)))
    stops = Stops.at(lon, lat, random.uniform(0.5, 1, count), dwell_min=11)
    teams = (Team("car", "car", home, home, 90), Team("foot", "foot", home, home, 90))
    dong = np.where(spots[:, 0] < 7, "1129010100", "1129010200")
    return Problem(stops, teams), Places.at(E0 + spots[:, 0], N0 + spots[:, 1], dong)


def test_a_draw_is_sound_repeatable_and_within_the_loss():
    """If this fails, a drawn plan breaks a rule, costs more than said, or its seed does not give it again."""
    problem, places = _tonight()
    policy = Policy(plans=8, dwell=(11, 15), late_min=10)
    one, again = (draw(problem, places, [], policy, seed=5, **FAST) for _ in range(2))
    other = draw(problem, places, [], policy, seed=6, **FAST)
    assert check(one.problem, one.plan) == []
    assert 0 <= one.loss <= policy.loss + 1e-9
    assert [r.stop_ids for r in one.plan.routes] == [r.stop_ids for r in again.plan.routes]
    assert [r.arrive_min for r in one.plan.routes] != [r.arrive_min for r in other.plan.routes]
    visited = [stop for route in one.plan.routes for stop in route.stop_ids]
    assert (one.probability[visited] > 0).all()


def test_stored_chances_are_those_of_the_lot():
    """If this fails, weighting by the stored chances measures something else than the patrols."""
    problem, places = _tonight()
    policy = Policy(plans=6)
    made = draw(problem, places, [], policy, seed=1, **FAST)
    assert made.probability == pytest.approx(made.by_hour.sum(axis=1))
    assert ((made.probability >= 0) & (made.probability <= 1 + 1e-9)).all()
    # what a plan visits on the mean is the sum of the chances: counted over another stream of draws
    weights = weigh(np.eye(3), np.zeros(3), memory=0.5, floor=0.2)
    assert weights == pytest.approx(np.full(3, 1 / 3), abs=1e-6)
    assert foreseen(np.array([1.0, 0.5, 0.5]), np.array([2.0]), np.ones(1)) == pytest.approx(0.75)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12), st.integers(1, 20))
def test_weights_are_a_lot_that_tells_no_more_than_an_even_one(seed: int, plans: int, pairs: int) -> None:
    """If this fails, some plan is impossible, or the weighing makes the night easier to foresee."""
    random = np.random.default_rng(seed)
    atoms = (random.random((plans, pairs)) < 0.4).astype(float)
    past = random.random(pairs)
    weights = weigh(atoms, past, memory=0.5, floor=0.2)
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0.2 / plans - 1e-12).all()

    def told(lot: np.ndarray) -> float:
        chance = lot @ atoms
        return float((chance**2).sum() / 2 + 0.5 * past @ chance)

    assert told(weights) <= told(np.full(plans, 1 / plans)) + 1e-3 * pairs


def _nights(places: Places, rows: list[list[int]]) -> list[Night]:
    return [
        Night(places.cell_e[row], places.cell_n[row], np.zeros(len(row), np.int64), places.dong[row])
        for row in map(np.array, rows)
    ]


def test_a_cell_at_its_cap_sits_out_and_a_forgotten_dong_is_served():
    """If this fails, one cell is patrolled every night, or a 법정동 is left out for weeks."""
    problem, places = _tonight()
    policy = Policy(plans=4, cap=(3, 5), nights=5, dong_share=0.9)
    often = 0
    west = np.flatnonzero(places.dong == "1129010100").tolist()
    past = _nights(places, [[often, *west[:6]]] * 4)
    assert left_out(past, places, policy, np.random.default_rng(0))[often] == 1.0
    due = owed(past, places, problem.stops.prize, 8, policy)
    poor = "1129010200" if places.dong[often] == "1129010100" else "1129010100"
    assert set(due) == {"1129010200"} | ({poor} & {"1129010200"})
    made = draw(problem, places, past, policy, seed=2, **FAST)
    visited = [stop for route in made.plan.routes for stop in route.stop_ids]
    assert often not in visited
    served = places.dong[visited].tolist().count("1129010200")
    assert served >= due["1129010200"] or "1129010200" in made.unserved


def test_edits_by_hand_are_measured():
    """If this fails, nobody is warned that a plan set by hand every night can be foreseen."""
    problem, places = _tonight()
    made = draw(problem, places, [], Policy(plans=8), seed=3, **FAST)
    assert randomness(made, Edits(), places).warning == ""
    visited = [stop for route in made.plan.routes for stop in route.stop_ids]
    hand = Edits(moved=frozenset(visited))
    found = randomness(made, hand, places)
    assert (found.warning, found.by_hand, found.predictable) == ("predictable", 1.0, 1.0)
    one = frozenset(visited[:1])
    cell = frozenset({(int(places.cell_e[visited[0]]), int(places.cell_n[visited[0]]))})
    calm = Policy(predictable=1.0)
    assert randomness(made, Edits(moved=one), places, calm, past_edits=[cell] * 3).warning == "repeats"
    assert Edits.between(made, made.plan) == Edits()


def test_an_observer_sees_through_the_same_plan_and_not_through_chance():
    """If this fails, the figure of what an observer foresees is not what it says."""
    _, places = _tonight()
    same = _nights(places, [[0, 1, 2, 3]] * 12)
    assert observe(same, past=8).predictable == 1.0
    random = np.random.default_rng(1)
    wild = _nights(places, [random.choice(24, 4, replace=False).tolist() for _ in range(40)])
    seen = observe(wild, past=20)
    assert set(seen.share) == set(OBSERVERS)
    assert seen.predictable < 0.4
    assert seen.nights == 20
    with pytest.raises(ValueError, match="no night"):
        observe(same, past=12)


def test_places_and_policies_that_make_no_sense_are_refused():
    """If this fails, arrays that do not fit or a loss of everything reach the lot; or seeds repeat."""
    with pytest.raises(RoutingError, match="bad_places"):
        Places.at(np.zeros(2, int), np.zeros(1, int), np.array(["a", "b"]))
    for wrong in ({"loss": 0.0}, {"plans": 0}, {"cap": (3, 2)}, {"dong_share": 2.0}):
        with pytest.raises(RoutingError, match="bad_policy"):
            Policy(**wrong)
    assert secret_seed() != secret_seed()
    problem, places = _tonight()
    made = draw(problem, places, [], Policy(plans=2), seed=1, **FAST)
    assert len(night_of(made.problem, places, made.plan, weekday=2)) == sum(
        len(route.stop_ids) for route in made.plan.routes
    )


def test_owed_visits_are_drawn_by_prize_and_at_a_small_scale_the_best_alone():
    """If this fails, owed visits are foreseeable, or cost a night of many 법정동 too much."""
    _problem, places = _tonight()
    west = np.flatnonzero(places.dong == "1129010100")
    prize = np.full(len(places.dong), 1e-9)
    prize[west[:3]] = 1.0, 2.0, 5.0
    random = np.random.default_rng(0)
    drawn = [lot_within({"1129010100": 1}, places, prize, random).tolist() for _ in range(4_000)]
    share = [drawn.count([row]) / len(drawn) for row in west[:3].tolist()]
    assert share == pytest.approx([1 / 8, 2 / 8, 5 / 8], abs=0.03)
    for _ in range(50):
        assert lot_within({"1129010100": 2}, places, prize, random, 0.02).tolist() == [west[2], west[1]]


def test_a_night_of_many_dongs_still_has_plans_to_draw_from():
    """If this fails, a big district's night is one plan that anybody can foresee."""
    problem, places = _tonight(count=40)
    each = Places.at(places.cell_e, places.cell_n, np.array([f"11290{row // 3:05}" for row in range(40)]))
    made = draw(problem, each, [], Policy(plans=8, tries=6, dong_share=1.0), seed=4, **FAST)
    assert made.owed
    assert made.plans > 4
    assert made.loss <= max(Policy().loss, made.price + Policy().loss / 2) + 1e-9
