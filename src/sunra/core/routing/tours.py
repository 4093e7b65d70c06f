"""Tours of one team: their times, their cheapest insertions, and moves that shorten them.

A tour is a list of node numbers: stops 0..n-1, then the team's start, then its end. Tours never change once
made, so solutions share them.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sunra.core.routing.network import Floats
from sunra.core.routing.problem import Ints, Problem, Team

_SLACK = 1e-9
_TINY = 1e-6


class TeamView:
    """The problem as one team sees it: minutes between nodes (n+2, n+2), dwell and windows by node."""

    def __init__(self, problem: Problem, team: Team, metres: Floats) -> None:
        stops, size = problem.stops, len(problem.stops)
        self.start, self.end = size, size + 1
        self.travel: Floats = metres / team.metres_per_minute
        self.dwell = np.append(stops.dwell_min, [0.0, 0.0])
        finish = team.begin_min + team.shift_min
        self.opens = np.append(stops.open_min, [team.begin_min, team.begin_min])
        self.closes = np.append(stops.close_min, [team.begin_min, finish])
        self.begin = team.begin_min
        self.has_windows = bool((stops.open_min > team.begin_min).any() or (stops.close_min < finish).any())
        self.size = size
        self._rows: list[list[float]] = self.travel.tolist()
        self._times: list[list[float]] = [v.tolist() for v in (self.opens, self.closes, self.dwell)]

    def tour(self, nodes: list[int]) -> "Tour | None":
        """The tour through ``nodes``, start and end included; None when it breaks a window or the shift."""
        rows, (opens, closes, dwell) = self._rows, self._times
        arrive, leave = [self.begin], [self.begin]
        for before, node in pairwise(nodes):
            at = leave[-1] + rows[before][node]
            begin = max(at, opens[node])
            if begin > closes[node] + _SLACK:
                return None
            arrive.append(at)
            leave.append(begin + dwell[node])
        latest = [closes[self.end]] * len(nodes)
        for spot in range(len(nodes) - 2, -1, -1):
            node, after = nodes[spot], nodes[spot + 1]
            latest[spot] = min(closes[node], latest[spot + 1] - rows[node][after] - dwell[node])
        return Tour(nodes, arrive, leave, latest)

    def insertions(self, tour: "Tour") -> tuple[Floats, Ints]:
        """For every stop, the least delay that its insertion brings to the next node, and where.

        The delay is infinite where it fits nowhere; the place is the position in ``nodes`` before it.
        """
        nodes = np.asarray(tour.nodes)
        before, after = nodes[:-1], nodes[1:]
        begin = np.asarray(tour.leave)[:-1, None] + self.travel[before, : self.size]
        if self.has_windows:
            begin = np.maximum(begin, self.opens[: self.size])
        at_next = begin + (self.dwell[: self.size] + self.travel[after, : self.size])
        delay = at_next - np.asarray(tour.arrive)[1:, None]
        bad = at_next > np.asarray(tour.latest)[1:, None] + _SLACK
        if self.has_windows:
            bad |= begin > self.closes[: self.size] + _SLACK
        delay[bad] = np.inf
        spot: Ints = np.argmin(delay, axis=0)
        return np.maximum(delay[spot, np.arange(self.size)], _TINY), spot


@dataclass(slots=True, eq=False)
class Tour:
    """Nodes with arrival, departure and the latest arrival that keeps the rest in time."""

    nodes: list[int]
    arrive: list[float]
    leave: list[float]
    latest: list[float]
    cached: tuple[Floats, Ints] | None = None

    @property
    def minutes(self) -> float:
        """From the team's beginning to its arrival at the end."""
        return self.arrive[-1] - self.arrive[0]

    def insertions(self, view: TeamView) -> tuple[Floats, Ints]:
        """``TeamView.insertions``, computed once."""
        if self.cached is None:
            self.cached = view.insertions(self)
        return self.cached


def _two_opt(view: TeamView, nodes: list[int]) -> list[int] | None:
    """The best reversal of a stretch, by travel alone; None when none shortens the way."""
    order = np.asarray(nodes)
    travel = view.travel[np.ix_(order, order)]
    step = np.diagonal(travel, 1)
    gain = step[:, None] + step[None, :] - travel[:-1, :-1] - travel[1:, 1:]
    gain = np.triu(gain, 2)
    first, last = np.unravel_index(int(np.argmax(gain)), gain.shape)
    if gain[first, last] <= _TINY:
        return None
    return [*nodes[: first + 1], *nodes[last:first:-1], *nodes[last + 1 :]]


def _relocate(view: TeamView, nodes: list[int]) -> list[int] | None:
    """The best move of one stop within the tour, by travel alone; None when none shortens the way."""
    order = np.asarray(nodes)
    if len(order) < 4:
        return None
    travel = view.travel[np.ix_(order, order)]
    step = np.diagonal(travel, 1)
    saved = step[:-1] + step[1:] - np.diagonal(travel, 2)
    added = travel[:-1, 1:-1] + travel[1:, 1:-1] - step[:, None]
    gain = saved[None, :] - added
    spots = np.arange(len(order) - 2)
    gain[spots, spots] = gain[spots + 1, spots] = -np.inf
    gap, stop = (int(v) for v in np.unravel_index(int(np.argmax(gain)), gain.shape))
    if gain[gap, stop] <= _TINY:
        return None
    moved = [*nodes[: stop + 1], *nodes[stop + 2 :]]
    gap -= gap > stop
    return [*moved[: gap + 1], nodes[stop + 1], *moved[gap + 1 :]]


def shorten(view: TeamView, tour: Tour) -> Tour:
    """The tour after 2-opt and relocation until neither helps; every step keeps windows and shift."""
    improved = True
    while improved:
        improved = False
        for move in (_two_opt, _relocate):
            nodes = move(view, tour.nodes)
            better = view.tour(nodes) if nodes is not None else None
            if better is not None and better.minutes < tour.minutes - _TINY:
                tour, improved = better, True
    return tour
