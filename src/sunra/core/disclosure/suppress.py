"""Hide small counts, and as many others as it takes that nobody can work them out.

``suppress(tables, threshold=5) -> Suppressed``: cells with a count from 1 to threshold - 1 are hidden
(primary); then others (complementary), until a linear program that knows every published table, earlier
vintages included, cannot tell any hidden cell from [0, threshold].
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sunra.core.disclosure import programs
from sunra.core.disclosure.programs import EPSILON, Unsolved
from sunra.core.disclosure.showing import alone, show_again, together
from sunra.core.disclosure.state import Secondary, State, Way
from sunra.core.disclosure.system import build
from sunra.core.disclosure.tables import CountTable, Release

WAYS = (Way(0.0, smallest_first=True), Way(2.0, smallest_first=False), Way(1.0, smallest_first=False))
"""Each hides in its own way; the one is taken that leaves most to read."""
SEVERAL = 1_500
"""With more cells than this in all tables together, only the last way is tried."""
SHOWING = 400
"""So many programs may be solved to show cells again."""
_WORTH = 20
"""A program for all pending nodes pays when it proves one in so many of them."""


@dataclass(frozen=True, eq=False)
class Suppressed:
    """What may be published.

    ``releases``: the tables in the order given, with what is hidden. ``refused``: not even hiding everything
    protects what earlier releases hid or what is small here; then nothing may be published and all is
    hidden. ``primary`` and ``secondary`` count cells over all tables (a margin in two tables counts twice);
    ``shown_again`` those that were hidden on the way and turned out not to be needed.
    """

    releases: tuple[Release, ...]
    primary: int
    secondary: int
    refused: bool = False
    programs: int = 0
    shown_again: int = 0

    @property
    def share(self) -> float:
        """The share of cells that are hidden."""
        cells = sum(len(one.table.cells) for one in self.releases)
        return (self.primary + self.secondary) / cells if cells else 0.0


def suppress(
    tables: Sequence[CountTable],
    threshold: int = 5,
    *,
    earlier: Sequence[Release] = (),
    secondary: Secondary = "full",
    showing: int = SHOWING,
    ways: Sequence[Way] = WAYS,
) -> Suppressed:
    """Protect ``tables`` jointly with what was published ``earlier``.

    Every hidden cell keeps an interval from 0 over ``threshold`` units upwards; one that is no small count
    from what earlier releases had already given away of it. With ``secondary="width"`` hidden cells that are
    no small counts keep an interval of that width around their count instead, which hides less.

    ``showing`` bounds the programs that look for cells which need not be hidden after all (0: none), and
    ``ways`` are tried one after another: what is found depends on neither clock nor chance.

    The interval is that of the linear program over all published sums; counts that grew or stayed the same
    between two tables are taken as known to have done so.
    """
    size = sum(len(table.cells) for table in tables) + sum(len(one.table.cells) for one in earlier)
    gone = ways if size <= SEVERAL else ways[-1:]
    found = [_along(way, tables, threshold, earlier, secondary) for way in gone]
    state, hidden = min(found, key=_cost)
    solved = sum(one.solved for one, _hidden in found)
    if hidden is None:
        return _result(tables, state, None, solved=solved)
    solved -= state.solved
    show_again(state, showing)
    return _result(tables, state, hidden, solved=solved + state.solved)


def _along(
    way: Way, tables: Sequence[CountTable], threshold: int, earlier: Sequence[Release], secondary: Secondary
) -> tuple[State, np.ndarray | None]:
    """What hides enough; None where nothing does."""
    state = _begin(tables, threshold, earlier, secondary, way)
    try:
        _protect(state)
    except (_Unprotectable, Unsolved):
        return state, None
    return state, state.hidden.copy()


def _cost(found: tuple[State, np.ndarray | None]) -> tuple[float, ...]:
    """Fewest cells that cannot have the whole interval, then fewest hidden, then smallest."""
    state, hidden = found
    if hidden is None:
        return (np.inf,)
    return (
        float((hidden & (state.floor > EPSILON)).sum()),
        float(hidden.sum()),
        float(state.system.truth[hidden].sum()),
    )


class _Unprotectable(Exception):  # noqa: N818
    """A node that cannot be protected whatever else is hidden."""


def _begin(
    tables: Sequence[CountTable], threshold: int, earlier: Sequence[Release], secondary: Secondary, way: Way
) -> State:
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
    return State(
        system=system,
        threshold=threshold,
        secondary=secondary,
        hidden=(movable & small) | (was_hidden & ~was_shown),
        earlier=was_shown,
        movable=movable,
        low=np.zeros(size, dtype=bool),
        high=np.zeros(size, dtype=bool),
        floor=np.zeros(size),
        optional=movable & ~small & ~was_hidden,
        price=(1.0 + system.truth) ** way.power,
        before=len(earlier),
        way=way,
    )


def _protect(state: State) -> None:
    """Prove together what can be proven together; for the rest, hide what its proof needs."""
    while True:
        for side in ("low", "high"):
            _certify(state, side)
            repaired = 0
            while repaired < state.way.at_once and len(pending := _pending(state, side)):
                node = int(pending[0])
                if not _alone(state, node, side):
                    _repair(state, node, side)
                    repaired += 1
        if not any(len(_pending(state, side)) for side in ("low", "high")):
            return


def _pending(state: State, side: str) -> np.ndarray:
    proven = state.low if side == "low" else state.high
    found = np.flatnonzero(state.hidden & ~proven)
    if state.way.smallest_first:
        found = found[np.argsort(state.system.truth[found], kind="stable")]
    return np.asarray(found)


def _certify(state: State, side: str) -> None:
    """Prove many nodes at once, for as long as that pays."""
    space = programs.free(state.system, state.shown())
    count = len(state.system.truth)
    while len(pending := _pending(state, side)):
        places = np.searchsorted(space.columns, pending)
        state.solved += 1
        values = together(state, space, places, side)
        nodes = space.columns < count
        if state.certify(space.columns[nodes], values[nodes]) * _WORTH < len(pending):
            return


def _alone(state: State, node: int, side: str) -> bool:
    """Whether this one node has its certificate, within its connected part."""
    space = programs.free(state.system, state.shown())
    part = space.within(int(space.part[np.searchsorted(space.columns, node)]))
    state.solved += 1
    values = alone(state, part, node, side)
    nodes = part.columns < len(state.system.truth)
    state.certify(part.columns[nodes], values[nodes])
    return bool(state.low[node] if side == "low" else state.high[node])


def _repair(state: State, node: int, side: str) -> None:
    """Hide what it takes to prove the node; raises when nothing does."""
    price = np.where(state.hidden | ~state.movable, 0.0, state.price)
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


def _raise_floor(state: State, node: int) -> bool:
    """Where earlier releases gave away that the count is at least so much, that is where its interval
    begins; False when they did not, and for a small count, which keeps its whole interval or stays here.
    """
    if 0 < state.system.truth[node] < state.threshold:
        return False
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


def _result(
    tables: Sequence[CountTable], state: State, first: np.ndarray | None, *, solved: int
) -> Suppressed:
    """``first``: what was hidden before cells were shown again; None when all is refused."""
    small_node = (state.system.truth > 0) & (state.system.truth < state.threshold) & state.movable
    releases, small, more, again = [], 0, 0, 0
    for number, table in enumerate(tables):
        nodes = {key: state.system.node_of[state.before + number, key] for key in table.cells}
        hidden = frozenset(key for key, node in nodes.items() if first is None or state.hidden[node])
        small += sum(bool(small_node[node]) for node in nodes.values())
        more += len(hidden)
        if first is not None:
            again += sum(bool(first[node] and not state.hidden[node]) for node in nodes.values())
        releases.append(Release(table, hidden))
    return Suppressed(tuple(releases), small, more - small, first is None, solved, again)
