"""Partition by partition in this process: bounded memory, and Spark's own code without Spark."""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from sunra.engine import tiles
from sunra.engine.errors import EngineError
from sunra.engine.partitions import here
from sunra.engine.pieces import Work, whole
from sunra.engine.query import Limits, Query
from sunra.engine.running import Part, Partials
from sunra.engine.running import Work as Function
from sunra.engine.sources import Source


@dataclass(frozen=True, slots=True)
class Partitioned:
    """At least ``partitions`` pieces, one after the other."""

    partitions: int = 4
    processes: int = 1

    @property
    def place(self) -> str:
        """The setting that names it."""
        return f"partitioned[{self.partitions}]"

    def partials(self, query: Query, tables: Mapping[str, Source], limits: Limits) -> Partials:
        """The results over all partitions."""
        until = time.monotonic() + limits.seconds
        wanted = limits.partitions or self.partitions
        results: list[pa.Table] = []
        work = Work.of(query, tables, limits)
        for parts in parted(work, tables, wanted):
            left = replace(limits, seconds=until - time.monotonic())
            results.append(replace(work, limits=left).run(parts))
            if sum(result.num_rows for result in results) > limits.rows:
                raise EngineError("too_many_rows", limit=limits.rows)
        return Partials(whole(results), len(results))

    def each(self, function: Function, parts: list[Part]) -> list[pa.Table]:
        """In this process, or spread over ``processes``."""
        return here(function, parts, self.processes)


def parted(work: Work, tables: Mapping[str, Source], wanted: int) -> Iterator[dict[str, pa.Table]]:
    """The rows of each partition by table: pieces of the partition table, or bundles of tiles with halos."""
    query = work.query
    pieces = tables[query.partition].cut(wanted)
    if not query.near:
        for piece in pieces:
            yield {query.partition: work.rows_of(query.partition, piece)}
        return
    keys, rows = zip(*(work.counted(piece) for piece in pieces), strict=True)
    bundles = tiles.bundle(np.concatenate(keys), np.concatenate(rows), wanted)
    found: dict[int, dict[str, list[pa.Table]]] = defaultdict(lambda: defaultdict(list))
    for name in (query.partition, *query.near):
        for piece in tables[name].cut(wanted):
            for group, chosen in work.scattered(name, piece, bundles):
                found[group][name].append(chosen)
    for group in range(bundles.count):
        yield {name: pa.concat_tables(several) for name, several in found[group].items()}
