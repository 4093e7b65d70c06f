"""Drives the compiled search: lays the problem out in arrays, cools, and recombines the routes it met.

Every so often the best disjoint set of all good routes met so far is chosen exactly (set packing by HiGHS),
which finds unions that no single solution held.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from sunra.core.routing.arrays import Arrays, State, empty
from sunra.core.routing.packing import SHARE, Key, Limits, evenly, pack
from sunra.core.routing.problem import Clock, Ints, Stop

_POOL, _KEPT, _EACH = 3000, 12000, 1500
_ROUND, _SECONDS = 256, 0.1
MANY = 15
"""Teams beyond which routes are recombined at the end alone: choosing among so many takes seconds."""


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

    def heat_at(self, share: float, unit: float) -> float:
        """The temperature when this share of a search is over; ``unit`` is what a usual stop is worth."""
        heat: float = unit * self.heat * (self.cold / self.heat) ** share
        return heat


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
        self.met: dict[Key, tuple[float, tuple[int, ...]]] = {}
        self.prize, self.minutes = 0.0, 0.0
        self.steps = 0
        legs = arrays.legs
        scratch = np.zeros(len(legs.prize), np.int64)
        self.legs = (legs.of, legs.starts, legs.cells, legs.prize, legs.decay, scratch)
        kernels.seed_random(seed)

    def run(
        self,
        clock: Clock,
        start: State,
        progress: Callable[[float, float], None] | None,
        *,
        until: float = 1.0,
    ) -> State:
        """The best state found until the clock has gone through ``until`` of its way."""
        best, now = start.copy(), start.copy()
        self.rounds(now, best, 1, heat=(1e-9, 1e-9), noise=-1.0)
        now, self.steps = best.copy(), 0
        packed, rounds = 0, _ROUND
        packings = self.params.packings if len(self.arrays.kind) <= MANY else 0
        unit = self.arrays.usual
        end = until - (1.5 * SHARE if clock.paced and len(self.arrays.kind) > 1 else 0.0)
        while unit > 0 and (done := clock.fraction(self.steps)) < end and not clock.near(self.prize):
            if progress is not None:
                progress(done, self.prize)
            due = int(done / until * packings)
            if due > packed:
                packed = due
                best = self.packed(best, clock)
            rounds = max(1, min(rounds, int(until * clock.stop.iterations) - self.steps))
            begin, close = (min(1.0, clock.fraction(at) / until) for at in (self.steps, self.steps + rounds))
            heat = self.params.heat_at(begin, unit), self.params.heat_at(close, unit)
            taken = self.rounds(now, best, rounds, heat=heat, noise=self.params.noise)
            if clock.paced and not _SECONDS / 2 < taken < _SECONDS * 2:
                rounds = max(16, int(rounds * _SECONDS / max(taken, _SECONDS / 8)))
        if self.steps and (packings or (self.params.packings and until >= 1.0)):
            best = self.packed(best, clock)
        return best

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
            self.meet(int(a.kind[teams[row]]), float(minutes[row]), pool[row, : lengths[row]].tolist())
        return clock.elapsed()

    def meet(self, kind: int, minutes: float, line: Sequence[int]) -> None:
        """Keep a route, from start to end, to choose from; the shortest of those with the same nodes."""
        key = (kind, tuple(sorted(line[1:-1])))
        if key not in self.met or self.met[key][0] > minutes:
            self.met[key] = (minutes, tuple(line))

    def packed(self, best: State, clock: Clock) -> State:
        """The best disjoint routes of all that were met, when they beat ``best``."""
        a = self.arrays
        if not self.met or a.pinned.any() or len(a.kind) < 2:
            return best
        worth = {key: float(a.prize[list(key[1])].sum()) + self._passing(key) for key in self.met}
        kept = evenly(worth, a, min(_KEPT, _EACH * len(a.kind)))
        self.met = {key: self.met[key] for key in kept}
        # Together routes pass no more than each by itself: no better plan is missed.
        chosen = pack({key: worth[key] for key in kept}, a, self.prize, Limits.of(clock))
        if chosen is None:
            return best
        found = empty(a)
        waiting = {kind: [*np.flatnonzero(a.kind == kind)] for kind in set(a.kind.tolist())}
        for key in chosen:
            team, line = waiting[key[0]].pop(), self.met[key][1]
            found.routes[team, : len(line)], found.lengths[team] = line, len(line)
            found.team_of[list(line[1:-1])] = team
        prize = self.worth(found)
        if prize <= self.prize + 1e-9:
            return best
        self.prize = prize
        return found

    def worth(self, state: State) -> float:
        """What a solution collects, passing included."""
        prize = float(self.arrays.prize[state.team_of >= 0].sum())
        return prize + float(self.kernels.walked(state.routes, state.lengths, self.arrays.kind, self.legs))

    def _passing(self, key: Key) -> float:
        """What a route that was met earns by passing, alone."""
        if not len(self.arrays.legs.prize):
            return 0.0
        line = np.array([self.met[key][1]], np.int64)
        kind = np.array([key[0]], np.int64)
        return float(self.kernels.walked(line, np.array([line.shape[1]]), kind, self.legs))
