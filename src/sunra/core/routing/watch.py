"""Whether some car was always near enough: an independent, exact look at a plan's cars."""

from itertools import pairwise

import numpy as np

from sunra.core.routing.network import Floats
from sunra.core.routing.problem import Plan, Problem, Route, Team

_TOLERANCE = 1e-6
Span = tuple[float, float, int]
Stay = tuple[float, float, tuple[float, float]]


def _stays(problem: Problem, team: Team, route: Route) -> list[Stay]:
    """When and where a car stands still: (from, to, place), in the order of its night."""
    stops, found = problem.stops, [(team.begin_min, team.begin_min, team.start)]
    rests = list(route.rests)
    for order, (stop, arrive, leave) in enumerate(
        zip(route.stop_ids, route.arrive_min, route.leave_min, strict=True)
    ):
        while rests and rests[0][0] <= order:
            found.append(_rest(problem, team, found[-1], rests.pop(0)))
        found.append((arrive, leave, (float(stops.lon[stop]), float(stops.lat[stop]))))
    while rests:
        found.append(_rest(problem, team, found[-1], rests.pop(0)))
    finish = team.begin_min + team.shift_min
    return [*found, (min(team.begin_min + route.minutes, finish), finish, team.end)]


def _rest(problem: Problem, team: Team, before: Stay, rest: tuple[int, float, float]) -> Stay:
    """A break, waiting for its beginning included."""
    _, begin, leave = rest
    place = team.start
    for one in team.breaks:
        if one.open_min - _TOLERANCE <= begin <= one.close_min + _TOLERANCE:
            place = one.place or team.start
    leg = float(problem.network.matrix([before[2]], [place])[0, 0]) / team.metres_per_minute
    return min(before[1] + leg, begin), leave, place


def _near(problem: Problem, team: Team, route: Route, limit: float) -> list[Span]:
    """Spans (from, to, point) in which the car surely is within ``limit`` minutes of the point."""
    response = problem.response
    if response is None:
        return []
    stays = _stays(problem, team, route)
    points = np.column_stack([response.lon, response.lat])
    reach: Floats = (
        problem.network.matrix(np.array([place for *_, place in stays]), points) / team.metres_per_minute
    )
    found: list[Span] = []
    for at, (begin, end, _) in enumerate(stays):
        found += [(begin, end, int(point)) for point in np.flatnonzero(reach[at] <= limit)]
    for at, ((_, left, _), (come, _, _)) in enumerate(pairwise(stays)):
        for point in range(len(points)):
            # From the place left while it is not too far back, to the place ahead once it is near enough.
            until, since = left + limit - reach[at, point], come - limit + reach[at + 1, point]
            if until >= left:
                found.append((left, min(until, come), point))
            if since <= come:
                found.append((max(since, left), come, point))
    return found


def uncovered(problem: Problem, plan: Plan) -> list[tuple[int, float]]:
    """Points of the guarantee with the first minute at which no car on duty is near enough.

    Time counts while any car is on duty; the plan's ``unguarded`` points are left out.
    """
    response, cars = problem.response, [team for team in problem.teams if team.kind == "car"]
    if response is None:
        return []
    if not cars:
        return [(point, 0.0) for point in range(len(response.lon)) if point not in plan.unguarded]
    routes = {route.team: route for route in plan.routes}
    spans: list[list[tuple[float, float]]] = [[] for _ in response.lon]
    for team in cars:
        if team.name in routes:
            for begin, end, point in _near(problem, team, routes[team.name], response.minutes + _TOLERANCE):
                spans[point].append((begin, end))
    duty = sorted((team.begin_min, team.begin_min + team.shift_min) for team in cars)
    found = []
    for point, covered in enumerate(spans):
        gap = _first_gap(duty, sorted(covered))
        if gap is not None and point not in plan.unguarded:
            found.append((point, gap))
    return found


def _first_gap(duty: list[tuple[float, float]], covered: list[tuple[float, float]]) -> float | None:
    """The first minute of duty that no span covers."""
    for begin, end in duty:
        now = begin
        for start, stop in covered:
            if start > now + _TOLERANCE:
                break
            now = max(now, stop)
        if now < end - _TOLERANCE:
            return now
    return None
