"""What can go wrong with a query; no exception of a library below leaves the engine."""

from typing import Final

REMEDIES: Final = {
    "aggregate": "Declare `combine`: what turns the partial aggregates of all partitions into the whole.",
    "broadcast_alone": "Let every row come from the partitioned table: a broadcast one is in each partition.",
    "broadcast_kept": "Keep the rows of the partitioned table: it belongs on the preserved side of the join.",
    "combine_mismatch": "Let `combine` group first: add sums and counts, take min of min and max of max.",
    "distinct": "Declare `combine` with the same DISTINCT over the partials.",
    "file": "Give the table to the query under a name; files named in the text are not read.",
    "halo": "Join by ST_DWithin on the declared positions, with a distance no longer than the halo.",
    "limit": "Move ORDER BY and LIMIT into `combine`, which sees all rows once.",
    "nearest": "Search among a broadcast table: the nearest may lie beyond any halo.",
    "not_additive": "Give the parts (sum and count): partial results of this one do not add up.",
    "order": "Rows have no order across partitions: sort in `combine` or afterwards.",
    "order_dependent": "Use an aggregate that does not depend on the order of rows.",
    "partial_changed": "Let partial aggregates leave as they are; filter and compute in `combine`.",
    "partition_twice": "Broadcast the small table, or declare `near` with a halo for two big ones.",
    "statement": "Only SELECT runs here.",
    "subquery": "Write the subquery as a join.",
    "union": "Take all branches of UNION ALL from the partitioned table.",
    "unsupported": "Write it with joins, filters, projections and aggregates.",
    "volatile": "Pass the moment or the number in as a literal: each partition would see another one.",
    "window": "Move the window into `combine`, which sees all rows once.",
}
"""What to do about each reason of a query that is not partition-local."""


class EngineError(Exception):
    """A query or a partition's work that cannot run or did not end well.

    ``code`` is stable: ``not_local`` (with ``reason`` and ``remedy``; refused before anything ran),
    ``bad_sql``, ``bad_query``, ``bad_table``, ``missing_file``, ``unknown_table``, ``timeout``, ``memory``,
    ``too_many_rows``, ``failed``, ``partition`` (with ``partition``), ``no_java``, ``no_spark``,
    ``bad_setting``, ``cluster``. ``params`` say where; none holds a row's content.
    """

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        told = ", ".join(f"{key}={value}" for key, value in params.items())
        super().__init__(f"{code}: {told}" if told else code)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.code, self.params)


def _rebuild(code: str, params: dict[str, object]) -> EngineError:
    """An error that crossed a process."""
    return EngineError(code, **params)


def not_local(reason: str, where: str = "") -> EngineError:
    """The refusal of a query, with what to do instead."""
    params = {"where": where} if where else {}
    return EngineError("not_local", reason=reason, **params, remedy=REMEDIES[reason])
