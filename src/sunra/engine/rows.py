"""Whether two tables hold the same rows, in whatever order."""

import math
from collections import Counter, defaultdict
from typing import Any, Final

import pyarrow as pa

TOLERANCE: Final = 1e-9
"""How far two floats of the same row may differ, relative to the larger, absolute below 1."""


def same_rows(first: pa.Table, second: pa.Table, tolerance: float = TOLERANCE) -> bool:
    """Whether both are the same multiset of rows: all columns equal, floats to ``tolerance``.

    Rows are matched by their exact columns first; within equal ones by their sorted floats.
    """
    if first.column_names != second.column_names or first.num_rows != second.num_rows:
        return False
    return _alike(_grouped(first), _grouped(second), tolerance)


Groups = dict[tuple[Any, ...], list[tuple[float, ...]]]


def _grouped(table: pa.Table) -> Groups:
    """The floats of each row by its other columns."""
    floats = [pa.types.is_floating(field.type) for field in table.schema]
    groups: Groups = defaultdict(list)
    for row in zip(*(_values(column) for column in table.columns), strict=True):
        exact = tuple(
            (value is None) if is_float else value for value, is_float in zip(row, floats, strict=True)
        )
        numbers = tuple(
            0.0 if value is None else value for value, is_float in zip(row, floats, strict=True) if is_float
        )
        groups[exact].append(numbers)
    return groups


def _values(column: pa.ChunkedArray) -> list[Any]:
    if isinstance(column.type, pa.BaseExtensionType):
        column = pa.chunked_array([chunk.storage for chunk in column.chunks], column.type.storage_type)
    values: list[Any] = column.to_pylist()
    nested = pa.types.is_nested(column.type) or pa.types.is_map(column.type)
    return [repr(value) for value in values] if nested else values


def _alike(first: Groups, second: Groups, tolerance: float) -> bool:
    if first.keys() != second.keys():
        return False
    return all(_matched(rows, second[key], tolerance) for key, rows in first.items())


def _matched(first: list[tuple[float, ...]], second: list[tuple[float, ...]], tolerance: float) -> bool:
    """Whether the rows pair up; sorting pairs them unless floats a tolerance apart swap places."""
    if len(first) != len(second):
        return False
    if Counter(map(repr, first)) == Counter(map(repr, second)):
        return True
    left, right = sorted(first, key=_order), sorted(second, key=_order)
    if all(_close(a, b, tolerance) for a, b in zip(left, right, strict=True)):
        return True
    free = list(right)
    for row in left:
        found = next((one for one in free if _close(row, one, tolerance)), None)
        if found is None:
            return False
        free.remove(found)
    return True


def _order(row: tuple[float, ...]) -> tuple[tuple[bool, float], ...]:
    return tuple((math.isnan(value), 0.0 if math.isnan(value) else value) for value in row)


def _close(first: tuple[float, ...], second: tuple[float, ...], tolerance: float) -> bool:
    return all(
        (math.isnan(a) and math.isnan(b)) or a == b or abs(a - b) <= tolerance * max(1.0, abs(a), abs(b))
        for a, b in zip(first, second, strict=True)
    )
