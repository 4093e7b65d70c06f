"""Coordinate systems of Korean public files.

Every system is written out with its datum shift, so a result depends neither on grid files nor on the network
setting of PROJ. Systems on Bessel 1841 (Korean 1985) use the seven parameters of the National Geographic
Information Institute, position-vector convention; those on GRS80 (Korea 2000) coincide with WGS84.
"""

from functools import cache
from typing import Any

import numpy as np
import pyproj
from numpy.typing import ArrayLike, NDArray

from sunra.core.geo.errors import UnknownCrs

_BESSEL = "+ellps=bessel +towgs84=-115.80,474.99,674.11,1.16,-2.31,-1.63,6.43 +units=m +no_defs"
_GRS80 = "+ellps=GRS80 +towgs84=0,0,0,0,0,0,0 +units=m +no_defs"
_DEFINITIONS = {
    4326: "+proj=longlat +datum=WGS84 +no_defs",
    3857: "+proj=merc +a=6378137 +b=6378137 +lon_0=0 +x_0=0 +y_0=0 +units=m +nadgrids=@null +no_defs",
    2097: f"+proj=tmerc +lat_0=38 +lon_0=127 +k=1 +x_0=200000 +y_0=500000 {_BESSEL}",
    5174: f"+proj=tmerc +lat_0=38 +lon_0=127.0028902777778 +k=1 +x_0=200000 +y_0=500000 {_BESSEL}",
    5179: f"+proj=tmerc +lat_0=38 +lon_0=127.5 +k=0.9996 +x_0=1000000 +y_0=2000000 {_GRS80}",
    5181: f"+proj=tmerc +lat_0=38 +lon_0=127 +k=1 +x_0=200000 +y_0=500000 {_GRS80}",
    5186: f"+proj=tmerc +lat_0=38 +lon_0=127 +k=1 +x_0=200000 +y_0=600000 {_GRS80}",
}
_BESSEL_CODES = frozenset({2097, 5174})
CODES: tuple[int, ...] = tuple(sorted(_DEFINITIONS))
"""EPSG codes that ``transform`` knows."""

Floats = NDArray[np.float64]


@cache
def _transformer(source: int, target: int) -> Any:
    return pyproj.Transformer.from_crs(_DEFINITIONS[source], _DEFINITIONS[target], always_xy=True)


def _once(x: Floats, y: Floats, source: int, target: int) -> tuple[Floats, Floats]:
    east, north = _transformer(source, target).transform(x.ravel(), y.ravel())
    return np.asarray(east).reshape(x.shape), np.asarray(north).reshape(x.shape)


def transform(x: ArrayLike, y: ArrayLike, source: int, target: int) -> tuple[Floats, Floats]:
    """Turn coordinates of one system into another; x is longitude or easting, y latitude or northing.

    Takes scalars or arrays of one shape (degrees or metres) and returns arrays of that shape. What cannot be
    turned (not finite, off the projection) becomes NaN. Raises ``UnknownCrs``.
    """
    for epsg in (source, target):
        if epsg not in _DEFINITIONS:
            raise UnknownCrs(epsg=epsg)
    xs, ys = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
    if source == target:
        return xs.copy(), ys.copy()
    east, north = _once(xs, ys, source, target)
    if target in _BESSEL_CODES:
        # The shift drops the height on the way, which costs millimetres; one corrective step regains them.
        x_back, y_back = _once(east, north, target, source)
        east, north = _once(2 * xs - x_back, 2 * ys - y_back, source, target)
    bad = ~(np.isfinite(east) & np.isfinite(north))
    return np.where(bad, np.nan, east), np.where(bad, np.nan, north)
