"""Streets as lines: juso layers, Seoul's walking network, any vector file of lines, links with two ends."""

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from sunra.core.geo import crs
from sunra.core.tables.kinds.base import Kind, fields
from sunra.core.tables.work import Work

LINES = (1, 5)
"""shapely's type numbers of LineString and MultiLineString."""
_AREAS = (3, 6)
SURFACES = frozenset({"rwsn"})
"""Columns of juso's road surfaces (TL_SPRD_RW): areas, not centre lines."""
_FARTHEST = 1e8
_WIDTHS = {"1": "대로", "2": "로", "3": "길"}
_PAIR = r"^\s*\[?\s*(-?[\d.]+)\s*,\s*(-?[\d.]+)\s*\]?\s*$"


def _prepare(work: Work) -> None:
    if work.geometry is None:
        _from_ends(work)
    assert work.geometry is not None  # noqa: S101 - set just above when the file had none
    areas = np.isin(shapely.get_type_id(work.geometry), _AREAS)
    if areas.any():
        work.flag("road_surfaces", int(areas.sum()))
        work.geometry = work.geometry.copy()
        work.geometry[areas] = shapely.boundary(work.geometry[areas])
    level = work.text("width").replace(_WIDTHS)
    level = level.zip_with(level != "", work.text("level"))
    surface = pl.Series(["surface"]).new_from_index(0, len(level))
    work.put(surface.zip_with(pl.Series(areas), level).alias("level"))
    lines_to_points(work)


def lines_to_points(work: Work) -> None:
    """The middle of a line stands for its place; ``_geometry`` holds the row of ``work.geometry``."""
    lines = work.geometry
    assert lines is not None  # noqa: S101 - layers of lines have them
    extent = np.abs(shapely.bounds(lines)).max(axis=1)
    # Coordinates beyond any projection are damage; arithmetic on them would overflow.
    sound = np.isin(shapely.get_type_id(lines), LINES) & (extent < _FARTHEST)
    sound[sound] = shapely.length(lines[sound]) > 0
    work.put(pl.Series("_geometry", np.arange(len(lines))))
    middle = shapely.line_interpolate_point(_only(lines, sound), 0.5, normalized=True)
    work.put(
        pl.Series("lon", shapely.get_x(middle), dtype=pl.Float64),
        pl.Series("lat", shapely.get_y(middle), dtype=pl.Float64),
    )
    work.reject(~sound, field="geometry", reason="no_geometry")


def _only(shapes: NDArray[np.object_], wanted: NDArray[np.bool_]) -> NDArray[np.object_]:
    """A copy with None where not wanted."""
    kept = shapes.copy()
    kept[~wanted] = None
    return kept


def _from_ends(work: Work) -> None:
    ends = []
    for field in ("start", "end"):
        pair = work.text(field).str.extract_groups(_PAIR).struct.unnest()
        first, second = (
            pair.to_series(index).cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
            for index in (0, 1)
        )
        ends.append(np.column_stack([first, second]))
    start, end = ends
    # Latitude is written first in such files; the range decides.
    turn = (
        np.nanmedian(np.vstack([start, end])[:, 0]) < 90 if len(start) and np.isfinite(start).any() else False
    )
    if turn:
        start, end = start[:, ::-1], end[:, ::-1]
    lines = np.full(len(start), None, dtype=object)
    known = np.isfinite(start).all(axis=1) & np.isfinite(end).all(axis=1)
    lines[known] = shapely.linestrings(np.stack([start[known], end[known]], axis=1))
    work.geometry = lines


def points_to_paths(work: Work) -> None:
    """``geometry``: every part of a line as a row of (lon, lat) pairs; later parts get keys of their own."""
    if work.geometry is None or work.frame.height == 0:
        work.put(
            pl.Series("geometry", [], dtype=pl.List(pl.List(pl.Float64))).extend_constant(
                None, work.frame.height
            )
        )
        return
    parts, owner = shapely.get_parts(work.geometry[work.frame["_geometry"].to_numpy()], return_index=True)
    points, part = shapely.get_coordinates(parts, return_index=True)
    lon, lat = crs.transform(points[:, 0], points[:, 1], work.crs or 4326, 4326)
    pieces = _pieces(points, part)
    work.flag("graph_in_pieces", pieces if pieces > 1 else 0)
    paths = (
        pl.DataFrame({"part": part, "lon": lon, "lat": lat})
        .group_by("part", maintain_order=True)
        .agg(pl.concat_list("lon", "lat").alias("geometry"))
    )
    rows = work.frame.with_row_index("_owner").with_columns(pl.col("_owner").cast(pl.Int64))
    joined = pl.DataFrame({"_owner": owner.astype(np.int64), "geometry": paths["geometry"]}).join(
        rows, on="_owner", how="left", maintain_order="left"
    )
    order = pl.col("_owner").cum_count().over("_owner")
    key = pl.when(order > 1).then(pl.format("{}/{}", "key", order)).otherwise(pl.col("key"))
    work.frame = joined.with_columns(key.alias("key"))


def _pieces(points: NDArray[np.float64], part: NDArray[np.int64]) -> int:
    """How many networks the lines form when they join at shared vertices."""
    _, vertex = np.unique(np.round(points, 7), axis=0, return_inverse=True)
    vertex = vertex.ravel()
    joined = part[1:] == part[:-1]
    ends = vertex[:-1][joined], vertex[1:][joined]
    size = int(vertex.max()) + 1
    graph = coo_array((np.ones(len(ends[0]), dtype=np.int8), ends), shape=(size, size))
    return int(connected_components(graph, directed=False, return_labels=False))


KIND = Kind(
    name="road",
    fields=fields(
        id=("linkid", "linkno", "bsiintsn", "rwsn", "rdsmanno", "roadid", "osmid"),
        name=("rn", "도로명", "roadname", "name"),
        width=("wdrrdcd",),
        level=("highway", "linktypelabel", "level", "roadrank", "roaclsse"),
        district_code=("sigcd", "sggcode", "sggcd"),
        start=("sp",),
        end=("ep",),
    ),
    needs=(frozenset({"start", "end"}),),
    columns={"geometry": pl.List(pl.List(pl.Float64)), "level": pl.String},
    identifier="id",
    bordered=False,
    prepare=_prepare,
    finish=points_to_paths,
)
