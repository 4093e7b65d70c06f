"""A street graph from any line file: joined where lines share a point or cross, and measured.

Lines are projected to EPSG:5179 and noded (shared vertices and crossings become junctions, to 0.1 m). Line
files say nothing of levels, so a bridge joins what it crosses. Every vertex is a node, and no two
neighbours lie more than 25 m apart: the nearest node stands for the nearest point of a street to 12.5 m.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import KDTree

from sunra.core.geo import crs
from sunra.core.routing.errors import RoutingError
from sunra.core.routing.network import Floats, as_points, project

_JOIN = 0.1
_SPACING = 25.0


@dataclass(frozen=True, slots=True)
class StreetReport:
    """What the lines hold; ``largest_share`` is the largest component's part of the length."""

    lines: int
    kilometres: float
    junctions: int
    dead_ends: int
    components: int
    largest_share: float


@dataclass(frozen=True, slots=True)
class Snapped:
    """The nearest points of the largest component, and ``metres`` to them from the points asked for."""

    node: NDArray[np.intp]
    lon: Floats
    lat: Floats
    metres: Floats


class StreetGraph:
    """Streets as an undirected graph; routes use its largest component only. Make one with ``from_lines``."""

    def __init__(self, xy: Floats, edges: NDArray[np.intp], lines: int) -> None:
        metres: Floats = np.hypot(*(xy[edges[:, 0]] - xy[edges[:, 1]]).T)
        graph = csr_array((metres, (edges[:, 0], edges[:, 1])), shape=(len(xy), len(xy)))
        count, label = connected_components(graph, directed=False)
        length: Floats = np.bincount(label[edges[:, 0]], weights=metres, minlength=count).astype(np.float64)
        keep = label == np.argmax(length)
        self._report = self._measure(edges, metres, lines, length)
        self._xy = xy[keep]
        self._lonlat = np.column_stack(crs.transform(self._xy[:, 0], self._xy[:, 1], 5179, 4326))
        self._graph = graph[keep][:, keep]
        self._tree = KDTree(self._xy)

    @classmethod
    def from_lines(cls, lines: Iterable[ArrayLike]) -> "StreetGraph":
        """The graph of polylines, each (k, 2) of WGS84 longitude and latitude.

        Raises ``RoutingError("no_streets")`` when no line has a length.
        """
        shapes = [project(as_points(line)) for line in lines]
        shapes = [
            xy for xy in shapes if np.isfinite(xy).all() and len(xy) > 1 and np.ptp(xy, axis=0).max() > _JOIN
        ]
        if not shapes:
            raise RoutingError("no_streets")
        noded: Any = shapely.union_all([shapely.LineString(xy) for xy in shapes], grid_size=_JOIN)
        parts = shapely.segmentize(shapely.get_parts(noded), _SPACING)
        points, owner = shapely.get_coordinates(parts, return_index=True)
        key = np.round(points / _JOIN).astype(np.int64)
        _, first, node = np.unique(key, axis=0, return_index=True, return_inverse=True)
        node = node.ravel()
        same = owner[1:] == owner[:-1]
        pairs = np.sort(np.column_stack([node[:-1][same], node[1:][same]]), axis=1)
        pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
        return cls(points[first], pairs, len(shapes))

    @staticmethod
    def _measure(edges: NDArray[np.intp], metres: Floats, lines: int, length: Floats) -> StreetReport:
        degree = np.bincount(edges.ravel())
        return StreetReport(
            lines=lines,
            kilometres=float(metres.sum() / 1000),
            junctions=int((degree > 2).sum()),
            dead_ends=int((degree == 1).sum()),
            components=int((length > 0).sum()),
            largest_share=float(length.max() / metres.sum()),
        )

    @property
    def turns(self) -> bool:
        """Paths follow streets."""
        return True

    def report(self) -> StreetReport:
        """What the lines hold and how well they hang together."""
        return self._report

    def nearest(self, lon: ArrayLike, lat: ArrayLike) -> Snapped:
        """The nearest street points of WGS84 points (n)."""
        points = np.column_stack([np.atleast_1d(lon), np.atleast_1d(lat)]).astype(np.float64)
        metres, node = self._tree.query(project(points))
        return Snapped(node, self._lonlat[node, 0], self._lonlat[node, 1], metres)

    def covers(self, lon: ArrayLike, lat: ArrayLike, metres: float) -> NDArray[np.bool_]:
        """Which points lie at most ``metres`` from a street of the largest component."""
        covered: NDArray[np.bool_] = self.nearest(lon, lat).metres <= metres
        return covered.reshape(np.broadcast(lon, lat).shape)

    def _snap(self, points: ArrayLike) -> Snapped:
        pairs = as_points(points)
        return self.nearest(pairs[:, 0], pairs[:, 1])

    def matrix(self, sources: ArrayLike, targets: ArrayLike) -> Floats:
        """Metres along streets from each source to each target, (n, m).

        The straight way to and from the street counts. Dijkstra from every source (scipy.sparse.csgraph).
        """
        start, end = self._snap(sources), self._snap(targets)
        nodes, row = np.unique(start.node, return_inverse=True)
        along = dijkstra(self._graph, directed=False, indices=nodes)[row][:, end.node]
        off_street = start.metres[:, None] + end.metres[None, :]
        same_place = (as_points(sources)[:, None] == as_points(targets)[None]).all(axis=2)
        metres: Floats = np.where(same_place, 0.0, along + off_street)
        return metres

    def path(self, start: ArrayLike, end: ArrayLike) -> Floats:
        """The shortest way between two points (2,) as longitude and latitude, (k, 2), both ends included."""
        if np.array_equal(as_points(start), as_points(end)):
            return np.vstack([as_points(start), as_points(end)])
        a, b = self._snap(start), self._snap(end)
        _, before = dijkstra(self._graph, directed=False, indices=int(a.node[0]), return_predecessors=True)
        nodes = [int(b.node[0])]
        while nodes[-1] != a.node[0]:
            nodes.append(int(before[nodes[-1]]))
        return np.vstack([as_points(start), self._lonlat[nodes[::-1]], as_points(end)])
