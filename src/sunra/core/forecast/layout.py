"""Squares laid over a town in any metric or foot coordinate system: by origin and shape, over a boundary, or
over the hull of the events.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyproj
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj.exceptions import CRSError, ProjError

from sunra.core.forecast.errors import BadGridError
from sunra.core.forecast.inputs import MAX_CELLS, Grid

LONGLAT = 4326
Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Layout:
    """``grid``: cells by position from ``origin`` (east, north), sides of ``cell`` projected units."""

    grid: Grid
    origin: tuple[float, float]
    shape: tuple[int, int]
    cell: float

    def cells_of(self, x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Position (east, north) of the square that holds each point; finite projected coordinates."""
        east = np.floor((np.asarray(x, dtype=np.float64) - self.origin[0]) / self.cell)
        north = np.floor((np.asarray(y, dtype=np.float64) - self.origin[1]) / self.cell)
        far = 2.0**31 - 2
        return np.clip(east, -far, far).astype(np.int64), np.clip(north, -far, far).astype(np.int64)


def lay(
    *,
    cell: float,
    unit_m: float = 1.0,
    area: shapely.Geometry | None = None,
    origin: tuple[float, float] | None = None,
    shape: tuple[int, int] | None = None,
) -> Layout:
    """Squares of side ``cell`` (in units of ``unit_m`` metres) whose centre lies in ``area``.

    With ``origin`` (left lower corner) and ``shape`` (columns, rows) the squares are those; without, whole
    multiples of ``cell`` that cover the area. Raises ``BadGridError``: neither is given, nothing is covered,
    or more squares than a forecast can hold (counted before any is made).
    """
    if not math.isfinite(cell) or cell <= 0:
        raise BadGridError("the side of a cell must be above 0", cell=cell)
    if (origin is None) != (shape is None):
        raise BadGridError("origin and shape belong together")
    if origin is None or shape is None:
        if area is None or area.is_empty:
            raise BadGridError("a grid needs an origin and a shape, a boundary, or events to lie under it")
        left, low, right, top = area.bounds
        origin = (math.floor(left / cell) * cell, math.floor(low / cell) * cell)
        shape = (
            max(1, math.ceil((right - origin[0]) / cell)),
            max(1, math.ceil((top - origin[1]) / cell)),
        )
    if min(shape) < 1:
        raise BadGridError("a grid has at least one column and one row", shape=list(shape))
    check_size(shape)
    north, east = np.divmod(np.arange(shape[0] * shape[1]), shape[0])
    if area is not None:
        shapely.prepare(area)
        inside = shapely.contains_xy(area, origin[0] + cell * (east + 0.5), origin[1] + cell * (north + 0.5))
        east, north = east[inside], north[inside]
    if not east.size:
        raise BadGridError("no cell's centre lies in the area: are the coordinate systems right?")
    return Layout(Grid(east, north, cell * unit_m), origin, shape, cell)


def check_size(shape: tuple[int, int]) -> None:
    """Refuse with ``BadGridError`` what is too large, in numbers a person can act on."""
    squares = shape[0] * shape[1]
    if squares > 4 * MAX_CELLS:
        raise BadGridError(
            f"a grid of {shape[0]:,} x {shape[1]:,} = {squares:,} squares is more than can be held"
            f" ({4 * MAX_CELLS:,}; {MAX_CELLS:,} of them in the area): choose larger cells or a smaller area",
            cells=squares,
            limit=MAX_CELLS,
        )


def hull(x: Numbers, y: Numbers, cell: float) -> shapely.Geometry:
    """The convex hull of points, wider by one cell, so that one point alone has a square too."""
    if not x.size:
        raise BadGridError("there are no events to lay a grid over")
    return shapely.buffer(shapely.convex_hull(shapely.multipoints(np.column_stack((x, y)))), cell)


def project(x: ArrayLike, y: ArrayLike, source: int, target: int) -> tuple[Numbers, Numbers]:
    """Turn coordinates of one EPSG code into another, x first; NaN where that cannot be done."""
    xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if source != target:
        turn = pyproj.Transformer.from_crs(_crs(source), _crs(target), always_xy=True)
        xs, ys = (np.asarray(one, dtype=np.float64) for one in turn.transform(xs, ys))
    bad = ~(np.isfinite(xs) & np.isfinite(ys))
    return np.where(bad, np.nan, xs), np.where(bad, np.nan, ys)


def unit_metres(epsg: int) -> float:
    """Metres in one unit of a projected system; raises ``BadGridError`` for degrees and unknown codes."""
    crs = _crs(epsg)
    if not crs.is_projected:
        raise BadGridError(
            f"EPSG:{epsg} measures in degrees: name a projected system for the cells", epsg=epsg
        )
    return float(crs.axis_info[0].unit_conversion_factor)


def boundary(path: Path, *, target: int, missing: int = LONGLAT) -> shapely.Geometry:
    """The union of the polygons of a file (KML, GeoJSON, shapefile, GeoPackage; .gz too), projected.

    ``missing``: EPSG code for a file that names none. Raises ``BadGridError``: unreadable, no polygon.
    """
    import pyogrio  # GDAL: only who reads a boundary loads it

    packed = path.suffix.lower() == ".gz"
    try:
        meta, _, wkb, _ = pyogrio.raw.read(f"/vsigzip/{path.resolve()}" if packed else path, columns=[])
        shapes = shapely.force_2d(shapely.from_wkb(wkb)) if wkb is not None else np.zeros(0, dtype=object)
    except (RuntimeError, ValueError, OSError, shapely.errors.GEOSException) as error:
        raise BadGridError(f"the boundary cannot be read: {path.name}", file=path.name) from error
    shapes = shapely.get_parts(shapely.make_valid(shapes[~shapely.is_missing(shapes)]))
    shapes = shapes[np.isin(shapely.get_type_id(shapes), (3, 6))]
    if not shapes.size:
        raise BadGridError(f"the boundary holds no polygon: {path.name}", file=path.name)
    try:
        turn = pyproj.Transformer.from_crs(meta["crs"] or f"EPSG:{missing}", _crs(target), always_xy=True)
        turned = shapely.transform(
            shapes, lambda points: np.column_stack(turn.transform(points[:, 0], points[:, 1]))
        )
        area = shapely.union_all(shapely.make_valid(turned))
    except (CRSError, ProjError, shapely.errors.GEOSException) as error:
        raise BadGridError(f"the boundary cannot be projected: {path.name}", file=path.name) from error
    if area.is_empty or not np.isfinite(area.bounds).all():
        raise BadGridError(f"the boundary lies outside EPSG:{target}: {path.name}", file=path.name)
    return area


def _crs(epsg: int) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_epsg(epsg)
    except CRSError as error:
        raise BadGridError(f"EPSG:{epsg} is not known", epsg=epsg) from error
