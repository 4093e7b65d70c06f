"""Tables of counts: accidents, residents, and what they share with crimes."""
# ruff: noqa: E501 - header lines and records stay on one line, as they are in the files

import math
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunra.core.tables import errors, read
from sunra.core.tables.kinds import counts
from tests.core.tables import made
from tests.shared import shared_data

SEOUL = "종로구 중구 용산구 성동구 광진구 동대문구 중랑구 성북구 강북구 도봉구 노원구 은평구 서대문구 마포구 양천구 강서구 구로구 금천구 영등포구 동작구 관악구 서초구 강남구 송파구 강동구"


def test_accidents_by_month_count_once(tmp_path: Path) -> None:
    """Months beside the sum of their year: the months stay, the sum and the total row are only compared."""
    text = (
        '"자치구별(1)",자치구별(2),2024. 09,2024. 09,2024. 10,2024. 10,2024,2024\n'
        '"자치구별(1)",자치구별(2),발생건수 (건),사망자수 (명),발생건수 (건),사망자수 (명),발생건수 (건),사망자수 (명)\n'
        '"합계",소계,3,1,4,-,7,1\n합계,종로구,1,1,2,-,3,1\n합계,중구,2,-,3,-,5,-\n'
    )
    result = read(made.save(tmp_path / "a.csv", text, "utf-8-sig"))
    assert (result.kind, result.encoding, result.rows, result.reasons) == (
        "accident_table",
        "utf-8-sig",
        3,
        {"total_row": 1},
    )
    assert result.table.select("area", "district", "period", "measure", "count").rows()[:4] == [
        ("종로구", "11110", "2024-09", "accidents", 1), ("종로구", "11110", "2024-09", "deaths", 1),
        ("종로구", "11110", "2024-10", "accidents", 2), ("종로구", "11110", "2024-10", "deaths", 0),
    ]  # fmt: skip
    assert result.flags == {"totals_differ": 1}


def test_second_january_is_october(tmp_path: Path) -> None:
    """'2005.1' twice: without a plain 2005 the second one is October, and the file is flagged."""
    months = [
        "2005.1",
        "2005.1",
        *[f"2005.{month}" for month in range(2, 10)],
        "2005.1",
        "2005.11",
        "2005.12",
    ]
    header = ["자치구별(2)", *months], ["자치구별(2)", "발생건수", "사망자수", *["발생건수"] * 11]
    rows = [["종로구", *map(str, range(13))], ["중구", *["1"] * 13]]
    result = read(made.save(tmp_path / "a.csv", made.text(header[0], [header[1], *rows])))
    assert result.flags == {"ambiguous_header": 1}
    seen = result.table.filter((pl.col("area") == "종로구") & (pl.col("measure") == "accidents"))
    assert dict(zip(seen["period"], seen["count"], strict=True))["2005-10"] == 10
    assert seen["period"][0] == "2005-01"


def test_numbers_behind_repeated_names_are_no_months(tmp_path: Path) -> None:
    """Beside a plain 2005, 2005.1 and 2005.2 are further columns of the same year."""
    text = "자치구별(2),2005,2005.1,2005.2,2006,2006.1,2006.2\n자치구별(2),발생건수 (건),사망자수 (명),부상자수 (명),발생건수 (건),사망자수 (명),부상자수 (명)\n종로구,60,-,88,62,-,93\n,,,,,,\n중구,45,x,74,30,-,41\n,1,1,1,1,1,1\n"
    result = read(made.save(tmp_path / "a.csv", text))
    assert set(result.table["period"]) == {"2005", "2006"}
    assert result.reasons == {"bad_number": 1, "empty_row": 1, "unit_missing": 1}


def test_subtotals_of_columns_are_left_out(tmp_path: Path) -> None:
    """소계 over columns that stand beside it, in several header rows, never counts twice."""
    text = (
        ",2019,2019,2019,2019,2019,2019\n,소계,소계,횡단중,횡단중,기타,기타\n자치구,사망자수,부상자수,사망자수,부상자수,사망자수,부상자수\n"
        "종로구,3,30,1,10,2,20\n중구,3,30,1,10,2,20\n"
    )
    result = read(made.save(tmp_path / "a.csv", text))
    assert result.table["count"].sum() == 66
    assert set(result.table["category"]) == {"횡단중", "기타"}


def test_rows_that_say_what_they_count(tmp_path: Path) -> None:
    """구분별 holds the measure; a period with dashes for every area was not recorded and is no zero."""
    text = (
        "자치구별(2),구분별(1),2004,2005,2005\n자치구별(2),구분별(1),차대사람,차대사람,차대차\n"
        "종로구,발생건수 (건),-,304,1164\n종로구,사망자수 (명),-,-,2\n중구,발생건수 (건),-,1,2\n중구,사망자수 (명),-,1,-\n"
    )
    result = read(made.save(tmp_path / "a.csv", text))
    assert result.table.select("area", "period", "category", "measure", "count").row(1) == (
        "종로구",
        "2005",
        "차대차",
        "accidents",
        1164,
    )
    assert "2004" not in set(result.table["period"])
    assert result.flags["not_recorded"] == 4


def test_repeated_header_and_year_column(tmp_path: Path) -> None:
    """Yearly sheets pasted under each other bring their header along: that row is no area."""
    text = "연도,자치구,가해_발생건수,피해_발생건수,가해_사망자수\n2005,소계,3,3,1\n2005,종로구,1,2,0\n2005,중구,2,1,1\n연도,자치구,가해_발생건수,피해_발생건수,가해_사망자수\n2006,종로구,1,1,1\n"
    result = read(made.save(tmp_path / "bike.csv", text))
    assert result.reasons == {"header_row": 1, "total_row": 1}
    assert result.table.select("year", "category", "measure").unique().height == 6


@pytest.mark.parametrize(
    ("unit", "kind"), [("시간대", "hour"), ("요일별", "weekday"), ("월별", "month"), ("경찰서", "station")]
)
def test_accidents_by_other_units(tmp_path: Path, unit: str, kind: str) -> None:
    """By hour, weekday, month or station: the unit says its kind and is never taken for a district."""
    result = read(
        made.save(tmp_path / "사고_2023.csv", f"{unit},사고건수,사망자수,부상자수\n중구,10,1,12\n2,10,0,9\n")
    )
    assert (result.kind, set(result.table["unit_kind"]), set(result.table["district"])) == (
        "accident_table",
        {kind},
        {""},
    )
    assert set(result.table["year"]) == {2023}


def test_missing_districts_are_named(tmp_path: Path) -> None:
    """A Seoul table without two of its 25 districts is flagged; a complete one and a short list are not."""
    for gone, flags in ((2, {"missing_districts": 2}), (0, {}), (22, {})):
        rows = "".join(f"{name},1,2,3\n" for name in SEOUL.split()[gone:])
        result = read(made.save(tmp_path / "범죄_2020.csv", "자치구,살인,강도,절도\n" + rows))
        assert result.flags == flags
        assert set(result.table["unit_kind"]) == {"district"}


def test_stations_with_names_of_districts_are_stations(tmp_path: Path) -> None:
    """A list with 남대문 and 혜화 in it is one of stations, though it calls 중부 '중구'; 경찰서 beside bare names too."""
    text = "구분,살인,강도,절도\n중구,1,1,1\n남대문,1,1,1\n종로구,1,1,1\n"
    mixed = read(made.save(tmp_path / "범죄_2018.csv", text))
    assert (set(mixed.table["unit_kind"]), set(mixed.table["district"])) == ({"station"}, {""})
    assert mixed.flags == {"mixed_units": 2}
    beside = read(
        made.save(
            tmp_path / "부산_2023.csv",
            "연번,지역,구분,살인,강도,절도\n1,중부,경찰서,1,1,1\n2,강서구,경찰서,1,1,1\n",
        )
    )
    assert set(beside.table["unit_kind"]) == {"station"}


def test_counts_that_do_not_add_up_are_flagged(tmp_path: Path) -> None:
    """Sums of a row and of all rows are compared with the totals of the file; nameless columns are named."""
    text = "경찰서,살인,강도,,절도,합계\n중부,1,2,9,3,15\n동래,1,1,1,1,3\n"
    assert read(made.save(tmp_path / "부산_2023.csv", text)).flags == {
        "totals_differ": 1,
        "unnamed_columns": 1,
    }


def test_residents_with_categories_above_each_other(tmp_path: Path) -> None:
    """남자 under 한국인 are Korean men; households are no persons; the province row is a sum."""
    text = (
        '"동별","구분별","항목","단위","2008. 1/4","2008. 2/4"\n"합계","계","주민등록인구(동별)","명","9","9"\n'
        '"종로구","세대","주민등록인구(동별)","세대","4","5"\n"종로구","계","주민등록인구(동별)","명","9","9"\n'
        '"종로구","한국인","주민등록인구(동별)","명","8","8"\n"종로구","남자","주민등록인구(동별)","","3","*"\n'
        '"종로구","여자","주민등록인구(동별)","","5","많음"\n'
    )
    result = read(made.save(tmp_path / "인구.csv", text, "utf-8-sig"))
    assert (result.kind, result.reasons) == (
        "population",
        {"bad_number": 1, "total_row": 1, "withheld_value": 1},
    )
    assert result.table.select("period", "category", "measure", "count").rows()[:3] == [
        ("2008-Q1", "", "households", 4.0), ("2008-Q2", "", "households", 5.0), ("2008-Q1", "", "persons", 9.0),
    ]  # fmt: skip
    assert "한국인" in set(result.table["category"])


def test_residents_of_the_ministry(tmp_path: Path) -> None:
    """Codes in brackets behind the names; the month is part of the column's name."""
    text = '행정구역,2023년12월_총인구수,2023년12월_세대수,2023년12월_세대당 인구,2023년12월_남자 인구수\n서울특별시  (1100000000),"9,386,034","4,469,417",2.10,1\n서울특별시 종로구 (1111000000),"139,417","71,930",1.94,"67,200"\n서울특별시 종로구 사직동(1111053000),1,1,1.00,1\n'
    result = read(made.save(tmp_path / "인구.csv", text))
    assert result.reasons == {"total_row": 1}
    assert result.table.select("unit_kind", "district", "period", "category", "measure").rows()[:4] == [
        ("district", "11110", "2023-12", "", "persons"), ("district", "11110", "2023-12", "", "households"),
        ("district", "11110", "2023-12", "", "persons_per_household"), ("district", "11110", "2023-12", "남자", "persons"),
    ]  # fmt: skip
    assert result.table["unit_kind"][-1] == "dong"
    assert result.table.select("dong", "precision").unique(maintain_order=True).rows() == [
        ("", "none"), ("1111053000", "admin_dong")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("names", "codes"),
    [
        (("성북동", "돈암제1동"), ("1129052500", "1129058000")),
        (("성북동", "장위동"), ("1129010100", "1129013800")),
        (("성북동", "보문동"), ("1129052500", "1129061000")),
        (("장위동", "돈암제1동"), ("1129013800", "1129058000")),
        (("없는동", "성북동"), ("", "1129052500")),
    ],
)
def test_names_of_dongs_are_read_together(
    tmp_path: Path, names: tuple[str, ...], codes: tuple[str, ...]
) -> None:
    """A list with a name that only an 행정동 bears is one of 행정동; what no table knows is said."""
    text = "자치구,동,2023년12월_총인구수\n" + "".join(f"성북구,{name},7\n" for name in names)
    result = read(made.save(tmp_path / "인구.csv", text))
    assert tuple(result.table["dong"].to_list()) == codes
    assert result.flags.get("unknown_dongs", 0) == codes.count("")


def test_households_by_dong(tmp_path: Path) -> None:
    """계 beside a district is the sum of its dongs, which stand under 'district dong'."""
    text = '기간,자치구,동,전체세대수,1인세대\n2021.1/4,합계,합계,"4,400,403",1\n2021.1/4,종로구,계,9,9\n2021.1/4,종로구,사직동,"4,787",-\n'
    result = read(made.save(tmp_path / "세대.csv", text))
    assert result.reasons == {"total_row": 2}
    assert result.table.select("area", "unit_kind", "district", "period", "category", "count").rows() == [
        ("종로구 사직동", "dong", "11110", "2021-Q1", "", 4787.0), ("종로구 사직동", "dong", "11110", "2021-Q1", "1인세대", 0.0),
    ]  # fmt: skip


def test_people_present_by_the_hour(tmp_path: Path) -> None:
    """The header's byte-order mark is mangled to '?', small numbers are withheld as '*'."""
    text = '?"기준일ID","시간대구분","집계구코드","총생활인구수","남자0세부터9세생활인구수"\n"20240105","00","1101053010001","512.3","1"\n"20240105","25","1101053010001","1","1"\n"20240105","01","1101053010001","*","*"\n"20240105","02","","1","1"\n"20240105","03","1","x","1"\n"20240105","03"\n'
    result = read(made.save(tmp_path / "LOCAL_PEOPLE_20240105.csv", text, "utf-8"))
    assert (result.kind, result.rows, result.accepted) == ("population", 6, 1)
    assert result.reasons == {
        "bad_number": 1,
        "bad_time": 1,
        "field_count": 1,
        "unit_missing": 1,
        "withheld_value": 1,
    }
    assert result.table.select("area", "unit_kind", "year", "period", "measure", "count").rows() == [
        ("1101053010001", "small_area", 2024, "2024-01-05T00", "present", 512.3)
    ]  # fmt: skip


def test_residents_by_cell(tmp_path: Path) -> None:
    """Cells of the national grid lie at their middle; a number that is no cell is refused."""
    text = "격자고유번호,인구\n다사544466,12\n다사 54 46,1\n라라라,3\n"
    result = read(made.save(tmp_path / "격자인구_2022.csv", text))
    assert (result.kind, result.reasons, result.placed["point"]) == ("population", {"unknown_cell": 2}, 1)
    assert result.table["district"].to_list() == [result.table["dong"][0][:5]]
    assert read(made.save(tmp_path / "격자인구.csv", text)).flags == {"year_unknown": 1}


def test_tables_without_rows_say_so(tmp_path: Path) -> None:
    """Headers alone are a typed error, for every kind of count."""
    for header in ("자치구,살인,강도,절도\n", "자치구,사고건수,사망자수\n", "자치구,총인구수\n"):
        with pytest.raises(errors.HeaderOnly):
            read(made.save(tmp_path / "a.csv", header))


@given(st.text(alphabet="0123456789.-/년월분기Q 가", max_size=12))
def test_any_label_is_a_period_or_none(label: str) -> None:
    """No label breaks the reading of periods; what is one begins with its year."""
    period = counts.period_of(label)
    assert period.text[:4] == (str(period.year) if period.year else "")


@given(st.text(max_size=20))
def test_any_cell_is_a_number_or_none(text: str) -> None:
    """No cell breaks the reading of numbers."""
    number = counts.number_of(text)
    assert number is None or math.isfinite(number)


@pytest.mark.parametrize(
    ("parts", "kind", "rows", "accepted"),
    [
        (("accidents", "Traffic_accident_month_2005.csv"), "accident_table", 26, 25),
        (("accidents", "Traffic_accident_type.csv"), "accident_table", 78, 75),
        (("accidents", "Traffic_accidents_vehicle.csv"), "accident_table", 26, 25),
        (("accidents", "bike.csv"), "accident_table", 494, 475),
        (("accidents", "hit_and_run.csv"), "accident_table", 26, 25),
        (("accidents", "pedestrain.csv"), "accident_table", 25, 25),
        (("population", "Resident_population.csv"), "population", 312, 299),
        (("population", "population_seoul2018.csv"), "population", 26, 25),
        (("population", "서울시 동별 세대원수별 세대수.csv"), "population", 451, 425),
        (("busan", "부산광역시 주민등록인구통계_20231231.csv"), "population", 14, 13),
    ],
)
def test_real_tables_of_counts(parts: tuple[str, str], kind: str, rows: int, accepted: int) -> None:
    """Every published shape is recognised, counts stand once, and districts add up to the file's totals."""
    result = read(shared_data("korea", *parts))
    assert (result.kind, result.rows, result.accepted) == (kind, rows, accepted)
    assert "totals_differ" not in result.flags
    assert result.table["key"].is_unique().all()
    assert set(result.table["unit_kind"]) <= {"district", "dong", "station"}


def test_duplicated_headers_of_a_real_file() -> None:
    """19 of 229 header cells of the pedestrian table occur twice: as many are flagged, and years are right."""
    result = read(shared_data("korea", "accidents", "pedestrain.csv"))
    assert result.flags["ambiguous_header"] == 19
    assert set(result.table["year"]) == set(range(2005, 2024))
