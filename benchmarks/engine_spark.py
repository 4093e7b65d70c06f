"""The same SQL embedded and on Spark ``local[2]``: identical multisets, and what Spark costs, by size.

For each of ``--millions``: seeded points in Parquet files, joined with the 5,026 법정동 (all rows come back)
and counted by dong (partial counts, combined). Then two big tables (``--near`` thousand points each) joined
within 50 m by tiles with a halo. Overhead = Spark's seconds / embedded seconds; the session's start is apart.
Memory is the largest resident set of this process (embedded), or of it and all below it together (Spark:
Java and Python workers).
"""

import contextlib
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks import machine
from benchmarks.engine_join import QUERY, dongs, points
from sunra import engine
from sunra.engine import At, Query
from sunra.engine.spark import Spark

COUNT = Query(
    f"SELECT code, COUNT(*) AS n, MIN(id) AS first, SUM(id) AS ids FROM ({QUERY.sql}) GROUP BY code",
    partition="points",
    broadcast=("dongs",),
    combine="SELECT code, SUM(n) AS n, MIN(first) AS first, SUM(ids) AS ids FROM partials GROUP BY code",
)
PAIRS = Query(
    "SELECT a.id, b.id AS other FROM a JOIN b ON ST_DWithin(ST_Point(a.x, a.y), ST_Point(b.x, b.y), 50)",
    partition="a",
    near=("b",),
    halo=50,
    tile=2_000,
    at={"a": At("x", "y"), "b": At("x", "y")},
)
FILE_ROWS = 1_000_000


class Memory:
    """The largest resident set of this process, or with its descendants, looked at five times a second."""

    def __init__(self, *, family: bool) -> None:
        self.peak_mb = 0.0
        self._family = family

    @contextlib.contextmanager
    def watched(self) -> Iterator["Memory"]:
        """Look while the block runs."""
        over = threading.Event()

        def look() -> None:
            while not over.wait(0.2):
                self.peak_mb = max(self.peak_mb, _resident_mb(family=self._family))

        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            over.set()
            thread.join()


def _resident_mb(*, family: bool) -> float:
    parents, sizes = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            parents[int(folder.name)], sizes[int(folder.name)] = int(fields[1]), int(fields[21])
    mine = {os.getpid()}
    grown = family
    while grown:
        more = {pid for pid, parent in parents.items() if parent in mine} - mine
        mine |= more
        grown = bool(more)
    return sum(sizes.get(pid, 0) for pid in mine) * os.sysconf("SC_PAGE_SIZE") / 1e6


def timed(query: Query, tables: dict[str, Any], backend: engine.Backend) -> tuple[pa.Table, float, float]:
    """Result, seconds, peak memory in MB."""
    memory = Memory(family=backend.place != "embedded")
    with memory.watched():
        begun = time.perf_counter()
        table = engine.run(query, tables, backend=backend)
        seconds = time.perf_counter() - begun
    return table, seconds, memory.peak_mb


def same(first: pa.Table, second: pa.Table) -> bool:
    """Whether two results without floats are the same multiset."""
    left, right = (cast("pl.DataFrame", pl.from_arrow(table)) for table in (first, second))
    if left.columns != right.columns or left.height != right.height:
        return False
    return left.sort(left.columns).equals(right.sort(right.columns))


def compared(name: str, query: Query, tables: dict[str, Any], spark: Spark) -> dict[str, Any]:
    """Both ways of one query."""
    alone, alone_s, alone_mb = timed(query, tables, engine.Embedded())
    spread, spread_s, spread_mb = timed(query, tables, spark)
    return {
        f"{name}_rows": alone.num_rows,
        f"{name}_embedded_s": round(alone_s, 2),
        f"{name}_spark_s": round(spread_s, 2),
        f"{name}_overhead": round(spread_s / alone_s, 2),
        f"{name}_embedded_mb": round(alone_mb),
        f"{name}_spark_mb": round(spread_mb),
        f"{name}_same": same(alone, spread),
    }


def stored(folder: Path, millions: float, seed: int) -> Path:
    """Points in Parquet files of a million rows."""
    rows, folder = int(millions * 1_000_000), folder / f"points-{millions:g}"
    folder.mkdir()
    for number, start in enumerate(range(0, rows, FILE_ROWS)):
        table = points(min(FILE_ROWS, rows - start), seed + number)
        table = table.set_column(0, "id", pc.add(table["id"], start))
        pq.write_table(table, folder / f"{number:03d}.parquet", row_group_size=250_000)
    return folder


def town(rows: int, seed: int) -> pa.Table:
    """Points in a square of 30 km, in metres."""
    draw = np.random.default_rng(seed)
    east, north = (base + draw.uniform(0, 30_000, rows) for base in (940_000, 1_930_000))
    return pa.table({"id": np.arange(rows), "x": east, "y": north})


def main() -> None:
    """Print the figures."""
    asked = machine.arguments(__doc__ or "", millions="1,5,20", queries="join,count", near=500, seed=5)
    spark = Spark("local[2]")
    begun = time.perf_counter()
    spark.session()
    areas = dongs()
    figures: dict[str, Any] = {"session_start_s": round(time.perf_counter() - begun, 1)}
    warm = {"points": points(1_000, 1), "dongs": areas}
    for backend in (engine.Embedded(), spark):
        engine.run(QUERY, warm, backend=backend)  # Python workers start and load the library once
    with tempfile.TemporaryDirectory() as folder:
        for millions in [float(each) for each in asked.millions.split(",") if each]:
            tables = {"points": stored(Path(folder), millions, asked.seed), "dongs": areas}
            for name in asked.queries.split(","):
                query = {"join": QUERY, "count": COUNT}[name]
                figures |= compared(f"{name}_{millions:g}m", query, tables, spark)
    if asked.near:
        rows = asked.near * 1_000
        tables = {"a": town(rows, asked.seed), "b": town(rows, asked.seed + 1)}
        figures |= compared(f"pairs_{asked.near}k", PAIRS, tables, spark)
    figures["ok"] = all(value for key, value in figures.items() if key.endswith("_same"))
    machine.report("engine_spark", figures, seed=asked.seed, as_json=asked.as_json)
    spark.session().stop()


if __name__ == "__main__":
    main()
