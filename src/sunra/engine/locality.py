"""Whether a text may run partition by partition, decided on its plan before anything runs.

Every step of the plan gets a *share*: how its rows over all partitions relate to its rows over the whole.

- WHOLE: every partition holds all of them (broadcast tables).
- SPLIT: the partitions' rows together are exactly the whole's rows, each once.
- NEAR: every partition holds at least those within the halo of its tile, some in several partitions.
- PARTIAL: aggregates of a partition; ``combine`` must aggregate them again.

Filters and projections keep the share; a join of SPLIT with WHOLE is SPLIT when the SPLIT side is the one
whose rows are kept; SPLIT meets NEAR only under a distance no longer than the halo, measured between the
declared positions. What is not proved here is refused: ``EngineError`` not_local with the reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from sunra.engine import bounds
from sunra.engine.errors import not_local
from sunra.engine.partials import check, measures_of, projected_measures
from sunra.engine.plan import ORDER_DEPENDENT, VOLATILE, Node, Plan
from sunra.engine.query import CELLS, Query


class Share(Enum):
    """How a step's rows in the partitions relate to its rows over the whole."""

    WHOLE = "whole"
    SPLIT = "split"
    NEAR = "near"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Local:
    """A step's share, the aliases of its rows and the columns that tell where they lie.

    ``measures`` maps columns of partial rows to the aggregate that combines them ("" when none can);
    the other columns of partial rows are group keys.
    """

    share: Share
    aliases: frozenset[str] = frozenset()
    places: frozenset[bounds.Place] = frozenset()
    measures: Mapping[str, str] = field(default_factory=dict)


def judge(plan: Plan, query: Query) -> Local:
    """The share of the query's result: SPLIT or PARTIAL. Raises ``EngineError`` not_local."""
    refuse_unstable(plan)
    found = _Judge(query).of(plan.root, "")
    if found.share is Share.NEAR:
        raise not_local("halo")
    if found.share is Share.WHOLE:
        raise not_local("broadcast_alone")
    if found.share is Share.PARTIAL and not query.combine:
        raise not_local("aggregate" if found.measures else "distinct")
    return found


def refuse_unstable(plan: Plan) -> None:
    """Refuse what would differ from partition to partition or from run to run."""
    if found := VOLATILE.search(plan.initial):
        raise not_local("volatile", found.group(1))
    if found := ORDER_DEPENDENT.search(plan.initial):
        raise not_local("order_dependent", found.group(1))
    for node in plan.root.walk():
        if any("<subquery>" in text for text in node.list("Expressions")) or "<subquery>" in node.text(
            "Condition"
        ):
            raise not_local("subquery")


def judge_combine(plan: Plan, partial: Local, tables: frozenset[str]) -> None:
    """Refuse a combine step that is unstable, reads anything else, or adds partial rows up wrongly."""
    refuse_unstable(plan)
    _refuse_foreign(plan.root, tables, "")
    if partial.share is Share.PARTIAL:
        check(plan, partial.measures)


def _refuse_foreign(node: Node, tables: frozenset[str], alias: str) -> None:
    if "Operation" in node.details or node.kind in {"CopyTo", "Statement"}:
        raise not_local("statement", node.kind)
    if node.kind == "TableScan" and (node.text("Relation Name") != "?table?" or alias not in tables):
        raise not_local("file", node.text("Relation Name"))
    for child in node.children:
        _refuse_foreign(child, tables, node.text("Alias") or alias)


class _Judge:
    """Walks a plan from its tables upwards."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._roles = query.roles()
        self._steps: dict[str, Callable[[Node, list[Local]], Local]] = {
            "Projection": self._projection,
            "Filter": self._filter,
            "Aggregate": self._aggregate,
            "Union": self._union,
            "SpatialJoin": self._spatial_join,
            "Subquery": self._named,
            "Unnest": self._filter,
        }

    def of(self, node: Node, alias: str) -> Local:
        """The share of a step; ``alias`` is the nearest name above it, which is the table's at a scan."""
        if "Operation" in node.details:
            raise not_local("statement", node.text("Operation"))
        if node.details.get("Fetch") is not None or node.kind == "Limit":
            raise not_local("limit")
        if node.kind == "TableScan":
            return self._scan(node, alias)
        if node.kind == "Values":
            return Local(Share.WHOLE)
        if node.kind == "EmptyRelation":  # no rows at all, or, without columns, the one row of SELECT 1
            return Local(Share.SPLIT if node.output else Share.WHOLE)
        if node.kind in _REASONS:
            raise not_local(_REASONS[node.kind], node.kind)
        if node.kind not in self._steps and not node.kind.endswith(" Join"):
            raise not_local("unsupported", node.kind)
        below = [self.of(child, node.text("Alias") or alias) for child in node.children]
        if node.kind.endswith(" Join"):
            condition = node.text("Filter").removeprefix(" Filter: ")
            return self._join(node.kind.removesuffix(" Join"), condition, below, node.text("Join Keys"))
        return self._steps[node.kind](node, below)

    def _scan(self, node: Node, alias: str) -> Local:
        if node.text("Relation Name") != "?table?" or alias not in self._roles:
            raise not_local("file", node.text("Relation Name"))
        share = _SHARES[self._roles[alias]]
        return Local(share, frozenset({"?table?"}), bounds.at_scan(self._query.at.get(alias)))

    @staticmethod
    def _named(node: Node, below: list[Local]) -> Local:
        name, only = node.text("Alias"), below[0]
        if not name:
            raise not_local("subquery")
        return replace(only, aliases=frozenset({name}), places=bounds.renamed(only.places, name))

    @staticmethod
    def _projection(node: Node, below: list[Local]) -> Local:
        if len(below) != 1:
            raise not_local("subquery")
        only, expressions = below[0], node.list("Expressions")
        if only.share is Share.PARTIAL:
            return replace(only, measures=projected_measures(only.measures, node))
        return replace(only, places=bounds.projected(only.places, expressions))

    @staticmethod
    def _filter(node: Node, below: list[Local]) -> Local:
        if len(below) != 1:
            raise not_local("subquery")
        if below[0].share is Share.PARTIAL:
            raise not_local("partial_changed", node.text("Condition"))
        return below[0]

    @staticmethod
    def _aggregate(node: Node, below: list[Local]) -> Local:
        only = below[0]
        if only.share is Share.NEAR:
            raise not_local("halo", node.text("Aggregates"))
        if only.share is Share.PARTIAL:
            raise not_local("partial_changed", node.text("Aggregates"))
        if only.share is Share.WHOLE:
            return only
        return Local(Share.PARTIAL, measures=measures_of(node))

    @staticmethod
    def _union(_node: Node, below: list[Local]) -> Local:
        shares = {each.share for each in below}
        if Share.PARTIAL in shares:
            raise not_local("partial_changed", "UNION")
        if shares not in ({Share.WHOLE}, {Share.SPLIT}):
            raise not_local("union")
        return Local(shares.pop())

    def _spatial_join(self, node: Node, below: list[Local]) -> Local:
        head, _comma, condition = node.text("Detail").partition(", filter=")
        return self._join(head.rpartition("join_type=")[2], condition, below)

    def _join(self, kind: str, condition: str, below: list[Local], keys: str = "") -> Local:
        left, right = below
        shares = {left.share, right.share}
        aliases = left.aliases | right.aliases
        if Share.PARTIAL in shares:
            raise not_local("partial_changed", "join")
        if shares == {Share.WHOLE}:
            return Local(Share.WHOLE, aliases)
        if shares == {Share.SPLIT}:
            raise not_local("partition_twice")
        if Share.SPLIT not in shares:
            raise not_local("halo", condition)
        first = left.share is Share.SPLIT
        ours, theirs = (left, right) if first else (right, left)
        if kind not in (_KEEPS_LEFT if first else _KEEPS_RIGHT):
            raise not_local("broadcast_kept", f"{kind} join")
        if "st_knn(" in condition and (
            theirs.share is Share.NEAR or not bounds.asks_for(condition, ours.aliases, theirs.aliases)
        ):
            raise not_local("nearest")
        if theirs.share is Share.NEAR and not self._bounded(condition, keys, ours, theirs):
            raise not_local("halo", condition or keys)
        return Local(Share.SPLIT, aliases, ours.places)

    def _bounded(self, condition: str, keys: str, ours: Local, theirs: Local) -> bool:
        if self._query.at[self._query.partition].crs == CELLS:
            return bounds.same_cell(keys, ours.places, theirs.places)
        return bounds.within(condition, ours.places, theirs.places, self._query)


_SHARES: Final = {"partition": Share.SPLIT, "broadcast": Share.WHOLE, "near": Share.NEAR}
_KEEPS_LEFT = {"Inner", "Left", "LeftSemi", "LeftAnti", "LeftMark", "Cross"}
_KEEPS_RIGHT = {"Inner", "Right", "RightSemi", "RightAnti", "RightMark", "Cross"}
_REASONS: Final = {
    "Sort": "order",
    "WindowAggr": "window",
    "CopyTo": "statement",
    "Statement": "statement",
}
