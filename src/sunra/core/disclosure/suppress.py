"""Hide small counts, and as many others as it takes that nobody can work them out.

``suppress(tables, threshold=5) -> Suppressed``: cells with a count from 1 to threshold - 1 are hidden
(primary); then others (complementary), until a linear program that knows every published table, earlier
vintages included, cannot tell any hidden cell from [0, threshold].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sunra.core.disclosure import programs
from sunra.core.disclosure.programs import EPSILON, Unsolved
from sunra.core.disclosure.system import System, build
from sunra.core.disclosure.tables import CountTable, Release

_AT_ONCE = 8
"""So many repairs between two programs for all pending nodes."""
_WORTH = 20
"""A program for all pending nodes pays when it proves one in so many of them."""

Secondary = Literal["full", "width"]


@dataclass(frozen=True, eq=False)
class Suppressed:
    """What may be published.

    ``releases``: the tables in the order given, with what is hidden. ``refused``: not even hiding everything
    protects what earlier releases hid or what is small here; then nothing may be published and all is
    hidden. ``primary`` and ``secondary`` count cells over all tables (a margin in two tables counts twice).
    """

    releases: tuple[Release, ...]
    primary: int
    secondary: int
    refused: bool = False
    programs: int = 0

    @property
    def share(self) -> float:
        """The share of cells that are hidden."""
        cells = sum(len(one.table.cells) for one in self.releases)
        return (self.primary + self.secondary) / cells if cells else 0.0


@dataclass(eq=False)
class _State:
    """What is hidden now, and which hidden nodes are known to be safe."""

    system: System
    threshold: int
    secondary: Secondary
    hidden: np.ndarray
    earlier: np.ndarray
    """Nodes whose value was published before (or is a known zero): they may not move."""
    movable: np.ndarray
    """Nodes that only the new tables show."""
    low: np.ndarray
    high: np.ndarray
    """Whether an x is known in which the node is low or high enough."""
    floor: np.ndarray
    before: int
    """How many tables were published earlier."""
    solved: int = 0

    def shown(self) -> np.ndarray:
        """Nodes whose value is public."""
        return np.asarray(self.earlier | (self.movable & ~self.hidden))

    def target(self) -> np.ndarray:
        """How low each hidden node must be able to be."""
        truth = self.system.truth
        if self.secondary == "full":
            return self.floor
        large = truth >= self.threshold
        return np.asarray(np.maximum(self.floor, np.where(large, truth - self.threshold, 0.0)))

    def certify(self, nodes: np.ndarray, values: np.ndarray) -> int:
        """Note what a possible x proves; returns how much was new."""
        before = int(self.low.sum() + self.high.sum())
        self.low[nodes] |= values <= self.target()[nodes] + EPSILON
        self.high[nodes] |= values >= self.floor[nodes] + self.threshold - EPSILON
        return int(self.low.sum() + self.high.sum()) - before


def suppress(
    tables: Sequence[CountTable],
    threshold: int = 5,
    *,
    earlier: Sequence[Release] = (),
    secondary: Secondary = "full",
) -> Suppressed:
    """Protect ``tables`` jointly with what was published ``earlier``.

    Every hidden cell keeps an interval from 0 (or from what earlier releases had already given away) over
    ``threshold`` units upwards. With ``secondary="width"`` hidden cells that are no small counts keep an
    interval of that width around their count instead, which hides less.

    The interval is that of the linear program over all published sums; counts that grew or stayed the same
    between two tables are taken as known to have done so.
    """
    state = _begin(tables, threshold, earlier, secondary)
    truth = state.system.truth
    primary = state.movable & (truth > 0) & (truth < threshold)
    refused = False
    try:
        _protect(state)
    except (_Unprotectable, Unsolved):
        refused = True
    return _result(tables, state, primary, refused=refused)


class _Unprotectable(Exception):  # noqa: N818
    """A node that cannot be protected whatever else is hidden."""


def _begin(
    tables: Sequence[CountTable], threshold: int, earlier: Sequence[Release], secondary: Secondary
) -> _State:
    whole = [release.table for release in earlier] + list(tables)
    system = build(whole)
    size = len(system.truth)
    was_shown, was_hidden, new = (np.zeros(size, dtype=bool) for _ in range(3))
    was_shown[system.known] = True
    for (place, key), node in system.node_of.items():
        if place >= len(earlier):
            new[node] = True
        elif key in earlier[place].hidden:
            was_hidden[node] = True
        else:
            was_shown[node] = True
    movable = new & ~was_shown
    small = (system.truth > 0) & (system.truth < threshold)
    return _State(
        system=system,
        threshold=threshold,
        secondary=secondary,
        hidden=(movable & small) | (was_hidden & ~was_shown),
        earlier=was_shown,
        movable=movable,
        low=np.zeros(size, dtype=bool),
        high=np.zeros(size, dtype=bool),
        floor=np.zeros(size),
        before=len(earlier),
    )


def _protect(state: _State) -> None:
    """Prove together what can be proven together; for the rest, hide what its proof needs."""
    while True:
        for side in ("low", "high"):
            _certify(state, side)
            repaired = 0
            while repaired < _AT_ONCE and len(pending := _pending(state, side)):
                node = int(pending[0])
                if not _alone(state, node, side):
                    _repair(state, node, side)
                    repaired += 1
        if not any(len(_pending(state, side)) for side in ("low", "high")):
            return


def _pending(state: _State, side: str) -> np.ndarray:
    proven = state.low if side == "low" else state.high
    return np.flatnonzero(state.hidden & ~proven)


def _certify(state: _State, side: str) -> None:
    """Prove many nodes at once, for as long as that pays."""
    space = programs.free(state.system, state.shown())
    count = len(state.system.truth)
    while len(pending := _pending(state, side)):
        places = np.searchsorted(space.columns, pending)
        values = _together(state, space, places, side)
        nodes = space.columns < count
        if values is None or state.certify(space.columns[nodes], values[nodes]) * _WORTH < len(pending):
            return


def _together(state: _State, space: programs.Free, places: np.ndarray, side: str) -> np.ndarray | None:
    state.solved += 1
    if side == "low":
        cost = np.zeros(len(space.columns))
        cost[places] = 1.0
        return programs.possible(space, cost)
    reach = state.floor[space.columns[places]] + state.threshold
    return programs.towards_five(space, places, float(reach.max()))


def _alone(state: _State, node: int, side: str) -> bool:
    """Whether this one node has its certificate, within its connected part."""
    space = programs.free(state.system, state.shown())
    part = space.within(int(space.part[np.searchsorted(space.columns, node)]))
    cost = np.zeros(len(part.columns))
    cost[np.searchsorted(part.columns, node)] = 1.0 if side == "low" else -1.0
    state.solved += 1
    values = programs.possible(part, cost)
    if values is None:  # it grows without end
        state.high[node] = True
        return True
    nodes = part.columns < len(state.system.truth)
    state.certify(part.columns[nodes], values[nodes])
    return bool(state.low[node] if side == "low" else state.high[node])


def _repair(state: _State, node: int, side: str) -> None:
    """Hide what it takes to prove the node; raises when nothing does."""
    price = np.where(state.hidden | ~state.movable, 0.0, (1.0 + state.system.truth) ** 2)
    state.solved += 1
    found = programs.repair(
        state.system, held=state.earlier, price=price, node=node,
        low=state.target()[node] if side == "low" else None,
        high=None if side == "low" else state.floor[node] + state.threshold,
    )  # fmt: skip
    if found is None and side == "low" and _raise_floor(state, node):
        return
    if found is None:
        raise _Unprotectable
    values = found[: len(state.system.truth)]
    moved = state.movable & ~state.hidden & (np.abs(values - state.system.truth) > EPSILON)
    state.hidden |= moved
    free = np.flatnonzero(~state.shown())
    if not state.certify(free, values[free]):
        raise _Unprotectable


def _raise_floor(state: _State, node: int) -> bool:
    """Where earlier releases gave away that the count is at least so much, that is where its interval
    begins; False when they did not.
    """
    space = programs.free(state.system, state.earlier)
    cost = np.zeros(len(space.columns))
    cost[np.searchsorted(space.columns, node)] = 1.0
    state.solved += 1
    values = programs.possible(space, cost)
    least = 0.0 if values is None else float(values @ cost)
    if least <= state.floor[node] + EPSILON:
        return False
    state.floor[node] = least
    state.high[node] = False
    return True


def _result(tables: Sequence[CountTable], state: _State, primary: np.ndarray, *, refused: bool) -> Suppressed:
    releases, small, more = [], 0, 0
    for number, table in enumerate(tables):
        nodes = {key: state.system.node_of[state.before + number, key] for key in table.cells}
        hidden = frozenset(key for key, node in nodes.items() if refused or state.hidden[node])
        small += sum(bool(primary[node]) for node in nodes.values())
        more += len(hidden)
        releases.append(Release(table, hidden))
    return Suppressed(tuple(releases), small, more - small, refused, state.solved)
