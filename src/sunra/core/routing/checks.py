"""An independent look at a plan: everything is worked out again, nothing taken from the solver."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sunra.core.routing.network import Floats
from sunra.core.routing.problem import Plan, Problem, Route, Team
from sunra.core.routing.watch import uncovered

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


def _rests(team: Team, route: Route) -> Iterator[Violation]:
    """Every break of the team once, in its window and as long as it should be."""
    waiting = list(team.breaks)
    for _, begin, leave in route.rests:
        kept = [
            rest
            for rest in waiting
            if rest.open_min - _TOLERANCE <= begin <= rest.close_min + _TOLERANCE
            and not _differs(leave - begin, rest.minutes)
        ]
        if kept:
            waiting.remove(kept[0])
        else:
            yield Violation("break", team.name, -1, begin, leave)
    for rest in waiting:
        yield Violation("break_missing", team.name, -1, rest.open_min)


def _place(team: Team, begin: float, leave: float) -> tuple[float, float]:
    """Where a break with these times is taken."""
    for rest in team.breaks:
        in_window = rest.open_min - _TOLERANCE <= begin <= rest.close_min + _TOLERANCE
        if in_window and not _differs(leave - begin, rest.minutes):
            return rest.place or team.start
    return team.start


def _point(problem: Problem, stop: int) -> tuple[float, float]:
    return float(problem.stops.lon[stop]), float(problem.stops.lat[stop])


def _walk(route: Route) -> list[tuple[int, float, float]]:
    """Stops and breaks in their order: (row or -1, stated arrival or beginning, stated departure)."""
    line: list[tuple[int, float, float]] = []
    rests = list(route.rests)
    for order, one in enumerate(zip(route.stop_ids, route.arrive_min, route.leave_min, strict=True)):
        while rests and rests[0][0] <= order:
            line.append((-1, *rests.pop(0)[1:]))
        line.append(one)
    return line + [(-1, *rest[1:]) for rest in rests]


def _times(problem: Problem, team: Team, route: Route) -> Iterator[Violation]:
    """Walk the route leg by leg with distances asked anew from the network."""
    stops, now, metres, here = problem.stops, team.begin_min, 0.0, team.start
    for stop, arrive, leave in _walk(route):
        there = _point(problem, stop) if stop >= 0 else _place(team, arrive, leave)
        leg = float(problem.network.matrix([here], [there])[0, 0])
        now, metres, here = now + leg / team.metres_per_minute, metres + leg, there
        if stop < 0:
            if now > arrive + _TOLERANCE:
                yield Violation("break", team.name, -1, arrive, now)
            now = leave
            continue
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


def _kept(problem: Problem, route: Route) -> Iterator[Violation]:
    """What is fixed to this team is visited by it, in its order; what is forbidden to it is not visited."""
    for team in problem.teams:
        if team.name == route.team:
            yield from (Violation("forbidden", team.name, s) for s in route.stop_ids if s in team.forbidden)
    fixed = problem.fixed.get(route.team, ())
    if tuple(stop for stop in route.stop_ids if stop in set(fixed)) != tuple(fixed):
        yield Violation("fixed", route.team)


def _ways(problem: Problem, plan: Plan) -> Iterator[Floats]:
    """Every leg of every team, asked anew."""
    teams = {team.name: team for team in problem.teams}
    for route in plan.routes:
        if (team := teams.get(route.team)) is None:
            continue
        here = team.start
        for stop, arrive, leave in _walk(route):
            there = _point(problem, stop) if stop >= 0 else _place(team, arrive, leave)
            yield problem.network.path(here, there)
            here = there
        yield problem.network.path(here, team.end)


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """Everything the plan breaks: teams, double visits, times, windows, breaks, shifts, metres, the prize,
    what is fixed, forbidden or must be visited and is not named as unserved.

    Empty for a sound plan. Codes: team, unknown_stop, times_missing, twice, arrival, departure, window,
    forbidden, break, break_missing, fixed, shift, minutes, metres, prize, unserved, bound,
    response (its stop is the row of a point), walked.
    """
    teams = {team.name: team for team in problem.teams}
    found = [Violation("team", name) for name in sorted(teams.keys() ^ {route.team for route in plan.routes})]
    found += [Violation("team", name) for name, n in Counter(r.team for r in plan.routes).items() if n > 1]
    for route in plan.routes:
        broken = list(_shape(problem, route))
        if not broken and route.team in teams:
            broken = [*_times(problem, teams[route.team], route), *_rests(teams[route.team], route)]
            broken += _kept(problem, route)
        found += broken
    visits = Counter(stop for route in plan.routes for stop in route.stop_ids)
    found += [Violation("twice", "", stop) for stop, count in sorted(visits.items()) if count > 1]
    missing = {int(stop) for stop in np.flatnonzero(problem.stops.must)} - set(visits)
    found += [Violation("unserved", "", stop) for stop in sorted(missing ^ set(plan.unserved))]
    if plan.prize > plan.bound + _TOLERANCE:
        found.append(Violation("bound", "", -1, plan.bound, plan.prize))
    if problem.response is not None and not found:
        found += [Violation("response", "", point, math.nan, at) for point, at in uncovered(problem, plan)]
    known = [stop for stop in visits if 0 <= stop < len(problem.stops)]
    prize = float(np.sum(problem.stops.prize[known])) if known else 0.0
    if problem.walks is not None:
        walked = problem.walks.worth(problem.walks.passes(_ways(problem, plan)))
        prize += walked
        if _differs(plan.walked, walked):
            found.append(Violation("walked", "", -1, plan.walked, walked))
    if _differs(plan.prize, prize):
        found.append(Violation("prize", "", -1, plan.prize, prize))
    return found
