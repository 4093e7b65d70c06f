"""Places no one walks: what touches is one place, walked ones are none, requests are never overlooked."""

from dataclasses import replace

import numpy as np
import pytest

from sunra.core.effects import Coverage, EffectsError, geojson, weak_areas
from sunra.core.geo import cells

E0, N0 = cells.cell_of(127.02, 37.59)


def _district() -> Coverage:
    """Ten by ten cells: a busy corner nobody walks, a busy row that is walked, quiet elsewhere."""
    east, north = (part.ravel() for part in np.meshgrid(np.arange(10), np.arange(10), indexing="ij"))
    expected = np.full(100, 0.001)
    corner, row = (east < 2) & (north < 2), east == 9
    expected[corner | row] = 0.5
    walked = np.where(row, 20, 0)
    never = np.full(100, np.datetime64("NaT", "D"))
    seen = np.where(row, np.datetime64("2026-11-01", "D"), never)
    return Coverage(
        28, E0 + east, N0 + north, np.full(100, "1129010100"), expected, np.zeros(100), walked, walked,
        seen, seen, has_walked=True,
    )  # fmt: skip


def test_the_busy_corner_nobody_walks_comes_first():
    """If this fails, officers are sent where someone walks already, or one place is listed four times."""
    areas = weak_areas(_district(), share=0.04)
    assert len(areas) == 1
    assert set(areas[0].cells) == {(E0 + i, N0 + j) for i in (0, 1) for j in (0, 1)}
    assert areas[0].missed == pytest.approx(4 * 28 * 0.5)
    assert (areas[0].rank, areas[0].walked, areas[0].last_walked) == (1, 0, None)
    shape = geojson(areas)["features"][0]
    assert shape["geometry"]["type"] == "Polygon"
    assert shape["properties"]["cells"] == 4


def test_a_request_in_a_quiet_place_is_listed_too():
    """If this fails, what residents ask for is lost behind the forecast."""
    data = _district()
    asked = np.zeros(100)
    asked[55] = 2
    areas = weak_areas(replace(data, asked=asked), share=0.04)
    assert {area.asked for area in areas} == {0.0, 2.0}
    walked = replace(data, asked=asked, walked=np.full(100, 28))
    assert weak_areas(walked, share=0.04) == ()
    planned = replace(walked, has_walked=False)
    assert len(weak_areas(planned, share=0.04)) == 2


def test_arrays_that_do_not_fit_are_refused():
    """If this fails, one cell's risk is told of another."""
    data = _district()
    for wrong in ({"nights": 0}, {"asked": np.zeros(3)}, {"expected": np.full(100, np.nan)}):
        with pytest.raises(EffectsError):
            replace(data, **wrong)
