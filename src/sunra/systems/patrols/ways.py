"""What a plan moves on: streets only when they are real for these places and reach the stops.

A district's graph is kept by the digest of its streets, in the process and as a file under the
installation's home, so that a plan neither reads nor joins the same streets again.
"""

import contextlib
import hashlib
import tempfile
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sunra.core.routing import RoutingError, StraightLine, StreetGraph, reach
from sunra.core.routing.network import CellNetwork
from sunra.core.routing.streets.costs import Mode
from sunra.core.routing.streets.stored import dump, load
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.home import folder
from sunra.platform.places import selectors as places
from sunra.systems.patrols.models import DistanceSource

NEAR_METRES, COVERED_SHARE, WHOLE_SHARE = 150.0, 0.9, 0.8
KEPT, KEPT_FILES = 4, 30
_kept: OrderedDict[str, StreetGraph] = OrderedDict()


@dataclass(frozen=True, eq=False)
class Ways:
    """A network with its name; ``why`` is a code for the page: "", "no_streets", "not_covered",
    "in_pieces".
    """

    network: CellNetwork
    source: str
    why: str = ""

    def covers(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which points can be reached; on straight lines all of them."""
        if self.source == DistanceSource.STRAIGHT_LINE:
            return np.ones(len(lon), dtype=np.bool_)
        return self.network.covers(lon, lat, NEAR_METRES)

    def unserved(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64], mode: Mode = "walk"
    ) -> NDArray[np.str_]:
        """Why each point (a stop, a team's start or end) is not served: "" (it is), "no_street", "not_main"
        (its street hangs on nothing) or "no_return" (a car cannot get back); on straight lines all are.
        """
        if isinstance(self.network, StreetGraph):
            return reach(self.network, lon, lat, NEAR_METRES, mode).why
        return np.full(len(lon), "", dtype=np.str_)

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
    streets = places.streets(actor, district=district)
    if _any_real(actor, district):
        streets = streets.filter(demo=False)
    streets = streets.order_by("id")
    parts = [value.to_bytes(8, "big", signed=True) for value in streets.values_list("digest", flat=True)]
    digest = hashlib.blake2b(b"".join(parts)).hexdigest()
    if not parts:
        return straight("no_streets"), digest
    try:
        graph = graph_of(digest, streets.values_list("geometry", flat=True))
    except RoutingError:
        return straight("no_streets"), digest
    if graph.report().largest_share < WHOLE_SHARE:
        return straight("in_pieces"), digest
    if len(lon) and graph.covers(lon, lat, NEAR_METRES).mean() < COVERED_SHARE:
        return straight("not_covered"), digest
    return Ways(graph, DistanceSource.STREETS), digest


def graph_of(digest: str, geometries: Iterable[Any]) -> StreetGraph:
    """The graph of these lines, kept by ``digest``; they are only read when it is not kept yet.

    Raises ``RoutingError("no_streets")``.
    """
    if digest not in _kept:
        path = folder("streets") / f"{digest[:32]}.npz"
        _kept[digest] = _stored(path) or _made(path, geometries)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    _kept.move_to_end(digest)
    return _kept[digest]


def _stored(path: Path) -> StreetGraph | None:
    """The graph in this file; None when there is none or it is damaged."""
    try:
        return load(path.read_bytes())
    except (OSError, RoutingError):
        return None


def _made(path: Path, geometries: Iterable[Any]) -> StreetGraph:
    """A new graph, put into the file whole or not at all; a full disk only costs the next plan time."""
    graph = StreetGraph.from_lines(geometries)
    with contextlib.suppress(OSError):
        _keep(path, dump(graph))
    return graph


def _keep(path: Path, content: bytes) -> None:
    """The content in this file; the oldest files make room."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        own = Path(file.name)
        try:
            file.write(content)
            file.flush()
            own.replace(path)
        except OSError:
            own.unlink(missing_ok=True)
            raise
    files = sorted(path.parent.glob("*.npz"), key=lambda found: found.stat().st_mtime, reverse=True)
    for old in files[KEPT_FILES:]:
        old.unlink(missing_ok=True)


def _any_real(actor: Actor, district: str) -> bool:
    found = (places.facilities(actor, district=district), places.events(actor, district=district))
    return any(rows.filter(demo=False).exists() for rows in found)
