"""Reads JSON: answers of open interfaces, lists of records, records line by line, graphs of streets."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from sunra.core.tables import answers, vectors
from sunra.core.tables.errors import BadEncoding, NotATable, TooLarge
from sunra.core.tables.files import Source, check_nesting
from sunra.core.tables.limits import Limits
from sunra.core.tables.raw import Raw
from sunra.core.tables.sniff import encoding_of

_GRAPH = {"nodes", "edges"}
_ENDS = 2


def parse(source: Source, limits: Limits) -> Raw:
    """The records of a JSON text. Raises `TableError` subclasses only."""
    if len(source.data) > limits.max_json:
        raise TooLarge(source.file, f"{len(source.data)} bytes of JSON, limit {limits.max_json}")
    check_nesting(source.data, source.file, limits)
    encoding = encoding_of(source.data, file=source.file)
    text = source.data.decode(encoding)
    value = _value(text, source.file)
    if isinstance(value, dict) and value.get("type") == "FeatureCollection":
        return vectors.parse(_led(source, value, encoding), limits)
    if isinstance(value, dict) and value.keys() >= _GRAPH:
        return _graph(value, source.file, encoding, limits)
    answer = answers.read_answer(value, file=source.file)
    return answers.raw_of(answer, file=source.file, encoding=encoding, limits=limits)


def _led(source: Source, value: dict[str, Any], encoding: str) -> Source:
    """The same features with their type first, by which GDAL knows the format."""
    ordered = {"type": "FeatureCollection", **value}
    return replace(source, data=json.dumps(ordered, ensure_ascii=False).encode(encoding, "replace"))


def _value(text: str, file: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        lines = _by_line(text)
        if lines is None:
            raise NotATable(file, "no JSON", line=error.lineno) from None
        return lines
    except UnicodeError:
        raise BadEncoding(file, "JSON") from None
    except (ValueError, RecursionError) as error:
        # Numbers of more digits than any number has.
        raise NotATable(file, type(error).__name__) from None


def _by_line(text: str) -> list[Any] | None:
    """One record a line (NDJSON), or None when any line is no record."""
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            return None
        if not isinstance(record, dict):
            return None
        found.append(record)
    return found if len(found) > 1 else None


def _graph(value: dict[str, Any], file: str, encoding: str, limits: Limits) -> Raw:
    """Edges [from, to, ...] between nodes [id, lat, lon] (either order) as lines."""
    nodes, edges = value["nodes"], value["edges"]
    try:
        where = {node[0]: (float(node[1]), float(node[2])) for node in nodes}
        ends = [(edge[0], edge[1]) for edge in edges]
        known = [pair for pair in ends if pair[0] in where and pair[1] in where]
    except (TypeError, ValueError, IndexError, KeyError, OverflowError):
        raise NotATable(file, "a graph without places") from None
    if not known:
        raise NotATable(file, "a graph without edges")
    if len(ends) > limits.max_rows:
        raise TooLarge(file, f"over {limits.max_rows} edges")
    xy = np.array([[where[start], where[end]] for start, end in known], dtype=np.float64)
    with np.errstate(invalid="ignore"):
        latitude_first = bool(np.nanmedian(np.abs(xy[..., 0])) < np.nanmedian(np.abs(xy[..., 1])))
    if latitude_first:
        xy = xy[..., ::-1]
    # A street stands in both directions: drawn from west to east both are one line.
    turned = (xy[:, 0, 0] > xy[:, 1, 0]) | ((xy[:, 0, 0] == xy[:, 1, 0]) & (xy[:, 0, 1] > xy[:, 1, 1]))
    xy[turned] = xy[turned, ::-1]
    finite = np.isfinite(xy).all(axis=(1, 2))
    lines = np.full(len(ends), None, dtype=object)
    rows = [index for index, pair in enumerate(ends) if pair[0] in where and pair[1] in where]
    lines[np.array(rows)[finite]] = shapely.linestrings(xy[finite])
    records = [["edge"], *([""] for _ in ends)]
    return Raw(
        file=file,
        records=records,
        lines=list(range(len(records))),
        encoding=encoding,
        epsg=4326,
        geometry=lines,
    )
