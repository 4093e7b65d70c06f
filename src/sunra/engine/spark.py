"""Per partition on Spark: ``mapInArrow`` runs the same SQL text on SedonaDB inside every executor.

Spark moves packed pieces and keeps count of them; what they hold it never looks into. Parquet tables must lie
where every executor can read them under the same path; tables in memory travel with the job. Executors need
Sunra itself installed.
"""

import os
import shutil
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from sunra.engine import executors, packing, tiles
from sunra.engine.errors import EngineError
from sunra.engine.pieces import Piece, Work, whole
from sunra.engine.query import Limits, Query
from sunra.engine.running import Part, Partials
from sunra.engine.running import Work as Function
from sunra.engine.sources import Source

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_TARGET = 1_000_000
"""Rows of a piece where nobody says how many pieces; enough to outweigh what a piece costs."""
_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Spark:
    """A Spark cluster, or its processes on this machine (``local[2]``); one session a process, kept."""

    master: str
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """The setting that names it."""
        return self.master

    def partials(self, query: Query, tables: Mapping[str, Source], limits: Limits) -> Partials:
        """The results over all partitions."""
        job = _Job(self.session(), limits, Work.of(query, tables, limits))
        try:
            return job.by_place(tables) if query.near else job.by_piece(tables)
        finally:
            job.done()

    def each(self, function: Function, parts: list[Part]) -> list[pa.Table]:
        """Over all parts, a task each."""
        job = _Job(self.session(), Limits(), None)
        frame = job.frame([(nr, key, rows) for nr, (key, rows) in enumerate(parts)])
        found: dict[int, list[pa.Table]] = {}
        for nr, table in job.collect(frame.mapInArrow(executors.each(function), executors.DDL)):
            found.setdefault(nr, []).append(table)
        return [pa.concat_tables(found[nr]) for nr in sorted(found)]

    def session(self) -> "SparkSession":
        """The process's session with this master. Raises ``EngineError`` no_spark, no_java or cluster."""
        try:
            from pyspark.sql import SparkSession
        except ImportError as cause:
            raise EngineError("no_spark") from cause
        if self.master.startswith("local") and not java():
            raise EngineError("no_java")
        with _LOCK:
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
            builder = SparkSession.builder.master(self.master).appName("sunra")
            local = _LOCAL if self.master.startswith("local") else {}
            for key, value in {**_CONFIG, **local, **self.options}.items():
                builder = builder.config(key, value)
            try:
                session = builder.getOrCreate()
                session.sparkContext.setLogLevel("ERROR")
            except Exception as cause:
                raise EngineError("cluster", error=type(cause).__name__) from cause
        return session


def java() -> str:
    """The Java that Spark would start, "" when there is none."""
    home = os.environ.get("JAVA_HOME", "")
    return shutil.which("java", path=f"{home}/bin" if home else None) or ""


_CONFIG = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "4",  # a row is a whole piece
    "spark.sql.adaptive.enabled": "false",  # would merge partitions by their bytes
    "spark.driver.maxResultSize": "0",  # Limits.rows bounds results
    "spark.driver.memory": "2g",
    "spark.sql.session.timeZone": "UTC",
}
_LOCAL = {"spark.driver.host": "localhost", "spark.driver.bindAddress": "127.0.0.1"}
"""On one machine nothing listens to the network."""


class _Job:
    """One query's jobs on the cluster, ended together at the deadline."""

    def __init__(self, session: "SparkSession", limits: Limits, work: Work | None) -> None:
        self._session, self._limits = session, limits
        self._until = time.monotonic() + limits.seconds
        self._group = f"sunra-{uuid.uuid4().hex}"
        context = session.sparkContext
        self._work = work
        self._shared: Any = context.broadcast(executors.pack_work(work)) if work else None

    def done(self) -> None:
        """Let the executors forget what was broadcast."""
        if self._shared is not None:
            self._shared.unpersist()

    def pieces(self, source: Source) -> list[Piece]:
        """The pieces of a table: a few for each core, none needlessly small."""
        cores = self._session.sparkContext.defaultParallelism
        wanted = self._limits.partitions or max(cores, -(-source.rows // _TARGET))
        return source.cut(wanted)

    def frame(self, rows: list[tuple[int, str, Piece]]) -> "DataFrame":
        """Packed pieces as a frame, each in a task of its own."""
        packed = [(nr, name, "piece", packing.pack_piece(piece)) for nr, name, piece in rows]
        spread = self._session.sparkContext.parallelize(packed, max(1, len(packed)))
        return self._session.createDataFrame(spread, executors.DDL)

    def by_piece(self, tables: Mapping[str, Source]) -> Partials:
        """The text over each piece of the partition table."""
        assert self._work is not None  # noqa: S101 - a query's job has work
        name = self._work.query.partition
        pieces = self.pieces(tables[name])
        frame = self.frame([(nr, name, piece) for nr, piece in enumerate(pieces)])
        results = self.collect(frame.mapInArrow(executors.answer(self._shared), executors.DDL))
        return Partials(whole([table for _nr, table in results]), len(pieces))

    def by_place(self, tables: Mapping[str, Source]) -> Partials:
        """The text over bundles of tiles: count, scatter every table's rows, gather."""
        assert self._work is not None  # noqa: S101 - a query's job has work
        query = self._work.query
        own = self.pieces(tables[query.partition])
        frame = self.frame([(nr, query.partition, piece) for nr, piece in enumerate(own)])
        counted = [
            table
            for _nr, table in self.collect(frame.mapInArrow(executors.count(self._shared), executors.DDL))
        ]
        keys, rows = (np.concatenate([np.asarray(one.column(c)) for one in counted]) for c in ("key", "rows"))
        bundles = tiles.bundle(keys, rows, len(own))
        if not bundles.keys.size:
            return Partials(self._work.run({}), 1)
        packed = packing.pack(pa.table({"key": bundles.keys, "group": bundles.groups}))
        shared = self._session.sparkContext.broadcast(packed)
        every = [(name, piece) for name in query.near for piece in self.pieces(tables[name])]
        every += [(query.partition, piece) for piece in own]
        frame = self.frame([(nr, name, piece) for nr, (name, piece) in enumerate(every)])
        scattered = frame.mapInArrow(executors.scatter(self._shared, shared), executors.DDL)
        sorted_ = scattered.repartition(bundles.count, "nr").sortWithinPartitions("nr")
        results = self.collect(sorted_.mapInArrow(executors.gather(self._shared), executors.DDL))
        return Partials(whole([table for _nr, table in results]), bundles.count)

    def collect(self, frame: "DataFrame") -> list[tuple[int, pa.Table]]:
        """The tables that come back, by their number. Raises the first typed error among them."""
        answer = self._within(frame.toArrow)
        found, rows = [], 0
        columns = (answer.column(name) for name in ("nr", "kind", "part"))
        for nr, kind, part in sorted(
            zip(*(column.to_pylist() for column in columns), strict=True), key=lambda each: each[0]
        ):
            if kind == "error":
                raise packing.unpack_error(part)
            table = packing.unpack(part)
            rows += table.num_rows
            if rows > self._limits.rows:
                raise EngineError("too_many_rows", limit=self._limits.rows)
            found.append((nr, table))
        return found

    def _within(self, action: Callable[[], pa.Table]) -> pa.Table:
        """An action on the cluster, cancelled at the deadline. Raises ``EngineError`` timeout or cluster."""
        from pyspark import InheritableThread

        outcome: dict[str, Any] = {}

        def work() -> None:
            self._session.sparkContext.setJobGroup(self._group, "sunra", interruptOnCancel=True)
            try:
                outcome["table"] = action()
            except Exception as cause:  # noqa: BLE001 - whatever the cluster raises becomes one typed error
                outcome["error"] = cause

        thread = InheritableThread(target=work, daemon=True)
        thread.start()
        thread.join(max(0.0, self._until - time.monotonic()))
        if thread.is_alive():
            self._session.sparkContext.cancelJobGroup(self._group)
            thread.join(10)
            raise EngineError("timeout", seconds=self._limits.seconds)
        if "error" in outcome:
            cause = outcome["error"]
            raise EngineError("cluster", error=type(cause).__name__) from cause
        table = outcome["table"]
        assert isinstance(table, pa.Table)  # noqa: S101 - what toArrow gives
        return table
