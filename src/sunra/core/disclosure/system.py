"""The linear system behind linked tables: cells that are the same, sums, and what grew.

A node is a cell of a margin, named by its dimensions, their values and its count: tables that agree on a
margin share the node, and nodes of the same cell with another count (other vintages) are ordered by it.

    x(C, k) = Σ x(P, k + …)         for each margin C of a table and the next finer one P
    x(C, k, m) ≤ x(C, k, n)         for m < n
    x ≥ 0
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from sunra.core.disclosure.tables import CountTable, Key

Node = tuple[Key, Key, int]
JOINT_LIMIT = 20_000
"""So many unknown cells of the joint table are carried along where margins alone do not say all."""


@dataclass(eq=False)
class System:
    """``equal @ x = rest`` and ``order @ x ≥ 0`` for x ≥ 0; the first ``len(truth)`` of x are nodes, what
    follows are cells of the joint table that nobody published.
    """

    truth: np.ndarray
    equal: csr_array
    order: csr_array
    width: int
    node_of: dict[tuple[int, Key], int]
    """(table, key in the table's order) → node."""
    known: np.ndarray
    """Nodes that are zero because a table leaves the cell out."""


@dataclass(eq=False)
class _Builder:
    nodes: dict[Node, int] = field(default_factory=dict)
    equal: dict[tuple[int, tuple[int, ...]], None] = field(default_factory=dict)
    counts: dict[tuple[Key, Key], set[int]] = field(default_factory=dict)

    def node(self, dims: Key, key: Key, count: int) -> int:
        self.counts.setdefault((dims, key), set()).add(count)
        return self.nodes.setdefault((dims, key, count), len(self.nodes))


def build(tables: Sequence[CountTable]) -> System:
    """The system of all tables together."""
    builder = _Builder()
    node_of: dict[tuple[int, Key], int] = {}
    margins: dict[Key, list[dict[Key, int]]] = {}
    needed = [_needed(tables, place) for place in range(len(tables))]
    for place, table in enumerate(tables):
        _sums(builder, table, needed[place], margins)
        ordered = tuple(sorted(table.dims))
        turn = [table.dims.index(name) for name in ordered]
        for key, count in table.cells.items():
            node_of[place, key] = builder.node(ordered, tuple(key[at] for at in turn), count)
    joint = _joint(builder, tables)
    width = len(builder.nodes) + joint.size
    return System(
        truth=np.fromiter((count for _d, _k, count in builder.nodes), float, len(builder.nodes)),
        equal=_matrix([*_sum_rows(builder), *joint.rows], width),
        order=_matrix(_order_rows(builder), width),
        width=width,
        node_of=node_of,
        known=_left_out(builder, margins),
    )


def _needed(tables: Sequence[CountTable], place: int) -> list[Key]:
    """The margins of a table that another table knows too, its own cells first."""
    own = frozenset(tables[place].dims)
    common = {own & frozenset(other.dims) for at, other in enumerate(tables) if at != place}
    found = sorted({own, *common}, key=lambda dims: (-len(dims), sorted(dims)))
    return [tuple(sorted(dims)) for dims in found]


def _sums(
    builder: _Builder, table: CountTable, needed: list[Key], margins: dict[Key, list[dict[Key, int]]]
) -> None:
    """Write each margin as the sum of the next finer one."""
    counts = {dims: table.margin(dims) for dims in needed}
    for dims in needed:
        margins.setdefault(dims, []).append(counts[dims])
        finer = [other for other in needed if set(dims) < set(other)]
        if not finer:
            continue
        parent = min(finer, key=len)
        places = [parent.index(name) for name in dims]
        parts: dict[Key, list[int]] = {}
        for key, count in counts[parent].items():
            part = tuple(key[at] for at in places)
            parts.setdefault(part, []).append(builder.node(parent, key, count))
        for key, children in parts.items():
            whole = builder.node(dims, key, counts[dims][key])
            builder.equal[whole, tuple(sorted(children))] = None


def _sum_rows(builder: _Builder) -> list[dict[int, float]]:
    return [
        {whole: 1.0} | dict.fromkeys(children, -1.0)
        for whole, children in builder.equal
        if children != (whole,)
    ]


def _order_rows(builder: _Builder) -> list[dict[int, float]]:
    rows = []
    for (dims, key), counts in builder.counts.items():
        rising = sorted(counts)
        for low, high in pairwise(rising):
            rows.append({builder.nodes[dims, key, high]: 1.0, builder.nodes[dims, key, low]: -1.0})
    return rows


def _left_out(builder: _Builder, margins: dict[Key, list[dict[Key, int]]]) -> np.ndarray:
    """Nodes of count 0 that some table leaves out: to its readers they are zero."""
    found = [
        place
        for (dims, key, count), place in builder.nodes.items()
        if count == 0 and any(key not in counts for counts in margins.get(dims, []))
    ]
    return np.asarray(found, dtype=np.int64)


@dataclass(eq=False)
class _Joint:
    size: int
    rows: list[dict[int, float]]


def _joint(builder: _Builder, tables: Sequence[CountTable]) -> _Joint:
    """The cells of the joint table of three and more overlapping tables of one vintage.

    Two tables that agree on their common margin always have a joint table; three need not, and the joint
    table narrows what is possible. Left out where it would be larger than ``JOINT_LIMIT``.
    """
    joint = _Joint(0, [])
    for vintage in dict.fromkeys(table.vintage for table in tables):
        whole = [table for table in tables if table.vintage == vintage]
        widest = _widest(whole)
        if len(widest) < 3:
            continue
        dims, keys = _joined(widest)
        if len(keys) > JOINT_LIMIT:
            continue
        first = len(builder.nodes) + joint.size
        joint.size += len(keys)
        for table in widest:
            joint.rows += _table_rows(builder, table, dims, keys, first)
    return joint


def _widest(tables: Sequence[CountTable]) -> list[CountTable]:
    """The tables whose dimensions no other table has too."""
    found: dict[frozenset[str], CountTable] = {}
    for table in tables:
        dims = frozenset(table.dims)
        if not any(dims < frozenset(other.dims) for other in tables):
            found.setdefault(dims, table)
    return list(found.values())


def _joined(tables: Sequence[CountTable]) -> tuple[Key, list[Key]]:
    """The dimensions of all tables and the combinations that none of them leaves out."""
    dims: Key = ()
    rows: list[Key] = [()]
    for table in tables:
        common = [name for name in table.dims if name in dims]
        fresh = [name for name in table.dims if name not in dims]
        found: dict[Key, list[Key]] = {}
        for key in table.cells:
            value = dict(zip(table.dims, key, strict=True))
            found.setdefault(tuple(value[n] for n in common), []).append(tuple(value[n] for n in fresh))
        places = [dims.index(name) for name in common]
        rows = [row + tail for row in rows for tail in found.get(tuple(row[at] for at in places), [])]
        dims += tuple(fresh)
        if len(rows) > JOINT_LIMIT:
            break
    return dims, rows


def _table_rows(
    builder: _Builder, table: CountTable, dims: Key, keys: list[Key], first: int
) -> list[dict[int, float]]:
    ordered = tuple(sorted(table.dims))
    places = [dims.index(name) for name in ordered]
    parts: dict[Key, list[int]] = {}
    for number, key in enumerate(keys):
        parts.setdefault(tuple(key[at] for at in places), []).append(first + number)
    return [
        {builder.nodes[ordered, key, count]: 1.0} | dict.fromkeys(parts.get(key, []), -1.0)
        for key, count in table.margin(ordered).items()
    ]


def _matrix(rows: list[dict[int, float]], width: int) -> csr_array:
    pointers = np.cumsum([0, *(len(row) for row in rows)])
    columns = np.fromiter((c for row in rows for c in row), np.int64)
    values = np.fromiter((v for row in rows for v in row.values()), float)
    return csr_array((values, columns, pointers), shape=(len(rows), width))
