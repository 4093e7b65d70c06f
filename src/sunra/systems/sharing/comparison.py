"""What changed between two vintages: added, changed, moved, gone. Tables in, a table out; no database.

Rows are paired by key first. Keys of rows without an identifier are hashes of their content, so a corrected
row has a new one: what is left is paired by the same address and place, then by an address, then by a place
that both have once, then by the nearest row within `NEAR` metres (each the other's nearest).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial import cKDTree

NEAR = 30.0
"""Metres within which a row that stands nearly where a vanished one stood is taken for the same thing."""
STILL = 1.0
"""Metres up to which a place counts as unchanged: the sixth decimal of a degree is 0.1 m."""
KINDS = ("added", "changed", "moved", "gone")
_IGNORED = frozenset({"line", "key", "reference_date", "dong", "precision", "lon", "lat", "_row"})
_METRES_PER_DEGREE = 111_320.0
_LONGEST = 120
_SLICE = 100_000
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "state": pl.String, "key": pl.String, "line": pl.Int64, "old_line": pl.Int64, "name": pl.String,
    "address": pl.String, "lon": pl.Float64, "lat": pl.Float64, "old_lon": pl.Float64, "old_lat": pl.Float64,
    "metres": pl.Float64, "fields": pl.List(pl.String), "before": pl.List(pl.String),
    "after": pl.List(pl.String),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Comparison:
    """``table`` has a row for each difference (`SCHEMA`); ``same`` rows did not change."""

    table: pl.DataFrame
    before: int
    after: int
    same: int

    def count(self, state: str) -> int:
        """Rows of one of `KINDS`."""
        return int((self.table["state"] == state).sum())

    def fields(self) -> dict[str, int]:
        """How many rows changed in each field, most first."""
        counts = self.table["fields"].explode().drop_nulls().value_counts(sort=True)
        return {str(name): int(count) for name, count in counts.iter_rows()}


def compare(old: pl.DataFrame | Path, new: pl.DataFrame | Path, *, near: float = NEAR) -> Comparison:
    """Every difference between two tables of one kind; ``near`` 0 pairs by key alone (events).

    A ``Path`` is a Parquet file of which only what differs comes into memory.
    """
    older, newer, unchanged = _without_same(_Side(old), _Side(new))
    before, after = _ready(older), _ready(newer)
    pairs = _pairs(before, after, near)
    left = before[pairs["old"].to_list()]
    right = after[pairs["new"].to_list()]
    metres = _metres(left, right)
    fields, was, now = _changes(left, right)
    moved = np.isfinite(metres) & (metres > STILL)
    differs = np.array([bool(names) for names in fields], dtype=bool)
    both = pl.DataFrame(
        {
            "state": np.where(moved, "moved", np.where(differs, "changed", "same")),
            "key": right["key"],
            "line": right["line"],
            "old_line": left["line"],
            "name": right["name"],
            "address": right["address"],
            "lon": right["lon"],
            "lat": right["lat"],
            "old_lon": left["lon"],
            "old_lat": left["lat"],
            "metres": metres,
            "fields": pl.Series(fields, dtype=pl.List(pl.String)),
            "before": pl.Series(was, dtype=pl.List(pl.String)),
            "after": pl.Series(now, dtype=pl.List(pl.String)),
        },
        schema=SCHEMA,
    ).filter(pl.col("state") != "same")
    gone = _alone(before, pairs["old"], "gone")
    added = _alone(after, pairs["new"], "added")
    table = pl.concat([added, both, gone]).with_columns(pl.col("metres").fill_nan(None))
    same = unchanged + pairs.height - both.height
    return Comparison(table, before.height + unchanged, after.height + unchanged, same)


def _ready(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every column that pairing needs, and its row numbers."""
    columns = frame.columns
    if "geometry" in columns:
        frame = _outlines(frame)
    if "key" not in columns:
        named = [name for name in ("station", "year", "category", "dong", "name") if name in columns]
        text = pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in named], separator="/")
        frame = frame.with_columns((text if named else pl.lit("")).alias("key"))
        order = pl.col("key").cum_count().over("key")
        frame = frame.with_columns(pl.concat_str("key", pl.lit("~"), order).alias("key"))
    missing = [
        pl.lit(None, dtype=SCHEMA[name]).alias(name)
        for name in ("line", "lon", "lat", "name", "address")
        if name not in frame.columns
    ]
    return frame.with_columns(*missing).with_columns(
        pl.col("key").cast(pl.String),
        pl.col("line").cast(pl.Int64),
        pl.col("lon", "lat").cast(pl.Float64),
        pl.col("name", "address").cast(pl.String).fill_null(""),
        pl.int_range(pl.len(), dtype=pl.Int64).alias("_row"),
    )


class _Side:
    """A table in memory or in a Parquet file, of which a column or some rows can be had alone."""

    def __init__(self, table: pl.DataFrame | Path) -> None:
        self._table = table
        self.names = table.columns if isinstance(table, pl.DataFrame) else list(pl.read_parquet_schema(table))

    def column(self, name: str) -> pl.Series:
        if isinstance(self._table, pl.DataFrame):
            return self._table[name]
        return pl.read_parquet(self._table, columns=[name])[name]

    def rows(self, wanted: pl.Series | None = None) -> pl.DataFrame:
        """The rows where ``wanted`` holds, all by default; of a file some at a time."""
        if isinstance(self._table, pl.DataFrame):
            return self._table if wanted is None else self._table.filter(wanted)
        if wanted is None:
            return pl.read_parquet(self._table)
        file = pl.scan_parquet(self._table)
        starts = range(0, max(1, wanted.len()), _SLICE)
        return pl.concat(
            file.slice(start, _SLICE).collect().filter(wanted.slice(start, _SLICE)) for start in starts
        )


def _without_same(old: _Side, new: _Side) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """The rows that are not the same under the same key, and how many are: nearly all, of most files.

    They are paired with each other in any case; without them a nation's file is compared in little memory.
    """
    if not all("key" in side.names and "geometry" not in side.names for side in (old, new)):
        return old.rows(), new.rows(), 0
    keys = [
        pl.DataFrame({"key": side.column("key").cast(pl.String)}).with_row_index("_row")
        for side in (old, new)
    ]
    found = _joined(keys[0], keys[1], ["key"])
    differs = pl.Series([False], dtype=pl.Boolean).new_from_index(0, found.height)
    for name in [name for name in new.names if name in old.names]:
        if name in {"lon", "lat"} or name not in _IGNORED:
            was, now = (side.column(name).gather(found[row]) for side, row in ((old, "old"), (new, "new")))
            if name not in {"lon", "lat"}:
                was, now = (column.cast(pl.String).fill_null("") for column in (was, now))
            differs |= was.ne_missing(now)
    same = found.filter(~differs)
    left, right = (
        side.rows(~pl.int_range(frame.height, dtype=pl.UInt32, eager=True).is_in(same[row].implode()))
        for side, frame, row in ((old, keys[0], "old"), (new, keys[1], "new"))
    )
    return left, right, same.height


def _outlines(frame: pl.DataFrame) -> pl.DataFrame:
    """Lines as their middle vertex and a text that differs when the line does."""
    lines = frame["geometry"].to_list()
    middles = [line[len(line) // 2] if line else (None, None) for line in lines]
    texts = [";".join(f"{x:.6f},{y:.6f}" for x, y in line or ()) for line in lines]
    return frame.with_columns(
        pl.Series("geometry", texts, dtype=pl.String),
        pl.Series("lon", [point[0] for point in middles], dtype=pl.Float64),
        pl.Series("lat", [point[1] for point in middles], dtype=pl.Float64),
    )


def _pairs(old: pl.DataFrame, new: pl.DataFrame, near: float) -> pl.DataFrame:
    """Row numbers ``old``, ``new`` of rows taken for the same thing; each row at most once."""
    found = _joined(old, new, ["key"])
    if near <= 0:
        return found
    spot = [pl.col(name).round(5).fill_null(999.0).alias(f"_{name}") for name in ("lon", "lat")]
    left, right = old.with_columns(spot), new.with_columns(spot)
    said = pl.col("address") != ""
    placed = pl.col("lon").is_not_null()
    steps: Sequence[tuple[list[str], pl.Expr, bool]] = (
        (["address", "name", "_lon", "_lat"], said | (pl.col("name") != ""), False),
        (["address", "name"], said, True),
        (["address"], said, True),
        (["_lon", "_lat"], placed, False),
    )
    for columns, usable, once in steps:
        rest_old = left.filter(usable & ~pl.col("_row").is_in(found["old"].implode()))
        rest_new = right.filter(usable & ~pl.col("_row").is_in(found["new"].implode()))
        if rest_old.height and rest_new.height:
            found = pl.concat([found, _joined(rest_old, rest_new, columns, once=once)])
    rest_old = left.filter(placed & ~pl.col("_row").is_in(found["old"].implode()))
    rest_new = right.filter(placed & ~pl.col("_row").is_in(found["new"].implode()))
    return pl.concat([found, _nearest(rest_old, rest_new, near)])


def _joined(old: pl.DataFrame, new: pl.DataFrame, columns: list[str], *, once: bool = False) -> pl.DataFrame:
    """Rows equal in ``columns``, the first with the first; with ``once`` only where either has one."""
    order = pl.col("_row").cum_count().over(columns).alias("_order")
    left, right = (frame.with_columns(order).select("_row", "_order", *columns) for frame in (old, new))
    if once:
        left, right = (frame.filter(pl.col("_order").max().over(columns) == 1) for frame in (left, right))
    found = left.join(right, on=[*columns, "_order"], how="inner", suffix="_new")
    return found.select(pl.col("_row").alias("old"), pl.col("_row_new").alias("new"))


def _nearest(old: pl.DataFrame, new: pl.DataFrame, near: float) -> pl.DataFrame:
    """Rows that are each other's nearest within ``near`` metres."""
    nothing = pl.DataFrame(schema={"old": pl.Int64, "new": pl.Int64})
    if old.is_empty() or new.is_empty():
        return nothing
    left, right = _flat(old), _flat(new)
    there, to_new = cKDTree(right).query(left, distance_upper_bound=near)
    _back, to_old = cKDTree(left).query(right, distance_upper_bound=near)
    rows = [
        (old_row, int(new_row))
        for old_row, new_row in enumerate(to_new)
        if np.isfinite(there[old_row]) and int(to_old[new_row]) == old_row
    ]
    if not rows:
        return nothing
    olds, news = zip(*rows, strict=True)
    return pl.DataFrame({"old": old["_row"][list(olds)], "new": new["_row"][list(news)]})


def _flat(frame: pl.DataFrame) -> NDArray[np.float64]:
    """Points in metres on a plane that is true to within 2 % over Korea, enough for some tens of metres."""
    lon, lat = frame["lon"].to_numpy(), frame["lat"].to_numpy()
    return np.column_stack([lon * np.cos(np.radians(36.5)), lat]) * _METRES_PER_DEGREE


def _metres(left: pl.DataFrame, right: pl.DataFrame) -> NDArray[np.float64]:
    """Distance of the pairs on the sphere; NaN where one has no point."""
    columns = [
        frame[name].fill_null(float("nan")).to_numpy() for frame in (left, right) for name in ("lon", "lat")
    ]
    lon0, lat0, lon1, lat1 = (np.asarray(column, dtype=np.float64) for column in columns)
    east = (lon1 - lon0) * np.cos(np.radians((lat0 + lat1) / 2))
    return np.asarray(np.hypot(east, lat1 - lat0) * _METRES_PER_DEGREE, dtype=np.float64)


def _changes(
    left: pl.DataFrame, right: pl.DataFrame
) -> tuple[list[list[str]], list[list[str]], list[list[str]]]:
    """Per pair the names of fields that differ, and what they said before and say now."""
    fields: list[list[str]] = [[] for _ in range(left.height)]
    was: list[list[str]] = [[] for _ in range(left.height)]
    now: list[list[str]] = [[] for _ in range(left.height)]
    for name in [name for name in right.columns if name in left.columns and name not in _IGNORED]:
        old, new = (frame[name].cast(pl.String).fill_null("") for frame in (left, right))
        for row in (old != new).arg_true().to_list():
            fields[row].append(name)
            shown = ("", "") if name == "geometry" else (old[row], new[row])
            was[row].append(shown[0][:_LONGEST])
            now[row].append(shown[1][:_LONGEST])
    for row in (left["lon"].is_null() != right["lon"].is_null()).arg_true().to_list():
        fields[row].append("position")
        was[row].append("")
        now[row].append("")
    return fields, was, now


def _alone(frame: pl.DataFrame, paired: pl.Series, state: str) -> pl.DataFrame:
    """The rows that found no partner."""
    rest = frame.filter(~pl.col("_row").is_in(paired.implode()))
    here = ("lon", "lat", "line") if state == "added" else ("old_lon", "old_lat", "old_line")
    return rest.select(
        pl.lit(state).alias("state"),
        pl.col("key", "name", "address"),
        *(pl.col(name).alias(to) for name, to in zip(("lon", "lat", "line"), here, strict=True)),
    ).select(
        pl.col(name)
        if name in {"state", "key", "name", "address", *here}
        else pl.lit(None, dtype).alias(name)
        for name, dtype in SCHEMA.items()
    )
