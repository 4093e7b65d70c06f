"""Checks that coordinates lie in Korea, where EPSG:5179 is true."""

import numpy as np
from numpy.typing import NDArray

from sunra.core.geo import crs
from sunra.core.routing.network import Floats
from sunra.core.routing.streets.errors import StreetFileError

# Eastings and northings of EPSG:5179 around Korea and its islands.
_WEST, _EAST, _SOUTH, _NORTH = 600_000.0, 1_450_000.0, 1_350_000.0, 2_150_000.0


def to_metres(points: Floats, epsg: int) -> Floats:
    """Points (n, 2) of any known system in EPSG:5179."""
    if epsg == 5179:
        return points
    with np.errstate(all="ignore"):
        return np.column_stack(crs.transform(points[:, 0], points[:, 1], epsg, 5179))


def outside(xy: Floats) -> NDArray[np.bool_]:
    """Which points (EPSG:5179) lie outside Korea or are no numbers."""
    x, y = xy[:, 0], xy[:, 1]
    return ~((x > _WEST) & (x < _EAST) & (y > _SOUTH) & (y < _NORTH))


def require_korea(xy: Floats, rows: NDArray[np.int64], file: str, field: str = "geometry") -> None:
    """Raises "bad_place" with the first row (per point) that lies outside."""
    bad = np.flatnonzero(outside(xy))
    if len(bad):
        raise StreetFileError("bad_place", file, row=int(rows[bad[0]]), field=field)
