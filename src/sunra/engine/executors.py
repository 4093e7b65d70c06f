"""What Spark's Python workers run: functions over batches of packed pieces, made of ``pieces.Work``.

Every row that comes back has ``kind`` "rows", "tiles" or "error"; a typed error is a row, not an exception,
so Spark does not repeat work that fails for good and the driver learns which error it was.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa

from sunra.engine import packing, tiles
from sunra.engine.errors import EngineError
from sunra.engine.partitions import one
from sunra.engine.pieces import Work

Batches = Iterator[pa.RecordBatch]
ROW: Final = pa.schema(
    [("nr", pa.int64()), ("name", pa.string()), ("kind", pa.string()), ("part", pa.binary())]
)
DDL: Final = "nr long, name string, kind string, part binary"
"""The one shape of row that travels: a number (piece or partition), a table or key, what ``part`` is."""


def row(nr: int, name: str, kind: str, part: bytes) -> pa.RecordBatch:
    """One row as a batch of its own: parts are large."""
    return pa.RecordBatch.from_pydict({"nr": [nr], "name": [name], "kind": [kind], "part": [part]}, ROW)


def _rows(batches: Batches) -> Iterator[tuple[int, str, bytes]]:
    for batch in batches:
        for nr, name, part in zip(*(batch.column(key) for key in ("nr", "name", "part")), strict=True):
            yield nr.as_py(), name.as_py(), part.as_py()


def _told(nr: int, name: str, work: Callable[[], Iterator[pa.RecordBatch]]) -> Iterator[pa.RecordBatch]:
    try:
        yield from work()
    except EngineError as error:
        yield row(nr, name, "error", packing.pack_error(error))


def answer(shared: Any) -> Callable[[Batches], Batches]:
    """Each piece of the partition table → the query's result over it."""

    def task(batches: Batches) -> Batches:
        work: Work = unpack_work(shared.value)
        for nr, name, part in _rows(batches):

            def run(nr: int = nr, name: str = name, part: bytes = part) -> Batches:
                rows = work.rows_of(name, packing.unpack_piece(part))
                for chunk in packing.chunks(work.run({name: rows})):
                    yield row(nr, name, "rows", chunk)

            yield from _told(nr, name, run)

    return task


def count(shared: Any) -> Callable[[Batches], Batches]:
    """Each piece of the partition table → its tiles and how many rows lie in each."""

    def task(batches: Batches) -> Batches:
        work: Work = unpack_work(shared.value)
        for nr, name, part in _rows(batches):

            def run(nr: int = nr, name: str = name, part: bytes = part) -> Batches:
                keys, counts = work.counted(packing.unpack_piece(part))
                yield row(nr, name, "tiles", packing.pack(pa.table({"key": keys, "rows": counts})))

            yield from _told(nr, name, run)

    return task


def scatter(shared: Any, bundles: Any) -> Callable[[Batches], Batches]:
    """Each piece of a partitioned or near table → its rows by the partition they are needed in."""

    def task(batches: Batches) -> Batches:
        work: Work = unpack_work(shared.value)
        keys = packing.unpack(bundles.value)
        known = tiles.Bundles(*(np.asarray(keys.column(name)) for name in ("key", "group")))
        for nr, name, part in _rows(batches):

            def run(name: str = name, part: bytes = part) -> Batches:
                for group, rows in work.scattered(name, packing.unpack_piece(part), known):
                    for chunk in packing.chunks(rows):
                        yield row(group, name, "rows", chunk)

            yield from _told(nr, name, run)

    return task


def gather(shared: Any) -> Callable[[Batches], Batches]:
    """Rows sorted by partition → the query's result over each partition."""

    def task(batches: Batches) -> Batches:
        work: Work = unpack_work(shared.value)
        open_group, parts = -1, dict[str, list[pa.Table]]()
        for batch in batches:
            for nr, name, kind, part in zip(*batch.columns, strict=True):
                if kind.as_py() == "error":
                    yield row(nr.as_py(), name.as_py(), "error", part.as_py())
                    continue
                if nr.as_py() != open_group and parts:
                    yield from _finished(work, open_group, parts)
                    parts = {}
                open_group = nr.as_py()
                parts.setdefault(name.as_py(), []).append(packing.unpack(part.as_py()))
        if parts:
            yield from _finished(work, open_group, parts)

    return task


def _finished(work: Work, group: int, parts: dict[str, list[pa.Table]]) -> Batches:
    def run() -> Batches:
        result = work.run({name: pa.concat_tables(tables) for name, tables in parts.items()})
        for chunk in packing.chunks(result):
            yield row(group, "", "rows", chunk)

    yield from _told(group, "", run)


def each(function: Callable[[str, pa.Table], pa.Table]) -> Callable[[Batches], Batches]:
    """Each part of ``map_partitions`` → the function's table."""

    def task(batches: Batches) -> Batches:
        for nr, name, part in _rows(batches):

            def run(nr: int = nr, name: str = name, part: bytes = part) -> Batches:
                table = packing.unpack_piece(part)
                assert isinstance(table, pa.Table)  # noqa: S101 - parts are packed as rows
                for chunk in packing.chunks(one(function, (name, table))):
                    yield row(nr, name, "rows", chunk)

            yield from _told(nr, name, run)

    return task


def pack_work(work: Work) -> dict[str, Any]:
    """The work as a broadcast holds it: tables as streams."""
    return {
        "query": work.query,
        "limits": work.limits,
        "schemas": {name: packing.pack(schema.empty_table()) for name, schema in work.schemas.items()},
        "broadcast": {name: packing.pack(table) for name, table in work.broadcast.items()},
    }


def unpack_work(packed: dict[str, Any]) -> Work:
    """The work again; its tables are views of the broadcast's bytes."""
    return Work(
        packed["query"],
        {name: packing.unpack(data).schema for name, data in packed["schemas"].items()},
        {name: packing.unpack(data) for name, data in packed["broadcast"].items()},
        packed["limits"],
    )
