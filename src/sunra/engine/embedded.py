"""One text on the embedded engine: SedonaDB, in this process."""

import re
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from sunra.engine.errors import EngineError
from sunra.engine.query import Limits
from sunra.engine.sources import Source

if TYPE_CHECKING:
    from sedonadb.context import SedonaContext

_MEMORY_WORDS = ("resources exhausted", "failed to allocate", "memory limit")


def execute(sql: str, tables: Mapping[str, Source], limits: Limits) -> pa.Table:
    """The result of ``sql`` over the whole tables.

    Raises ``EngineError``: ``timeout`` (the batch being worked on ends in the background, its result is
    dropped), ``memory``, ``too_many_rows`` or ``failed``.
    """
    if limits.seconds <= 0:
        raise EngineError("timeout", seconds=limits.seconds)
    work = _Work(sql, tables, limits)
    work.start()
    work.join(limits.seconds)
    if work.is_alive():
        work.stopped.set()
        raise EngineError("timeout", seconds=limits.seconds)
    return work.outcome()


class _Work(threading.Thread):
    """A query on a thread of its own: the engine lets go of the interpreter, so a clock can run beside it."""

    def __init__(self, sql: str, tables: Mapping[str, Source], limits: Limits) -> None:
        super().__init__(name="engine", daemon=True)
        self.stopped = threading.Event()
        self._asked = sql, tables, limits
        self._result: pa.Table | None = None
        self._error: EngineError | None = None

    def run(self) -> None:
        """Compute, keeping the result or the typed error."""
        sql, tables, limits = self._asked
        try:
            self._result = _run(sql, tables, limits, self.stopped)
        except EngineError as error:
            self._error = error
        except Exception as cause:  # noqa: BLE001 - whatever the library raises becomes one typed error
            self._error = typed(cause)

    def outcome(self) -> pa.Table:
        """The result of a thread that has ended."""
        if self._error is not None:
            raise self._error
        assert self._result is not None  # noqa: S101 - one of the two is set
        return self._result


def typed(cause: Exception) -> EngineError:
    """A library's exception as ours."""
    told = str(cause)
    code = "memory" if any(word in told.lower() for word in _MEMORY_WORDS) else "failed"
    # the library quotes values of rows; they must not travel with the error
    clean = re.sub(r"'[^']*'|\"[^\"]*\"|`[^`]*`", "…", told.splitlines()[0] if told else type(cause).__name__)
    error = EngineError(code, detail=clean[:200])
    error.__cause__ = cause
    return error


def connect(memory: str = "") -> "SedonaContext":
    """A fresh context; with ``memory`` it spills to disk beyond that."""
    import sedonadb  # a large library: whoever asks nothing does not load it

    context = sedonadb.connect()
    if memory:
        context.options.memory_limit = memory
    return context


def _run(sql: str, tables: Mapping[str, Source], limits: Limits, stopped: threading.Event) -> pa.Table:
    context = connect(limits.memory)
    for name, source in tables.items():
        register(context, name, source)
    reader = context.sql(sql).to_arrow_reader()
    batches, rows, until = [], 0, time.monotonic() + limits.seconds
    for batch in reader:
        if stopped.is_set() or time.monotonic() > until:
            raise EngineError("timeout", seconds=limits.seconds)
        rows += batch.num_rows
        if rows > limits.rows:
            raise EngineError("too_many_rows", limit=limits.rows)
        batches.append(batch)
    return pa.Table.from_batches(batches, schema=reader.schema)


def register(context: "SedonaContext", name: str, source: Source) -> None:
    """Let ``sql`` call the table by its name."""
    if source.table is not None:
        context.create_data_frame(source.table).to_view(name)
    else:
        context.read_parquet(list(source.paths), partitioning=[]).to_view(name)
