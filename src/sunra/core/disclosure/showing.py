"""Show again what need not be hidden: the largest first, for as long as every other hidden cell stays safe.

Repairs hide what the cheapest program moves, one cell after another; together they hide more than all of
them need. Here complementary cells are shown in batches that are halved when they cannot be. What a batch
gives away besides is shown with it when it is complementary too, and the batch is dropped when it is not.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

from sunra.core.disclosure import programs
from sunra.core.disclosure.programs import EPSILON, Unsolved
from sunra.core.disclosure.state import State

_KEPT = 600
"""So many possible x are remembered; what only a forgotten one proved is proven anew."""
_WORTH = 20
"""A program for all pending nodes pays when it proves one in so many of them."""
_LOSSES = 4
"""So many complementary cells may lose their interval before what follows by subtraction is looked at."""
_EACH_FIRST = 3
"""So many cells that failed before are tried alone before all others are."""


class _Spent(Exception):  # noqa: N818
    """No more programs may be solved."""


@dataclass(eq=False)
class _Showing:
    state: State
    limit: int
    """Number of programs of the state at which to end."""
    pattern: csr_array
    """1 where a column has a part in an equation."""
    worlds: list[np.ndarray] = field(default_factory=list)
    """Possible values of all nodes."""
    failures: np.ndarray = field(default_factory=lambda: np.zeros(0))
    """How often a node had no proof."""

    def run(self) -> None:
        """Show what can be shown; what is hidden at the end is proven."""
        before = -1
        while before != (before := self._left()):
            found = np.flatnonzero(self.state.hidden & self.state.optional)
            known = self.state.floor[found] > EPSILON
            batches = [found[np.lexsort((found, -self.state.system.truth[found], ~known))]]
            while batches:
                batch = batches.pop()
                batch = batch[self.state.hidden[batch]]
                if len(batch) and not self._show(batch) and len(batch) > 1:
                    half = (len(batch) + 1) // 2
                    batches += [batch[half:], batch[:half]]

    def _left(self) -> int:
        return int(self.state.hidden.sum())

    def _show(self, batch: np.ndarray) -> bool:
        """Show a batch and all it gives away, unless that is something to protect."""
        open_now = np.zeros_like(self.state.hidden)
        open_now[batch] = True
        while True:
            if not self._spread(open_now):
                return False
            given_away = self._unproven(open_now)
            if given_away is None:
                return False
            if not len(given_away):
                break
            open_now[given_away] = True
        self.state.hidden &= ~open_now
        self.worlds = [x for x in self.worlds if self._holds(x, open_now)]
        return True

    def _spread(self, open_now: np.ndarray) -> bool:
        """Add what follows by subtraction alone; False when that has to be protected."""
        count = len(open_now)
        free = np.ones(self.pattern.shape[1])
        free[:count] = ~self.state.shown() & ~open_now
        places = np.arange(len(free), dtype=float)
        while True:
            alone = np.flatnonzero(self.pattern @ free == 1.0)
            if not len(alone):
                return True
            columns = np.unique((self.pattern @ (free * places))[alone].astype(np.int64))
            nodes = columns[columns < count]
            if (~self.state.optional[nodes] & self.state.hidden[nodes]).any():
                return False
            open_now[nodes] |= self.state.hidden[nodes]
            free[columns] = 0.0

    def _unproven(self, open_now: np.ndarray) -> np.ndarray | None:
        """Complementary nodes that lose their interval; None when one to protect does."""
        state = self.state
        shown = state.shown() | open_now
        space = programs.free(state.system, shown)
        lost: list[int] = []
        for side in ("low", "high"):
            pending = self._pending(open_now, side)
            first = pending[np.lexsort((pending, -self.failures[pending]))][:_EACH_FIRST]
            for node in first[self.failures[first] > 0]:
                if not self._alone(space, int(node), side) and not state.optional[node]:
                    self.failures[node] += 1
                    return None
            self._together(space, open_now, side)
            for node in self._pending(open_now, side):
                if self._proven(int(node), open_now, side) or self._alone(space, int(node), side):
                    continue
                self.failures[node] += 1
                if not state.optional[node]:
                    return None
                lost.append(int(node))
                if len(lost) == _LOSSES:  # what they give away by subtraction is quicker told
                    return np.array(lost, dtype=np.int64)
        return np.array(lost, dtype=np.int64)

    def _holds(self, world: np.ndarray, open_now: np.ndarray) -> bool:
        return bool((np.abs(world - self.state.system.truth)[open_now] <= EPSILON).all())

    def _proves(self, worlds: np.ndarray, side: str) -> np.ndarray:
        if side == "low":
            return np.asarray(worlds <= self.state.target() + EPSILON)
        return np.asarray(worlds >= self.state.reach() - EPSILON)

    def _pending(self, open_now: np.ndarray, side: str) -> np.ndarray:
        """Nodes, those to protect first, that no known world proves."""
        pending = self.state.hidden & ~open_now
        valid = [world for world in self.worlds if self._holds(world, open_now)]
        if valid:
            pending &= ~np.any(self._proves(np.array(valid), side), axis=0)
        found = np.flatnonzero(pending)
        return np.asarray(found[np.argsort(self.state.optional[found], kind="stable")])

    def _proven(self, node: int, open_now: np.ndarray, side: str) -> bool:
        """Whether one of the newest worlds proves it by the way."""
        return any(
            self._proves(world, side)[node] and self._holds(world, open_now) for world in self.worlds[-8:]
        )

    def _keep(self, space: programs.Free, values: np.ndarray) -> np.ndarray:
        world = self.state.system.truth.copy()
        nodes = space.columns < len(world)
        world[space.columns[nodes]] = values[nodes]
        self.worlds.append(world)
        del self.worlds[:-_KEPT]
        return world

    def _together(self, space: programs.Free, open_now: np.ndarray, side: str) -> None:
        while len(pending := self._pending(open_now, side)) > 1:
            self._count()
            places = np.searchsorted(space.columns, pending)
            world = self._keep(space, together(self.state, space, places, side))
            if self._proves(world, side)[pending].sum() * _WORTH < len(pending):
                return

    def _alone(self, space: programs.Free, node: int, side: str) -> bool:
        self._count()
        part = space.within(int(space.part[np.searchsorted(space.columns, node)]))
        values = alone(self.state, part, node, side)
        return bool(self._proves(self._keep(part, values), side)[node])

    def _count(self) -> None:
        if self.state.solved >= self.limit:
            raise _Spent
        self.state.solved += 1


def together(state: State, space: programs.Free, places: np.ndarray, side: str) -> np.ndarray:
    """A possible x of the free columns in which as many of ``places`` as can be are low, or high."""
    if side == "high":
        return programs.towards_five(space, places, float(state.reach()[space.columns[places]].max()))
    cost = np.zeros(len(space.columns))
    cost[places] = 1.0
    return programs.possible(space, cost)


def alone(state: State, part: programs.Free, node: int, side: str) -> np.ndarray:
    """A possible x of one connected part in which the node is as low, or nearly as high, as can be."""
    at = int(np.searchsorted(part.columns, node))
    cost, most = np.zeros(len(part.columns)), np.full(len(part.columns), np.inf)
    cost[at] = 1.0 if side == "low" else -1.0
    if side == "high":
        most[at] = max(float(state.reach()[node]), float(state.system.truth[node]))
    return programs.possible(part, cost, most)


def show_again(state: State, budget: int) -> None:
    """Take cells out of ``state.hidden`` with at most ``budget`` programs; every cell left there is proven.

    Without budget, or where the solver gives up, the pattern stays as it was at the last proof.
    """
    if not (state.hidden & state.optional).any():
        return
    equal = state.system.equal
    pattern = csr_array((np.ones(equal.nnz), equal.indices, equal.indptr), shape=equal.shape)
    found = _Showing(state, state.solved + budget, pattern, failures=np.zeros(len(state.hidden)))
    try:
        found.run()
    except (_Spent, Unsolved):
        return
