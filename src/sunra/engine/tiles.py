"""Two big tables by place: tiles of the national grid, bundled into partitions, with a halo around each.

A tile is a square of ``query.tile`` metres of EPSG:5179, that is the 100 m cell coarsened. Each row of the
partition table belongs to the one tile it lies in; a row of a near table goes to every partition that has a
tile within the halo of the row's box, once. A pair within the halo therefore meets in exactly one partition:
that of its first row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from sunra.core.geo import crs as systems
from sunra.engine.errors import EngineError
from sunra.engine.query import CELLS, METRES, At, Query

Ints = NDArray[np.int64]
_WIDTH: Final = 1 << 20
"""Tiles a row of the key: more than fit between any two places on earth in these metres."""
NOWHERE: Final = np.int64(-1)
"""The key of rows without a position; they meet nobody and belong to the first partition."""
_ROUNDING: Final = 0.01
"""Metres added to every halo, so that rounding never parts a pair at the very edge."""


@dataclass(frozen=True, slots=True)
class Bundles:
    """Which partition each tile with rows belongs to: ``keys`` ascending, ``groups`` beside them."""

    keys: Ints
    groups: Ints

    @property
    def count(self) -> int:
        """How many partitions there are, at least one."""
        return int(self.groups.max(initial=0)) + 1

    def of(self, keys: Ints) -> Ints:
        """The partition of each tile, -1 where no row of the partition table lies."""
        if not self.keys.size:
            return np.full(keys.shape, -1, np.int64)
        at = np.minimum(np.searchsorted(self.keys, keys), self.keys.size - 1)
        return np.where(self.keys[at] == keys, self.groups[at], -1)


def bundle(keys: Ints, counts: Ints, partitions: int) -> Bundles:
    """Neighbouring tiles together, so that each partition has about as many rows. Keys may repeat."""
    tiles, inverse = np.unique(keys, return_inverse=True)
    rows = np.bincount(inverse, weights=counts, minlength=tiles.size).astype(np.int64)
    if not tiles.size:
        return Bundles(tiles, rows)
    order = np.argsort(_along_curve(tiles), kind="stable")
    before = np.cumsum(rows[order]) - rows[order]
    groups = np.empty(tiles.size, np.int64)
    groups[order] = before * partitions // max(1, int(rows.sum()))
    _used, groups = np.unique(groups, return_inverse=True)
    return Bundles(tiles, groups.astype(np.int64))


def _along_curve(tiles: Ints) -> Ints:
    """Morton order: tiles near in it are near on the ground, so few halos are shared."""
    column, row = tiles % _WIDTH, tiles // _WIDTH
    result = np.zeros(tiles.shape, np.int64)
    for bit in range(20):
        result |= ((column >> bit) & 1) << (2 * bit)
        result |= ((row >> bit) & 1) << (2 * bit + 1)
    return np.where(tiles < 0, -1, result)


def keys_of(table: pa.Table, query: Query) -> Ints:
    """The tile of each row of the partition table."""
    at = query.at[query.partition]
    x, y = _numbers(table, at.x), _numbers(table, at.y)
    if at.crs == CELLS:
        x, y = x * 100.0, y * 100.0
    elif at.crs != METRES:
        x, y = systems.transform(x, y, at.crs, METRES)
    known = np.isfinite(x) & np.isfinite(y)
    column, row = (_index(np.where(known, each, 0.0), query.tile) for each in (x, y))
    keys: Ints = np.where(known, row * _WIDTH + column, NOWHERE)
    return keys


def _index(metres: NDArray[np.float64], tile: int) -> Ints:
    """Tile indices; the middle of the range is the origin, so they are never negative."""
    shifted: Ints = np.clip(np.floor(metres / tile) + _WIDTH // 2, 0, _WIDTH - 1).astype(np.int64)
    return shifted


def _numbers(table: pa.Table, column: str) -> NDArray[np.float64]:
    if column not in table.column_names:
        raise EngineError("bad_table", table="at", column=column)
    try:
        return np.asarray(pc.cast(table.column(column), pa.float64()).to_numpy(zero_copy_only=False))
    except pa.ArrowException as cause:
        raise EngineError("bad_table", table="at", column=column) from cause


def owned(table: pa.Table, query: Query, bundles: Bundles) -> Iterator[tuple[int, pa.Table]]:
    """The rows of the partition table by partition, each row once."""
    yield from _by_group(table, np.arange(table.num_rows), bundles.of(keys_of(table, query)))


def surrounding(table: pa.Table, name: str, query: Query, bundles: Bundles) -> Iterator[tuple[int, pa.Table]]:
    """The rows of a near table by partition: each row once in every partition it may be needed in."""
    west, south, east, north = _boxes(table, query.at[name])
    known = np.flatnonzero(np.isfinite(west + south + east + north))
    reach = 0.0 if query.at[name].crs == CELLS else query.halo + _ROUNDING
    low_x, high_x = (_index(edge[known], query.tile) for edge in (west - reach, east + reach))
    low_y, high_y = (_index(edge[known], query.tile) for edge in (south - reach, north + reach))
    wide, high = high_x - low_x + 1, high_y - low_y + 1
    row, step = _expand(wide * high)
    tiles = (low_y[row] + step // wide[row]) * _WIDTH + low_x[row] + step % wide[row]
    groups = bundles.of(tiles)
    needed = groups >= 0
    pairs = np.unique(np.column_stack([groups[needed], known[row[needed]]]), axis=0)
    yield from _by_group(table, pairs[:, 1], pairs[:, 0])


def _expand(counts: Ints) -> tuple[Ints, Ints]:
    """For each count its index that often, and beside it 0, 1, 2 ..."""
    row = np.repeat(np.arange(counts.size), counts)
    start = np.repeat(np.cumsum(counts) - counts, counts)
    return row, np.arange(row.size) - start


def _by_group(table: pa.Table, rows: Ints, groups: Ints) -> Iterator[tuple[int, pa.Table]]:
    order = np.argsort(groups, kind="stable")
    found, starts = np.unique(groups[order], return_index=True)
    for group, chosen in zip(found, np.split(rows[order], starts[1:]), strict=False):
        yield int(group), table.take(pa.array(chosen))


def _boxes(table: pa.Table, at: At) -> tuple[Any, Any, Any, Any]:
    """West, south, east, north of each row in EPSG:5179 metres, NaN without a position."""
    if at.geometry:
        bounds = shapely.bounds(_geometries(table, at.geometry))
        west, south, east, north = bounds.T
    else:
        x, y = _numbers(table, at.x), _numbers(table, at.y)
        if at.crs == CELLS:
            x, y = x * 100.0, y * 100.0
        west, south, east, north = x, y, x, y
    if at.crs in {CELLS, METRES}:
        return west, south, east, north
    return _transformed(west, south, east, north, at.crs)


def _transformed(west: Any, south: Any, east: Any, north: Any, crs: int) -> tuple[Any, Any, Any, Any]:
    """The box around a box's outline in the other system: its straight edges are curved there."""
    part = np.linspace(0.0, 1.0, 9)[:, None]
    across, up = west + (east - west) * part, south + (north - south) * part
    flat = np.zeros_like(across)
    xs = np.concatenate([across, across, west + flat, east + flat])
    ys = np.concatenate([south + flat, north + flat, up, up])
    x, y = systems.transform(xs, ys, crs, METRES)
    bulge = 0.01 * np.maximum(x.max(axis=0) - x.min(axis=0), y.max(axis=0) - y.min(axis=0))
    return x.min(axis=0) - bulge, y.min(axis=0) - bulge, x.max(axis=0) + bulge, y.max(axis=0) + bulge


def _geometries(table: pa.Table, column: str) -> Any:
    if column not in table.column_names:
        raise EngineError("bad_table", table="at", column=column)
    values = table.column(column).combine_chunks()
    storage = getattr(values, "storage", values)
    try:
        return shapely.from_wkb(np.asarray(storage.to_pylist(), dtype=object))
    except (shapely.errors.GEOSException, TypeError) as cause:
        raise EngineError("bad_table", table="at", column=column) from cause
