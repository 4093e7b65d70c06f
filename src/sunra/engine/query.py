"""What is asked: one SQL text and how its tables may be divided. Nothing here runs anything."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

Input = pa.Table | pl.DataFrame | Path | str | list[Path]
"""A table as callers give it: in memory, one Parquet file, a folder of them, or a list of files."""

METRES = 5179
"""The coordinate system of tiles and halos: EPSG:5179, the system of the national grid."""


CELLS = 0
"""``At.crs`` of tables that meet by their national 100 m cell instead of by distance."""


@dataclass(frozen=True, slots=True)
class At:
    """Where a table's rows lie: two number columns, or one WKB column ``geometry`` (only for ``near``).

    ``crs`` is 5179 (metres), 4326 (degrees) or another of ``geo.crs``; with ``CELLS`` the columns are the
    integers ``cell_e`` and ``cell_n``, and the text joins on both being equal. The tables of a query share
    one ``crs``.
    """

    x: str = ""
    y: str = ""
    geometry: str = ""
    crs: int = METRES


@dataclass(frozen=True, slots=True)
class Query:
    """One SQL text and its division.

    ``partition`` is the table whose rows are spread over partitions, ``broadcast`` the small ones that every
    partition holds whole. Two big tables meet by place: those in ``near`` come with every row that lies
    within ``halo`` metres of the partition's tile (``tile`` metres wide, a multiple of 100), and ``at`` says
    where the rows of ``partition`` and ``near`` lie. The text may be partition-local: its result over the
    whole is the union of its results over the partitions. A text that aggregates is not; it declares
    ``combine``, a second text over the table ``partials`` (and the broadcast ones) that turns the partial
    results into the whole. Rows come back in no order unless ``combine`` makes one.
    """

    sql: str
    partition: str = ""
    broadcast: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    halo: float = 0.0
    tile: int = 2_000
    at: Mapping[str, At] = field(default_factory=dict)
    combine: str = ""

    def roles(self) -> dict[str, str]:
        """What each declared table is to the query: partition, broadcast or near."""
        return {
            self.partition: "partition",
            **dict.fromkeys(self.broadcast, "broadcast"),
            **dict.fromkeys(self.near, "near"),
        }

    def digest(self) -> str:
        """The hex SHA-256 of everything that decides what the query answers."""
        told: dict[str, Any] = {**asdict(self), "at": {key: asdict(value) for key, value in self.at.items()}}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a query ends. ``memory`` is what the SQL engine may hold before it spills to disk ("2gb").

    ``seconds`` counts from the start; it is noticed between two batches of the result. ``rows`` bounds the
    result. ``partitions`` is how many pieces the partitioned table is cut into at least, 0 for as many as
    suit the backend.
    """

    seconds: float = 900.0
    memory: str = ""
    rows: int = 50_000_000
    partitions: int = 0
