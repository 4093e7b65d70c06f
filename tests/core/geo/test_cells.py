"""The national 100 m cell and its printed number."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core.geo import cells, crs
from sunra.core.geo.errors import GeoError, NotACell, OutsideGrid

LON = st.floats(125.0, 131.3)
LAT = st.floats(33.1, 38.6)


def test_a_number_from_a_public_record():
    """The record of 다사 544 466 and its EPSG:5179 point name the same cell."""
    lon, lat = crs.transform(954445.7, 1946635.2, 5179, 4326)
    cell_e, cell_n = cells.cell_of(lon, lat)
    assert (int(cell_e), int(cell_n)) == (9544, 19466)
    assert cells.format_cell(9544, 19466) == "다사 544 466"
    assert cells.point_number(float(lon), float(lat)) == "다사 5444 4663"
    assert cells.parse_cell("다사544466") == cells.parse_cell("다사 5444 4663") == (9544, 19466)


@settings(deadline=None)
@given(LON, LAT)
def test_number_round_trip(lon, lat):
    """A cell's number reads back as that cell, and a point's finer number lies in the point's cell."""
    cell_e, cell_n = (int(v) for v in cells.cell_of(lon, lat))
    assert cells.parse_cell(cells.format_cell(cell_e, cell_n)) == (cell_e, cell_n)
    assert cells.parse_cell(cells.point_number(lon, lat)) == (cell_e, cell_n)


@settings(deadline=None)
@given(st.integers(7000, 13999), st.integers(13000, 20999))
def test_centre_lies_in_its_cell(cell_e, cell_n):
    """The centre of a cell belongs to it, and its corners lie 100 m apart."""
    lon, lat = cells.center(cell_e, cell_n)
    assert tuple(int(v) for v in cells.cell_of(lon, lat)) == (cell_e, cell_n)
    ring = cells.corners(cell_e, cell_n)
    assert ring.shape == (1, 5, 2)
    east, north = crs.transform(ring[0, :, 0], ring[0, :, 1], 4326, 5179)
    assert np.allclose(np.hypot(np.diff(east), np.diff(north)), 100, atol=1e-3)
    assert np.array_equal(ring[:, 0], ring[:, 4])


@settings(deadline=None)
@given(st.text(max_size=12))
def test_any_text_is_a_cell_or_a_typed_refusal(text):
    """Whatever is typed, the parser answers with a cell or with NotACell."""
    try:
        cell = cells.parse_cell(text)
    except NotACell:
        return
    assert cells.parse_cell(cells.format_cell(*cell)) == cell


def test_refusals():
    """Places off the grid and odd numbers are refused; points without coordinates have no cell."""
    for text in ("", "다사 54 466", "아사 544 466", "다사 544 4663", "DS 544 466"):
        with pytest.raises(NotACell):
            cells.parse_cell(text)
    with pytest.raises(OutsideGrid):
        cells.format_cell(6999, 19466)
    with pytest.raises(GeoError):
        cells.point_number(100.0, 37.0)
    with pytest.raises(OutsideGrid):
        cells.point_number(float("nan"), 37.0)
    cell_e, cell_n = cells.cell_of([np.nan, 127.0], [37.0, 37.5])
    assert (cell_e[0], cell_n[0]) == (cells.NO_CELL, cells.NO_CELL)
    assert cell_e.dtype == np.int32
    assert cell_e[1] > 0
