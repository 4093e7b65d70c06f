"""The invented town: where people live, where the night is loud, where hills keep streets away."""

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from sunra.core.geo import cells, crs
from sunra.core.geo.codes import dongs as legal_dongs
from sunra.core.geo.districts import districts

Floats = NDArray[np.float64]

CENTRES, NIGHT_CENTRES, HILLS = 9, 4, 3


def rng(seed: int, district: str, what: str) -> np.random.Generator:
    """An own stream of random numbers per district and file, so that files do not move each other."""
    return np.random.default_rng([seed, int(district), zlib.crc32(what.encode())])


def to_lonlat(xy: Floats) -> Floats:
    """EPSG:5179 metres (n, 2) → lon/lat (n, 2) with seven decimals (about a centimetre)."""
    lon, lat = crs.transform(xy[:, 0], xy[:, 1], 5179, 4326)
    return np.asarray(np.round(np.column_stack((lon, lat)), 7), dtype=np.float64)


def to_metres(lonlat: Floats) -> Floats:
    """Lon/lat (n, 2) → EPSG:5179 metres (n, 2)."""
    return np.column_stack(crs.transform(lonlat[:, 0], lonlat[:, 1], 4326, 5179))


@dataclass(frozen=True, eq=False)
class Town:
    """The district's real border in EPSG:5179 metres and the invented centres within it.

    ``cell_e``, ``cell_n`` (cells,), ``middle`` (cells, 2) metres. ``centres``, ``night``, ``hills`` (k, 3):
    x, y, radius in metres. ``full_name`` is the legal name, e.g. 서울특별시 성북구.
    """

    code: str
    name: str
    full_name: str
    seed: int
    border: Any
    cell_e: NDArray[np.int32]
    cell_n: NDArray[np.int32]
    middle: Floats
    centres: Floats
    night: Floats
    hills: Floats

    def rng(self, what: str) -> np.random.Generator:
        """The random numbers of one file."""
        return rng(self.seed, self.code, what)

    def inside(self, xy: Floats, margin: float = 0.0) -> NDArray[np.bool_]:
        """Whether points (n, 2) lie in the district, at least ``margin`` metres from its border."""
        area = shapely.buffer(self.border, -margin) if margin else self.border
        return np.asarray(shapely.contains_xy(area, xy[:, 0], xy[:, 1]))

    def built(self, xy: Floats) -> Floats:
        """How built-up a place is, 0 (hill) to 1."""
        hill = _bumps(xy, self.hills)
        return np.clip(0.35 + _bumps(xy, self.centres) - 1.6 * hill, 0.0, 1.0)

    def nightlife(self, xy: Floats) -> Floats:
        """How loud the night is, 0 to about 1."""
        return _bumps(xy, self.night)


def _bumps(xy: Floats, bumps: Floats) -> Floats:
    total = np.zeros(len(xy))
    for x, y, radius in bumps:
        total += np.exp(-((xy[:, 0] - x) ** 2 + (xy[:, 1] - y) ** 2) / (2 * radius**2))
    return total


def town(district: str, seed: int) -> Town:
    """Lay the invented town into the real district; raises ``UnknownDistrict``."""
    found = districts().district(district)
    ring = shapely.transform(found.polygon, to_metres)
    shapely.prepare(ring)
    cell_e, cell_n = districts().grid(found.code)
    middle = np.column_stack((cell_e, cell_n)).astype(np.float64) * cells.METRES + cells.METRES / 2
    draw = rng(seed, found.code, "surface")
    inner = middle[shapely.contains_xy(shapely.buffer(ring, -300), middle[:, 0], middle[:, 1])]
    inner = inner if len(inner) >= 20 else middle
    size = float(np.sqrt(ring.area))
    centres = _spread(draw, inner, CENTRES, size / 12, size / 7)
    night = np.vstack((centres[: NIGHT_CENTRES - 1], _spread(draw, inner, 1, size / 12, size / 7)))
    night[:, 2] = draw.uniform(size / 35, size / 18, NIGHT_CENTRES)
    hills = _spread(draw, inner, HILLS, size / 14, size / 8)
    full = next((d.full_name for d in legal_dongs() if d.code == found.code + "00000"), found.name)
    return Town(found.code, found.name, full, seed, ring, cell_e, cell_n, middle, centres, night, hills)


def _spread(draw: np.random.Generator, places: Floats, count: int, low: float, high: float) -> Floats:
    """``count`` places far from each other (best of ten candidates each), with radii."""
    chosen = [places[draw.integers(len(places))]]
    while len(chosen) < count:
        candidates = places[draw.integers(len(places), size=10)]
        gaps = np.min([np.hypot(*(candidates - other).T) for other in chosen], axis=0)
        chosen.append(candidates[int(np.argmax(gaps))])
    return np.column_stack((np.array(chosen), draw.uniform(low, high, count)))
