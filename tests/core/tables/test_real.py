"""The real files: counts established by hand beforehand (DIRTY.md and PROVENANCE.md beside them)."""

import pytest

from sunra.core.tables import TableRead, read
from tests.shared import shared_data

pytestmark = pytest.mark.real_data

CCTV = {
    # file: (rows, exact duplicates, points over 300 m outside their district, encoding)
    "강남구_CCTV_20190312": (1880, 1, 0, "euc_kr"),
    "강남구_CCTV_20200227": (1933, 2, 0, "euc_kr"),
    "강동구_CCTV_20191119": (875, 0, 2, "euc_kr"),
    "강북구_CCTV_20190426": (1773, 444, 0, "euc_kr"),
    "강서구_CCTV_20200213": (974, 0, 5, "euc_kr"),
    "관악구_CCTV_20191031": (1380, 0, 0, "euc_kr"),
    "광진구_CCTV_20190306": (956, 74, 1, "euc_kr"),
    "구로구_CCTV_20191029": (1320, 88, 0, "euc_kr"),
    "도봉구_CCTV_20181006": (614, 2, 0, "euc_kr"),
    "동작구_CCTV_20200325": (694, 0, 0, "utf-8-sig"),
    "마포구_CCTV_20190625": (905, 22, 0, "euc_kr"),
    "서초구_CCTV_20190529": (2372, 887, 0, "euc_kr"),
    "성동구_CCTV_20190603": (1020, 6, 0, "euc_kr"),
    "성북구_CCTV_20200330": (1550, 44, 0, "euc_kr"),
    "송파구_CCTV_20200228": (1046, 23, 0, "euc_kr"),
    "양천구_CCTV_20191120": (843, 0, 0, "euc_kr"),
    "은평구_CCTV_20200101": (1177, 57, 0, "euc_kr"),
    "종로구_CCTV_20190918": (654, 0, 6, "euc_kr"),
    "중구_CCTV_20191121": (754, 9, 0, "euc_kr"),
    "중랑구_CCTV_20200217": (899, 0, 1, "euc_kr"),
}

LIGHTS = {
    # file: (rows, exact duplicates, rows without coordinates, points over 300 m outside)
    "강남구_보안등정보_20190816": (11498, 3855, 11498, 0),
    "강동구_보안등정보_20190517": (7534, 0, 0, 5),
    "강서구_보안등정보_20191218": (8559, 0, 23, 0),
    "관악구_보안등정보_20190605": (11783, 0, 0, 2),
    "광진구_보안등정보_20190101": (8823, 1216, 799, 0),
    "구로구_보안등정보_20190628": (8723, 1029, 0, 0),
    "금천구_보안등정보_20190905": (6041, 0, 0, 0),
    "도봉구_보안등정보_20180515": (5918, 0, 0, 0),
    "동대문구_보안등정보_20200428": (11100, 3, 11100, 0),
    "동작구_보안등정보_20190522": (10000, 0, 12, 0),
    "서대문구_보안등정보_20190101": (9827, 1012, 9827, 0),
    "서초구_보안등정보_20190605": (11609, 3359, 4939, 0),
    "성북구_보안등정보_20190501": (12687, 0, 8, 1),
    "송파구_보안등정보_20200225": (8816, 82, 8816, 0),
    "영등포구_보안등정보_20190430": (9290, 0, 9290, 0),
    "용산구_보안등정보_20200410": (10000, 3, 1, 0),
    "은평구_보안등정보_20190719": (9870, 10, 5, 0),
    "종로구_보안등정보_20190910": (9362, 0, 759, 0),
    "중랑구_보안등정보_20190918": (9501, 744, 9501, 0),
}


def balanced(result: TableRead) -> TableRead:
    """The result, after its balance and its keys were looked at."""
    assert result.rows == result.accepted + result.merged + result.quarantined
    assert result.table["key"].is_unique().all()
    assert sum(result.placed.values()) == result.accepted
    return result


@pytest.mark.parametrize("name", sorted(CCTV))
def test_cctv_of_seoul_districts(name: str) -> None:
    """Rows, duplicates, strays and encoding of every file are as counted."""
    rows, duplicates, strays, encoding = CCTV[name]
    result = balanced(read(shared_data("korea", "cctv", f"서울특별시_{name}.csv")))
    assert (result.kind, result.rows, result.merged, result.encoding, result.crs) == (
        "cctv",
        rows,
        duplicates,
        encoding,
        4326,
    )
    assert result.reasons == ({"outside_district": strays} if strays else {})
    assert result.placed["point"] == result.accepted == rows - duplicates - strays


def test_cameras_are_summed_not_rows() -> None:
    """Seongbuk's 1,550 rows are 3,580 cameras; where a row is a camera, merging keeps the number."""
    assert read(shared_data("korea", "cctv", "서울특별시_성북구_CCTV_20200330.csv")).units == 3580
    assert read(shared_data("korea", "cctv", "서울특별시_강북구_CCTV_20190426.csv")).units == 1773


def test_excel_damage_is_counted() -> None:
    """All 33 dates that a spreadsheet destroyed are flagged, 12 in Gangnam and 21 in Dobong."""
    gangnam = read(shared_data("korea", "cctv", "서울특별시_강남구_CCTV_20190312.csv"))
    dobong = read(shared_data("korea", "cctv", "서울특별시_도봉구_CCTV_20181006.csv"))
    assert (gangnam.flags["excel_year_lost"], dobong.flags["excel_year_lost"]) == (12, 21)


@pytest.mark.parametrize("name", sorted(LIGHTS))
def test_lights_of_seoul_districts(name: str) -> None:
    """Every row is placed at its point, at its dong, merged, or refused for want of both."""
    rows, duplicates, missing, strays = LIGHTS[name]
    result = balanced(read(shared_data("korea", "lights", f"서울특별시_{name}.csv")))
    assert (result.kind, result.rows) == ("security_light", rows)
    assert result.encoding == ("cp949" if name.startswith("관악구") else "euc_kr")
    assert result.reasons.get("outside_district", 0) == strays
    lost = result.reasons.get("no_location", 0) + result.reasons.get("ambiguous_dong", 0)
    assert lost + result.flags.get("placed_by_address", 0) == missing
    assert set(result.reasons) <= {"outside_district", "no_location", "ambiguous_dong"}
    # Repetitions among rows that are refused stay in the quarantine, each with its line.
    assert result.merged <= duplicates
    if missing == 0:
        assert result.merged == duplicates
    assert ("rows_cut" in result.warnings) == (rows == 10_000)


def test_later_lights_keep_more_coordinates() -> None:
    """The 2022 vintage has 2,324 of 9,262 rows without a point in Seodaemun, 10 of 37 in Seongdong."""
    west = balanced(read(shared_data("korea", "lights_2022", "서울특별시_서대문구_보안등정보.csv")))
    assert (
        west.rows,
        west.quarantined - west.reasons.get("outside_district", 0) + west.flags["placed_by_address"],
    ) == (9262, 2324)
    east = balanced(read(shared_data("korea", "lights_2022", "서울특별시_성동구_보안등정보.csv")))
    assert (east.rows, east.quarantined + east.flags["placed_by_address"]) == (37, 10)


def test_bells_of_seoul() -> None:
    """13,088 bells, one of them outside Korea, none twice."""
    result = balanced(read(shared_data("korea", "bells", "Seoul_Bell.csv")))
    assert (result.kind, result.rows, result.merged, result.encoding) == ("emergency_bell", 13088, 0, "cp949")
    assert result.reasons["outside_korea"] == 1
    seongbuk = result.table.filter(result.table["dong"].str.starts_with("11290"))
    assert seongbuk.height > 100


def test_busan_cctv_as_csv_and_as_workbook() -> None:
    """15,737 rows, every cell a text in the workbook: both give the same table."""
    text = balanced(read(shared_data("korea", "busan", "cctv.csv")))
    book = balanced(read(shared_data("korea", "busan", "12_04_08_E_CCTV정보.xlsx")))
    assert (text.rows, book.rows, text.encoding, book.encoding) == (15737, 15737, "utf-8", None)
    assert text.reasons["outside_korea"] == 1
    assert text.flags["future_date"] == 1
    assert text.units == book.units
    assert text.table["dong"].to_list() == book.table["dong"].to_list()


@pytest.mark.parametrize(
    ("parts", "rows", "points"),
    [
        (("police", "경찰관서위치_20200409.csv"), 2264, 2256),
        (("police", "경찰서_파출소_지구대_치안센터_위치정보.csv"), 453, 453),
        (("police", "경찰청_지역경찰관서 주소(지파출소)_20181017.csv"), 2010, 0),
        (("police", "경찰청_지역경찰관서 주소(치안센터)_20181017.csv"), 1017, 0),
        (("police_2022", "경찰서.csv"), 36, 36),
        (("police_2022", "파출소지구대.csv"), 249, 249),
    ],
)
def test_police_offices(parts: tuple[str, str], rows: int, points: int) -> None:
    """All published shapes; files without points are placed by the dong in their address or refused."""
    result = balanced(read(shared_data("korea", *parts)))
    assert (result.kind, result.rows, result.placed["point"], result.encoding) == (
        "police_office",
        rows,
        points,
        "utf-8-sig",
    )
    assert set(result.reasons) <= {"outside_district", "no_location"}
    assert set(result.table["level"]) <= {"agency", "station", "box", "centre"}


@pytest.mark.parametrize(
    ("parts", "rows", "crs", "encoding"),
    [
        (("korea", "roads_gangnam_juso", "TL_SPRD_MANAGE.shp"), 1845, 5179, "euc_kr"),
        (("korea", "roads_gangnam_juso", "TL_SPRD_INTRVL.shp"), 27708, 5179, "utf-8"),
        (("korea", "roads_gangnam_juso", "derived_links_with_lux.csv"), 1670, 4326, "euc_kr"),
        (("roads", "seoul_walk_OA21208", "11090_links.geojson.gz"), 9406, 4326, "utf-8"),
        (("roads", "seoul_walk_OA21208", "11160_links.geojson.gz"), 11789, 4326, "utf-8"),
        (("roads", "seoul_walk_OA21208", "11240_links.geojson.gz"), 10715, 4326, "utf-8"),
    ],
)
def test_streets(parts: tuple[str, ...], rows: int, crs: int, encoding: str) -> None:
    """Layers without .prj, links and walking networks become lines, none lost."""
    result = balanced(read(shared_data(*parts)))
    assert (result.kind, result.rows, result.crs, result.encoding) == ("road", rows, crs, encoding)
    assert result.quarantined == 0
    assert result.table["geometry"].list.len().min() >= 2


@pytest.mark.parametrize(
    ("name", "total"),
    [
        ("2019_관서별_5대범죄.csv", 103_668),
        ("2020_관서별_5대범죄.csv", 92_679),
        ("2021_관서별_5대범죄.csv", 80_445),
        ("2022_관서별_5대범죄.csv", 90_399),
        ("서울시 범죄 현황_2019.csv", 103_668),
        ("관서별 5대범죄 발생 및 검거.xlsx", 92_679),
    ],
)
def test_crime_tables_add_up_to_their_own_total(name: str, total: int) -> None:
    """The counts read sum to the total row that was left out."""
    result = balanced(read(shared_data("korea", "crime", name)))
    assert (result.kind, result.units) == ("crime_table", total)
    assert result.reasons == {"total_row": 1}


def test_fatal_accidents_of_2020() -> None:
    """2,214 accidents with hour and point; seven lie off their own district or off land."""
    result = balanced(read(shared_data("crime", "korea_fatal_accidents_2020.csv.gz")))
    assert (result.kind, result.rows, result.accepted) == ("accident_event", 2214, 2207)
    assert result.table["cell_e"].null_count() == 0


def test_accidents_with_dong_only() -> None:
    """Sejong's accidents carry no point: placed at the dong, without a cell."""
    result = balanced(read(shared_data("crime", "korea_sejong_taas_accidents_dong.csv.gz")))
    assert (result.kind, result.rows, result.placed["dong"]) == ("accident_event", 695, 695)
    assert result.table["cell_e"].null_count() == 695
