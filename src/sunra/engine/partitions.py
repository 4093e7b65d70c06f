"""Python work on one part of a table after the other: ``map_partitions``."""

from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import repeat
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from sunra.engine.errors import EngineError
from sunra.engine.query import Input
from sunra.engine.sources import sources

if TYPE_CHECKING:
    from sunra.engine.running import Backend, Part, Work


def map_partitions(function: "Work", table: Input, by: str, *, backend: "Backend | None" = None) -> pa.Table:
    """``function(key, rows) -> pa.Table`` over the rows of each value of column ``by``, one after the other.

    Parts are worked on in any order and anywhere; the result has them in the order of their keys (as text),
    and the rows of each in the order the function gave. Rows without a key form the part "". The function
    must be importable by name (processes, executors). Raises ``EngineError``: ``partition`` names the part
    whose function failed, ``bad_table`` a missing column or parts with unlike columns.
    """
    from sunra.engine.running import Embedded

    parts = parted(sources({"table": table})["table"].read(), by)
    results = (backend or Embedded()).each(function, parts)
    try:
        return pa.concat_tables(results) if results else pa.table({})
    except pa.ArrowException as cause:
        raise EngineError("bad_table", table="result", detail="parts differ in their columns") from cause


def parted(table: pa.Table, by: str) -> "list[Part]":
    """The rows of each value of ``by`` in their order, by key as text."""
    if by not in table.column_names:
        raise EngineError("bad_table", table="table", column=by)
    keys = pc.fill_null(pc.cast(table.column(by), pa.string()), "").combine_chunks()
    order = pc.sort_indices(
        pa.table({"key": keys, "row": pa.array(range(len(keys)), pa.int64())}),
        sort_keys=[("key", "ascending"), ("row", "ascending")],
    )
    counts: Mapping[str, int] = {
        str(each["values"]): int(each["counts"]) for each in pc.value_counts(keys).to_pylist()
    }
    ordered, found, start = table.take(order), [], 0
    for key in sorted(counts, key=lambda text: text.encode()):
        found.append((key, ordered.slice(start, counts[key])))
        start += counts[key]
    return found


def one(function: "Work", part: "Part") -> pa.Table:
    """The function over one part; its failure names the part, not the rows."""
    key, rows = part
    try:
        found = function(key, rows)
    except Exception as cause:
        raise EngineError("partition", partition=key, error=type(cause).__name__) from cause
    if not isinstance(found, pa.Table):
        raise EngineError("partition", partition=key, error="NotATable")
    return found


def here(function: "Work", parts: "list[Part]", processes: int) -> list[pa.Table]:
    """Over all parts, in this process or spread over ``processes`` of their own."""
    if processes <= 1 or len(parts) <= 1:
        return [one(function, part) for part in parts]
    # spawned, not forked: the engine's threads would not survive a fork
    with ProcessPoolExecutor(min(processes, len(parts)), mp_context=get_context("spawn")) as pool:
        try:
            return list(pool.map(one, repeat(function), parts))
        except BrokenProcessPool as cause:
            raise EngineError("failed", detail="a process of the pool ended") from cause
