"""The logical plan that the embedded engine makes of a text: judged there, not in the text.

The plan comes from ``EXPLAIN FORMAT pgjson`` over empty tables with the right columns, so nothing is read
and nothing runs. Names are resolved, views and CTEs are dissolved and subqueries are already joins.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from sunra.engine.errors import EngineError

VOLATILE = re.compile(
    r"\b(random|uuid|now|current_date|current_time|current_timestamp|today|version)\(", re.IGNORECASE
)
ORDER_DEPENDENT = re.compile(
    r"\b(array_agg|string_agg|first_value|last_value|nth_value|approx_\w+|st_collect_agg)\(", re.IGNORECASE
)

_NAME = re.compile(r"^[\w.?]+$")


@dataclass(frozen=True, slots=True)
class Node:
    """One step of a plan: its ``kind`` ("Projection", "Left Join" ...), the names it gives, its details."""

    kind: str
    output: tuple[str, ...]
    details: Mapping[str, Any]
    children: tuple["Node", ...]

    def text(self, key: str) -> str:
        """A detail as text, "" when absent."""
        found = self.details.get(key, "")
        return ", ".join(found) if isinstance(found, list) else str(found)

    def list(self, key: str) -> tuple[str, ...]:
        """A detail that is a list of expressions."""
        found = self.details.get(key, ())
        return (found,) if isinstance(found, str) else tuple(found)

    def walk(self) -> Iterator["Node"]:
        """This step and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def _node(raw: Mapping[str, Any]) -> Node:
    details = {key: value for key, value in raw.items() if key not in {"Node Type", "Output", "Plans"}}
    children = tuple(_node(child) for child in raw.get("Plans", ()))
    return Node(str(raw["Node Type"]), tuple(raw.get("Output", ())), details, children)


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan, the columns of its result and the text of the first plan, before constants were folded."""

    root: Node
    schema: pa.Schema
    initial: str


def explain(sql: str, schemas: Mapping[str, pa.Schema]) -> Plan:
    """What the embedded engine would do. Raises ``EngineError`` bad_sql with the engine's words."""
    from sunra.engine.embedded import connect

    context = connect()
    for name, schema in schemas.items():
        context.create_data_frame(schema.empty_table()).to_view(name)
    try:
        plans = context.sql(f"EXPLAIN FORMAT pgjson {sql}").to_arrow_table()
        root = _node(json.loads(plans.column(1)[0].as_py())[0]["Plan"])
        initial = context.sql(f"EXPLAIN VERBOSE {sql}").to_arrow_table().column(1)[0].as_py()
        acts = (
            root.kind in {"CopyTo", "Statement"} or "Operation" in root.details
        )  # only looked at, never run
        schema = pa.schema([]) if acts else pa.schema(context.sql(sql).schema)
    except Exception as cause:
        raise EngineError("bad_sql", detail=str(cause)[:300]) from cause
    return Plan(root, schema, str(initial))


def pure(expression: str) -> str:
    """The column or call that an expression passes on, perhaps under another name; "" for a computed one.

    The plan writes aliases inside an expression as it writes its own: "count(1) AS count(*) * 2" is computed.
    """
    first, *names = split(expression, " AS ") or [""]
    return first if all(_NAME.match(name) or _single_call(name) for name in names) else ""


def _single_call(text: str) -> bool:
    """Whether the bracket that opens first is the one that closes last."""
    head, bracket, rest = text.partition("(")
    if not bracket or not _NAME.match(head) or not rest.endswith(")"):
        return False
    depth = 1
    for sign in rest[:-1]:
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return False
    return True


def split(text: str, separator: str) -> list[str]:
    """The parts of an expression between ``separator`` where no bracket or quote is open."""
    parts, depth, quoted, start, index = [], 0, False, 0, 0
    while index < len(text):
        sign = text[index]
        if sign == '"':
            quoted = not quoted
        elif not quoted and sign in "([":
            depth += 1
        elif not quoted and sign in ")]":
            depth -= 1
        elif not quoted and depth == 0 and text.startswith(separator, index):
            parts.append(text[start:index])
            index += len(separator)
            start = index
            continue
        index += 1
    parts.append(text[start:])
    return [part for part in parts if part]
