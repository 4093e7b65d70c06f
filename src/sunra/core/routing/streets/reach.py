"""Which places streets really serve: named, so that nothing infinite ever reaches a plan."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import KDTree

from sunra.core.routing.network import Floats, project
from sunra.core.routing.streets.costs import Mode, allowed
from sunra.core.routing.streets.graph import StreetGraph
from sunra.core.routing.streets.joining import parts_of
from sunra.core.routing.streets.lines import Ints

NO_STREET = "no_street"
NOT_MAIN = "not_main"
NO_RETURN = "no_return"


@dataclass(frozen=True, eq=False, slots=True)
class Reach:
    """Per point: ``why`` "" (served), "no_street" (none within the metres asked), "not_main" (the street
    there hangs on nothing else) or "no_return" (by car: one-way streets lead only in or only out).

    ``metres`` is the way to the nearest street of the main part: always finite.
    """

    why: NDArray[np.str_]
    metres: Floats

    @property
    def served(self) -> NDArray[np.bool_]:
        """Which points a team can get to and away from."""
        return np.asarray(self.why == "")

    def rows(self, why: str) -> Ints:
        """The points with this reason."""
        return np.flatnonzero(self.why == why)


def reach(graph: StreetGraph, lon: ArrayLike, lat: ArrayLike, metres: float, mode: Mode = "walk") -> Reach:
    """Which WGS84 points (n) lie at most ``metres`` from a street that belongs to the mode's main part."""
    main = graph.nearest(lon, lat, mode)
    xy, edges, _, _ = graph.parts()
    use = allowed(edges, mode)
    nodes = np.unique(np.concatenate([edges.a[use], edges.b[use]]))
    points = project(np.column_stack([np.atleast_1d(lon), np.atleast_1d(lat)]).astype(np.float64))
    away, nearest = KDTree(xy[nodes]).query(points)
    label = parts_of(len(xy), edges.a[use], edges.b[use])
    joined = label[nodes[nearest]] == label[graph.layer(mode).node[0]]
    why = np.where(joined, NO_RETURN, NOT_MAIN)
    why = np.where(away > metres, NO_STREET, why)
    return Reach(np.where(main.metres <= metres, "", why), main.metres)
