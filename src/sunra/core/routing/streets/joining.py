"""Joins polylines into a graph: at shared points, and on one level where they cross or touch.

Everything runs on whole arrays. Segments whose boxes meet are found by an STR tree (shapely); where two
cross, or a vertex lies within 0.1 m of another line, both are cut; points within 0.1 m become one node. A
line's own end joins any level it touches (a ramp meets the bridge), its inside only its own level.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from sunra.core.routing.errors import RoutingError
from sunra.core.routing.network import Floats
from sunra.core.routing.streets.lines import SHORTEST, Flags, Ints, Lines

SPACING = 25.0
_PARALLEL = 1e-12
_BATCH = 20_000
_DENSE = 64


@dataclass(frozen=True, eq=False, slots=True)
class Joined:
    """Nodes (n, 2) in EPSG:5179 and edges between them, each with the row of its line.

    An edge runs from ``a`` to ``b`` along its line; ``metres`` is what the file states, else the length.
    """

    xy: Floats
    a: Ints
    b: Ints
    metres: Floats
    line: Ints


@dataclass(frozen=True, eq=False, slots=True)
class _Cuts:
    """New points on segments: the segment's row, how far along it (0-1), and where."""

    segment: Ints
    along: Floats
    xy: Floats


def join(lines: Lines) -> Joined:
    """The graph of these lines; no two neighbouring nodes lie more than 25 m apart."""
    owner = lines.owner
    first = np.flatnonzero(owner[1:] == owner[:-1])
    cuts = _cuts(lines, first, owner[first]) if lines.key is None and lines.planar else _nothing()
    xy, owner, vertex = _insert(lines, first, cuts)
    label = _same(lines, xy, owner, vertex)
    _, where, node = np.unique(label, return_index=True, return_inverse=True)
    place = xy[where]
    inside = np.flatnonzero(owner[1:] == owner[:-1])
    a, b, line = node[inside].astype(np.int64), node[inside + 1].astype(np.int64), owner[inside]
    real = a != b
    a, b, line = a[real], b[real], line[real]
    length: Floats = np.hypot(*(place[a] - place[b]).T)
    metres = np.maximum(length * _stretch(lines, length, line), 0.01)
    once = _once(lines, a, b, metres, line)
    return _spaced(place, a[once], b[once], metres[once], line[once])


def _once(lines: Lines, a: Ints, b: Ints, metres: Floats, line: Ints) -> Ints:
    """The edges without those that say the same again: a street drawn twice is one street."""
    ahead = np.where(a < b, 1, -1)
    alike = np.column_stack([
        np.minimum(a, b), np.maximum(a, b), np.round(metres / SHORTEST).astype(np.int64), lines.kind[line],
        lines.level[line], lines.foot[line], lines.drive[line], ahead * lines.oneway[line],
        np.round(lines.kmh[line]).astype(np.int64),
    ])  # fmt: skip
    once: Ints = np.sort(np.unique(alike, axis=0, return_index=True)[1]).astype(np.int64)
    return once


def _nothing() -> _Cuts:
    return _Cuts(np.empty(0, np.int64), np.empty(0), np.empty((0, 2)))


def _stretch(lines: Lines, length: Floats, line: Ints) -> Floats:
    """How much longer than drawn the file says each edge's line is."""
    drawn = np.bincount(line, weights=length, minlength=len(lines))
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where((lines.metres > 0) & (drawn > 0), lines.metres / drawn, 1.0)
    return np.asarray(factor[line], dtype=np.float64)


def _cuts(lines: Lines, first: Ints, owner: Ints) -> _Cuts:
    """Where segments cross or are touched by another's vertex."""
    xy, level = lines.xy, lines.level[owner]
    start, step = xy[first], xy[first + 1] - xy[first]
    tree = shapely.STRtree(shapely.linestrings(np.stack([start, xy[first + 1]], axis=1)))
    one, two = _neighbours(tree)
    # Neighbours of one line meet at their common vertex already.
    apart = ~((two == one + 1) & (owner[one] == owner[two]) & (first[two] == first[one] + 1))
    one, two = one[apart], two[apart]
    ends = np.zeros(len(xy), np.bool_)
    ends[lines.begin[:-1]] = ends[lines.begin[1:] - 1] = True
    same = level[one] == level[two]
    crossing = _crossings(start, step, one[same], two[same])
    touches = [
        _touches(xy, start, step, vertex, other, same | ends[vertex])
        for this, other in ((one, two), (two, one))
        for vertex in (first[this], first[this] + 1)
    ]
    every = (crossing, *touches)
    return _Cuts(
        np.concatenate([cut.segment for cut in every]),
        np.concatenate([cut.along for cut in every]),
        np.concatenate([cut.xy for cut in every]),
    )


def _neighbours(tree: shapely.STRtree) -> tuple[Ints, Ints]:
    """Each pair of segments within 0.1 m once. Raises ``RoutingError("too_dense")``."""
    found, total = [], 0
    for begin in range(0, len(tree.geometries), _BATCH):
        piece = tree.geometries[begin : begin + _BATCH]
        one, two = tree.query(piece, predicate="dwithin", distance=SHORTEST)
        one = one + begin
        found.append((one[one < two], two[one < two]))
        total += len(one)
        _bounded(total, len(tree.geometries))
    one, two = (np.concatenate(side).astype(np.int64) for side in zip(*found, strict=True))
    return one, two


def _bounded(pairs: int, things: int) -> None:
    """Real streets touch a few others each; a file where everything touches everything is an attack."""
    if pairs > _DENSE * things + 1_000_000:
        raise RoutingError("too_dense")


def _crossings(start: Floats, step: Floats, one: Ints, two: Ints) -> _Cuts:
    """Proper crossings: both segments are cut at the same point."""
    p, r, s = start[one], step[one], step[two]
    gap = start[two] - p
    area = r[:, 0] * s[:, 1] - r[:, 1] * s[:, 0]
    scale = np.hypot(*r.T) * np.hypot(*s.T)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (gap[:, 0] * s[:, 1] - gap[:, 1] * s[:, 0]) / area
        u = (gap[:, 0] * r[:, 1] - gap[:, 1] * r[:, 0]) / area
        proper = (np.abs(area) > _PARALLEL * scale) & (t > 0) & (t < 1) & (u > 0) & (u < 1)
    one, two, t, u = one[proper], two[proper], t[proper], u[proper]
    place = start[one] + t[:, None] * step[one]
    return _Cuts(np.concatenate([one, two]), np.concatenate([t, u]), np.vstack([place, place]))


def _touches(xy: Floats, start: Floats, step: Floats, vertex: Ints, other: Ints, may: Flags) -> _Cuts:
    """Vertices within 0.1 m of another segment's inside: that one is cut at the vertex."""
    vertex, other = vertex[may], other[may]
    gap = xy[vertex] - start[other]
    length = np.hypot(*step[other].T)
    with np.errstate(divide="ignore", invalid="ignore"):
        along = (gap * step[other]).sum(axis=1) / length**2
        aside = np.abs(gap[:, 0] * step[other][:, 1] - gap[:, 1] * step[other][:, 0]) / length
        near = (aside <= SHORTEST) & (along * length > SHORTEST) & ((1 - along) * length > SHORTEST)
    return _Cuts(other[near], along[near], xy[vertex[near]])


def _insert(lines: Lines, first: Ints, cuts: _Cuts) -> tuple[Floats, Ints, Ints]:
    """All points in order along their lines, each with its line and its vertex (-1 for a cut)."""
    points = len(lines.xy)
    position = np.concatenate([np.arange(points, dtype=np.float64), first[cuts.segment] + cuts.along])
    order = np.argsort(position, kind="stable")
    owner = lines.owner
    owners = np.concatenate([owner, owner[first[cuts.segment]]])[order]
    vertex = np.concatenate([np.arange(points), np.full(len(cuts.segment), -1)])[order]
    return np.vstack([lines.xy, cuts.xy])[order], owners, vertex


def _same(lines: Lines, xy: Floats, owner: Ints, vertex: Ints) -> Ints:
    """A label per point; points of one label are one node."""
    if lines.key is not None:
        return np.unique(lines.key, return_inverse=True)[1].astype(np.int64)
    ends = np.zeros(len(lines.xy) + 1, np.bool_)
    ends[lines.begin[:-1]] = ends[lines.begin[1:] - 1] = True
    # Points that are alike in every way are one before any pair is looked for.
    alike = np.column_stack([xy, lines.level[owner], ends[vertex]])
    few, again = np.unique(alike, axis=0, return_inverse=True)
    level, end = few[:, 2], few[:, 3] > 0
    tree = KDTree(few[:, :2])
    _bounded(int(tree.count_neighbors(tree, SHORTEST)), len(few))
    one, two = tree.query_pairs(SHORTEST, output_type="ndarray").T
    meet = (level[one] == level[two]) | end[one] | end[two]
    label: Ints = parts_of(len(few), one[meet], two[meet])[again.ravel()].astype(np.int64)
    return label


def _spaced(xy: Floats, a: Ints, b: Ints, metres: Floats, line: Ints) -> Joined:
    """Edges longer than 25 m in equal parts, with nodes between."""
    parts = np.maximum(np.ceil(np.hypot(*(xy[a] - xy[b]).T) / SPACING - 1e-9), 1).astype(np.int64)
    edge = np.repeat(np.arange(len(a)), parts)
    part = np.arange(len(edge)) - np.repeat(np.cumsum(parts) - parts, parts)
    last = part == parts[edge] - 1
    new = np.cumsum(~last) - 1 + len(xy)
    between = xy[a[edge]] + ((part + 1) / parts[edge])[:, None] * (xy[b[edge]] - xy[a[edge]])
    to = np.where(last, b[edge], new)
    start = np.where(part == 0, a[edge], np.concatenate([[0], to[:-1]]))
    return Joined(np.vstack([xy, between[~last]]), start, to, metres[edge] / parts[edge], line[edge])


def parts_of(nodes: int, a: Ints, b: Ints) -> NDArray[np.int32]:
    """The connected part of each node, streets taken both ways."""
    graph = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(nodes, nodes)).tocsr()
    label: NDArray[np.int32] = connected_components(graph, directed=False)[1]
    return label
