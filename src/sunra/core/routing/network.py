"""What a plan moves on: real streets, or a straight line where no street file is at hand.

Points are arrays (n, 2) of WGS84 longitude and latitude. Generated streets must never carry real places:
the caller asks ``covers`` and falls back to ``StraightLine``, which has the same interface but no turns to
print.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sunra.core.geo import crs

Floats = NDArray[np.float64]
CELL = 100.0


class Network(Protocol):
    """Distances and paths between points."""

    @property
    def turns(self) -> bool:
        """Whether paths follow streets, so that turns may be printed."""
        ...

    def matrix(self, sources: ArrayLike, targets: ArrayLike) -> Floats:
        """Metres from each source to each target, (n, m)."""
        ...

    def path(self, start: ArrayLike, end: ArrayLike) -> Floats:
        """The way from one point (2,) to another as longitude and latitude, (k, 2), both ends included."""
        ...

    def covers(self, lon: ArrayLike, lat: ArrayLike, metres: float) -> NDArray[np.bool_]:
        """Which points lie at most ``metres`` from a street."""
        ...


class CellNetwork(Network, Protocol):
    """A network that also tells which national cells a way passes."""

    def cells(self, start: ArrayLike, end: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The 100 m cells passed from one point (2,) to another, in order: ``cell_e``, ``cell_n``."""
        ...


def as_points(points: ArrayLike) -> Floats:
    """The points as (n, 2)."""
    return np.asarray(points, dtype=np.float64).reshape(-1, 2)


def project(points: Floats) -> Floats:
    """WGS84 points in EPSG:5179 metres, (n, 2)."""
    return np.column_stack(crs.transform(points[:, 0], points[:, 1], 4326, 5179))


def cells_along(path: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The national 100 m cells that a way (k, 2) in longitude and latitude passes, in order.

    Exact: the way is cut at every cell border. A cell left and entered again stands there again.
    """
    xy = project(as_points(path))
    start, step = xy[:-1], np.diff(xy, axis=0)
    cuts = [np.arange(len(start), dtype=np.float64), np.arange(1, len(start) + 1, dtype=np.float64)]
    for axis in (0, 1):
        low, high = (np.floor(side[:, axis] / CELL).astype(np.int64) for side in (xy[:-1], xy[1:]))
        count = np.abs(high - low)
        segment = np.repeat(np.arange(len(start)), count)
        nth = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
        border = (np.minimum(low, high)[segment] + 1 + nth) * CELL
        along = (border - start[segment, axis]) / step[segment, axis]
        cuts.append(segment + np.clip(along, 0.0, 1.0))
    place = np.unique(np.concatenate(cuts))
    middle = (place[:-1] + place[1:]) / 2
    row = np.minimum(np.floor(middle).astype(np.int64), len(start) - 1)
    cell = np.floor((start[row] + (middle - row)[:, None] * step[row]) / CELL).astype(np.int64)
    new = np.ones(len(cell), dtype=np.bool_)
    new[1:] = (cell[1:] != cell[:-1]).any(axis=1)
    return cell[new, 0], cell[new, 1]


@dataclass(frozen=True, slots=True)
class StraightLine:
    """Straight lines, lengthened by ``factor`` for the detours that streets make (1.3 in Korean cities)."""

    factor: float = 1.3

    @property
    def turns(self) -> bool:
        """No streets, no turns."""
        return False

    def matrix(self, sources: ArrayLike, targets: ArrayLike) -> Floats:
        """Metres from each source to each target, (n, m)."""
        a, b = project(as_points(sources)), project(as_points(targets))
        metres: Floats = self.factor * np.hypot(*(a[:, None, axis] - b[None, :, axis] for axis in (0, 1)))
        return metres

    def path(self, start: ArrayLike, end: ArrayLike) -> Floats:
        """The two points."""
        return np.vstack([as_points(start), as_points(end)])

    def cells(self, start: ArrayLike, end: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The 100 m cells under the straight line, in order: ``cell_e``, ``cell_n``."""
        return cells_along(self.path(start, end))

    def covers(self, lon: ArrayLike, lat: ArrayLike, metres: float) -> NDArray[np.bool_]:  # noqa: ARG002
        """Nothing: there are no streets."""
        return np.zeros(np.broadcast(lon, lat).shape, dtype=np.bool_)
