"""Which stops to visit, by whom, in which order: team orienteering with time windows.

With stops i of prize p_i, dwell d_i and window [o_i, c_i], and teams k with start s_k, end e_k, beginning
b_k, shift L_k and travel minutes t_k(i, j) = metres(i, j) / speed_k:

    maximise    Σ_k Σ_i p_i y_ik                                     the one objective
    subject to  Σ_k y_ik ≤ 1                                         a stop is visited at most once
                x_k is a path from s_k to e_k through {i : y_ik = 1}
                x_ijk = 1  ⇒  a_j ≥ max(a_i, o_i) + d_i + t_k(i, j)  time passes; a_i arrival
                max(a_i, o_i) ≤ c_i                                  a visit begins in its window
                a_(e_k) ≤ b_k + L_k                                  the shift ends in time

Chao, Golden, Wasil (1996), The team orienteering problem, EJOR 88; Vansteenwegen, Souffriau, Vanden Berghe,
Van Oudheusden (2009), Iterated local search for the team orienteering problem with time windows, C&OR 36.
Teams may differ, which neither has.

Method: insertion by the best ratio of prize to delay, 2-opt and relocation, then ruin and recreate under
simulated annealing. Of plans with equal prize the one with fewer minutes is kept. A heuristic: no bound
comes with the plan.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from sunra.core.routing.errors import RoutingError
from sunra.core.routing.network import Floats
from sunra.core.routing.problem import Plan, Problem, Route, Stop
from sunra.core.routing.search import Params, Search, Solution
from sunra.core.routing.tours import TeamView, Tour

_REPORT_EVERY = 64


def _team_metres(problem: Problem) -> list[Floats]:
    """Metres among the stops and each team's start and end, (n+2, n+2) per team."""
    stops = problem.stops
    ends = sorted({point for team in problem.teams for point in (team.start, team.end)})
    points = np.vstack([np.column_stack([stops.lon, stops.lat]), np.array(ends)])
    metres = problem.network.matrix(points, points)
    rows = [
        [*range(len(stops)), *(len(stops) + ends.index(point) for point in (team.start, team.end))]
        for team in problem.teams
    ]
    return [metres[np.ix_(row, row)] for row in rows]


def _start(search: Search, problem: Problem) -> list[Tour]:
    tours = []
    for view, team in zip(search.views, problem.teams, strict=True):
        tour = view.tour([view.start, view.end])
        if tour is None:
            raise RoutingError("shift_too_short", team=team.name)
        tours.append(tour)
    return tours


def plan(
    problem: Problem,
    stop: Stop,
    params: Params | None = None,
    *,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Plan:
    """The best plan found until ``stop``; with iterations alone, the same for the same ``seed``.

    ``progress`` is told the share of the search done every few steps; what it raises ends the search. Zero
    iterations give plain greedy insertion. Raises ``RoutingError("shift_too_short")`` when a team cannot
    even go from start to end in its shift.
    """
    clock, params = stop.clock(), params or Params()
    metres = _team_metres(problem)
    views = [TeamView(problem, team, matrix) for team, matrix in zip(problem.teams, metres, strict=True)]
    size = len(problem.stops)
    search = Search(problem, views, metres[0][:size, :size], params, seed)
    best = now = search.recreate(_start(search, problem), noise=0.0)
    unit = float(problem.stops.prize.mean()) if size else 0.0
    step = 0
    while (done := clock.fraction(step)) < 1 and size:
        if progress is not None and step % _REPORT_EVERY == 0:
            progress(done)
        heat = unit * params.heat * (params.cold / params.heat) ** done
        new = search.recreate(search.ruin(now), params.noise * search.rng.random())
        if search.accepts(new, now, heat):
            now = new
            if (new.prize, -new.minutes) > (best.prize, -best.minutes):
                best = new
        step += 1
    return _report(problem, best, metres, step, clock.elapsed())


def _report(problem: Problem, best: Solution, metres: Sequence[Floats], steps: int, seconds: float) -> Plan:
    routes = []
    for team, tour, matrix in zip(problem.teams, best.tours, metres, strict=True):
        nodes = tour.nodes
        stops = problem.stops
        places = [team.start, *((float(stops.lon[i]), float(stops.lat[i])) for i in nodes[1:-1]), team.end]
        legs = [problem.network.path(a, b) for a, b in pairwise(places)]
        routes.append(
            Route(
                team=team.name,
                stop_ids=tuple(nodes[1:-1]),
                arrive_min=tuple(tour.arrive[1:-1]),
                leave_min=tuple(tour.leave[1:-1]),
                minutes=tour.minutes,
                metres=float(matrix[nodes[:-1], nodes[1:]].sum()),
                line=np.vstack([legs[0], *(leg[1:] for leg in legs[1:])]),
            )
        )
    return Plan(tuple(routes), best.prize, steps, seconds)
