"""Turns a published table into rows of a layer: known columns to fields, the rest to ``attrs``.

Columns are the canonical ones of ``core.tables``: ``key lon lat dong name count`` and, by layer,
``geometry level`` or ``family category time_from time_to weight``. ``cameras``, ``lamps`` and ``bells``
count as ``count``.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import polars as pl
from django.utils.translation import gettext_lazy as _

from sunra.core.geo import cells
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import SEOUL
from sunra.platform.places.families import withheld_among

Row = dict[str, Any]
COUNTS = ("count", "cameras", "lamps", "bells")
_POSITION = ("lon", "lat", "cell_e", "cell_n")
_PLAIN = {"key", "name", "dong", "line", *_POSITION, *COUNTS}
_SHAPE = {"geometry"}
_EVENT = {"family", "category", "time_from", "time_to", "weight"}
# An event's free columns could describe whom it befell: only how well it is placed, and how long help took.
_EVENT_ATTRS = {"precision", "response_minutes", "found_by"}
PATROL = "patrol"
"""What ``found_by`` of an event may say: a patrol that was there discovered it; nothing else is kept."""


def rows(layer: str, frame: pl.DataFrame) -> dict[str, Row]:
    """The rows of ``frame`` by key, with position, cell and digest.

    Raises ``UserError`` when a key is missing or double, a shape has no outline or an event no time.
    """
    plain = _with_cells(frame)
    build = _BUILDERS[layer]
    made: dict[str, Row] = {}
    for record in plain.iter_rows(named=True):
        key = str(record.get("key") or "")
        if not key or key in made:
            raise UserError(
                "place_key",
                _("A row has no key, or the same key as another row."),
                _("Give every row of the source a key of its own."),
                (key,) if key else (),
            )
        row = build(record)
        row["digest"] = _digest(row)
        made[key] = row
    return made


def refuse_withheld(frame: pl.DataFrame, kind: str) -> None:
    """Raise ``UserError`` when events of ``frame`` belong to a family that never lies on a map."""
    columns = [name for name in ("family", "category") if name in frame.columns]
    pairs = frame.select(columns).unique().rows(named=True) if columns else []
    found = withheld_among([(kind, ""), *((str(p["family"]), str(p.get("category") or "")) for p in pairs)])
    if found:
        raise UserError(
            "withheld_family",
            _("Domestic, child, sexual, stalking and suicide cases are never put on a map."),
            _("Take these rows out of the source before publishing it."),
            found[:5],
        )


def _with_cells(frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` with ``cell_e``/``cell_n`` computed from its points; empty where there is no point."""
    if not {"lon", "lat"} <= set(frame.columns):
        return frame
    lon, lat = (frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for name in ("lon", "lat"))
    cell_e, cell_n = cells.cell_of(lon, lat)
    known = pl.Series(values=np.asarray(cell_e) != cells.NO_CELL)
    return frame.with_columns(
        pl.when(known).then(pl.Series(values=cell_e)).alias("cell_e"),
        pl.when(known).then(pl.Series(values=cell_n)).alias("cell_n"),
    )


def _place(record: Row, drop: set[str]) -> Row:
    """The fields that every layer has."""
    count = next((record[name] for name in COUNTS if record.get(name) is not None), 1)
    point = {name: record.get(name) for name in _POSITION}
    if point["cell_e"] is None:
        point = dict.fromkeys(_POSITION)
    return {
        "key": str(record["key"]),
        "name": str(record.get("name") or "")[:200],
        "dong": str(record.get("dong") or ""),
        "count": max(int(count), 0),
        "attrs": {k: _plain(v) for k, v in record.items() if k not in drop and v not in {None, ""}},
        **point,
    }


def _facility(record: Row) -> Row:
    return _place(record, _PLAIN)


def _line(record: Row) -> Row:
    points = [[float(lon), float(lat)] for lon, lat in record.get("geometry") or ()]
    if len(points) < 2:
        raise _no_outline(record)
    row = _place(record, _PLAIN | _SHAPE | {"level"})
    middle = points[len(points) // 2]
    return row | {"geometry": points, "level": str(record.get("level") or "")[:40], **_box(points, middle)}


def _surface(record: Row) -> Row:
    value = record.get("geometry")
    shape = json.loads(value) if isinstance(value, str) else value
    if not isinstance(shape, dict) or shape.get("type") not in {"Polygon", "MultiPolygon"}:
        raise _no_outline(record)
    points = list(_points(shape["coordinates"]))
    if len(points) < 4:
        raise _no_outline(record)
    middle = [sum(axis) / len(points) for axis in zip(*points, strict=True)]
    return _place(record, _PLAIN | _SHAPE) | {"geometry": shape, **_box(points, middle)}


def _event(record: Row) -> Row:
    row = _place(record, set(record) - _EVENT_ATTRS)
    start = record.get("time_from")
    if start is None:
        raise UserError(
            "event_time",
            _("An event has no time."),
            _("Give every event the time it began."),
            (str(record["key"]),),
        )
    end = record.get("time_to")
    if row["attrs"].get("found_by") not in (None, PATROL):
        del row["attrs"]["found_by"]
    return row | {
        "name": "",
        "family": str(record.get("family") or ""),
        "category": str(record.get("category") or "")[:100],
        "time_from": _utc(start),
        "time_to": _utc(end) if end else None,
        "weight": float(1.0 if record.get("weight") is None else record["weight"]),
    }


_BUILDERS: dict[str, Callable[[Row], Row]] = {
    "facility": _facility,
    "street": _line,
    "area": _surface,
    "event": _event,
}


def _no_outline(record: Row) -> UserError:
    return UserError(
        "place_outline",
        _("A row has no outline that can be drawn."),
        _("Give a street at least two points and an area a closed ring."),
        (str(record["key"]),),
    )


def _points(coordinates: Any) -> Iterator[list[float]]:
    """Every point of nested GeoJSON coordinates."""
    if coordinates and isinstance(coordinates[0], int | float):
        yield [float(coordinates[0]), float(coordinates[1])]
        return
    for part in coordinates:
        yield from _points(part)


def _box(points: list[list[float]], middle: list[float]) -> Row:
    """A point of a shape, its cell, and the box of cells that holds the shape."""
    table = np.asarray([middle, *points], dtype=np.float64)
    east, north = cells.cell_of(table[:, 0], table[:, 1])
    if cells.NO_CELL in east:
        raise UserError("place_outline", _("A row has no outline that can be drawn."))
    return {
        "lon": float(middle[0]),
        "lat": float(middle[1]),
        "cell_e": int(east[0]),
        "cell_n": int(north[0]),
        "e_min": int(east.min()),
        "e_max": int(east.max()),
        "n_min": int(north.min()),
        "n_max": int(north.max()),
    }


def _utc(value: datetime) -> datetime:
    """A moment in UTC; a time without a zone is Seoul's, as Korean files write it."""
    return (value if value.tzinfo else value.replace(tzinfo=SEOUL)).astimezone(UTC)


def _plain(value: Any) -> Any:
    """A value that JSON can hold."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def _digest(row: Row) -> int:
    """64 bits of the row's content, as a signed integer."""
    text = json.dumps(row, ensure_ascii=False, sort_keys=True, default=str)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
