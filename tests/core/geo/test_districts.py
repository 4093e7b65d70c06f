"""Districts and legal dongs as areas, under their current codes."""

import numpy as np
import pytest
import shapely

from sunra.core.geo import cells, codes
from sunra.core.geo.districts import current_code, districts
from sunra.core.geo.errors import UnknownDistrict


def test_seongbuk_has_its_right_name_and_dongs():
    """The border file's wrong name never comes out, and the district has its 39 legal dongs."""
    district = districts().district("11290")
    assert (district.code, district.name, district.full_name) == ("11290", "성북구", "서울특별시 성북구")
    dongs = districts().dongs("11290")
    assert len(dongs) == 39
    assert all(dong.code in codes.current() and dong.code.startswith("11290") for dong in dongs)
    union = shapely.union_all([dong.polygon for dong in dongs])
    assert shapely.symmetric_difference(union, district.polygon).area < 0.01 * district.polygon.area


def test_all_districts_have_current_names_and_codes():
    """Every district's code stands in the table in force; Seoul has 25, and no name carries its province."""
    every = districts().codes()
    assert len(every) == 255
    assert len(districts().codes("11")) == 25
    assert all(code + "00000" in codes.current() for code in every)
    names = {districts().district(code).name for code in districts().codes("11")}
    assert {"노원구", "도봉구", "성북구"} <= names
    assert districts().district("36110").name == "세종특별자치시"
    assert not any(
        districts().district(code).polygon.is_empty for code in ("41591", "52111", "48123", "44270")
    )


@pytest.mark.parametrize(
    ("asked", "code", "name"),
    [
        ("42110", "51110", "춘천시"),
        ("45111", "52111", "전주시 완산구"),
        ("44830", "44270", "당진시"),
        ("47720", "27720", "군위군"),
        ("28170", "28177", "미추홀구"),
        ("41110", "41110", "수원시"),
        ("41590", "41590", "화성시"),
    ],
)
def test_former_codes_and_divided_cities(asked, code, name):
    """A former code answers with its successor, a divided city with the whole of its districts."""
    district = districts().district(asked)
    assert (district.code, district.name) == (code, name)
    assert districts().dongs(asked)


@pytest.mark.parametrize("code", ["99999", "", "11", "1129010100", "43710", "서울"])
def test_unknown_districts_are_refused(code):
    """A code of no district, or of one split up among several, is refused in every question."""
    for ask in (districts().district, districts().dongs, districts().grid):
        with pytest.raises(UnknownDistrict):
            ask(code)
    with pytest.raises(UnknownDistrict) as refused:
        districts().near("43710", 127.0, 37.0)
    assert refused.value.params["successors"] == ("43111", "43112", "43113", "43114")


def test_locate_finds_dongs_and_the_sea():
    """Inner points of dongs get their code, the sea and missing coordinates get none, shapes are kept."""
    dongs = districts().dongs("11290")
    inner = [dong.polygon.representative_point() for dong in dongs]
    found = districts().locate([point.x for point in inner], [point.y for point in inner])
    assert list(found) == [dong.code for dong in dongs]
    assert districts().locate([[131.0], [np.nan]], [[36.0], [37.0]]).tolist() == [[""], [""]]
    assert districts().locate([], []).shape == (0,)
    assert str(districts().locate(128.6, 35.87))[:2] == "27"


def test_split_polygons_carry_the_district():
    """Where a polygon was divided since, the code is the district's, which the table in force knows."""
    assert current_code("44830250") == "4427000000"
    assert current_code("41590118") == "4159000000"
    assert current_code("42110101") == "5111010100"
    town = next(dong for dong in districts().dongs("44270") if dong.code == "4427000000")
    point = town.polygon.representative_point()
    assert str(districts().locate(point.x, point.y)).startswith("44270")


def test_slivers_between_dongs_are_closed():
    """Inside a district's border hardly a point is left without a dong, whatever gaps the file has."""
    rng = np.random.default_rng(7)
    border = districts().district("11290").polygon
    west, south, east, north = border.bounds
    lon, lat = rng.uniform(west, east, 4000), rng.uniform(south, north, 4000)
    inside = shapely.contains_xy(border, lon, lat)
    found = districts().locate(lon[inside], lat[inside])
    assert (found == "").sum() == 0
    assert np.mean([code.startswith("11290") for code in found]) > 0.995


def test_grid_is_the_district():
    """The grid's cells have their centres in the district and cover its area within 1 %."""
    cell_e, cell_n = districts().grid("11290")
    assert cell_e.dtype == np.int32
    assert len({*zip(cell_e.tolist(), cell_n.tolist(), strict=True)}) == len(cell_e)
    lon, lat = cells.center(cell_e, cell_n)
    assert shapely.contains_xy(districts().district("11290").polygon, lon, lat).mean() > 0.999
    assert len(cell_e) * 0.01 == pytest.approx(24.6, abs=0.3)


def test_distance_to_the_district():
    """Inside is 0, Gangnam station lies kilometres off, a point without coordinates has no distance."""
    metres = districts().near("11290", [127.01, 127.0276, np.nan], [37.60, 37.4979, 37.5])
    assert metres[0] == 0
    assert 7000 < metres[1] < 10000
    assert np.isnan(metres[2])
