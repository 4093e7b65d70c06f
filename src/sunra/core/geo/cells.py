"""The national 100 m cell and its printed number, the national point number (국가지점번호).

A cell is two integers: EPSG:5179 easting and northing divided by 100 m, rounded down. In print, two letters
name the 100 km square (easting, then northing) and digits count inside it: three and three for a cell, four
and four (10 m) for a person or an emergency call. Letters run from 가 to 사 eastward from 700 km, from 가
to 아 northward from 1,300 km.
"""

import re

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sunra.core.geo import crs
from sunra.core.geo.errors import NotACell, OutsideGrid

METRES = 100
"""Side of a cell."""
NO_CELL = -1
"""Both integers of a place without finite coordinates."""

_SQUARE = 100_000
_EAST, _NORTH = 700_000, 1_300_000
_EAST_LETTERS, _NORTH_LETTERS = "가나다라마바사", "가나다라마바사아"
_CELL_TEXT = re.compile(rf"([{_EAST_LETTERS}])([{_NORTH_LETTERS}])(\d{{3}})(\d{{3}})")
_POINT_TEXT = re.compile(rf"([{_EAST_LETTERS}])([{_NORTH_LETTERS}])(\d{{4}})(\d{{4}})")

Cells = NDArray[np.int32]
Floats = NDArray[np.float64]


def cell_of(lon: ArrayLike, lat: ArrayLike) -> tuple[Cells, Cells]:
    """The cells (``cell_e``, ``cell_n``) of WGS84 points; ``NO_CELL`` twice without finite coordinates."""
    east, north = crs.transform(lon, lat, 4326, 5179)
    return cell_at(east, north)


def cell_at(east: ArrayLike, north: ArrayLike) -> tuple[Cells, Cells]:
    """The cells of EPSG:5179 points (metres)."""
    x, y = np.asarray(east, dtype=np.float64), np.asarray(north, dtype=np.float64)
    bad = ~(np.isfinite(x) & np.isfinite(y))
    cell_e, cell_n = (np.where(bad, NO_CELL, np.floor(np.where(bad, 0, v) / METRES)) for v in (x, y))
    return cell_e.astype(np.int32), cell_n.astype(np.int32)


def center(cell_e: ArrayLike, cell_n: ArrayLike) -> tuple[Floats, Floats]:
    """Longitude and latitude of the cells' centres."""
    east, north = (np.asarray(v, dtype=np.float64) * METRES + METRES / 2 for v in (cell_e, cell_n))
    return crs.transform(east, north, 5179, 4326)


def corners(cell_e: ArrayLike, cell_n: ArrayLike) -> Floats:
    """Closed rings of longitude and latitude, (n, 5, 2), counter-clockwise from the south-west corner."""
    east, north = (np.atleast_1d(np.asarray(v, dtype=np.float64)) * METRES for v in (cell_e, cell_n))
    xs = east[:, None] + METRES * np.array([0, 1, 1, 0, 0])
    ys = north[:, None] + METRES * np.array([0, 0, 1, 1, 0])
    return np.stack(crs.transform(xs, ys, 5179, 4326), axis=-1)


def _number(east: int, north: int, step: int, digits: int) -> str:
    """The number of the square of side ``step`` metres whose south-west corner is (east, north)."""
    column, row = (east - _EAST) // _SQUARE, (north - _NORTH) // _SQUARE
    if not (0 <= column < len(_EAST_LETTERS) and 0 <= row < len(_NORTH_LETTERS)):
        raise OutsideGrid(easting=east, northing=north)
    letters = _EAST_LETTERS[column] + _NORTH_LETTERS[row]
    return f"{letters} {east % _SQUARE // step:0{digits}d} {north % _SQUARE // step:0{digits}d}"


def format_cell(cell_e: int, cell_n: int) -> str:
    """The printed number of one cell, as in "다사 544 466". Raises ``OutsideGrid``."""
    return _number(int(cell_e) * METRES, int(cell_n) * METRES, METRES, 3)


def point_number(lon: float, lat: float) -> str:
    """The printed number of one point to 10 m, as in "다사 5444 4663". Raises ``OutsideGrid``."""
    east, north = (float(v) for v in crs.transform(lon, lat, 4326, 5179))
    if not (np.isfinite(east) and np.isfinite(north)):
        raise OutsideGrid(easting=east, northing=north)
    return _number(int(east // 10) * 10, int(north // 10) * 10, 10, 4)


def parse_cell(text: str) -> tuple[int, int]:
    """The cell of a printed number of 3+3 or 4+4 digits, with or without blanks. Raises ``NotACell``."""
    packed = re.sub(r"[\s-]", "", text)
    match = _CELL_TEXT.fullmatch(packed) or _POINT_TEXT.fullmatch(packed)
    if match is None:
        raise NotACell(text=text)
    square_e, square_n, east, north = match.groups()
    cell_e = (_EAST + _EAST_LETTERS.index(square_e) * _SQUARE) // METRES + int(east[:3])
    cell_n = (_NORTH + _NORTH_LETTERS.index(square_n) * _SQUARE) // METRES + int(north[:3])
    return cell_e, cell_n
