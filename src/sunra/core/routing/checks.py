"""An independent look at a plan: everything is worked out again, nothing taken from the solver."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sunra.core.routing.problem import Plan, Problem, Route, Team

_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Violation:
    """What a plan breaks: the team, the stop's row (-1: none), the value stated and the value found."""

    code: str
    team: str
    stop: int = -1
    stated: float = math.nan
    found: float = math.nan


def _differs(stated: float, found: float) -> bool:
    return not math.isclose(stated, found, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)


def _times(problem: Problem, team: Team, route: Route) -> Iterator[Violation]:
    """Walk the route leg by leg with distances asked anew from the network."""
    stops, now, metres, here = problem.stops, team.begin_min, 0.0, team.start
    rows = zip(route.stop_ids, route.arrive_min, route.leave_min, strict=True)
    for stop, arrive, leave in rows:
        there = (float(stops.lon[stop]), float(stops.lat[stop]))
        leg = float(problem.network.matrix([here], [there])[0, 0])
        now, metres, here = now + leg / team.metres_per_minute, metres + leg, there
        if _differs(arrive, now):
            yield Violation("arrival", team.name, stop, arrive, now)
        begin = max(now, float(stops.open_min[stop]))
        if begin > stops.close_min[stop] + _TOLERANCE:
            yield Violation("window", team.name, stop, float(stops.close_min[stop]), begin)
        now = begin + float(stops.dwell_min[stop])
        if _differs(leave, now):
            yield Violation("departure", team.name, stop, leave, now)
    leg = float(problem.network.matrix([here], [team.end])[0, 0])
    now, metres = now + leg / team.metres_per_minute, metres + leg
    if now - team.begin_min > team.shift_min + _TOLERANCE:
        yield Violation("shift", team.name, -1, team.shift_min, now - team.begin_min)
    if _differs(route.minutes, now - team.begin_min):
        yield Violation("minutes", team.name, -1, route.minutes, now - team.begin_min)
    if _differs(route.metres, metres):
        yield Violation("metres", team.name, -1, route.metres, metres)


def _shape(problem: Problem, route: Route) -> Iterator[Violation]:
    for stop in route.stop_ids:
        if not 0 <= stop < len(problem.stops):
            yield Violation("unknown_stop", route.team, stop)
    if not len(route.stop_ids) == len(route.arrive_min) == len(route.leave_min):
        yield Violation("times_missing", route.team)


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """Everything the plan breaks: teams, double visits, times, windows, shifts, metres and the prize.

    Empty for a sound plan. Codes: team, unknown_stop, times_missing, twice, arrival, departure,
    window, shift, minutes, metres, prize.
    """
    teams = {team.name: team for team in problem.teams}
    found = [Violation("team", name) for name in sorted(teams.keys() ^ {route.team for route in plan.routes})]
    found += [Violation("team", name) for name, n in Counter(r.team for r in plan.routes).items() if n > 1]
    for route in plan.routes:
        broken = list(_shape(problem, route))
        if not broken and route.team in teams:
            broken = list(_times(problem, teams[route.team], route))
        found += broken
    visits = Counter(stop for route in plan.routes for stop in route.stop_ids)
    found += [Violation("twice", "", stop) for stop, count in sorted(visits.items()) if count > 1]
    known = [stop for stop in visits if 0 <= stop < len(problem.stops)]
    prize = float(np.sum(problem.stops.prize[known])) if known else 0.0
    if _differs(plan.prize, prize):
        found.append(Violation("prize", "", -1, plan.prize, prize))
    return found
