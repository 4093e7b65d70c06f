"""Damage in facility files: what is repaired, what is dropped and flagged, and what never merges."""
# ruff: noqa: E501 - header lines and records stay on one line, as they are in the files

from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunra.core.tables import clean
from sunra.core.tables.kinds import facility_codes, values
from sunra.core.tables.kinds.locker import boxes_of
from sunra.core.tables.work import Work
from tests.core.tables.test_kinds_shapes import SHAPES, table

ROWS = {shape: row for shape, _, row, _ in SHAPES}


def work(**columns: list[str]) -> Work:
    """A table on its way with these text columns."""
    return Work(file="a.csv", frame=pl.DataFrame(columns), flags=Counter())


@pytest.mark.parametrize(
    ("said", "meant"),
    [("4", "parking"), ("04", "parking"), ("1+2", "speed+signal"), ("01+02", "speed+signal"), ("99", "other"), ("속도", "speed"), ("", ""), ("-", ""), ("57", "57")],
)  # fmt: skip
def test_codes_and_labels_mean_the_same(said: str, meant: str) -> None:
    """Leading zeros, lists and labels come to one word; what the table lacks stays as written and is flagged."""
    done = work(enforces=[said])
    values.coded(done, "enforces", facility_codes.ENFORCEMENT, several=True)
    assert done.frame["enforces"].to_list() == [meant]
    assert done.flags["unlisted_code"] == (meant == "57")


def test_lengths_in_two_units_become_metres(tmp_path: Path) -> None:
    """A section of 3.3 is kilometres as the standard says; one of 8356 can only be metres, and is flagged."""
    base = ROWS["enforcement standard"]
    rows = [
        {**base, "무인교통단속카메라관리번호": str(number), "과속단속구간길이": said}
        for number, said in enumerate(["3.3", "8356", "45", "", "18.47"])
    ]
    result = table(tmp_path, rows)
    assert result.table["section_metres"].to_list() == [3300.0, 8356.0, 45.0, None, 18470.0]
    assert result.flags["unit_guessed"] == 2


def test_speed_limit_of_nothing_is_flagged_only_where_speed_is_measured(tmp_path: Path) -> None:
    """Parking cameras write 0 for 'none'; a speed camera without a limit has lost it; 300 km/h cannot be."""
    base = ROWS["enforcement standard"]
    rows = [
        {**base, "무인교통단속카메라관리번호": "1", "단속구분": "4", "제한속도": "0"},
        {**base, "무인교통단속카메라관리번호": "2", "단속구분": "1", "제한속도": "0"},
        {**base, "무인교통단속카메라관리번호": "3", "단속구분": "1", "제한속도": "300"},
    ]
    result = table(tmp_path, rows)
    assert result.table["speed_kmh"].to_list() == [None, None, None]
    assert (result.flags["speed_missing"], result.flags["impossible_value"]) == (1, 1)


def test_province_codes_help_to_read_addresses(tmp_path: Path) -> None:
    """'중구' alone is in six cities: the province's code in the next column says which."""
    base = ROWS["enforcement standard"]
    row = {
        **base,
        "시도명": "03",
        "시군구명": "중구",
        "소재지지번주소": "중구 동성로2가 1",
        "소재지도로명주소": "",
        "위도": "",
        "경도": "",
    }
    result = table(tmp_path, [row], "전국무인교통단속카메라.csv")
    assert result.table["dong"].to_list()[0].startswith("27110")


def test_zones_with_cameras_and_no_count(tmp_path: Path) -> None:
    """'Y' with an empty or zero count has an unknown number of cameras, 'N' has none, and 'N' with three is flagged."""
    base = ROWS["zone standard"]
    pairs = [("Y", ""), ("y", "0"), ("N", ""), ("n", "0"), ("N", "3"), ("Y", "2")]
    rows = [
        {**base, "대상시설명": f"가상{number}", "CCTV설치여부": has, "CCTV설치대수": count}
        for number, (has, count) in enumerate(pairs)
    ]
    result = table(tmp_path, rows)
    assert result.table["zone_cameras"].to_list() == [None, None, None, 0, 3, 2]
    assert (result.flags["zone_cameras_missing"], result.flags["zone_cameras_denied"]) == (2, 1)


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [("6", 6.0, 6.0), ("4~8", 4.0, 8.0), ("5 ~ 10", 5.0, 10.0), ("15 ~ 20m", 15.0, 20.0), ("3.5", 3.5, 3.5), ("단지내", None, None), ("8~4", None, None), ("500", None, None)],
)  # fmt: skip
def test_widths_are_ranges(said: str, low: float | None, high: float | None) -> None:
    """One number is both ends; a range turned round, a word or half a kilometre is nothing and flagged."""
    done = work(width=[said])
    values.span(done, "width", "low", "high", highest=100.0)
    assert (done.frame["low"].to_list(), done.frame["high"].to_list()) == ([low], [high])
    assert sum(done.flags.values()) == (low is None)


def test_placeholder_and_repeated_ids_never_merge_rows(tmp_path: Path) -> None:
    """Three cameras called '1', two called '-': five cameras, five keys, and nothing folded."""
    base = ROWS["enforcement standard"]
    rows = [
        {**base, "무인교통단속카메라관리번호": number, "설치장소": f"가상 {place}"}
        for place, number in enumerate(["1", "1", "1", "-", "-"])
    ]
    result = table(tmp_path, rows)
    assert (result.accepted, result.merged, result.table["key"].n_unique()) == (5, 0, 5)
    assert (result.flags["repeated_ids"], result.flags["placeholder_ids"]) == (3, 2)


def test_same_id_at_two_institutions_is_two_things(tmp_path: Path) -> None:
    """Identifiers are unique within an institution at best, so the institution is part of the key."""
    base = ROWS["bell reduced"]
    rows = [base, {**base, "제공기관코드": "3080000", "설치위치": "다른 곳"}]
    result = table(tmp_path, rows)
    assert result.table["key"].to_list() == ["3070000:7", "3080000:7"]
    assert "repeated_ids" not in result.flags


def test_key_of_content_outlives_what_changes(tmp_path: Path) -> None:
    """A camera pole without an identifier keeps its key when cameras, pixels and days change."""
    base = ROWS["cctv legacy"]
    (tmp_path / "b").mkdir()
    before = table(tmp_path, [base])
    after = table(
        tmp_path / "b",
        [
            {
                **base,
                "카메라대수": "5",
                "카메라화소수": "500",
                "보관일수": "60",
                "데이터기준일자": "2025-03-31",
            }
        ],
    )
    assert before.table["key"].to_list() == after.table["key"].to_list()


def test_licences_know_whether_they_are_open(tmp_path: Path) -> None:
    """The state is one word whatever column says it; open with a closing date is flagged."""
    base = ROWS["licence localdata"]
    rows = [
        {**base, "관리번호": "1", "영업상태코드": "03", "폐업일자": "20200629"},
        {**base, "관리번호": "2", "영업상태코드": "", "영업상태명": "휴업"},
        {**base, "관리번호": "3", "영업상태코드": "01", "폐업일자": "18991230"},
        {**base, "관리번호": "4", "영업상태코드": "01", "폐업일자": "20200629"},
    ]
    result = table(tmp_path, rows)
    assert result.table["state"].to_list() == ["closed", "suspended", "open", "open"]
    assert (result.flags["state_differs"], result.flags["bad_date"]) == (1, 1)


def test_point_number_is_compared_with_the_point(tmp_path: Path) -> None:
    """A national point number of another cell is flagged; a neighbouring cell is rounding."""
    base = ROWS["design site"]
    assert "point_number_differs" not in table(tmp_path, [base]).flags
    assert table(tmp_path, [{**base, "NTN_BRNCH_NO": "다사400400"}]).flags["point_number_differs"] == 1
    assert "point_number_differs" not in table(tmp_path, [{**base, "NTN_BRNCH_NO": "없음"}]).flags


def test_lost_characters_and_telephone_numbers_are_told(tmp_path: Path) -> None:
    """A '?' inside a name is a character lost before; a telephone number in a name is taken out."""
    base = ROWS["bell reduced"]
    rows = [
        {**base, "안전비상벨관리번호": "1", "설치위치": "더?? 후문"},
        {**base, "안전비상벨관리번호": "2", "설치위치": "가상공원 (010-1234-5678)"},
        {**base, "안전비상벨관리번호": "3", "설치위치": "여기가 어디?"},
    ]
    result = table(tmp_path, rows)
    assert (result.flags["broken_text"], result.flags["phone_removed"]) == (1, 1)
    assert result.table["name"].to_list() == ["더?? 후문", "가상공원", "여기가 어디?"]


def test_years_lost_in_date_cells_are_flagged_and_serials_repaired(tmp_path: Path) -> None:
    """1905-07 is a year that is gone, 43800 is a day that can be had back, 2019.1 is January or October."""
    base = ROWS["cctv legacy"]
    rows = [
        {**base, "소재지지번주소": f"서울특별시 성북구 정릉동 {number}", "설치년월": said}
        for number, said in enumerate(["1905-07", "43800", "2019.1", "2019-10"])
    ]
    result = table(tmp_path, rows)
    assert result.table["installed"].to_list() == ["", "2019-12", "2019", "2019-10"]
    assert (result.flags["excel_year_lost"], result.flags["month_ambiguous"]) == (1, 1)
    assert str(clean.date_of("43800.5")) == "2019-12-01"
    assert clean.date_of("1899-12-30") is None
    assert str(clean.date_of("1895-05-01")) == "1895-05-01"


@given(st.text(max_size=30))
def test_any_text_is_a_count_of_boxes_or_none(text: str) -> None:
    """Whatever stands in the cell, the number of boxes is sensible or unknown."""
    boxes = boxes_of(text)
    assert boxes is None or 0 < boxes <= 1_000


@given(st.lists(st.text(max_size=12), min_size=1, max_size=6))
def test_any_cells_become_typed_columns(cells: list[str]) -> None:
    """No text stops a typed column, and no column changes its length."""
    done = work(flag=cells, size=cells, day=cells, code=cells, width=cells, wkt=cells)
    values.yes_no(done, "flag")
    values.whole(done, "size", low=0, high=10)
    values.day(done, "day")
    values.coded(done, "code", facility_codes.ROADS, several=True)
    values.span(done, "width", "low", "high", highest=100.0)
    values.wkt_point(done)
    assert done.frame.height == len(cells)
    assert done.frame["flag"].dtype == pl.Boolean
    assert done.frame["size"].drop_nulls().is_between(0, 10).all()
