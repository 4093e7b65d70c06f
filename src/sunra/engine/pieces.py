"""The work of one partition: the same code in this process and in a Spark executor."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from sunra.engine import embedded, tiles
from sunra.engine.query import Limits, Query
from sunra.engine.sources import Source, Span, read_span

Piece: TypeAlias = pa.Table | Span


@dataclass(frozen=True, slots=True)
class Work:
    """What every partition needs besides its rows: the query, all columns, the broadcast tables whole."""

    query: Query
    schemas: Mapping[str, pa.Schema] = field(repr=False)
    broadcast: Mapping[str, pa.Table] = field(repr=False)
    limits: Limits

    @classmethod
    def of(cls, query: Query, tables: Mapping[str, Source], limits: Limits) -> "Work":
        """The work of a query over these tables."""
        schemas = {name: source.schema for name, source in tables.items()}
        return cls(query, schemas, {name: tables[name].read() for name in query.broadcast}, limits)

    def rows_of(self, name: str, piece: Piece) -> pa.Table:
        """The rows of a piece of table ``name``."""
        return read_span(piece, self.schemas[name]) if isinstance(piece, Span) else piece

    def run(self, parts: Mapping[str, pa.Table]) -> pa.Table:
        """The query's text over one partition: its own rows and the near ones. Raises ``EngineError``."""
        near = {name: parts.get(name, self.schemas[name].empty_table()) for name in self.query.near}
        own = parts.get(self.query.partition, self.schemas[self.query.partition].empty_table())
        tables = {**self.broadcast, **near, self.query.partition: own}
        given = {name: Source(name, rows.schema, rows.num_rows, rows) for name, rows in tables.items()}
        return embedded.execute(self.query.sql, given, self.limits)

    def counted(self, piece: Piece) -> tuple[tiles.Ints, tiles.Ints]:
        """The tiles of a piece of the partition table, and how many of its rows lie in each."""
        keys = tiles.keys_of(self.rows_of(self.query.partition, piece), self.query)
        found, counts = np.unique(keys, return_counts=True)
        return found, counts

    def scattered(self, name: str, piece: Piece, bundles: tiles.Bundles) -> Iterable[tuple[int, pa.Table]]:
        """The rows of a piece by the partition they are needed in."""
        rows = self.rows_of(name, piece)
        if name == self.query.partition:
            return tiles.owned(rows, self.query, bundles)
        return tiles.surrounding(rows, name, self.query, bundles)


def whole(results: list[pa.Table]) -> pa.Table:
    """All partitions' results in one table; they come of one text, so their columns agree."""
    return pa.concat_tables(results, promote_options="permissive")
