"""Ruin and recreate: the search behind ``plan``."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sunra.core.routing.network import Floats
from sunra.core.routing.problem import Ints, Problem
from sunra.core.routing.tours import TeamView, Tour, shorten

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Params:
    """Knobs of the search.

    ``ruin_share`` and ``ruin_most`` bound the stops taken out in one step. ``noise`` spreads the insertion
    ratios (0 is plain greedy), ``power`` bounds the exponent of the prize in them. ``heat`` is the
    temperature at the start as a share of the mean prize, cooled to ``cold``.
    """

    ruin_share: float = 0.5
    ruin_most: int = 30
    noise: float = 0.5
    power: tuple[float, float] = (0.7, 1.5)
    heat: float = 0.6
    cold: float = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Tours in the order of the teams; ``free`` marks stops that no tour visits."""

    tours: list[Tour]
    free: Flags
    prize: float

    @property
    def minutes(self) -> float:
        """Minutes of all teams."""
        return sum(tour.minutes for tour in self.tours)


class Search:
    """The state that steps share: team views, prizes, neighbours and the random numbers."""

    def __init__(
        self, problem: Problem, views: list[TeamView], metres: Floats, params: Params, seed: int
    ) -> None:
        self.prize = problem.stops.prize
        self.views, self.params = views, params
        self.rng = np.random.default_rng(seed)
        self.neighbours: Ints = np.argsort(metres, axis=1, kind="stable")

    def solution(self, tours: list[Tour]) -> Solution:
        """The solution of these tours."""
        free = np.ones(len(self.prize), dtype=np.bool_)
        for tour in tours:
            free[tour.nodes[1:-1]] = False
        return Solution(tours, free, float(self.prize[~free].sum()))

    def recreate(self, tours: list[Tour], noise: float) -> Solution:
        """Insert stops by the best ratio of prize to delay until none fits; shorten and fill up again."""
        solution = self.solution(tours)
        tours, free = list(tours), solution.free & (self.prize > 0)
        power = self.rng.uniform(*self.params.power) if noise > 0 else 1.0
        weight = self.prize**power * np.exp(noise * self.rng.standard_normal(len(self.prize)))
        fresh = [True] * len(tours)
        while True:
            self._fill(tours, free, weight, fresh)
            shorter = [
                shorten(view, tour) if new else tour
                for view, tour, new in zip(self.views, tours, fresh, strict=True)
            ]
            fresh = [new is not old for new, old in zip(shorter, tours, strict=True)]
            tours = shorter
            if not any(fresh):
                return self.solution(tours)

    def _fill(self, tours: list[Tour], free: Flags, weight: Floats, fresh: list[bool]) -> None:
        ratio = np.array([self._ratios(team, tour, weight) for team, tour in enumerate(tours)])
        ratio[:, ~free] = -1.0
        while ratio.size:
            team, stop = divmod(int(np.argmax(ratio)), ratio.shape[1])
            if ratio[team, stop] <= 0:
                return
            spot = int(tours[team].insertions(self.views[team])[1][stop]) + 1
            nodes = tours[team].nodes
            tour = self.views[team].tour([*nodes[:spot], stop, *nodes[spot:]])
            if tour is None:  # only rounding at the edge of a window
                ratio[team, stop] = -1.0
                continue
            tours[team], free[stop], fresh[team] = tour, False, True
            ratio[team] = self._ratios(team, tour, weight)
            ratio[:, ~free] = -1.0

    def _ratios(self, team: int, tour: Tour, weight: Floats) -> Floats:
        ratios: Floats = weight / tour.insertions(self.views[team])[0]
        return ratios

    def ruin(self, solution: Solution) -> list[Tour]:
        """Take out a stretch of one tour, a stretch of each, a neighbourhood or scattered stops."""
        routed = np.flatnonzero(~solution.free)
        if routed.size == 0:
            return solution.tours
        most = max(1, min(self.params.ruin_most, math.ceil(self.params.ruin_share * routed.size)))
        count = int(self.rng.integers(1, most + 1))
        filled = [tour.nodes[1:-1] for tour in solution.tours if len(tour.nodes) > 2]
        match int(self.rng.integers(4)):
            case 0:
                out = self._stretch(filled[int(self.rng.integers(len(filled)))], count)
            case 1:
                out = set().union(*(self._stretch(stops, max(1, count // len(filled))) for stops in filled))
            case 2:
                near = self.neighbours[self.rng.choice(routed)]
                out = set(near[~solution.free[near]][:count].tolist())
            case _:
                out = set(self.rng.choice(routed, size=count, replace=False).tolist())
        return [self._without(view, tour, out) for view, tour in zip(self.views, solution.tours, strict=True)]

    def _stretch(self, stops: list[int], count: int) -> set[int]:
        first = int(self.rng.integers(max(1, len(stops) - count + 1)))
        return {*stops[first : first + count]}

    def _without(self, view: TeamView, tour: Tour, out: set[int]) -> Tour:
        if out.isdisjoint(tour.nodes):
            return tour
        # Leaving stops out never delays the rest where detours are not shorter than the direct way; a
        # network that breaks this keeps its tour.
        return view.tour([node for node in tour.nodes if node not in out]) or tour

    def accepts(self, new: Solution, old: Solution, heat: float) -> bool:
        """Metropolis on the prize; at equal prize always, so that the search drifts."""
        if new.prize >= old.prize:
            return True
        return heat > 0 and self.rng.random() < math.exp((new.prize - old.prize) / heat)
