"""Drives the compiled search: lays the problem out in arrays, cools, and recombines the routes it met.

Every so often the best disjoint set of all good routes met so far is chosen exactly (set packing by HiGHS),
which finds unions that no single solution held.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy.sparse import csr_array

from sunra.core.routing.network import Floats
from sunra.core.routing.problem import Clock, Ints, Stop
from sunra.core.routing.walks import Legs

_POOL, _KEPT, _PACKED = 3000, 12000, 1500
_ROUND, _SECONDS = 256, 0.1
FAR = 1e7
"""Minutes of a way that is closed."""
_NODES, _PACKING = 50, 0.04
"""A packing ends by nodes of its tree, and by its share of the time only where time ends the search."""
MANY = 15
"""Teams beyond which routes are recombined at the end alone: choosing among so many takes seconds."""
_EVEN = 1e-5
"""Minutes by which a way back may differ and still count as long as the way there."""


@dataclass(frozen=True, slots=True)
class Params:
    """Knobs of the search.

    ``ruin_share`` and ``ruin_most`` bound the stops taken out in one step. ``noise`` spreads the insertion
    ratios. ``heat`` is the temperature at the start as a share of the mean prize, cooled to ``cold``.
    ``packings`` is how often the routes met are recombined on the way, and once more at the end; 0: never.
    """

    ruin_share: float = 0.5
    ruin_most: int = 30
    noise: float = 0.8
    heat: float = 1.0
    cold: float = 0.15
    packings: int = 4


@dataclass(frozen=True, slots=True, eq=False)
class Arrays:
    """The problem of one search, n nodes to visit and m teams; times in minutes.

    ``kind`` (m) numbers classes of equal teams; ``travel`` (classes, n+2, n+2) with start and end as n and
    n+1; ``allowed`` (m, n); ``pinned`` (n) stay where ``fixed`` put them; ``legs`` by class.
    """

    kind: Ints
    travel: Floats
    dwell: Floats
    opens: Floats
    closes: Floats
    firsts: Floats
    lasts: Floats
    allowed: NDArray[np.bool_]
    pinned: NDArray[np.bool_]
    prize: Floats
    fixed: tuple[tuple[int, ...], ...]
    legs: Legs = field(default_factory=Legs.none)

    @property
    def free_hours(self) -> bool:
        """No stop has a window that matters and ways are as long back: the shift alone bounds visits."""
        return bool(
            (self.opens <= self.firsts.min()).all()
            and (self.closes >= self.lasts.max()).all()
            and (self.travel < FAR).all()
            and all(np.abs(one[:-2, :-2] - one[:-2, :-2].T).max(initial=0.0) <= _EVEN for one in self.travel)
        )


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Routes as rows of node numbers with their lengths, and the team of each node (-1: none)."""

    routes: Ints
    lengths: Ints
    team_of: Ints

    def copy(self) -> "State":
        """An independent copy."""
        return State(self.routes.copy(), self.lengths.copy(), self.team_of.copy())

    def nodes(self, team: int) -> list[int]:
        """The nodes that a team visits, in order."""
        return [int(node) for node in self.routes[team, 1 : self.lengths[team] - 1]]


def empty(arrays: Arrays) -> State:
    """Routes from start to end through what is fixed."""
    size, teams = len(arrays.prize), len(arrays.kind)
    routes = np.zeros((teams, size + 2), np.int64)
    lengths, team_of = np.zeros(teams, np.int64), np.full(size, -1, np.int64)
    for team in range(teams):
        line = [size, *arrays.fixed[team], size + 1]
        routes[team, : len(line)], lengths[team] = line, len(line)
        team_of[list(arrays.fixed[team])] = team
    return State(routes, lengths, team_of)


@cache
def warm() -> float:
    """Load the compiled functions, or compile them where no cache holds them; the seconds it took."""
    clock = Stop().clock()
    one, none = np.zeros(1), np.zeros((1, 1), np.int64)
    arrays = Arrays(
        kind=np.zeros(1, np.int64), travel=np.zeros((1, 3, 3)), dwell=one, opens=one, closes=one + 1,
        firsts=one, lasts=one + 1, allowed=none == 0, pinned=one > 0, prize=one + 1, fixed=((),),
    )  # fmt: skip
    search = Search(arrays, Params(), 0)
    search.rounds(empty(arrays), empty(arrays), 1, heat=(1.0, 1.0), noise=-1.0)
    return clock.elapsed()


class Search:
    """One search: ``run`` goes on until the clock says so."""

    def __init__(self, arrays: Arrays, params: Params, seed: int) -> None:
        from sunra.core.routing import kernels

        self.kernels, self.arrays, self.params = kernels, arrays, params
        size = len(arrays.prize)
        self.near: Ints = np.argsort(arrays.travel[0][:size, :size], axis=1, kind="stable")
        # Numbers of nodes whose sum tells sets of nodes apart: below 2**48, so that no sum overflows.
        self.salt: Ints = np.random.default_rng(0).integers(1, 2**48, size)
        self.met: dict[tuple[int, tuple[int, ...]], tuple[float, tuple[int, ...]]] = {}
        self.prize, self.minutes = 0.0, 0.0
        self.steps = 0
        legs = arrays.legs
        scratch = np.zeros(len(legs.prize), np.int64)
        self.legs = (legs.of, legs.starts, legs.cells, legs.prize, legs.decay, scratch)
        kernels.seed_random(seed)

    def run(self, clock: Clock, start: State, progress: Callable[[float, float], None] | None) -> State:
        """The best state found."""
        best, now = start.copy(), start.copy()
        self.rounds(now, best, 1, heat=(1e-9, 1e-9), noise=-1.0)
        now, self.steps = best.copy(), 0
        packed, rounds = 0, _ROUND
        packings = self.params.packings if len(self.arrays.kind) <= MANY else 0
        worth = self.arrays.prize[self.arrays.prize > 0]
        unit = float(np.median(worth)) if len(worth) else 0.0
        end = 1.0 - (1.5 * _PACKING if clock.paced and len(self.arrays.kind) > 1 else 0.0)
        while unit > 0 and (done := clock.fraction(self.steps)) < end and not clock.near(self.prize):
            if progress is not None:
                progress(done, self.prize)
            due = int(done * packings)
            if due > packed:
                packed = due
                best = self._packed(best, clock)
            rounds = min(rounds, clock.stop.iterations - self.steps)
            taken = self.rounds(
                now, best, rounds, heat=self._heat(clock, rounds, unit), noise=self.params.noise
            )
            if clock.paced and not _SECONDS / 2 < taken < _SECONDS * 2:
                rounds = max(16, int(rounds * _SECONDS / max(taken, _SECONDS / 8)))
        if self.steps and self.params.packings:
            best = self._packed(best, clock)
        return best

    def _heat(self, clock: Clock, rounds: int, unit: float) -> tuple[float, float]:
        high, low = unit * self.params.heat, unit * self.params.cold
        begin, end = clock.fraction(self.steps), clock.fraction(self.steps + rounds)
        return high * (low / high) ** begin, high * (low / high) ** end

    def rounds(
        self, now: State, best: State, rounds: int, *, heat: tuple[float, float], noise: float
    ) -> float:
        """Seconds that ``rounds`` steps took; ``now`` and ``best`` change in place."""
        a, width = self.arrays, now.routes.shape[1]
        pool, keys = np.zeros((_POOL, width), np.int64), np.zeros(4 * _POOL + 1, np.int64)
        lengths, teams, minutes = np.zeros(_POOL, np.int64), np.zeros(_POOL, np.int64), np.zeros(_POOL)
        clock = Stop().clock()
        _, _, self.prize, self.minutes, held = self.kernels.search(
            now.routes, now.lengths, now.team_of, best.routes, best.lengths, best.team_of, a.kind, a.travel,
            a.dwell, a.opens, a.closes, a.firsts, a.lasts, a.allowed, a.pinned, a.prize, self.near,
            a.free_hours, heat[0], heat[1], rounds, self.params.ruin_share, self.params.ruin_most, noise,
            self.salt, pool, lengths, teams, minutes, keys, self.legs,
        )  # fmt: skip
        self.steps += rounds
        for row in range(held):
            line = tuple(int(node) for node in pool[row, : lengths[row]])
            key = (int(a.kind[teams[row]]), tuple(sorted(line[1:-1])))
            if key not in self.met or self.met[key][0] > minutes[row]:
                self.met[key] = (float(minutes[row]), line)
        return clock.elapsed()

    def _packed(self, best: State, clock: Clock) -> State:
        """The best disjoint routes of all that were met, when they beat ``best``."""
        a = self.arrays
        if not self.met or a.pinned.any() or len(a.kind) < 2:
            return best
        worth = {key: float(a.prize[list(key[1])].sum()) + self._passing(key) for key in self.met}
        kept = sorted(self.met, key=lambda key: (-worth[key], key))
        self.met = {key: self.met[key] for key in kept[:_KEPT]}
        kept = kept[:_PACKED]
        chosen = _pack(kept, np.array([worth[key] for key in kept]), a, _limits(clock))
        if chosen is None or sum(worth[key] for key in chosen) <= self.prize + 1e-9:
            return best  # together routes pass no more than each by itself
        found = empty(a)
        waiting = {kind: [*np.flatnonzero(a.kind == kind)] for kind in set(a.kind.tolist())}
        for key in chosen:
            team, line = waiting[key[0]].pop(), self.met[key][1]
            found.routes[team, : len(line)], found.lengths[team] = line, len(line)
            found.team_of[list(line[1:-1])] = team
        prize = float(a.prize[found.team_of >= 0].sum())
        prize += self.kernels.walked(found.routes, found.lengths, a.kind, self.legs)
        if prize <= self.prize + 1e-9:
            return best
        self.prize = prize
        return found

    def _passing(self, key: tuple[int, tuple[int, ...]]) -> float:
        """What a route that was met earns by passing, alone."""
        if not len(self.arrays.legs.prize):
            return 0.0
        line = np.array([self.met[key][1]], np.int64)
        kind = np.array([key[0]], np.int64)
        return float(self.kernels.walked(line, np.array([line.shape[1]]), kind, self.legs))


def _limits(clock: Clock) -> dict[str, Any]:
    if not clock.paced:
        return {"node_limit": _NODES}
    left = 0.6 * (clock.stop.seconds - clock.elapsed())  # the rest goes into laying the packing out
    return {"node_limit": _NODES, "time_limit": max(0.01, min(clock.stop.seconds * _PACKING, left))}


def _pack(
    kept: list[tuple[int, tuple[int, ...]]], worth: Floats, arrays: Arrays, limits: dict[str, Any]
) -> list[tuple[int, tuple[int, ...]]] | None:
    """Routes of the greatest prize together: no node twice, of each class as many as it has teams."""
    size = len(arrays.prize)
    kinds, teams = np.unique(arrays.kind, return_counts=True)
    rows: list[int] = []
    columns: list[int] = []
    for column, (kind, nodes) in enumerate(kept):
        rows += [*nodes, size + int(np.searchsorted(kinds, kind))]
        columns += [column] * (len(nodes) + 1)
    shape = (size + len(kinds), len(kept))
    matrix = csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
    most = np.concatenate([np.ones(size), teams.astype(np.float64)])
    found: Any = scipy.optimize.milp(
        -worth,
        constraints=scipy.optimize.LinearConstraint(matrix, -np.inf, most),
        integrality=np.ones(len(kept)),
        bounds=scipy.optimize.Bounds(0, 1),
        options=limits,
    )
    return None if found.x is None else [kept[column] for column in np.flatnonzero(found.x > 0.5)]
