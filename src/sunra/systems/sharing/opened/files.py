"""The downloads of an opening: CSV, GeoJSON, GeoParquet and vector tiles, each whole or absent."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS
from shapely.geometry import shape

from sunra.platform.base.home import folder
from sunra.platform.maps import tiles
from sunra.platform.ui import csv
from sunra.systems.sharing.models import Opening
from sunra.systems.sharing.opened import features
from sunra.systems.sharing.opened.collection import Collection, of_opening
from sunra.systems.sharing.opened.columns import Column
from sunra.systems.sharing.opened.licences import licence

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
    "pmtiles": "application/vnd.pmtiles",
}
_ROWS = 20_000
_TYPES = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "date-time": pa.timestamp("ms", tz="UTC"),
}


def path_of(opening_id: UUID | str, ending: str) -> Path:
    """Where a download lies."""
    return folder("open") / str(opening_id) / f"data.{ending}"


def remove(opening_id: UUID) -> None:
    """Take all downloads of an opening away."""
    shutil.rmtree(folder("open") / str(opening_id), ignore_errors=True)


def build(opening: Opening, check: Callable[[], None] = lambda: None) -> dict[str, int]:
    """Make all downloads anew; returns their sizes in bytes. ``check`` may raise to stop between two."""
    collection = of_opening(opening)
    target = folder("open") / str(opening.id)
    target.mkdir(parents=True, exist_ok=True)
    sizes = {}
    with tempfile.TemporaryDirectory(dir=target) as work:
        for ending, write in (
            ("csv", _csv),
            ("geojson", _geojson),
            ("parquet", _parquet),
            ("pmtiles", _tiles),
        ):
            check()
            made = Path(work) / f"data.{ending}"
            write(collection, made)
            final = target / made.name
            if made.exists():
                sizes[ending] = made.stat().st_size
                made.replace(final)
            else:  # tiles of rows without a place
                final.unlink(missing_ok=True)
    return sizes


def _csv(collection: Collection, out: Path) -> None:
    names = [column.name for column in collection.columns]
    places = () if collection.counted else ("lon", "lat") if collection.layer == "facility" else ("wkt",)
    rows = ([*_row(feature, names), *_place(feature, places)] for feature in features.every(collection))
    with out.open("w", encoding="utf-8", newline="") as file:
        file.writelines(csv.lines([*names, *places], rows))


def _row(feature: features.Feature, names: list[str]) -> list[Any]:
    return [feature["properties"][name] for name in names]


def _place(feature: features.Feature, places: tuple[str, ...]) -> list[Any]:
    if not places:
        return []
    geometry = feature["geometry"]
    if geometry is None:
        return [None] * len(places)
    return [shape(geometry).wkt] if places == ("wkt",) else geometry["coordinates"][:2]


def _geojson(collection: Collection, out: Path) -> None:
    opening = collection.opening
    head: dict[str, Any] = {"type": "FeatureCollection", "name": collection.title}
    if opening is not None:
        head |= {"licence": opening.licence, "demo": collection.dataset.demo}
    with out.open("w", encoding="utf-8") as file:
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [')
        for number, feature in enumerate(features.every(collection)):
            file.write(",\n" if number else "\n")
            file.write(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
        file.write("\n]}\n")


def _parquet(collection: Collection, out: Path) -> None:
    """GeoParquet 1.1: WKB geometry, CRS84 said in full, types and box of what is there."""
    fields = [pa.field("id", pa.int64()), *(pa.field(c.name, _TYPES[c.type]) for c in collection.columns)]
    schema = pa.schema([*fields, pa.field("geometry", pa.binary())])
    kinds: set[str] = set()
    edges = [180.0, 90.0, -180.0, -90.0]
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for chunk in _chunks(features.every(collection)):
            outlines = [None if one["geometry"] is None else shape(one["geometry"]) for one in chunk]
            arrays = [pa.array([one["id"] for one in chunk], pa.int64())]
            arrays += [_array(column, chunk) for column in collection.columns]
            arrays.append(pa.array(list(shapely.to_wkb(outlines)), pa.binary()))
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            there = [outline for outline in outlines if outline is not None]
            kinds |= {outline.geom_type for outline in there}
            if there:
                west, south, east, north = shapely.total_bounds(there)
                edges = [min(edges[0], west), min(edges[1], south), max(edges[2], east), max(edges[3], north)]
        writer.add_key_value_metadata({"geo": json.dumps(_geo(kinds, edges))})


def _chunks(found: Iterator[features.Feature]) -> Iterator[tuple[features.Feature, ...]]:
    while chunk := tuple(islice(found, _ROWS)):
        yield chunk


def _geo(kinds: set[str], edges: list[float]) -> dict[str, Any]:
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted(kinds),
        "crs": CRS("OGC:CRS84").to_json_dict(),
    }
    if kinds:
        column["bbox"] = [float(edge) for edge in edges]
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}


def _array(column: Column, chunk: tuple[features.Feature, ...]) -> pa.Array:
    make = _MAKERS[column.type]
    values = (one["properties"][column.name] for one in chunk)
    return pa.array(
        [None if value is None or value == "" else make(value) for value in values], _TYPES[column.type]
    )


def _whole(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def _real(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return None


_MAKERS: dict[str, Callable[[Any], Any]] = {
    "string": str, "integer": _whole, "number": _real, "boolean": bool, "date": _day, "date-time": _moment,
}  # fmt: skip


def _tiles(collection: Collection, out: Path) -> None:
    """One layer ``features``; nothing is written when no row has a place."""
    opening = collection.opening
    lines = out.with_suffix(".ndjson")
    with lines.open("w", encoding="utf-8") as file:
        count = sum(file.write(line) > 0 for line in _placed(collection))
    if count:
        tiles.build(
            {"features": lines},
            out,
            min_zoom=6,
            max_zoom=14,
            name=collection.title,
            attribution=f"{collection.dataset.agency.name}, {licence(opening.licence).name}"
            if opening
            else "",
            options=("--drop-densest-as-needed", "--extend-zooms-if-still-dropping"),
        )


def _placed(collection: Collection) -> Iterator[str]:
    for feature in features.every(collection):
        if feature["geometry"] is not None:
            properties = {
                name: value for name, value in feature["properties"].items() if value not in {None, ""}
            }
            yield (
                json.dumps(feature | {"properties": properties}, ensure_ascii=False, separators=(",", ":"))
                + "\n"
            )
