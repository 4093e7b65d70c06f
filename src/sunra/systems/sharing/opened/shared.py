"""Features of a dataset read under an agreement: made of the granted fields alone.

`Wanted` is given to ``services.access.read``, the one way to such rows: it sees no other field, so that
neither a property nor a filter, a box or a count tells anything of the rest.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import polars as pl
import shapely
from shapely.geometry import shape

from sunra.platform.base.time import SEOUL
from sunra.systems.sharing.opened.asked import Asked, Box
from sunra.systems.sharing.opened.collection import Collection
from sunra.systems.sharing.opened.features import Feature, Page

_NUMBER = "_number"
"""The row's place in what is in use, from 1: the feature's id, which says nothing about the row."""
_POINT = frozenset({"lon", "lat"})


@dataclass(eq=False)
class Wanted:
    """Chooses the rows of one answer: a page by ``asked``, or the feature ``number``."""

    asked: Asked | None = None
    number: int = 0
    matched: int = 0
    more: bool = False

    def __call__(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows to give, with their numbers; called once, with the granted fields."""
        rows = frame.with_row_index(_NUMBER, offset=1)
        if self.asked is None:
            return rows.filter(pl.col(_NUMBER) == self.number)
        found = narrow(rows, self.asked)
        self.matched = found.height
        after, limit = self.asked.after, self.asked.limit
        rest = found.slice(self.asked.offset) if after is None else found.filter(pl.col(_NUMBER) > after)
        self.more = rest.height > limit
        return rest.head(limit)

    def page(self, frame: pl.DataFrame, collection: Collection) -> Page:
        """The page made of the rows that were chosen."""
        made = features(frame, collection)
        return Page(made, self.matched, made[-1]["id"] if self.more and made else None)


def features(frame: pl.DataFrame, collection: Collection) -> list[Feature]:
    """GeoJSON features of chosen rows; what gives the geometry is no property besides."""
    names = [column.name for column in collection.columns if column.name not in _shown(frame)]
    return [
        {
            "type": "Feature",
            "id": row[_NUMBER],
            "geometry": _geometry(row),
            "properties": {name: _plain(row.get(name)) for name in names},
        }
        for row in frame.iter_rows(named=True)
    ]


def _shown(frame: pl.DataFrame) -> frozenset[str]:
    if "geometry" in frame.columns:
        return frozenset({"geometry"})
    return _POINT if set(frame.columns) >= _POINT else frozenset()


def narrow(rows: pl.DataFrame, asked: Asked) -> pl.DataFrame:
    """The rows that match; a box or a time matches none where no place or time was granted."""
    if asked.nowhere:
        return rows.clear()
    for name, value in asked.properties.items():
        rows = rows.filter(_same(rows[name], name, value)) if name in rows.columns else rows.clear()
    if asked.since or asked.until:
        rows = _at(rows, asked.since, asked.until)
    return rows.filter(_touches(rows, asked.box)) if asked.box else rows


def _same(held: pl.Series, name: str, value: str) -> pl.Series:
    if held.dtype.is_numeric():
        try:
            return (held == float(value)).fill_null(value=False)
        except (ValueError, OverflowError):
            return pl.Series(values=[False], dtype=pl.Boolean).new_from_index(0, held.len())
    text = held if held.dtype == pl.String else pl.Series(values=[_text(one) for one in held.to_list()])
    text = text.cast(pl.String).fill_null("")
    return text.str.starts_with(value) if name == "dong" and value else text == value


def _text(value: Any) -> str | None:
    plain = _plain(value)
    return plain if plain is None or isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _at(rows: pl.DataFrame, since: datetime | None, until: datetime | None) -> pl.DataFrame:
    """Rows whose time (of an event, else the day they are as of) meets the interval; times are of Seoul."""
    timed = "time_from" in rows.columns
    if not timed and "reference_date" not in rows.columns:
        return rows.clear()
    begin = pl.col("time_from" if timed else "reference_date").cast(pl.Datetime)
    ends = begin if timed else begin.dt.offset_by("1d") - pl.duration(microseconds=1)
    if timed and "time_to" in rows.columns:
        ends = pl.coalesce(pl.col("time_to").cast(pl.Datetime), begin)
    if since:
        rows = rows.filter(ends >= since.astimezone(SEOUL).replace(tzinfo=None))
    return rows.filter(begin <= until.astimezone(SEOUL).replace(tzinfo=None)) if until else rows


def _touches(rows: pl.DataFrame, box: Box) -> pl.Series:
    if box.west > box.east:  # across the antimeridian
        east, west = Box(box.west, box.south, 180.0, box.north), Box(-180.0, box.south, box.east, box.north)
        return _touches(rows, east) | _touches(rows, west)
    if "geometry" in rows.columns:
        outlines = np.array(
            [shape(one) if one else None for one in (_geometry(row) for row in rows.iter_rows(named=True))],
            dtype=object,
        )
        hit = shapely.intersects(outlines, shapely.box(box.west, box.south, box.east, box.north))
        return pl.Series(values=np.asarray(hit, dtype=bool), dtype=pl.Boolean)
    if not set(rows.columns) >= _POINT:
        return pl.Series(values=[False], dtype=pl.Boolean).new_from_index(0, rows.height)
    lon, lat = (rows[name].cast(pl.Float64) for name in ("lon", "lat"))
    inside = lon.is_between(box.west, box.east) & lat.is_between(box.south, box.north)
    return inside.fill_null(value=False)


def _geometry(row: Mapping[str, Any]) -> dict[str, Any] | None:
    outline = row.get("geometry")
    if isinstance(outline, str):  # of an area
        return dict(json.loads(outline)) if outline else None
    if outline:
        return {"type": "LineString", "coordinates": [list(point) for point in outline]}
    lon, lat = row.get("lon"), row.get("lat")
    if lon is None or lat is None:
        return None
    return {"type": "Point", "coordinates": [lon, lat]}


def _plain(value: Any) -> Any:
    """A value as JSON has it; times with Seoul's offset."""
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=SEOUL)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
