"""What a way costs: on foot, with a wheelchair, by car; in metres or in minutes.

metres: the length; on foot a metre of stairs counts double, and where darkness is known a metre counts
``1 + 1.5·dark`` (dark 0-1). minutes: those metres at 4 km/h on foot (3 with a wheelchair); by car the length
at the speed of its class. Cars keep one-way streets and never take stairs or footpaths; wheelchairs take no
stairs.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from sunra.core.routing.errors import RoutingError
from sunra.core.routing.network import Floats
from sunra.core.routing.streets.lines import KIND_ROW, KINDS, Flags, Ints

Mode = Literal["walk", "wheelchair", "drive"]
By = Literal["metres", "minutes"]
STAIRS = 2.0
DARK = 1.5
WALK_KMH = {"walk": 4.0, "wheelchair": 3.0}


@dataclass(frozen=True, eq=False, slots=True)
class Edges:
    """Streets between neighbouring nodes ``a`` and ``b``; all arrays (edges,).

    ``oneway`` (cars) 1 = a to b, -1 = b to a, 0 = both; ``kmh`` of a car; ``dark`` 0-1; ``line`` the row of
    the polyline in its file.
    """

    a: Ints
    b: Ints
    metres: Floats
    kind: NDArray[np.uint8]
    level: NDArray[np.int8]
    foot: Flags
    drive: Flags
    oneway: NDArray[np.int8]
    kmh: Floats
    dark: Floats
    line: Ints

    def __len__(self) -> int:
        return len(self.a)

    @property
    def stairs(self) -> Flags:
        """Which edges are stairs."""
        return np.asarray(self.kind == KIND_ROW["steps"])


def kmh_of(kind: NDArray[np.uint8], stated: Floats) -> Floats:
    """The stated speed where there is one, else that of the kind."""
    return np.where(stated > 0, stated, np.array(list(KINDS.values()))[kind])


@dataclass(frozen=True, eq=False, slots=True)
class Layer:
    """One mode's graph over the nodes of its main part: the largest set of nodes where each is reached from
    each. ``node`` gives their rows among all nodes; ``tree`` finds the nearest.
    """

    graph: csr_array
    node: Ints
    tree: KDTree


def allowed(edges: Edges, mode: Mode) -> Flags:
    """The edges that a mode may use."""
    if mode == "drive":
        return edges.drive & ~edges.stairs
    return edges.foot & ~edges.stairs if mode == "wheelchair" else edges.foot


def weights(edges: Edges, mode: Mode, by: By) -> Floats:
    """What each edge costs."""
    if mode not in get_args(Mode) or by not in get_args(By):
        raise RoutingError("bad_mode", mode=mode, by=by)
    if mode == "drive":
        return edges.metres if by == "metres" else edges.metres * 0.06 / edges.kmh
    metres = edges.metres * np.where(edges.stairs, STAIRS, 1.0) * (1 + DARK * edges.dark)
    return metres if by == "metres" else np.asarray(metres * 0.06 / WALK_KMH[mode])


def arcs(edges: Edges, mode: Mode, by: By, nodes: int) -> csr_array:
    """The directed graph of one mode; of two arcs between the same nodes the cheaper one."""
    use = allowed(edges, mode)
    a, b, cost = edges.a[use], edges.b[use], weights(edges, mode, by)[use]
    one = edges.oneway[use] if mode == "drive" else np.zeros(len(a), np.int8)
    there, back = one >= 0, one <= 0
    start = np.concatenate([a[there], b[back]])
    end = np.concatenate([b[there], a[back]])
    value = np.concatenate([cost[there], cost[back]])
    order = np.lexsort((value, end, start))
    start, end, value = start[order], end[order], value[order]
    new = np.ones(len(start), np.bool_)
    new[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
    return csr_array((value[new], (start[new], end[new])), shape=(nodes, nodes))


def layer(edges: Edges, xy: Floats, mode: Mode, by: By) -> Layer:
    """One mode's main part. Raises ``RoutingError("no_streets")`` when the mode has none."""
    graph = arcs(edges, mode, by, len(xy))
    # By length, as the report has it, and equal for metres and minutes.
    directed = mode == "drive"
    count, label = connected_components(graph, directed=directed, connection="strong")
    use = allowed(edges, mode) & (label[edges.a] == label[edges.b])
    if not use.any():
        raise RoutingError("no_streets", mode=mode)
    length = np.bincount(label[edges.a[use]], weights=edges.metres[use], minlength=count)
    node = np.flatnonzero(label == np.argmax(length))
    return Layer(graph[node][:, node], node, KDTree(xy[node]))
