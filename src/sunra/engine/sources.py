"""The tables of a query in one form, whatever the caller held: schema, row count, and pieces to read.

Geometry in a GeoParquet file is known by the file's own note; the same columns are marked in the pieces, so
the embedded engine and a cluster see the same types.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from sunra.engine.errors import EngineError
from sunra.engine.query import Input

_NAME = b"ARROW:extension:name"
_DETAIL = b"ARROW:extension:metadata"


@dataclass(frozen=True, slots=True)
class Span:
    """Row groups ``first`` to ``last`` (not included) of one Parquet file; ``rows`` in them."""

    path: str
    first: int
    last: int
    rows: int


@dataclass(frozen=True, slots=True)
class Source:
    """One table: in memory (``table``) or in Parquet files (``paths``), with its columns and row count."""

    name: str
    schema: pa.Schema
    rows: int
    table: pa.Table | None = None
    paths: tuple[str, ...] = ()

    def read(self) -> pa.Table:
        """The whole table."""
        if self.table is not None:
            return self.table
        return pa.concat_tables([read_span(Span(path, 0, -1, 0), self.schema) for path in self.paths])

    def cut(self, pieces: int) -> list[pa.Table | Span]:
        """About ``pieces`` parts that together are the table, at least one, no row twice."""
        if self.table is not None:
            step = max(1, math.ceil(self.rows / max(1, pieces)))
            return [self.table.slice(start, step) for start in range(0, max(1, self.rows), step)]
        return _spans(self.paths, max(1, math.ceil(self.rows / max(1, pieces)))) or [
            self.schema.empty_table()
        ]


def _spans(paths: tuple[str, ...], target: int) -> list[pa.Table | Span]:
    """Row groups bundled until ``target`` rows are together; a bundle never spans two files."""
    found: list[pa.Table | Span] = []
    for path in paths:
        note = pq.read_metadata(path)
        first, rows = 0, 0
        for group in range(note.num_row_groups):
            rows += note.row_group(group).num_rows
            if rows >= target or group == note.num_row_groups - 1:
                found.append(Span(path, first, group + 1, rows))
                first, rows = group + 1, 0
    return found


def read_span(span: Span, schema: pa.Schema) -> pa.Table:
    """The rows of a span under the table's own schema. Raises ``EngineError``."""
    try:
        with pq.ParquetFile(span.path) as file:
            last = file.num_row_groups if span.last < 0 else span.last
            table = file.read_row_groups(list(range(span.first, last)))
        return table.select(schema.names).cast(schema)
    except (OSError, pa.ArrowException, KeyError) as cause:
        raise EngineError("bad_table", table=Path(span.path).name) from cause


def sources(tables: Mapping[str, Input]) -> dict[str, Source]:
    """The tables under their names. Raises ``EngineError`` bad_table or missing_file, with the table."""
    return {name: _source(name, given) for name, given in tables.items()}


def _source(name: str, given: Any) -> Source:
    if isinstance(given, pl.DataFrame):
        # ask for plain strings: SedonaDB joins and Parquet files name them so
        given = given.to_arrow(compat_level=pl.CompatLevel.oldest())
    if isinstance(given, pa.Table):
        return Source(name, given.schema, given.num_rows, table=given)
    if isinstance(given, str | Path):
        given = [Path(given)]
    if isinstance(given, list) and given and all(isinstance(path, str | Path) for path in given):
        return _stored(name, [Path(path) for path in given])
    raise EngineError("bad_table", table=name)


def _stored(name: str, given: list[Path]) -> Source:
    paths: list[Path] = []
    for path in given:
        found = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
        if not found or not all(one.is_file() for one in found):
            raise EngineError("missing_file", table=name, file=path.name)
        paths += found
    try:
        notes = [pq.ParquetFile(path) for path in paths]
    except (OSError, pa.ArrowException) as cause:
        raise EngineError("bad_table", table=name) from cause
    schema = geometry_marked(notes[0].schema_arrow)
    for path, note in zip(paths, notes, strict=True):
        if set(schema.names) - set(note.schema_arrow.names):
            raise EngineError("bad_table", table=name, file=path.name)
    rows = sum(note.metadata.num_rows for note in notes)
    return Source(name, schema, rows, paths=tuple(str(path.resolve()) for path in paths))


def geometry_marked(schema: pa.Schema) -> pa.Schema:
    """The schema with the columns that a GeoParquet note names marked as WKB geometry, with their CRS."""
    note = json.loads((schema.metadata or {}).get(b"geo", b"{}")).get("columns", {})
    fields = []
    for each in schema:
        about = note.get(each.name)
        if about is None or about.get("encoding") != "WKB":
            fields.append(each)
            continue
        crs = about.get("crs", "OGC:CRS84")  # absent means longitude and latitude
        detail = json.dumps({"crs": crs} if crs else {}).encode()
        fields.append(each.with_metadata({_NAME: b"geoarrow.wkb", _DETAIL: detail}))
    return pa.schema(fields)
