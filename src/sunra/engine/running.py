"""``run``: judge the text, then let a backend do it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import pyarrow as pa

from sunra.engine import embedded, locality
from sunra.engine.errors import EngineError
from sunra.engine.partials import TABLE
from sunra.engine.plan import explain
from sunra.engine.query import Input, Limits, Query
from sunra.engine.sources import Source, sources

Part = tuple[str, pa.Table]
Work = Callable[[str, pa.Table], pa.Table]


class Backend(Protocol):
    """Where work runs; ``place`` is what people are told ("embedded", "local[2]" ...)."""

    @property
    def place(self) -> str:
        """The backend's setting, as given."""
        ...

    def partials(self, query: Query, tables: Mapping[str, Source], limits: Limits) -> "Partials":
        """The results of the query's text over all partitions, one after the other in one table."""
        ...

    def each(self, function: Work, parts: list[Part]) -> list[pa.Table]:
        """``function`` over every part, in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Partials:
    """What the partitions gave, and how many there were."""

    table: pa.Table
    partitions: int


@dataclass(frozen=True, slots=True)
class Ran:
    """A query that ended well: ``rows_in`` by table, wall clock ``seconds``."""

    table: pa.Table = field(repr=False)
    place: str
    partitions: int
    rows_in: Mapping[str, int]
    seconds: float


@dataclass(frozen=True, slots=True)
class Embedded:
    """This machine, the whole table at once. ``processes`` serve ``map_partitions``; 1 keeps to this one."""

    processes: int = 1
    place: str = "embedded"

    def partials(self, query: Query, tables: Mapping[str, Source], limits: Limits) -> Partials:
        """The text over the whole, which is one partition."""
        return Partials(embedded.execute(query.sql, tables, limits), 1)

    def each(self, function: Work, parts: list[Part]) -> list[pa.Table]:
        """In this process, or spread over ``processes``."""
        from sunra.engine.partitions import here

        return here(function, parts, self.processes)


def ready(query: Query | str, tables: Mapping[str, Any], combine: str = "") -> Query:
    """The query with its names checked. Raises ``EngineError`` unknown_table or bad_query."""
    if isinstance(query, str):
        query = Query(query, partition=next(iter(tables), "") if len(tables) == 1 else "", combine=combine)
    elif combine:
        query = replace(query, combine=combine)
    roles = query.roles()
    if not query.partition or len(roles) != 1 + len(query.broadcast) + len(query.near):
        raise EngineError("bad_query", detail="name one partition table and each table once")
    if set(roles) != set(tables):
        odd = sorted(set(roles) ^ set(tables))
        raise EngineError("unknown_table", tables=", ".join(odd))
    if query.near:
        _check_near(query)
    return query


def _check_near(query: Query) -> None:
    ats = [query.at.get(name) for name in (query.partition, *query.near)]
    if any(at is None for at in ats) or len({at.crs for at in ats if at}) != 1:
        raise EngineError(
            "bad_query", detail="say in `at` where the partition and all near tables lie, in one crs"
        )
    if ats[0] is not None and ats[0].geometry:
        raise EngineError("bad_query", detail="the partition table lies by two number columns")
    if query.halo < 0 or query.tile < 100 or query.tile % 100:
        raise EngineError("bad_query", detail="halo in metres; tile a multiple of 100 m")


def judged(query: Query, tables: Mapping[str, Source]) -> pa.Schema:
    """The columns of the partial results, once query and combine step are proved. Raises ``EngineError``."""
    plan = explain(query.sql, {name: source.schema for name, source in tables.items()})
    local = locality.judge(plan, query)
    if query.combine:
        seen = {TABLE: plan.schema, **{name: tables[name].schema for name in query.broadcast}}
        locality.judge_combine(explain(query.combine, seen), local, frozenset(seen))
    return plan.schema


def execute(
    query: Query | str,
    tables: Mapping[str, Input],
    *,
    combine: str = "",
    backend: Backend | None = None,
    limits: Limits | None = None,
) -> Ran:
    """As ``run``, with what is worth writing down about it."""
    backend, limits = backend or Embedded(), limits or Limits()
    query = ready(query, tables, combine)
    given = sources(tables)
    judged(query, given)
    begun = time.monotonic()
    partials = backend.partials(query, given, limits)
    result = partials.table
    if query.combine:
        left = replace(limits, seconds=limits.seconds - (time.monotonic() - begun))
        seen = {TABLE: Source(TABLE, result.schema, result.num_rows, table=result)}
        result = embedded.execute(
            query.combine, {**seen, **{name: given[name] for name in query.broadcast}}, left
        )
    if result.num_rows > limits.rows:
        raise EngineError("too_many_rows", limit=limits.rows)
    rows = {name: source.rows for name, source in given.items()}
    return Ran(result, backend.place, partials.partitions, rows, time.monotonic() - begun)


def run(
    query: Query | str,
    tables: Mapping[str, Input],
    *,
    combine: str = "",
    backend: Backend | None = None,
    limits: Limits | None = None,
) -> pa.Table:
    """The result of one SQL text over named tables, the same rows on every backend.

    ``query`` is a ``Query``, or the bare text when there is one table. Rows come in no order unless the
    combine step sorts. Raises ``EngineError``: ``not_local`` before anything runs when the text is neither
    partition-local nor declares how its partial results combine.
    """
    return execute(query, tables, combine=combine, backend=backend, limits=limits).table
