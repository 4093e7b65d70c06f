"""Road segments instead of squares: lines cut into short pieces, events on the nearest, counts by length.

The same methods learn on them. A piece is a cell of a ``History`` whose exposure is its length: where nothing
is known events spread by length, kernels give events per metre around (straight distance, not along the
road), and shares of the area are shares of the length.
"""

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyproj
import shapely
import shapely.ops
from numpy.typing import ArrayLike, NDArray
from pyproj.exceptions import CRSError, ProjError

from sunra.core.forecast.errors import BadEventsError, BadGridError
from sunra.core.forecast.history import History
from sunra.core.forecast.inputs import MAX_CELLS
from sunra.core.forecast.layout import LONGLAT

LONGEST_M = 250.0
WITHIN_M = 50.0
PLACE_M = 100.0
"""Squares in which pieces lie for the kernels: pieces closer than this are at one place."""
WIDEST = 1024
"""Squares along each side of the box that kernels are laid over; they grow where a network is wider."""
Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Segments:
    """``pieces``: (n,) shapely lines, metres; ``length_m``: float64 (n,); ``line``: int64 (n,), which of the
    given lines each is a part of; ``same_way``: lines left out for lying exactly on an earlier one.
    """

    pieces: NDArray[np.object_]
    length_m: Numbers
    line: NDArray[np.int64]
    same_way: int = 0

    def __len__(self) -> int:
        """Count the pieces."""
        return int(self.pieces.size)

    def nearest(self, x: ArrayLike, y: ArrayLike, *, within_m: float = WITHIN_M) -> NDArray[np.int64]:
        """The piece nearest to each point (n,), metres; -1 where none lies within ``within_m``."""
        points = shapely.points(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
        found = np.full(points.shape, -1, dtype=np.int64)
        # One of several equally near, the first: a crossing belongs to one road alone.
        asked, piece = shapely.STRtree(self.pieces).query_nearest(
            points, max_distance=within_m, all_matches=True
        )
        order = np.lexsort((piece, asked))[::-1]
        found[asked[order]] = piece[order]
        return found

    def history(
        self,
        piece: ArrayLike,
        day: ArrayLike,
        *,
        first: dt.date,
        periods: int,
        period_days: int = 7,
    ) -> History:
        """Counts by period and piece; events on no piece (-1) or outside the periods are left out."""
        where = np.asarray(piece, dtype=np.int64)
        since = (np.asarray(day, "datetime64[D]") - np.datetime64(first, "D")).astype(np.int64)
        period = since // period_days
        if where.shape != period.shape or (where.size and where.max() >= len(self)):
            raise BadEventsError("the events do not fit the segments", events=int(where.size))
        fits = (where >= 0) & (period >= 0) & (period < periods)
        flat = np.bincount(period[fits] * len(self) + where[fits], minlength=periods * len(self))
        middle = shapely.get_coordinates(shapely.line_interpolate_point(self.pieces, 0.5, normalized=True))
        away = middle - middle.min(0)
        size_m = max(PLACE_M, float(away.max()) / WIDEST)
        east, north = np.floor(away / size_m).astype(np.int32).T
        counts = flat.reshape(periods, len(self)).astype(np.float32)
        return History(counts, east, north, size_m, first, period_days, exposure=self.length_m)


def cut(lines: Sequence[ArrayLike], *, longest_m: float = LONGEST_M) -> Segments:
    """Cut lines (each (points, 2), projected metres) into equal pieces of at most ``longest_m``.

    The same way drawn twice (also backwards) counts once; lines without length are left out. Raises
    ``BadGridError``: nothing is left, or more pieces than a forecast can hold.
    """
    if not np.isfinite(longest_m) or longest_m <= 0:
        raise BadGridError("the longest piece must be above 0", longest_m=longest_m)
    points = [np.asarray(line, dtype=np.float64).reshape(-1, 2) for line in lines]
    usable = [number for number, line in enumerate(points) if len(line) > 1 and np.isfinite(line).all()]
    shapes = np.array([shapely.LineString(points[number]) for number in usable], dtype=object)
    number = np.array(usable, dtype=np.int64)
    long = shapely.length(shapes) > 0 if shapes.size else np.zeros(0, dtype=bool)
    shapes, number = shapes[long], number[long]
    once = {way: place for place, way in reversed(list(enumerate(shapely.to_wkb(shapely.normalize(shapes)))))}
    kept = np.sort(np.array(list(once.values()), dtype=np.int64))
    same_way = shapes.size - kept.size
    shapes, number = shapes[kept], number[kept]
    parts = np.maximum(1, np.ceil(shapely.length(shapes) / longest_m - 1e-9)).astype(np.int64)
    if not shapes.size or parts.sum() > MAX_CELLS:
        raise BadGridError("no road, or too many", pieces=int(parts.sum()), limit=MAX_CELLS)
    made = [piece for shape, n in zip(shapes, parts, strict=True) for piece in _equal(shape, int(n))]
    pieces = np.array(made, dtype=object)
    return Segments(pieces, shapely.length(pieces), np.repeat(number, parts), same_way)


def read(path: Path, *, target: int, missing: int = LONGLAT) -> list[Numbers]:
    """The lines of a file (GeoJSON, shapefile, GeoPackage, KML; .gz too) in the projected system ``target``.

    ``missing``: EPSG code for a file that names none. Raises ``BadGridError``: unreadable, no line.
    """
    import pyogrio  # GDAL: only who reads a road file loads it

    packed = path.suffix.lower() == ".gz"
    try:
        meta, _, wkb, _ = pyogrio.raw.read(f"/vsigzip/{path.resolve()}" if packed else path, columns=[])
        shapes = shapely.force_2d(shapely.from_wkb(wkb)) if wkb is not None else np.zeros(0, dtype=object)
        turn = pyproj.Transformer.from_crs(meta["crs"] or f"EPSG:{missing}", f"EPSG:{target}", always_xy=True)
    except (RuntimeError, ValueError, OSError, CRSError, shapely.errors.GEOSException) as error:
        raise BadGridError(f"the roads cannot be read: {path.name}", file=path.name) from error
    lines = shapely.get_parts(shapes[~shapely.is_missing(shapes)])
    lines = lines[shapely.get_type_id(lines) == 1]
    if not lines.size:
        raise BadGridError(f"the file holds no line: {path.name}", file=path.name)
    try:
        return [np.column_stack(turn.transform(*shapely.get_coordinates(line).T)) for line in lines]
    except ProjError as error:
        raise BadGridError(f"the roads cannot be projected: {path.name}", file=path.name) from error


def _equal(line: shapely.LineString, parts: int) -> list[shapely.Geometry]:
    if parts == 1:
        return [line]
    ends = np.linspace(0.0, 1.0, parts + 1)
    return [
        shapely.ops.substring(line, start, end, normalized=True) for start, end in itertools.pairwise(ends)
    ]
