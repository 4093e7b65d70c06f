"""CCTV, lights, bells and police offices in every header shape."""
# ruff: noqa: E501 - header lines and records stay on one line, as they are in the files

from pathlib import Path

import polars as pl
import pytest

from sunra.core.tables import TableRead, read
from tests.core.tables import made


def saved(
    tmp_path: Path, header: str, rows: list[list[str]], name: str = "a.csv", encoding: str = "cp949"
) -> TableRead:
    """The rows written and read again."""
    return read(made.save(tmp_path / name, made.text(header, rows), encoding))


def test_standard_cctv_becomes_typed_rows(tmp_path: Path) -> None:
    """Every canonical column is there, typed, and the national code of the dong is right."""
    result = saved(tmp_path, made.CCTV, made.cctv_rows(20))
    assert (result.kind, result.crs, result.accepted) == ("cctv", 4326, 20)
    assert result.units == sum(int(row[4]) for row in made.cctv_rows(20))
    assert result.table.columns == [
        "line", "key", "lon", "lat", "dong", "precision", "name", "address", "agency", "reference_date", "cameras", "purpose", "installed", "pixels", "days_kept",
    ]  # fmt: skip
    assert set(result.table["dong"].str.slice(0, 5)) == {"11290"}
    assert str(result.table["reference_date"][0]) == "2020-03-31"


@pytest.mark.parametrize(
    "header",
    [
        "번호,관리기관명,소재지도로명주소,소재지지번주소,설치목적구분,카메라대수,카메라화소수,촬영방면정보,보관일수,설치연월,관리기관전화번호,WGS84위도,WGS84경도,데이터기준일자",
        "MNG_NO,MNG_INST_NM,LCTN_ROAD_NM_ADDR,LCTN_LOTNO_ADDR,INSTL_PRPS_SE_NM,CAM_CNTOM,CAM_PIXEL_CNT,SHT_ANGLE_INFO,KPNG_DAY_CNT,INSTL_YM,MNG_INST_TELNO,WGS84_LAT,WGS84_LOT,DAT_CRTR_YMD",
        "번호,관리기관명,소재지도로명주소,소재지지번주소,설치목적구분, 카메라대수 ,카메라화소수,촬영방면정보,보관일수,설치년월,관리기관전화번호,위도 ,경도,데이터기준일자",
    ],
)
def test_numbered_interface_and_spaced_headers_are_the_same_kind(tmp_path: Path, header: str) -> None:
    """Busan's numbered export, the interface's field names and spaces in header cells change nothing."""
    rows = [[str(number), *row] for number, row in enumerate(made.cctv_rows(6), start=1)]
    result = saved(tmp_path, header, rows, encoding="utf-8-sig")
    assert (result.kind, result.encoding, result.accepted) == ("cctv", "utf-8-sig", 6)
    assert result.units == sum(int(row[5]) for row in rows)
    assert set(result.table["installed"].str.len_chars()) == {7}


def test_address_lists_are_known_by_the_file_name(tmp_path: Path) -> None:
    """명칭, 좌표주소, 위도, 경도 alone could be anything: the name of the file decides, and without it nothing does."""
    header = "명칭,좌표주소,위도,경도,상세주소,상세내용"
    rows = [["가상 1", "서울특별시 성북구 정릉동 1", "37.6", "127.01", "", ""]]
    assert saved(tmp_path, header, rows, "금천_CCTV.csv").kind == "cctv"
    assert saved(tmp_path, header, rows, "목록.csv").kind == "unknown"


def test_equal_rows_merge_and_their_cameras_add_up(tmp_path: Path) -> None:
    """Row = camera in some districts: three equal rows are one pole with three cameras."""
    rows = made.cctv_rows(4)
    rows[0][4] = "1"
    result = saved(tmp_path, made.CCTV, [*rows, rows[0], rows[0]])
    assert (result.rows, result.accepted, result.merged) == (6, 4, 2)
    assert result.table.row(0, named=True)["cameras"] == 3
    assert result.units == sum(int(row[4]) for row in rows) + 2


def test_counts_that_are_none(tmp_path: Path) -> None:
    """An absent count is one and flagged; words and absurd numbers are quarantined with line and field."""
    rows = made.cctv_rows(4)
    for row, value in zip(rows, ["", "여러 대", "99999", "1,0"], strict=True):
        row[4] = value
    result = saved(tmp_path, made.CCTV, rows)
    assert result.reasons == {"bad_number": 1, "impossible_count": 1}
    assert result.flags["count_missing"] == 1
    assert [(q.line, q.field, q.value, q.remedy_code) for q in result.quarantine] == [
        (3, "cameras", "여러 대", "correct_value"), (4, "cameras", "99999", "correct_value"),
    ]  # fmt: skip
    assert sorted(result.table["cameras"].to_list()) == [1, 10]


def test_installation_dates_lost_future_and_early(tmp_path: Path) -> None:
    """1905-07 and later years are dropped, a later month keeps its year, and each is flagged."""
    rows = made.cctv_rows(5)
    for row, value in zip(rows, ["1905-07", "2027-02", "2020-12", "2018-09", "x"], strict=True):
        row[8] = value
    result = saved(tmp_path, made.CCTV, rows)
    assert result.table["installed"].to_list() == ["", "", "2020", "2018-09", ""]
    assert {"excel_year_lost", "future_date", "future_month", "bad_date"} <= set(result.warnings)


@pytest.mark.parametrize(
    "header",
    [
        made.LIGHT,
        made.LIGHT.replace("설치연도", "설치년도"),
        "lmpLcNm,installationCo,rdnmadr,lnmadr,latitude,longitude,installationYear,installationType,phoneNumber,institutionNm,referenceDate",
    ],
)
def test_light_headers_of_all_years(tmp_path: Path, header: str) -> None:
    """설치연도, 설치년도 and the interface's names are one kind."""
    result = saved(tmp_path, header, made.light_rows(7))
    assert (result.kind, result.units, result.accepted) == ("security_light", 7, 7)
    assert set(result.table["installed"]) == {"2015"}


def test_derived_light_shapes(tmp_path: Path) -> None:
    """A numbered list with x = longitude, and an index column with 보안등개수, are lights too."""
    numbered = saved(
        tmp_path,
        "번호,동사무소,주소,x,y,비고",
        [["1", "정릉1동", "성북구 정릉동 1", "127.01", "37.6", ""]],
        "성북_보안등.csv",
    )
    counted = saved(
        tmp_path,
        ",address_name,lat,lon,보안등개수",
        [["0", "서울 성북구 정릉동 1", "37.6", "127.01", "4"]],
        "b.csv",
    )
    assert (numbered.kind, numbered.accepted) == ("security_light", 1)
    assert (counted.kind, counted.units) == ("security_light", 4)


def test_ten_thousand_rows_exactly_are_suspicious(tmp_path: Path) -> None:
    """Portals cut off at 10,000 without a word: the count itself is the warning."""
    assert "rows_cut" in saved(tmp_path, made.LIGHT, made.light_rows(10_000)).warnings
    assert "rows_cut" not in saved(tmp_path, made.LIGHT, made.light_rows(99)).warnings


def test_bells_of_one_agency_with_repeated_ids(tmp_path: Path) -> None:
    """An identifier is a key only where it is unique; repeated ones fall back to the content."""
    rows = made.bell_rows(4)
    rows[3][0] = rows[2][0]
    result = saved(tmp_path, made.BELL, rows)
    assert (result.kind, result.units, result.flags["repeated_ids"]) == ("emergency_bell", 4, 2)
    keys = result.table["key"].to_list()
    assert keys[0] == "서울특별시성북구청:0"
    assert all(key.startswith("#") for key in keys[2:])
    assert len(set(keys)) == 4


def test_keys_stay_when_dates_and_counts_change(tmp_path: Path) -> None:
    """The next vintage of an unchanged light has the same key; equal contents are told apart by order."""
    rows = made.light_rows(3)
    later = [[row[0], "2", *row[2:-1], "2021-01-01"] for row in rows]
    first = saved(tmp_path, made.LIGHT, rows).table["key"]
    second = saved(tmp_path, made.LIGHT, later).table["key"]
    assert first.to_list() == second.to_list()
    both = saved(tmp_path, made.LIGHT, [*rows, later[0]]).table["key"].to_list()
    assert both[3] == both[0] + "~2"


POLICE = {
    "청,서,지구대파출소,X좌표,Y좌표,주소": [
        ["서울청", "성북경찰서", "정릉파출소", "127.01", "37.60", "서울특별시 성북구 정릉동 1"],
        ["서울청", "성북경찰서", "성북경찰서", "127.02", "37.595", "성북구 삼선동5가 301"],
    ],
    "지방청,경찰서,관서명,동,구분,주소,위도,경도": [
        ["서울청", "서울성북", "정릉", "정릉동", "파출소", "성북구 정릉동 1", "37.60", "127.01"],
        ["서울청", "서울성북", "성북", "삼선동", "경찰서", "성북구 삼선동5가 301", "37.595", "127.02"],
    ],
    "연번,지방청,경찰서,관서명,구분,전화번호,주소": [
        ["1", "서울청", "서울성북", "정릉", "파출소", "02-000-0000", "서울특별시 성북구 정릉로 1 (정릉동)"],
        ["2", "서울청", "서울성북", "성북", "경찰서", "02-000-0001", "서울특별시 성북구 보문로 170"],
    ],
    "seq,police_cat1,police_cat2,police_cat3,police_cat4,police_nam,addr,tel,lat,lon": [
        [
            "1",
            "사회",
            "행정기관",
            "경찰서",
            "경찰서",
            "서울성북경찰서 정릉파출소",
            "서울 성북구 정릉동 1",
            "",
            "37.60",
            "127.01",
        ],
        [
            "2",
            "사회",
            "행정기관",
            "경찰서",
            "경찰서",
            "서울성북경찰서",
            "서울 성북구 삼선동5가 301",
            "",
            "37.595",
            "127.02",
        ],
    ],
}


@pytest.mark.parametrize("header", list(POLICE))
def test_police_offices_in_four_shapes(tmp_path: Path, header: str) -> None:
    """The four published shapes give the same level and station; telephone numbers never enter the table."""
    result = saved(tmp_path, header, POLICE[header], "a.csv", "utf-8-sig")
    assert result.kind == "police_office"
    first = result.table.row(0, named=True)
    assert (first["level"], first["station"].removeprefix("서울")) == ("box", "성북")
    assert first["name"].endswith("정릉파출소")
    assert result.table.filter(pl.col("level") == "station").height == (0 if "연번" in header else 1)
    assert not [column for column in result.table.columns if "tel" in column]


def test_police_centres_and_offices_without_points(tmp_path: Path) -> None:
    """치안센터명 makes a centre; a road address with its dong in brackets is placed there, without one it is not."""
    header = "연번,지방청,경찰서,관서명,구분,치안센터명,주소"
    rows = [
        ["1", "서울청", "서울성북", "정릉", "파출소", "가상치안센터", "서울 성북구 정릉로 9 (정릉동)"],
        ["2", "서울청", "서울성북", "정릉", "파출소", "다른치안센터", "서울 성북구 정릉로 9"],
    ]
    result = saved(tmp_path, header, rows)
    assert result.table["level"].to_list() == ["centre"]
    assert result.table["precision"].to_list() == ["dong"]
    assert result.reasons == {"no_location": 1}


def test_formula_stays_a_text(tmp_path: Path) -> None:
    """A cell that begins like a formula is data here; only an export makes it harmless."""
    rows = made.light_rows(1)
    rows[0][0] = "=HYPERLINK(1)"
    assert saved(tmp_path, made.LIGHT, rows).table["name"].to_list() == ["=HYPERLINK(1)"]


def test_title_rows_above_the_header_are_passed_over(tmp_path: Path) -> None:
    """A title and a blank line above the column names are no header."""
    text = "성북구 보안등 현황\r\n\r\n" + made.text(made.LIGHT, made.light_rows(3))
    result = read(made.save(tmp_path / "a.csv", text))
    assert (result.kind, result.rows, result.accepted) == ("security_light", 3, 3)
    assert result.table["line"].to_list() == [4, 5, 6]


def test_rows_of_another_width_are_quarantined(tmp_path: Path) -> None:
    """A short row and a long one are named by line; empty cells beyond the header are forgiven."""
    rows = made.light_rows(4)
    rows[1] = rows[1][:5]
    rows[2] = [*rows[2], "더"]
    rows[3] = [*rows[3], "", " "]
    result = saved(tmp_path, made.LIGHT, rows)
    assert result.reasons == {"field_count": 2}
    assert [q.line for q in result.quarantine] == [3, 4]
    empty = saved(tmp_path, made.LIGHT, [*made.light_rows(1), [""] * 11])
    assert empty.reasons == {"empty_row": 1}
