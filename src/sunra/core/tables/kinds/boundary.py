"""Areas as polygons: provinces, districts, dongs of any code system, and areas of any other kind."""

import numpy as np
import polars as pl
import shapely

from sunra.core.tables import outlines
from sunra.core.tables.kinds.base import Kind, fields
from sunra.core.tables.work import Work

_AREAS = (3, 6)
_FARTHEST = 1e8
_LEVELS = {2: "province", 5: "district", 7: "dong", 8: "dong", 10: "dong"}


def _prepare(work: Work) -> None:
    """A point inside each area stands for its place; ``_geometry`` holds the row of ``work.geometry``."""
    shapes = work.geometry
    assert shapes is not None  # noqa: S101 - only layers of shapes are of this kind
    extent = np.abs(shapely.bounds(shapes)).max(axis=1)
    sound = np.isin(shapely.get_type_id(shapes), _AREAS) & (extent < _FARTHEST)
    sound &= ~shapely.is_empty(shapes)
    work.put(pl.Series("_geometry", np.arange(len(shapes))))
    work.reject(~sound, field="geometry", reason="no_area")
    kept = shapes[sound]
    work.geometry = shapes
    outlines.settle(work, kept, _groups(work))
    inner = shapely.point_on_surface(shapely.make_valid(kept))
    work.put(
        pl.Series("lon", shapely.get_x(inner), dtype=pl.Float64),
        pl.Series("lat", shapely.get_y(inner), dtype=pl.Float64),
    )
    code = work.text("code").str.replace_all(r"\D", "")
    level = code.str.len_chars().replace_strict(_LEVELS, default="area", return_dtype=pl.String)
    level = level.zip_with(
        ~code.str.contains(r"^\d{5}00000$"), pl.Series(["district"]).new_from_index(0, len(code))
    )
    work.put(code.alias("code"), level.alias("level"))


def _groups(work: Work) -> list[str]:
    """Areas under one key make up one district: the first five digits of a code, else each area itself."""
    codes = work.text("code").str.slice(0, 5).to_list()
    return [code if len(code) == 5 else f"#{row}" for row, code in enumerate(codes)]


def _finish(work: Work) -> None:
    """``wkb``: the polygon in WGS84; ``km2`` its size."""
    if work.geometry is None or work.frame.height == 0:
        work.put(pl.Series("wkb", [None] * work.frame.height, dtype=pl.Binary))
        return
    shapes = work.geometry[work.frame["_geometry"].to_numpy()]
    degrees = outlines.turned(shapes, work.crs or 4326, 4326)
    size = shapely.area(outlines.turned(degrees, 4326, 5179)) / 1e6
    work.put(
        pl.Series("wkb", shapely.to_wkb(degrees).tolist(), dtype=pl.Binary),
        pl.Series("km2", np.round(size, 6), dtype=pl.Float64),
    )


KIND = Kind(
    name="boundary",
    fields=fields(
        code=("admcd2", "emdcd", "sigcd", "ctprvncd", "bjdcd", "admdrcd", "admcd", "sggcd", "sgg", "code"),
        name=("admnm", "emdkornm", "sigkornm", "ctpkornm", "emdnm", "sggnm", "hotspotnm", "name"),
        address=("admnm",),
        category=("category",),
    ),
    needs=(),
    columns={
        "code": pl.String,
        "level": pl.String,
        "category": pl.String,
        "km2": pl.Float64,
        "wkb": pl.Binary,
    },
    bordered=False,
    prepare=_prepare,
    finish=_finish,
)
