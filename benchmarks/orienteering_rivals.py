"""PyVRP and OR-Tools on the same orienteering problems, one thread each, judged by the same eyes."""

from collections.abc import Callable
from itertools import pairwise
from time import process_time
from typing import Any

import numpy as np

from sunra.core.routing import Problem, Stop, plan

Routes = list[list[int]]
DISTANCE, PRIZE = 1000, 10_000
"""PyVRP counts in whole numbers; without this scaling it returns empty routes."""


def travel(problem: Problem) -> np.ndarray:
    """Minutes among stops, then start and end, (n+2, n+2); the files' teams are all alike."""
    stops, team = problem.stops, problem.teams[0]
    points = [*zip(stops.lon, stops.lat, strict=True), team.start, team.end]
    return problem.network.matrix(points, points) / team.metres_per_minute


def score(problem: Problem, routes: Routes, *, slack: float) -> float:
    """The prize of routes that keep every window and shift within ``slack`` minutes; raises ValueError."""
    minutes, stops, size = travel(problem), problem.stops, len(problem.stops)
    visited = [stop for route in routes for stop in route]
    if len(set(visited)) != len(visited) or len(routes) > len(problem.teams):
        message = "a stop twice, or too many routes"
        raise ValueError(message)
    for route in routes:
        now = 0.0
        for before, node in pairwise([size, *route, size + 1]):
            now += minutes[before, node]
            if node == size + 1:
                break
            now = max(now, stops.open_min[node])
            if now > stops.close_min[node] + slack:
                message = f"stop {node} at {now}, closed at {stops.close_min[node]}"
                raise ValueError(message)
            now += stops.dwell_min[node]
        if now > problem.teams[0].shift_min + slack:
            message = f"home at {now} of {problem.teams[0].shift_min}"
            raise ValueError(message)
    return float(problem.stops.prize[visited].sum())


def sunra(problem: Problem, seconds: float, seed: int) -> Routes:
    """This product's search."""
    found = plan(problem, Stop(seconds=seconds, cpu=True), seed=seed)
    return [list(route.stop_ids) for route in found.routes]


def greedy(problem: Problem, seconds: float, seed: int) -> Routes:  # noqa: ARG001
    """Insertion by the best ratio of prize to added minutes: what common sense gives."""
    return [list(route.stop_ids) for route in plan(problem, Stop(iterations=0), seed=seed).routes]


def pyvrp(problem: Problem, seconds: float, seed: int) -> Routes:
    """PyVRP with optional clients; distances x 1000, prizes x 10,000."""
    from pyvrp import Model

    minutes, stops, size = travel(problem), problem.stops, len(problem.stops)
    scaled = np.rint(minutes * DISTANCE).astype(np.int64)
    limit = int(problem.teams[0].shift_min * DISTANCE)
    model = Model()
    places = [model.add_location(0, 0) for _ in range(size + 2)]
    ends = [model.add_depot(place) for place in places[size:]]
    for at in range(size):
        model.add_client(
            places[at],
            service_duration=int(stops.dwell_min[at] * DISTANCE),
            tw_early=int(max(stops.open_min[at], 0) * DISTANCE),
            tw_late=int(min(stops.close_min[at] * DISTANCE, limit)),
            prize=int(stops.prize[at] * PRIZE),
            required=False,
        )
    model.add_vehicle_type(
        len(problem.teams), start_depot=ends[0], end_depot=ends[1], tw_early=0, tw_late=limit,
        shift_duration=limit,
    )  # fmt: skip
    for a, start in enumerate(places):
        for b, end in enumerate(places):
            if a != b:
                model.add_edge(start, end, int(scaled[a, b]), int(scaled[a, b]))
    end_at = process_time() + seconds
    found = model.solve(stop=lambda _cost: process_time() >= end_at, seed=seed, display=False)
    if not found.best.is_feasible():
        return [[] for _ in problem.teams]
    return [[int(visit.idx) for visit in _clients(route)] for route in found.best.routes()]


def _clients(route: Any) -> list[Any]:
    return [activity for activity in route if activity.is_client()]


def ortools(problem: Problem, seconds: float, seed: int) -> Routes:  # noqa: ARG001 - it has no seed
    """OR-Tools with a penalty for each stop left out, guided local search."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    minutes, stops, size = travel(problem), problem.stops, len(problem.stops)
    limit, teams = int(problem.teams[0].shift_min * DISTANCE), len(problem.teams)
    stay = np.concatenate([np.rint(stops.dwell_min * DISTANCE), [0, 0]]).astype(np.int64)
    table = (np.rint(minutes * DISTANCE).astype(np.int64) + stay[:, None]).tolist()
    manager = pywrapcp.RoutingIndexManager(size + 2, teams, [size] * teams, [size + 1] * teams)
    model = pywrapcp.RoutingModel(manager)
    transit = model.RegisterTransitMatrix(table)
    model.SetArcCostEvaluatorOfAllVehicles(transit)
    model.AddDimension(transit, limit, limit, fix_start_cumul_to_zero=True, name="time")
    clock = model.GetDimensionOrDie("time")
    for at in range(size):
        index = manager.NodeToIndex(at)
        late = int(min(stops.close_min[at] * DISTANCE, limit))
        early = int(max(stops.open_min[at], 0) * DISTANCE)
        if early <= late:
            clock.CumulVar(index).SetRange(early, late)
        else:
            model.solver().Add(model.ActiveVar(index) == 0)
        model.AddDisjunction([index], int(stops.prize[at] * PRIZE))
    settings = pywrapcp.DefaultRoutingSearchParameters()
    settings.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    settings.time_limit.FromMilliseconds(int(seconds * 1000))
    found = model.SolveWithParameters(settings)
    if found is None:
        return [[] for _ in range(teams)]
    return [_visits(found, model, manager, team, size) for team in range(teams)]


def _visits(found: Any, model: Any, manager: Any, team: int, size: int) -> list[int]:
    route, index = [], model.Start(team)
    while not model.IsEnd(index):
        index = found.Value(model.NextVar(index))
        node = manager.IndexToNode(index)
        if node < size:
            route.append(node)
    return route


SOLVERS: dict[str, Callable[[Problem, float, int], Routes]] = {
    "sunra": sunra,
    "pyvrp": pyvrp,
    "ortools": ortools,
    "greedy": greedy,
}
ROUNDING = {"sunra": 1e-5, "greedy": 1e-5, "pyvrp": 0.5, "ortools": 0.5}
"""Minutes of slack: the rivals' whole numbers may round in their favour."""
