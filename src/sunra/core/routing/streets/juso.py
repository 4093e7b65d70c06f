"""Reads the road sections of the road-name address map (juso, TL_SPRD_MANAGE): centrelines without topology.

The file tells the road class (ROA_CLS_SE 1 motorway, 2 daero, 3 ro, 4 gil), not what runs over what and not
which streets are one-way. Where a publisher adds a column of levels, name it: lines of different levels then
join at their ends only. Without one a bridge joins what it crosses, and the report says so
(``source.levels``).
"""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from sunra.core.routing.network import Floats
from sunra.core.routing.streets import lines
from sunra.core.routing.streets.errors import Limits, StreetFileError, Watch
from sunra.core.routing.streets.graph import StreetGraph
from sunra.core.routing.streets.lines import KIND_ROW, Ints
from sunra.core.routing.streets.places import require_korea, to_metres
from sunra.core.routing.streets.report import Source

_MAGIC = struct.pack(">i", 9994)
_LINES = (3, 13, 23)  # PolyLine, PolyLineZ, PolyLineM
_HEADER = 100
_KINDS = {"1": "motorway", "2": "primary", "3": "secondary", "4": "residential"}
_LEVELS = 9


def read_juso(path: Path, *, epsg: int = 5179, level: str = "", limits: Limits | None = None) -> StreetGraph:
    """The graph of a line shapefile; ``level`` names the column of levels, if there is one.

    Raises `StreetFileError` ("unreadable", "too_large", "not_a_street_file", "missing_field", "bad_level",
    "bad_place") and ``RoutingError("no_streets")``.
    """
    watch = Watch(path.name, limits or Limits())
    _check(path, watch)
    columns, shapes = _read(path, watch, level)
    parts, row = shapely.get_parts(shapes, return_index=True)
    points, part = shapely.get_coordinates(parts, return_index=True)
    watch.rows(len(shapes), len(points))
    xy = to_metres(points, epsg)
    require_korea(xy, row[part] + 2, path.name)
    found = lines.make(
        xy, np.concatenate([[0], np.cumsum(np.bincount(part, minlength=len(parts)))]),
        kind=_kinds(columns, len(shapes))[row], level=_levels(columns, level, path.name, len(shapes))[row],
        foot=(_kinds(columns, len(shapes)) != KIND_ROW["motorway"])[row],
        name=_ids(columns, len(shapes))[row],
    )  # fmt: skip
    ids = len(np.unique(_ids(columns, len(shapes))))
    return StreetGraph.of(found, Source("juso", len(shapes), ids, levels=bool(level)))


def _check(path: Path, watch: Watch) -> None:
    """Only a shapefile of lines reaches the library, which knows many formats and follows links."""
    try:
        watch.took(sum(file.stat().st_size for file in path.parent.glob(f"{path.stem}.*")))
        with path.open("rb") as file:
            head = file.read(_HEADER)
    except OSError as error:
        raise StreetFileError("unreadable", path.name) from error
    fine = path.suffix.lower() == ".shp" and len(head) == _HEADER and head.startswith(_MAGIC)
    if not fine or struct.unpack("<i", head[32:36])[0] not in _LINES:
        raise StreetFileError("not_a_street_file", path.name)


def _read(path: Path, watch: Watch, level: str) -> tuple[dict[str, NDArray[Any]], NDArray[Any]]:
    import pyogrio  # GDAL: only who reads a street file loads it

    try:
        info = pyogrio.read_info(path)
        watch.rows(int(info["features"]))
        known = set(map(str, info["fields"]))
        if level and level not in known:
            raise StreetFileError("missing_field", path.name, row=1, field=level)
        wanted = [name for name in ("RDS_MAN_NO", "ROA_CLS_SE", level) if name in known]
        meta, _, wkb, values = pyogrio.raw.read(path, columns=wanted)
        shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, OSError) as error:
        if isinstance(error, StreetFileError):
            raise
        raise StreetFileError("not_a_street_file", path.name) from error
    return dict(zip(map(str, meta["fields"]), values, strict=True)), shapes


def _ids(columns: dict[str, NDArray[Any]], rows: int) -> NDArray[np.str_]:
    return columns.get("RDS_MAN_NO", np.arange(1, rows + 1)).astype(np.str_)


def _kinds(columns: dict[str, NDArray[Any]], rows: int) -> NDArray[np.uint8]:
    classes = columns.get("ROA_CLS_SE", np.full(rows, "", dtype=object))
    names, row = np.unique(classes.astype(np.str_), return_inverse=True)
    table = [KIND_ROW[_KINDS.get(str(name), "road")] for name in names]
    return np.asarray(table, dtype=np.uint8)[row.ravel()]


def _levels(columns: dict[str, NDArray[Any]], level: str, file: str, rows: int) -> NDArray[np.int8]:
    if not level:
        return np.zeros(rows, np.int8)
    values: Floats = np.full(rows, np.nan)
    for row, value in enumerate(columns[level]):
        try:
            values[row] = float(value)
        except (TypeError, ValueError) as error:
            raise StreetFileError("bad_level", file, row=row + 2, field=level) from error
    bad: Ints = np.flatnonzero(~(np.abs(values) <= _LEVELS))
    if len(bad):
        raise StreetFileError("bad_level", file, row=int(bad[0]) + 2, field=level)
    return values.astype(np.int8)
