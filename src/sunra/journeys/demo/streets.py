"""An invented street network: connected, irregular, denser in the centres, with dead ends and main roads.

Points of a warped, shaken lattice are joined as a Gabriel graph (Gabriel and Sokal, Syst. Zool. 18, 1969: two
points are neighbours when no third lies in the circle over them), a part of the edges is removed without
cutting the network, and edges that run straight on are joined into named streets.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, dijkstra, minimum_spanning_tree
from scipy.spatial import Delaunay

from sunra.journeys.demo.surface import Floats, Town, to_lonlat

POINTS = 2_900
MOST_SEGMENTS = 6_000
REMOVED = 0.15
STRAIGHT_ON = np.cos(np.radians(35))
MAIN_BONUS = 0.7
MAIN, MIDDLE, LANE = "main", "middle", "lane"

Edges = NDArray[np.int64]


@dataclass(frozen=True)
class Street:
    """A street: node indices along it, its invented name and level (main, middle, lane)."""

    nodes: tuple[int, ...]
    name: str
    level: str


@dataclass(frozen=True, eq=False)
class Streets:
    """The net: ``xy`` (nodes, 2) metres, ``lonlat`` the same, ``edges`` (m, 2), ``main`` (m,), streets."""

    xy: Floats
    lonlat: Floats
    edges: Edges
    main: NDArray[np.bool_]
    streets: tuple[Street, ...]
    street_of: NDArray[np.int64]

    @property
    def metres(self) -> Floats:
        """Length of each edge."""
        return np.hypot(*(self.xy[self.edges[:, 0]] - self.xy[self.edges[:, 1]]).T)

    def along(
        self, draw: np.random.Generator, weight: Floats, count: int, aside: float
    ) -> tuple[Floats, Edges]:
        """``count`` places beside edges drawn by weight: metres (count, 2) and the edge of each."""
        edge = draw.choice(len(self.edges), size=count, p=weight / weight.sum())
        start, end = self.xy[self.edges[edge, 0]], self.xy[self.edges[edge, 1]]
        step = end - start
        normal = np.column_stack((-step[:, 1], step[:, 0])) / np.hypot(*step.T)[:, None]
        side = draw.choice([-aside, aside], size=count)
        return start + draw.uniform(0.05, 0.95, (count, 1)) * step + normal * side[:, None], edge


def streets(town: Town) -> Streets:
    """Draw the network of a town; at most ``MOST_SEGMENTS`` edges."""
    draw = town.rng("streets")
    xy = _points(town, draw)
    edges = _edges(town, xy)
    xy, edges = _connected(xy, _thinned(draw, xy, edges))
    main = _main(draw, xy, edges)
    chains = _chains(xy, edges, main)
    named, street_of = _named(chains, edges, main)
    return Streets(xy, to_lonlat(xy), edges, main, named, street_of)


def _points(town: Town, draw: np.random.Generator) -> Floats:
    """A shaken lattice, turned and warped, thinner where nothing is built."""
    left, low, right, high = town.border.bounds
    built = np.clip(town.built(town.middle), 0.12, 1.0)
    step = float(np.sqrt(built.clip(0, 0.6).mean() / 0.6 * town.border.area / POINTS))
    half = 0.75 * max(right - left, high - low)
    axis = np.arange(-half, half, step)
    grid = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    grid = grid + draw.normal(0, 0.2 * step, grid.shape)
    turn = draw.uniform(0, np.pi / 2)
    xy = grid @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    phase = draw.uniform(0, 2 * np.pi, (2, 2))
    wave = 2 * np.pi / (16 * step)
    xy = (
        xy
        + 1.2 * step * np.sin(xy[:, ::-1] * wave + phase[0])
        + 0.6 * step * np.sin(2.3 * xy * wave + phase[1])
    )
    xy = xy + np.array([(left + right) / 2, (low + high) / 2])
    xy = xy[town.inside(xy, 12.0)]
    kept = draw.random(len(xy)) < np.clip(town.built(xy), 0.12, 0.6) / 0.6
    return xy[kept]


def _edges(town: Town, xy: Floats) -> Edges:
    """Gabriel edges that stay inside the district and are not too long."""
    triangles = Delaunay(xy).simplices.astype(np.int64)
    sides, ok = [], []
    for corner in range(3):
        a, b, c = triangles[:, corner], triangles[:, (corner + 1) % 3], triangles[:, (corner + 2) % 3]
        sharp = ((xy[a] - xy[c]) * (xy[b] - xy[c])).sum(1) >= 0
        sides.append(np.sort(np.column_stack((a, b)), axis=1))
        ok.append(sharp)
    both = np.concatenate(sides)
    edges, inverse = np.unique(both, axis=0, return_inverse=True)
    gabriel = np.ones(len(edges), dtype=bool)
    np.logical_and.at(gabriel, inverse.ravel(), np.concatenate(ok))
    edges = edges[gabriel]
    length = np.hypot(*(xy[edges[:, 0]] - xy[edges[:, 1]]).T)
    lines = shapely.linestrings(xy[edges])
    return edges[(length < 6 * np.median(length)) & shapely.covers(town.border, lines)]


def _thinned(draw: np.random.Generator, xy: Floats, edges: Edges) -> Edges:
    """Remove a part of the edges at random, none of which the network hangs on."""
    weight = draw.uniform(0.5, 1.5, len(edges))
    graph = coo_matrix((weight, edges.T), shape=(len(xy), len(xy)))
    tree = minimum_spanning_tree(graph.tocsr()).tocoo()
    key = edges[:, 0] * len(xy) + edges[:, 1]
    needed = np.isin(
        key, np.minimum(tree.row, tree.col).astype(np.int64) * len(xy) + np.maximum(tree.row, tree.col)
    )
    removed = ~needed & (draw.random(len(edges)) < REMOVED / max(1e-9, (~needed).mean()))
    spare = np.flatnonzero(~needed & ~removed)
    surplus = int((~removed).sum()) - MOST_SEGMENTS
    if surplus > 0:
        removed[draw.permutation(spare)[:surplus]] = True
    return edges[~removed]


def _connected(xy: Floats, edges: Edges) -> tuple[Floats, Edges]:
    """The largest piece, its nodes numbered anew."""
    graph = coo_matrix((np.ones(len(edges)), edges.T), shape=(len(xy), len(xy)))
    piece = connected_components(graph, directed=False)[1]
    kept = piece == np.bincount(piece).argmax()
    number = np.cumsum(kept) - 1
    return xy[kept], number[edges[kept[edges[:, 0]]]]


def _main(draw: np.random.Generator, xy: Floats, edges: Edges) -> NDArray[np.bool_]:
    """Edges on the shortest ways between far-apart places are main roads."""
    length = np.hypot(*(xy[edges[:, 0]] - xy[edges[:, 1]]).T)
    graph = coo_matrix((length, edges.T), shape=(len(xy), len(xy))).tocsr()
    hubs = draw.choice(len(xy), size=12, replace=False)
    before = dijkstra(graph, directed=False, indices=hubs, return_predecessors=True)[1]
    steps: set[tuple[int, int]] = set()
    for row in range(len(hubs)):
        for hub in hubs[row + 1 : row + 4]:
            node = int(hub)
            while before[row, node] >= 0:
                nearer = int(before[row, node])
                steps.add((min(node, nearer), max(node, nearer)))
                node = nearer
    return np.fromiter(
        (tuple(sorted(edge)) in steps for edge in edges.tolist()), dtype=bool, count=len(edges)
    )


def _chains(xy: Floats, edges: Edges, main: NDArray[np.bool_]) -> list[list[int]]:
    """Edge numbers of each street: at a node the two edges that run straightest on belong together.

    A main road goes on as a main road, even round a bend.
    """
    at: dict[int, list[int]] = {}
    for number, (a, b) in enumerate(edges.tolist()):
        at.setdefault(a, []).append(number)
        at.setdefault(b, []).append(number)
    follows: dict[tuple[int, int], int] = {}
    for node, numbers in at.items():
        ends = edges[numbers].sum(1) - node
        way = xy[ends] - xy[node]
        way = way / np.hypot(*way.T)[:, None]
        kind = main[numbers]
        bend = -(way @ way.T) + np.where(kind[:, None] & kind, MAIN_BONUS, 0) - 9 * (kind[:, None] ^ kind)
        pairs = sorted(
            ((bend[i, j], i, j) for i in range(len(numbers)) for j in range(i)), key=lambda pair: -pair[0]
        )
        used: set[int] = set()
        for value, i, j in pairs:
            if value >= STRAIGHT_ON and not used & {i, j}:
                used |= {i, j}
                follows[(node, numbers[i])], follows[(node, numbers[j])] = numbers[j], numbers[i]
    return _walk(edges, follows)


def _walk(edges: Edges, follows: dict[tuple[int, int], int]) -> list[list[int]]:
    ends = edges.tolist()
    seen: set[int] = set()
    chains: list[list[int]] = []
    loose = [n for n, (a, b) in enumerate(ends) if (a, n) not in follows or (b, n) not in follows]
    for first in (*loose, *range(len(ends))):
        if first in seen:
            continue
        a, b = ends[first]
        node = b if (a, first) not in follows else a
        chain, number = [first], first
        seen.add(first)
        while (following := follows.get((node, number))) is not None and following not in seen:
            number = following
            seen.add(number)
            chain.append(number)
            node = sum(ends[number]) - node
        chains.append(chain)
    return chains


def _named(
    chains: list[list[int]], edges: Edges, main: NDArray[np.bool_]
) -> tuple[tuple[Street, ...], NDArray[np.int64]]:
    """Names that no one can take for real: 가상1대로 (main), 가상1로 (long), 가상1길 (short)."""
    made: list[Street] = []
    street_of = np.zeros(len(edges), dtype=np.int64)
    count = {MAIN: 0, MIDDLE: 0, LANE: 0}
    word = {MAIN: "대로", MIDDLE: "로", LANE: "길"}
    for chain in sorted(chains, key=lambda chain: (-len(chain), chain)):
        level = MAIN if main[chain].mean() > 0.5 else MIDDLE if len(chain) >= 6 else LANE
        count[level] += 1
        street_of[chain] = len(made)
        made.append(Street(_nodes(edges[chain].tolist()), f"가상{count[level]}{word[level]}", level))
    return tuple(made), street_of


def _nodes(chain: list[list[int]]) -> tuple[int, ...]:
    first, second = chain[0]
    if len(chain) > 1 and first in chain[1]:
        first, second = second, first
    nodes = [first, second]
    for a, b in chain[1:]:
        nodes.append(b if a == nodes[-1] else a)
    return tuple(nodes)
