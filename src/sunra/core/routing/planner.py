"""Which stops to visit, by whom, in which order: team orienteering with time windows.

With stops i of prize p_i, dwell d_i and window [o_i, c_i], and teams k with start s_k, end e_k, beginning
b_k, shift L_k and travel minutes t_k(i, j) = metres(i, j) / speed_k:

    maximise    Σ_k Σ_i p_i y_ik + Σ_c q_c (1 - δ^(m_c)) / (1 - δ)   the one objective
    subject to  Σ_k y_ik ≤ 1                                         a stop is visited at most once
                x_k is a path from s_k to e_k through {i : y_ik = 1}
                x_ijk = 1  ⇒  a_j ≥ max(a_i, o_i) + d_i + t_k(i, j)  time passes; a_i arrival
                max(a_i, o_i) ≤ c_i                                  a visit begins in its window
                a_(e_k) ≤ b_k + L_k                                  the shift ends in time
                m_c = Σ_k Σ_ij r_ijc x_ijk                           passes of cell c; r: leg i → j enters it

Chao, Golden, Wasil (1996), The team orienteering problem, EJOR 88; Vansteenwegen, Souffriau, Vanden Berghe,
Van Oudheusden (2009), Iterated local search for the team orienteering problem with time windows, C&OR 36.
Teams may differ, which neither has. The second sum is there where passing is worth something (``walks``):
the first pass of cell c earns q_c, each later one δ times as much. The search weighs whole plans by both
sums and chooses insertions by the first.

Places that must be visited count the sum of all prizes more while searching, so that no other stop is
taken in their stead; those that fit nowhere are named in ``Plan.unserved``. A break is an appointment of its
team at a place, and outweighs all of those together. What is fixed stays with its team in its order. A
response guarantee closes the legs on which a car would be too far from its sector (``response``); what that
costs is ``Plan.price``.

Method: ruin and recreate under simulated annealing (``kernels``, compiled), insertion by a noisy ratio of
prize to added minutes, 2-opt and moves of up to three stops, and now and then the best disjoint set of all
good routes met (``search``, ``packing``); with five teams and more the rounds of a few neighbours are then
searched anew from nothing, again and again (``parts``). Of plans with equal prize the one with fewer minutes
is kept. A heuristic; ``Plan.bound`` says what no plan can exceed (a fractional knapsack, seldom tight).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sunra.core.routing.arrays import FAR, Arrays, State, empty
from sunra.core.routing.errors import RoutingError
from sunra.core.routing.network import Floats
from sunra.core.routing.parts import improve, share_of_whole
from sunra.core.routing.problem import Break, Ints, Plan, Problem, Route, Stop, Team
from sunra.core.routing.response import Sectors, minutes_to, open_legs, sectors
from sunra.core.routing.search import Params, Search, warm
from sunra.core.routing.walks import Legs, legs

Point = tuple[float, float]
Progress = Callable[[float, float], None]
_SLACK = 1e-6


def plan(
    problem: Problem,
    stop: Stop,
    params: Params | None = None,
    *,
    seed: int = 0,
    progress: Progress | None = None,
    begin: Mapping[str, Sequence[int]] | None = None,
) -> Plan:
    """The best plan found until ``stop``; with iterations alone, the same for the same ``seed``.

    ``progress`` is told the share of the search done and the best prize so far every few steps; what it
    raises ends the search. Zero iterations give plain greedy insertion. Raises ``RoutingError``:
    "shift_too_short" when a team cannot go from start to end in its shift, "fixed_too_long" when it cannot
    serve what is fixed, "break_too_long" when its breaks alone do not fit.

    ``begin`` are stops by team, in order, where the search sets out; those that do not fit are left out. A
    problem with a guarantee, with breaks or with fixed stops sets out from nothing.
    """
    if problem.response is not None:
        return _guaranteed(problem, stop, params, seed=seed, progress=progress)
    return _search(problem, stop, params, seed=seed, progress=progress, begin=begin)


def _guaranteed(
    problem: Problem,
    stop: Stop,
    params: Params | None,
    *,
    seed: int,
    progress: Progress | None,
) -> Plan:
    """Two searches, without and with the cars' guarantee: what it costs is part of the plan."""
    tell = progress or (lambda _share, _best: None)
    half = stop.half()
    free = _search(
        replace(problem, response=None), half, params, seed=seed, progress=lambda s, best: tell(s / 2, best)
    )
    kept = _search(problem, half, params, seed=seed, progress=lambda s, best: tell(0.5 + s / 2, best))
    return replace(
        kept,
        price=max(0.0, free.prize - kept.prize),
        iterations=free.iterations + kept.iterations,
        seconds=free.seconds + kept.seconds,
    )


def _search(
    problem: Problem,
    stop: Stop,
    params: Params | None,
    *,
    seed: int,
    progress: Progress | None,
    begin: Mapping[str, Sequence[int]] | None = None,
) -> Plan:
    layout = _Layout(problem)
    arrays = layout.arrays()
    _refuse_impossible(problem, arrays, layout)
    bound = _bound(arrays, problem)
    warm()
    clock = stop.clock(math.inf if problem.stops.must.any() or layout.rests else bound)
    search = Search(arrays, params or Params(), seed)
    share = share_of_whole(arrays, clock)
    best = search.run(clock, _outset(problem, arrays, begin or {}), progress, until=share)
    if share < 1.0:
        best = improve(search, best, clock, seed, progress)
    return layout.report(best, arrays, bound, search.steps, clock.elapsed())


def _outset(problem: Problem, arrays: Arrays, begin: Mapping[str, Sequence[int]]) -> State:
    """Routes through what is fixed, or else through the stops to begin with that can be visited in time."""
    state = empty(arrays)
    if arrays.pinned.any() or any(team.breaks for team in problem.teams):
        return state
    size, taken = len(arrays.prize), set[int]()
    for row, team in enumerate(problem.teams):
        travel, line, now = arrays.travel[arrays.kind[row]], [size], float(arrays.firsts[row])
        for stop in begin.get(team.name, ()):
            at = max(now + float(travel[line[-1], stop]), float(arrays.opens[stop]))
            leave = at + float(arrays.dwell[stop])
            fits = at <= arrays.closes[stop] and leave + travel[stop, size + 1] <= arrays.lasts[row]
            if fits and stop not in taken and arrays.allowed[row, stop]:
                line.append(int(stop))
                taken.add(int(stop))
                now = leave
        line.append(size + 1)
        state.routes[row, : len(line)], state.lengths[row] = line, len(line)
        state.team_of[line[1:-1]] = row
    return state


class _Layout:
    """Which node stands for what: stops, then the teams' breaks; and the points behind them."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.rests: list[tuple[int, Break]] = [
            (row, rest) for row, team in enumerate(problem.teams) for rest in team.breaks
        ]
        stops = problem.stops
        self.places: list[Point] = [
            *zip(stops.lon.tolist(), stops.lat.tolist(), strict=True),
            *(rest.place or problem.teams[row].start for row, rest in self.rests),
        ]
        self.metres = self._metres()
        self.sectors = self._sectors()

    def _sectors(self) -> Sectors:
        """Which points each car answers for."""
        cars = [row for row, team in enumerate(self.problem.teams) if team.kind == "car"]
        if self.problem.response is None:
            return Sectors({}, ())
        size, count = len(self.places), len(self.problem.stops)
        reach, travel, lines = {}, {}, {}
        for row in cars:
            team = self.problem.teams[row]
            reach[row] = minutes_to(self.problem, team, [*self.places, team.start, team.end])
            travel[row] = self.metres[row] / team.metres_per_minute
            rests = [node for node, (whose, _) in enumerate(self.rests, start=count) if whose == row]
            home = [step for node in rests for step in (node, size)]
            lines[row] = [size, *home, *self.problem.fixed.get(team.name, ()), size + 1]
        return sectors(self.problem, lines, reach, travel)

    def _travel(self, row: int) -> Floats:
        """Minutes of a team between its nodes; legs that would leave its sector too far are closed."""
        team, own = self.problem.teams[row], self.sectors.of.get(row)
        travel: Floats = self.metres[row] / team.metres_per_minute
        if own is None or len(own) == 0 or self.problem.response is None:
            return travel
        reach = minutes_to(self.problem, team, [*self.places, team.start, team.end])[:, own]
        closed: Floats = np.where(open_legs(reach, travel, self.problem.response.minutes), travel, FAR)
        return closed

    def _metres(self) -> list[Floats]:
        """Metres among nodes, start and end, (n+2, n+2), one for each different pair of ends."""
        teams = self.problem.teams
        ends = sorted({point for team in teams for point in (team.start, team.end)})
        points = np.array([*self.places, *ends], dtype=np.float64).reshape(-1, 2)
        metres = self.problem.network.matrix(points, points)
        size, cut = len(self.places), {}
        for team in teams:
            if (team.start, team.end) not in cut:
                row = [*range(size), size + ends.index(team.start), size + ends.index(team.end)]
                cut[team.start, team.end] = metres[np.ix_(row, row)]
        return [cut[team.start, team.end] for team in teams]

    def arrays(self) -> Arrays:
        """The problem in the order of the nodes."""
        problem, stops, teams = self.problem, self.problem.stops, self.problem.teams
        count, size = len(stops), len(self.places)
        rests = [rest for _, rest in self.rests]
        allowed = np.ones((len(teams), size), dtype=np.bool_)
        for row, team in enumerate(teams):
            allowed[row, sorted(team.forbidden)] = False
        for node, (row, _) in enumerate(self.rests, start=count):
            allowed[:, node] = False
            allowed[row, node] = True
        kinds: dict[object, int] = {}
        kind = np.zeros(len(teams), np.int64)
        for row, team in enumerate(teams):
            same = (
                team.start, team.end, team.speed_kmh, team.begin_min, team.shift_min, team.forbidden,
            )  # fmt: skip
            kind[row] = kinds.setdefault(row if team.breaks or row in self.sectors.of else same, len(kinds))
        first = [int(np.flatnonzero(kind == one)[0]) for one in range(len(kinds))]
        # A place that must be visited outweighs all others together, and one break all of those.
        must = float(stops.prize.sum()) + 1.0
        rest = must * (int(stops.must.sum()) + 1)
        pinned = np.zeros(size, np.bool_)
        fixed = tuple(tuple(problem.fixed.get(team.name, ())) for team in teams)
        pinned[[node for nodes in fixed for node in nodes]] = True
        return Arrays(
            kind=kind,
            travel=np.array([self._travel(row) for row in first]),
            dwell=np.concatenate([stops.dwell_min, [rest.minutes for rest in rests]]),
            opens=np.concatenate([stops.open_min, [rest.open_min for rest in rests]]),
            closes=np.concatenate([stops.close_min, [rest.close_min for rest in rests]]),
            firsts=np.array([team.begin_min for team in teams]),
            lasts=np.array([team.begin_min + team.shift_min for team in teams]),
            allowed=allowed,
            pinned=pinned,
            prize=np.concatenate([stops.prize + np.where(stops.must, must, 0.0), np.full(len(rests), rest)]),
            fixed=fixed,
            legs=self._legs(first),
        )

    def _legs(self, rows: list[int]) -> Legs:
        """What passing is worth, for one team of each class."""
        walks, teams = self.problem.walks, self.problem.teams
        if walks is None:
            return Legs.none()
        lines = [([*self.places, teams[row].start, teams[row].end], self.metres[row]) for row in rows]
        return legs(walks, self.problem.network, lines)

    def report(self, best: State, arrays: Arrays, bound: float, steps: int, seconds: float) -> Plan:
        """The plan with its times, its ways and what it could not serve."""
        stops, served = self.problem.stops, np.flatnonzero(best.team_of[: len(self.problem.stops)] >= 0)
        missing = np.flatnonzero(stops.must & (best.team_of[: len(stops)] < 0))
        for node, (row, _) in enumerate(self.rests, start=len(stops)):
            if best.team_of[node] < 0:
                raise RoutingError("break_too_long", team=self.problem.teams[row].name)
        ways: list[Floats] = []
        routes = tuple(
            self._route(row, team, best.nodes(row), arrays, ways)
            for row, team in enumerate(self.problem.teams)
        )
        walks = self.problem.walks
        walked = walks.worth(walks.passes(ways)) if walks else 0.0
        worth = float(stops.prize[served].sum()) + walked
        return Plan(
            routes, worth, steps, seconds, max(bound, worth), tuple(missing.tolist()),
            unguarded=self.sectors.unguarded, walked=walked,
        )  # fmt: skip

    def _route(self, row: int, team: Team, nodes: list[int], arrays: Arrays, ways: list[Floats]) -> Route:
        """One team's night; the way of each leg goes into ``ways``."""
        size, count, metres = len(self.places), len(self.problem.stops), self.metres[row]
        line = [size, *nodes, size + 1]
        travel = arrays.travel[arrays.kind[row]]
        now, visits, rests = team.begin_min, [], []
        for before, node in pairwise(line):
            now += float(travel[before, node])
            if node == size + 1:
                break
            begin = max(now, float(arrays.opens[node]))
            leave = begin + float(arrays.dwell[node])
            if node < count:
                visits.append((node, now, leave))
            else:
                rests.append((len(visits), begin, leave))
            now = leave
        points = [team.start, *(self.places[node] for node in nodes), team.end]
        own = [self.problem.network.path(a, b) for a, b in pairwise(points)]
        ways += own
        return Route(
            team=team.name,
            stop_ids=tuple(node for node, _, _ in visits),
            arrive_min=tuple(at for _, at, _ in visits),
            leave_min=tuple(at for _, _, at in visits),
            minutes=now - team.begin_min,
            metres=float(metres[line[:-1], line[1:]].sum()),
            line=np.vstack([own[0], *(way[1:] for way in own[1:])]),
            rests=tuple(rests),
        )


def _refuse_impossible(problem: Problem, arrays: Arrays, layout: _Layout) -> None:
    """Teams that cannot even go home, or not with what is fixed."""
    size = len(layout.places)
    for row, team in enumerate(problem.teams):
        travel = arrays.travel[arrays.kind[row]]
        if float(travel[size, size + 1]) > team.shift_min + _SLACK:
            raise RoutingError("shift_too_short", team=team.name)
        now = team.begin_min
        line = [size, *arrays.fixed[row], size + 1]
        for before, node in pairwise(line):
            now += float(travel[before, node])
            if node < size:
                now = max(now, float(arrays.opens[node]))
                if now > arrays.closes[node] + _SLACK:
                    raise RoutingError("fixed_too_long", team=team.name, stop=node)
                now += float(arrays.dwell[node])
        if now > team.begin_min + team.shift_min + _SLACK:
            raise RoutingError("fixed_too_long", team=team.name)


def _bound(arrays: Arrays, problem: Problem) -> float:
    """No plan collects more: a fractional knapsack of all shifts, where a visit costs at least its dwell
    and half of the shortest ways to and from it.
    """
    count = len(problem.stops)
    if count == 0:
        return problem.walks.most if problem.walks else 0.0
    inner = arrays.travel + np.where(np.eye(arrays.travel.shape[1], dtype=bool), np.inf, 0.0)
    least = (inner.min(axis=1) + inner.min(axis=2)).min(axis=0) / 2
    cost = arrays.dwell[:count] + least[:count]
    budget = float((arrays.lasts - arrays.firsts).sum())
    worth = np.where(arrays.allowed[:, :count].any(axis=0), problem.stops.prize, 0.0)
    order: Ints = np.argsort(-worth / np.maximum(cost, 1e-12), kind="stable")
    spent: NDArray[np.float64] = np.cumsum(cost[order])
    part = np.clip((budget - (spent - cost[order])) / np.maximum(cost[order], 1e-12), 0.0, 1.0)
    most = problem.walks.most if problem.walks else 0.0
    return float((worth[order] * part).sum()) + most
