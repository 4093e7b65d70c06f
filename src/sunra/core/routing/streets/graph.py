"""The street graph: nearest points, many-to-many distances, ways, forbidden streets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.sparse.csgraph import dijkstra

from sunra.core.geo import crs
from sunra.core.routing.errors import RoutingError
from sunra.core.routing.network import Floats, as_points, cells_along, project
from sunra.core.routing.streets import costs, joining, lines
from sunra.core.routing.streets.costs import By, Edges, Layer, Mode
from sunra.core.routing.streets.lines import Flags, Ints, Lines
from sunra.core.routing.streets.report import Source, StreetReport, measure

_SOURCES_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Snapped:
    """The nearest points of a mode's main part, and ``metres`` to them from the points asked for.

    ``node`` is the row in that part.
    """

    node: NDArray[np.intp]
    lon: Floats
    lat: Floats
    metres: Floats


class StreetGraph:
    """Streets as a graph; ways use the main part of each mode only, so every distance is finite.

    Make one with ``from_lines`` or a reader (``read_juso``, ``read_osm`` ...).
    """

    def __init__(self, xy: Floats, edges: Edges, names: NDArray[np.str_], source: Source) -> None:
        if not len(edges):
            raise RoutingError("no_streets")
        self._xy, self._edges, self._names, self._source = xy, edges, names, source
        self._lonlat = np.column_stack(crs.transform(xy[:, 0], xy[:, 1], 5179, 4326))
        self._layer = lru_cache(maxsize=None)(self._make_layer)
        self._report: StreetReport | None = None

    @classmethod
    def from_lines(cls, polylines: Iterable[ArrayLike]) -> "StreetGraph":
        """The graph of polylines, each (k, 2) of WGS84 longitude and latitude, joined where they share a
        vertex, touch or cross: line files say nothing of levels, so a bridge joins what it crosses.

        Raises ``RoutingError("no_streets")`` when no line has a length.
        """
        found = lines.of_polylines(polylines)
        return cls.of(found, Source("lines", len(found), len(found)))

    @classmethod
    def of(cls, found: Lines, source: Source) -> "StreetGraph":
        """The graph of lines read from a file. Raises ``RoutingError("no_streets")``."""
        found = lines.with_length(found)
        made = joining.join(found)
        row = made.line
        edges = Edges(
            made.a, made.b, made.metres, found.kind[row], found.level[row], found.foot[row],
            found.drive[row], found.oneway[row], costs.kmh_of(found.kind[row], found.kmh[row]),
            np.zeros(len(row)), row,
        )  # fmt: skip
        return cls(made.xy, edges, found.name, source)

    @property
    def turns(self) -> bool:
        """Paths follow streets."""
        return True

    @property
    def edges(self) -> Edges:
        """The streets between neighbouring nodes."""
        return self._edges

    @property
    def lonlat(self) -> Floats:
        """Longitude and latitude of every node."""
        return self._lonlat

    def report(self) -> StreetReport:
        """What the streets hold and how well they hang together."""
        if self._report is None:
            e = self._edges
            self._report = measure(
                len(self._xy), e.a, e.b, e.metres, lines=len(self._names), source=self._source,
                stairs=float(e.metres[e.stairs].sum()), oneway=float(e.metres[e.oneway != 0].sum()),
            )  # fmt: skip
        return self._report

    def nearest(self, lon: ArrayLike, lat: ArrayLike, mode: Mode = "walk") -> Snapped:
        """The nearest street points of WGS84 points (n), to 12.5 m along the street."""
        points = np.column_stack([np.atleast_1d(lon), np.atleast_1d(lat)]).astype(np.float64)
        if not np.isfinite(points).all():
            raise RoutingError("bad_points")
        part = self.layer(mode)
        metres, node = part.tree.query(project(points))
        place = self._lonlat[part.node[node]]
        return Snapped(node, place[:, 0], place[:, 1], metres)

    def covers(self, lon: ArrayLike, lat: ArrayLike, metres: float) -> NDArray[np.bool_]:
        """Which points lie at most ``metres`` from a street of the main part."""
        covered: NDArray[np.bool_] = self.nearest(lon, lat).metres <= metres
        return covered.reshape(np.broadcast(lon, lat).shape)

    def matrix(
        self,
        sources: ArrayLike,
        targets: ArrayLike,
        mode: Mode = "walk",
        *,
        by: By = "metres",
        limit: float = np.inf,
    ) -> Floats:
        """What the cheapest way from each source to each target costs, (n, m); see `costs`.

        The straight way to and from the street counts (as walked; minutes at 4 km/h). Always finite, except
        that ways over ``limit`` are infinite when one is given. Dijkstra from every distinct source node
        (scipy.sparse.csgraph).
        """
        part = self.layer(mode, by)
        start, end = self._snap(sources, mode), self._snap(targets, mode)
        nodes, row = np.unique(start.node, return_inverse=True)
        ends, column = np.unique(end.node, return_inverse=True)
        along = np.empty((len(nodes), len(ends)))
        for begin in range(0, len(nodes), _SOURCES_AT_ONCE):
            some = slice(begin, begin + _SOURCES_AT_ONCE)
            along[some] = dijkstra(part.graph, indices=nodes[some], limit=limit)[:, ends]
        aside = 1.0 if by == "metres" else 0.06 / costs.WALK_KMH.get(mode, 4.0)
        cost = along[np.ix_(row.ravel(), column.ravel())]
        cost += aside * (start.metres[:, None] + end.metres[None, :])
        cost[(as_points(sources)[:, None] == as_points(targets)[None]).all(axis=2)] = 0.0
        cost[cost > limit] = np.inf
        return cost

    def path(self, start: ArrayLike, end: ArrayLike, mode: Mode = "walk", *, by: By = "metres") -> Floats:
        """The cheapest way between two points (2,) as longitude and latitude, (k, 2), both ends included."""
        return self.paths([start], [end], mode, by=by)[0]

    def paths(
        self, starts: Sequence[ArrayLike] | Floats, ends: Sequence[ArrayLike] | Floats, mode: Mode = "walk",
        *, by: By = "metres",
    ) -> list[Floats]:  # fmt: skip
        """The cheapest ways from each start to the end of its row; one search for each distinct start."""
        first, last = as_points(np.asarray(starts)), as_points(np.asarray(ends))
        part, a, b = self.layer(mode, by), self._snap(first, mode), self._snap(last, mode)
        found: list[Floats] = [np.vstack([p, q]) for p, q in zip(first, last, strict=True)]
        apart = (first != last).any(axis=1)
        for node in np.unique(a.node[apart]):
            _, before = dijkstra(part.graph, indices=int(node), return_predecessors=True)
            for row in np.flatnonzero(apart & (a.node == node)):
                way = [int(b.node[row])]
                while way[-1] != node:
                    way.append(int(before[way[-1]]))
                middle = self._lonlat[part.node[way[::-1]]]
                found[row] = np.vstack([first[row], middle, last[row]])
        return found

    def cells(self, start: ArrayLike, end: ArrayLike, mode: Mode = "walk") -> tuple[Ints, Ints]:
        """The national 100 m cells passed on the way, in order (``cell_e``, ``cell_n``)."""
        return cells_along(self.path(start, end, mode))

    def near(self, lon: ArrayLike, lat: ArrayLike, metres: float) -> Ints:
        """Rows of the edges that come within ``metres`` of any of these points."""
        spots = shapely.points(project(np.column_stack([np.atleast_1d(lon), np.atleast_1d(lat)])))
        found = self._tree().query(spots, predicate="dwithin", distance=metres)[1]
        return np.unique(found).astype(np.int64)

    def inside(self, polygons: Sequence[Any]) -> Ints:
        """Rows of the edges that touch any of these shapely polygons (longitude and latitude)."""
        there = [shapely.transform(polygon, project) for polygon in polygons]
        return np.unique(self._tree().query(there, predicate="intersects")[1]).astype(np.int64)

    def named(self, names: Iterable[str]) -> Ints:
        """Rows of the edges whose line has one of these ids in its file."""
        return np.flatnonzero(np.isin(self._names[self._edges.line], list(names))).astype(np.int64)

    def without(self, edges: ArrayLike) -> "StreetGraph":
        """The same streets with these edge rows closed to all. Raises ``RoutingError("no_streets")``."""
        closed = np.asarray(edges, dtype=np.int64)
        if closed.size and (closed.min() < 0 or closed.max() >= len(self._edges)):
            raise RoutingError("bad_edges")
        keep: Flags = np.ones(len(self._edges), np.bool_)
        keep[closed] = False
        kept = Edges(**{f.name: getattr(self._edges, f.name)[keep] for f in fields(Edges)})
        return StreetGraph(self._xy, kept, self._names, self._source)

    def darkened(self, dark: ArrayLike) -> "StreetGraph":
        """The same streets with a darkness (0-1) per edge, which walkers' costs then count."""
        values = np.broadcast_to(np.asarray(dark, np.float64), (len(self._edges),))
        if not ((values >= 0) & (values <= 1)).all():
            raise RoutingError("bad_dark")
        return StreetGraph(self._xy, replace(self._edges, dark=values.copy()), self._names, self._source)

    def layer(self, mode: Mode, by: By = "metres") -> Layer:
        """One mode's graph (see `costs`), made when first asked for."""
        return self._layer(mode, by)

    def parts(self) -> tuple[Floats, Edges, NDArray[np.str_], Source]:
        """What the graph is made of: nodes (EPSG:5179), edges, line ids, source."""
        return self._xy, self._edges, self._names, self._source

    def _make_layer(self, mode: Mode, by: By) -> Layer:
        return costs.layer(self._edges, self._xy, mode, by)

    def _snap(self, points: ArrayLike, mode: Mode) -> Snapped:
        pairs = as_points(points)
        return self.nearest(pairs[:, 0], pairs[:, 1], mode)

    def _tree(self) -> shapely.STRtree:
        ends = np.stack([self._xy[self._edges.a], self._xy[self._edges.b]], axis=1)
        return shapely.STRtree(shapely.linestrings(ends))
