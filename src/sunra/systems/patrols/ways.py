"""What a plan moves on: streets only when they are real for these places and reach the stops."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sunra.core.routing import RoutingError, StraightLine, StreetGraph
from sunra.core.routing.network import Network
from sunra.platform.accounts.actor import Actor
from sunra.platform.places import selectors as places
from sunra.systems.patrols.models import DistanceSource

NEAR_METRES, COVERED_SHARE, WHOLE_SHARE = 150.0, 0.9, 0.8


@dataclass(frozen=True, eq=False)
class Ways:
    """A network with its name; ``why`` is a code for the page: "", "no_streets", "not_covered",
    "in_pieces".
    """

    network: Network
    source: str
    why: str = ""

    def covers(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which points can be reached; on straight lines all of them."""
        if self.source == DistanceSource.STRAIGHT_LINE:
            return np.ones(len(lon), dtype=np.bool_)
        return self.network.covers(lon, lat, NEAR_METRES)

    def stand(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where one stands to watch a place: at the nearest street, or at the place itself."""
        if isinstance(self.network, StreetGraph):
            found = self.network.nearest(lon, lat)
            return found.lon, found.lat
        return lon, lat


def straight(why: str) -> Ways:
    """Straight lines × 1.3."""
    return Ways(StraightLine(), DistanceSource.STRAIGHT_LINE, why)


def choose(
    actor: Actor, district: str, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[Ways, str]:
    """The ways for stops at these points, and a digest of the streets looked at.

    Generated streets never carry real places: when anything real is published in the district, only real
    streets count.
    """
    rows = list(
        places.streets(actor, district=district).order_by("id").values_list("geometry", "demo", "digest")
    )
    if _any_real(actor, district):
        rows = [row for row in rows if not row[1]]
    digest = hashlib.blake2b(b"".join(row[2].to_bytes(8, "big", signed=True) for row in rows)).hexdigest()
    if not rows:
        return straight("no_streets"), digest
    try:
        graph = StreetGraph.from_lines(geometry for geometry, _demo, _digest in rows)
    except RoutingError:
        return straight("no_streets"), digest
    if graph.report().largest_share < WHOLE_SHARE:
        return straight("in_pieces"), digest
    if len(lon) and graph.covers(lon, lat, NEAR_METRES).mean() < COVERED_SHARE:
        return straight("not_covered"), digest
    return Ways(graph, DistanceSource.STREETS), digest


def _any_real(actor: Actor, district: str) -> bool:
    found = (places.facilities(actor, district=district), places.events(actor, district=district))
    return any(rows.filter(demo=False).exists() for rows in found)
