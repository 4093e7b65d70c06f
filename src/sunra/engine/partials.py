"""Partial aggregates: what their columns are, and whether ``combine`` puts them together rightly.

A text that aggregates gives, per partition, group keys and measures. The whole is right when the first thing
``combine`` does with them is to group again by (some of) the keys and to add sums and counts, to take min of
min, max of max. That is proved on the plan of ``combine``; what follows it runs once, over the whole, and is
free.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from sunra.engine.errors import not_local
from sunra.engine.plan import Node, Plan, pure, split

TABLE: Final = "partials"
"""The name under which ``combine`` sees the results of all partitions."""

_AGAIN: Final = {
    "count": "sum",
    "sum": "sum",
    **{name: name for name in ("min", "max", "bool_and", "bool_or", "bit_and", "bit_or", "bit_xor")},
}
_CALL = re.compile(r"^(\w+)\((?:\w+\.)?([^().\s]+)\)$")


def measures_of(node: Node) -> dict[str, str]:
    """The measures of an aggregate over a partition; keys are left out.

    Raises ``EngineError`` not_local for an aggregate that cannot be combined of its partial results.
    """
    calls = split(node.text("Aggregates"), ", ")
    names = node.output[len(node.output) - len(calls) :] if calls else ()
    if re.search(r"\b(ROLLUP|CUBE|GROUPING SETS)\b", node.text("Group By")):
        raise not_local("unsupported", "GROUPING SETS")
    found = {}
    for call, name in zip(calls, names, strict=True):
        function = call.partition("(")[0]
        if function not in _AGAIN or "DISTINCT" in call:
            raise not_local("not_additive", call)
        found[name] = _AGAIN[function]
    return found


def projected_measures(measures: Mapping[str, str], node: Node) -> dict[str, str]:
    """The measures after a projection: renamed ones stay, computed ones can no longer be combined."""
    found = {}
    for expression, output in zip(node.list("Expressions"), node.output, strict=True):
        first = pure(expression)
        if first in measures:
            found[output] = measures[first]
        elif any(name in expression for name in measures):
            found[output] = ""
    return found


def check(plan: Plan, measures: Mapping[str, str]) -> None:
    """Refuse a ``combine`` that does not first aggregate the partial rows again; see the module's words."""
    if _follow(plan.root, dict(measures), "") is not None:
        raise not_local("combine_mismatch")


def _follow(node: Node, measures: dict[str, str], alias: str) -> dict[str, str] | None:
    """The measures of a step that still puts out partial rows; nothing once they are combined."""
    if node.kind == "TableScan":
        return dict(measures) if alias == TABLE else None
    name = node.text("Alias") or alias
    below = [_follow(child, measures, name) for child in node.children]
    partial = [found for found in below if found is not None]
    if not partial:
        return None
    if node.kind == "Aggregate":
        _again(node, partial[0])
        return None
    if len(below) > 1:
        raise not_local("combine_mismatch", node.kind)
    return _passed(node, partial[0])


def _passed(node: Node, measures: dict[str, str]) -> dict[str, str]:
    """What a step below the aggregate may do to partial rows: choose and rename columns, drop groups."""
    if node.kind == "Subquery" and node.text("Alias"):
        return measures
    if node.kind == "Filter" and not _mentions(node.text("Condition"), measures.keys()):
        return measures
    if node.kind == "Projection":
        found = {}
        for expression, output in zip(node.list("Expressions"), node.output, strict=True):
            column = pure(expression).rpartition(".")[2]
            if column in measures:
                found[output] = measures[column]
            elif _mentions(expression, measures.keys()):
                found[output] = ""
        return found
    raise not_local("combine_mismatch", node.kind)


def _again(node: Node, measures: dict[str, str]) -> None:
    if _mentions(node.text("Group By"), measures.keys()):
        raise not_local("combine_mismatch", node.text("Group By"))
    for call in split(node.text("Aggregates"), ", "):
        found = _CALL.match(split(call, " AS ")[0])
        function, column = found.groups() if found else ("", "")
        again = measures.get(column)
        if again is None and function in {"min", "max"}:  # of a group key: the same keys are there
            continue
        if not again or function != again:
            raise not_local("combine_mismatch", call)


def _mentions(text: str, columns: AbstractSet[str]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(column)}(?!\w)", text) for column in columns)
