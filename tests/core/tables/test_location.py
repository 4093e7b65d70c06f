"""Where rows lie: axes, systems, districts, dongs by address."""

from pathlib import Path

import numpy as np
import pytest

from sunra.core.geo.crs import transform
from sunra.core.tables import TableRead, read
from sunra.core.tables.names import names
from tests.core.tables import made

LAT, LON = 4, 5
"""Columns of `made.LIGHT`."""


def lights(tmp_path: Path, rows: list[list[str]], name: str = "a.csv", header: str = made.LIGHT) -> TableRead:
    """The rows written and read again."""
    return read(made.save(tmp_path / name, made.text(header, rows)))


def addressed(count: int) -> list[list[str]]:
    """Lights whose address names the dong that their point really lies in."""
    from sunra.core.geo.districts import districts

    rows = made.light_rows(count, seed=5)
    codes = {code: name for name, code in names().dongs("11290").items()}
    for row in rows:
        dong = str(districts().locate(float(row[LON]), float(row[LAT])))
        row[3] = f"서울특별시 성북구 {codes[dong]} 1"
    return rows


def test_exchanged_axes_are_turned_back(tmp_path: Path) -> None:
    """Longitude in the latitude column is told by its range, for a whole file and for one row."""
    rows = made.light_rows(4)
    expected = lights(tmp_path, rows).table["lon"].to_list()
    for row in rows[:2]:
        row[LAT], row[LON] = row[LON], row[LAT]
    result = lights(tmp_path, rows)
    assert result.table["lon"].to_list() == expected
    assert result.flags["swapped_axes"] == 2


@pytest.mark.parametrize("epsg", [5179, 5174, 5181, 5186, 2097, 3857])
@pytest.mark.parametrize("swap", [False, True])
def test_system_is_inferred_from_the_addresses(tmp_path: Path, epsg: int, *, swap: bool) -> None:
    """Projected numbers are told apart by the dongs in the rows' addresses, axes exchanged or not."""
    rows = addressed(60)
    for row in rows:
        x, y = transform(float(row[LON]), float(row[LAT]), 4326, epsg)
        row[LON], row[LAT] = (str(round(float(v), 2)) for v in ((y, x) if swap else (x, y)))
    result = lights(tmp_path, rows)
    assert result.crs == epsg
    assert ("swapped_axes" in result.warnings) == swap
    truth = np.array([[float(row[LON]), float(row[LAT])] for row in addressed(60)])
    assert np.allclose(result.table.select("lon", "lat").to_numpy(), truth, atol=1e-6)


def test_system_without_addresses_is_a_flagged_guess(tmp_path: Path) -> None:
    """Without any address the choice is made by the ground alone, and says so."""
    rows = made.light_rows(5)
    for row in rows:
        x, y = transform(float(row[LON]), float(row[LAT]), 4326, 5179)
        row[LON], row[LAT], row[3], row[9] = str(float(x)), str(float(y)), "", ""
    result = lights(tmp_path, rows)
    assert (result.crs, result.warnings) == (5179, ("crs_guessed",))


def test_numbers_of_no_system_are_quarantined(tmp_path: Path) -> None:
    """Numbers that fit no Korean system are refused, not put somewhere."""
    rows = made.light_rows(3)
    for row in rows:
        row[LON], row[LAT] = "12345678901", "98765432101"
    assert lights(tmp_path, rows).reasons == {"unknown_crs": 3}


def test_points_abroad_at_sea_and_astray_are_named_with_distance(tmp_path: Path) -> None:
    """A typo'd digit, a point in the Yellow Sea and one in another district are three different reasons."""
    rows = made.light_rows(5)
    for row, (lat, lon) in zip(
        rows,
        [("32.5", "123.7"), ("36.0", "125.0"), ("37.50", "127.04"), ("37.6", "128.0"), ("0", "0")],
        strict=True,
    ):
        row[LAT], row[LON] = lat, lon
    result = lights(tmp_path, rows)
    assert result.reasons == {"outside_district": 2, "at_sea": 1, "outside_korea": 1}
    by_line = {q.line: q for q in result.quarantine}
    assert by_line[4].reason == "outside_district"
    metres = int(by_line[4].value.split("(")[1].removesuffix(" m)"))
    assert 8_000 < metres < 13_000
    assert all("m)" in q.value for q in result.quarantine)
    assert result.placed == {"point": 0, "dong": 1, "none": 0}


def test_a_few_metres_over_the_border_are_flagged_and_stay(tmp_path: Path) -> None:
    """Within 300 m of its district a point is kept as it is, and counted."""
    rows = made.light_rows(1)
    rows[0][3] = "서울특별시 강북구 미아동 1"
    rows[0][9] = "서울특별시 강북구청"
    rows[0][LAT], rows[0][LON] = "37.6125", "127.0245"
    result = lights(tmp_path, rows)
    assert result.accepted == 1
    rows[0][LAT], rows[0][LON] = "37.590", "127.010"
    assert lights(tmp_path, rows).reasons == {"outside_district": 1}


@pytest.mark.parametrize(
    ("address", "dong"),
    [
        ("서울특별시 성북구 장위동 65-1", "1129013800"),
        ("서울특별시 성북구 장위동65-1", "1129013800"),
        ("서울특별시 성북구 화랑로 1 (장위동)", "1129013800"),
        ("성북구 동소문동6가 1", "1129010900"),
        ("서울특별시 성북구 장위1동 231", "1129013800"),
        ("서울특별시 성북구 장위제1동231", "1129013800"),
        ("서울특별시 성북구 장위동1길 3", ""),
        ("서울특별시 성북구 화랑로 1", ""),
        ("서울특별시 성북구 역삼동 1", ""),
    ],
)
def test_row_without_point_gets_the_dong_its_address_names(tmp_path: Path, address: str, dong: str) -> None:
    """Only a dong of the own district, as a whole word, places a row; streets that carry its name do not."""
    rows = made.light_rows(2)
    rows[0][3], rows[0][LAT], rows[0][LON] = address, "", ""
    result = lights(tmp_path, rows)
    if dong:
        first = result.table.row(0, named=True)
        assert (first["dong"], first["precision"], first["lon"]) == (dong, "dong", None)
        assert result.flags["placed_by_address"] == 1
    else:
        assert result.reasons == {"no_location": 1}
        assert result.quarantine[0].value == address


def test_dong_name_that_the_file_misuses_places_nothing(tmp_path: Path) -> None:
    """Where located rows show that a name means other dongs too, rows without a point are not put there."""
    rows = made.light_rows(12)
    for row in rows:
        row[3] = "서울특별시 성북구 장위동 1"
    rows[0][LAT] = rows[0][LON] = ""
    assert lights(tmp_path, rows).reasons == {"ambiguous_dong": 1}
    assert lights(tmp_path, rows[:4]).placed["dong"] == 1


def test_coordinates_that_are_words(tmp_path: Path) -> None:
    """A word in a coordinate field is a reason of its own when no address helps."""
    rows = made.light_rows(2)
    rows[0][LAT], rows[0][3] = "모름", ""
    rows[1][LAT] = "모름"
    result = lights(tmp_path, rows)
    assert result.reasons == {"bad_coordinate": 1}
    assert result.placed["dong"] == 1


def test_district_of_the_file_comes_from_its_name_last(tmp_path: Path) -> None:
    """Rows without address or agency belong to the district in the file's name, also in Mac spelling."""
    import unicodedata

    rows = made.light_rows(3)
    for row in rows:
        row[3] = row[9] = ""
    rows[0][LAT], rows[0][LON] = "37.50", "127.04"
    name = unicodedata.normalize("NFD", "서울특별시_성북구_보안등.csv")
    assert lights(tmp_path, rows, name).reasons == {"outside_district": 1}
    assert lights(tmp_path, rows, "x.csv").reasons == {}


@pytest.mark.parametrize(
    ("text", "province", "code"),
    [
        ("서울특별시 성북구청", "", "11290"),
        ("서울특별시_서초구", "", "11650"),
        ("서울특별시동작구청", "", "11590"),
        ("관악구청", "", "11620"),
        ("중구", "", ""),
        ("중구", "26", "26110"),
        ("경기도 수원시 장안구 정자동", "", "41111"),
        ("경기도 광주시 오포읍", "", "41610"),
        ("광주시 오포읍", "", "41610"),
        ("강원도 강릉시", "", "51150"),
        ("세종특별자치시 조치원읍", "", "36110"),
        ("서울특별시 동일로 324", "", ""),
        ("", "", ""),
    ],
)
def test_district_by_name(text: str, province: str, code: str) -> None:
    """Agency and address spellings lead to one code; a name of several provinces alone leads to none."""
    assert names().district(text, province) == code


def test_dongs_of_a_divided_city_are_those_of_its_parts() -> None:
    """Suwon's dongs are found under the city's own code."""
    assert "정자동" in names().dongs("41110")
    assert names().pattern("") == ""
