"""Reads a graph from two plain CSV files: nodes with coordinates, edges between them.

Nodes: ``id`` (or node, node_id, osmid), ``lon``/``lat`` (or x/y, lng, longitude/latitude). Edges: ``u``/``v``
(or from/to, source/target, start/end) and, where they exist, ``metres`` (or length), ``oneway`` (1, 0, -1),
``stairs`` (0, 1), ``kind``, ``level``, ``id``. The first row names the columns; text is UTF-8 or CP949.
"""

import io
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sunra.core.routing.network import Floats
from sunra.core.routing.streets import lines
from sunra.core.routing.streets.errors import Limits, StreetFileError, Watch
from sunra.core.routing.streets.files import text_of, whole
from sunra.core.routing.streets.graph import StreetGraph
from sunra.core.routing.streets.lines import KIND_ROW, Ints
from sunra.core.routing.streets.places import require_korea, to_metres
from sunra.core.routing.streets.report import Source

_NAMES = {
    "id": ("id", "node", "node_id", "osmid"), "lon": ("lon", "x", "lng", "longitude"),
    "lat": ("lat", "y", "latitude"), "u": ("u", "from", "source", "start"),
    "v": ("v", "to", "target", "end"), "metres": ("metres", "length", "meters", "dist"),
    "oneway": ("oneway",), "stairs": ("stairs", "steps"), "kind": ("kind", "highway"), "level": ("level",),
}  # fmt: skip
_LIMITS = {"metres": (0.0, 1e6), "oneway": (-1, 1), "stairs": (0, 1), "level": (-9, 9)}


def read_edges(
    nodes: Path, edges: Path, *, directed: bool = False, epsg: int = 4326, limits: Limits | None = None
) -> StreetGraph:
    """The graph of a node and an edge file; edges join at node ids only.

    ``directed``: an edge is open to cars from u to v only (files that list both directions). Raises
    `StreetFileError` naming file, row and field, and ``RoutingError("no_streets")``.
    """
    limits = limits or Limits()
    ids, xy = _nodes(nodes, epsg, limits)
    table = _table(edges, limits)
    u, v = (_rows(table, field, ids, edges.name) for field in ("u", "v"))
    if not len(u):
        raise StreetFileError("no_streets", edges.name)
    numbers = {name: _optional(table, name, edges.name) for name in _LIMITS}
    kind = _kinds(table, numbers["stairs"])
    ends = np.column_stack([u, v]).ravel()
    walkers = kind == KIND_ROW["steps"]
    found = lines.make(
        xy[ends], np.arange(0, len(ends) + 1, 2), kind=kind, level=_filled(numbers["level"], 0, len(u)),
        drive=~(walkers | (kind == KIND_ROW["path"])),
        oneway=_filled(numbers["oneway"], int(directed), len(u)), metres=numbers["metres"],
        name=_edge_names(table, len(u)), key=ends.astype(np.int64), planar=False,
    )  # fmt: skip
    pairs = np.unique(np.sort(np.column_stack([u, v]), axis=1), axis=0)
    source = Source("edges", len(u), len(pairs), levels=numbers["level"] is not None)
    return StreetGraph.of(found, source)


def _nodes(path: Path, epsg: int, limits: Limits) -> tuple[NDArray[np.str_], Floats]:
    table = _table(path, limits)
    ids = _text(table, "id", path.name)
    order = np.argsort(ids, kind="stable")
    again = order[1:][ids[order][1:] == ids[order][:-1]]
    if len(again):
        raise StreetFileError("repeated_node", path.name, row=int(again.min()) + 2, field="id")
    lonlat = np.column_stack([_number(table, name, path.name) for name in ("lon", "lat")])
    xy = to_metres(lonlat, epsg)
    require_korea(xy, np.arange(2, len(xy) + 2), path.name, "lon, lat")
    return ids, xy


def _table(path: Path, limits: Limits) -> pl.DataFrame:
    watch = Watch(path.name, limits)
    text = text_of(whole(path, watch), path.name)
    if "\0" in text or not text.strip():
        raise StreetFileError("not_a_street_file", path.name)
    try:
        table = pl.read_csv(io.StringIO(text), infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise StreetFileError("not_a_street_file", path.name) from error
    watch.rows(table.height)
    seen: dict[str, str] = {}
    for column in table.columns:
        plain = column.strip().lower()
        name = next((ours for ours, theirs in _NAMES.items() if plain in theirs), "")
        if name and name not in seen.values():
            seen[column] = name
    return table.select(pl.col(column).str.strip_chars().alias(name) for column, name in seen.items())


def _text(table: pl.DataFrame, field: str, file: str) -> NDArray[np.str_]:
    if field not in table.columns:
        raise StreetFileError("missing_field", file, row=1, field=field)
    empty = table[field].is_null() | (table[field] == "")
    if empty.any():
        raise StreetFileError("missing_field", file, row=int(empty.arg_true()[0]) + 2, field=field)
    return table[field].to_numpy().astype(np.str_)


def _number(table: pl.DataFrame, field: str, file: str) -> Floats:
    _text(table, field, file)
    values = table[field].cast(pl.Float64, strict=False)
    bad = values.is_null() | ~values.is_finite().fill_null(value=False)
    if bad.any():
        raise StreetFileError("bad_number", file, row=int(bad.arg_true()[0]) + 2, field=field)
    return values.to_numpy().astype(np.float64)


def _optional(table: pl.DataFrame, field: str, file: str) -> Floats | None:
    """A column of numbers within its limits; None when the file has none."""
    if field not in table.columns:
        return None
    values = _number(table, field, file)
    low, high = _LIMITS[field]
    bad = np.flatnonzero((values < low) | (values > high))
    if len(bad):
        raise StreetFileError("bad_number", file, row=int(bad[0]) + 2, field=field)
    return values


def _filled(values: Floats | None, default: int, rows: int) -> NDArray[np.int8]:
    return np.full(rows, default, np.int8) if values is None else values.astype(np.int8)


def _rows(table: pl.DataFrame, field: str, ids: NDArray[np.str_], file: str) -> Ints:
    """The node row of each edge's end."""
    wanted = _text(table, field, file)
    order = np.argsort(ids)
    spot = order[np.minimum(np.searchsorted(ids[order], wanted), len(ids) - 1)]
    bad = np.flatnonzero(ids[spot] != wanted)
    if len(bad):
        raise StreetFileError("unknown_node", file, row=int(bad[0]) + 2, field=field)
    return spot.astype(np.int64)


def _kinds(table: pl.DataFrame, stairs: Floats | None) -> NDArray[np.uint8]:
    kind = np.zeros(table.height, np.uint8)
    if "kind" in table.columns:
        names, row = np.unique(table["kind"].fill_null("").to_numpy().astype(np.str_), return_inverse=True)
        kind = np.array([KIND_ROW.get(str(name), 0) for name in names], np.uint8)[row.ravel()]
    if stairs is not None:
        kind[stairs > 0] = KIND_ROW["steps"]
    return kind


def _edge_names(table: pl.DataFrame, rows: int) -> NDArray[np.str_]:
    if "id" not in table.columns:
        return np.arange(1, rows + 1).astype(np.str_)
    return table["id"].fill_null("").to_numpy().astype(np.str_)
