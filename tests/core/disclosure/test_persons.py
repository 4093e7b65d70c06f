"""Person columns are found by name and by content; institutions are no persons; pseudonyms tell nothing."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunra.core.disclosure import find, pseudonym, to_cells
from sunra.core.disclosure.persons import is_resident_number

KEY = b"k" * 32


def _kinds(**columns: list[str]) -> dict[str, str]:
    return {one.column: one.kind for one in find(pl.DataFrame(columns))}


def test_names_of_columns_tell() -> None:
    """Reporter, resident number, mobile, e-mail, plate, photo, birthday, home address."""
    found = _kinds(
        신고자=["김철수", "이영희"],
        주민등록번호=["x", "y"],
        휴대폰번호=["-", "-"],
        이메일=["a", "b"],
        차량번호=["1", "2"],
        얼굴사진=["1", "2"],
        생년월일=["1990-01-01", "1985-12-31"],
        신고자주소=["서울", "부산"],
    )
    assert list(found.values()) == [
        "name", "resident_number", "phone", "email", "plate", "image", "birth", "home",
    ]  # fmt: skip


def test_contents_tell_under_any_name() -> None:
    """A column called "remark" that holds mobile numbers, mails, plates, pictures or names is found."""
    found = _kinds(
        비고=["010-1234-5678", "이상 없음", "01098765432", "없음"],
        기타=["hong@example.org", "", "", ""],
        메모=["12가 3456", "123나4567", "서울 12바 3456", "x"],
        첨부=["a.jpg", "b.PNG", "https://example.org/c.jpeg?x=1", "data:image/png;base64,AA"],
        구분=["김철수", "이영희", "박민준", "최서연"],
    )
    assert list(found.values()) == ["phone", "email", "plate", "image", "name"]


def test_institutions_and_places_are_no_persons() -> None:
    """The columns of national standards pass: offices' names and telephones, dongs, schools, posts."""
    found = _kinds(
        관리기관명=["서울특별시 성북구청", "부산광역시 중구청", "성북경찰서", "정릉지구대"],
        관리기관전화번호=["02-2241-3114", "051-600-4000", "02-920-1324", "02-1234-5678"],
        소재지지번주소=["서울특별시 성북구 정릉동 1", "이문동 3", "", ""],
        동명=["정릉동", "이문동", "장위동", "길음동"],
        시설명=["정릉초등학교", "한성대", "성북천", "북악산"],
        카메라대수=["1", "2", "3", "4"],
        관리번호=["1234567890123", "9912319999999", "8801011234560", "0000000000000"],
        전화번호=["02-920-1324", "02-2241-3114", "031-123-4567", "1577-0000"],
        구=["강남구", "강동구", "강북구", "강서구"],
        발생년월일시=["2024112207", "2024112217", "2024112222", "2024112301"],
        발생일=["20241122", "20241123", "20241124", "20241125"],
    )
    assert found == {}


def _with_check_digit(body: str) -> str:
    total = sum(w * int(d) for w, d in zip((2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), body, strict=True))
    return f"{body[:6]}-{body[6:]}{(11 - total % 11) % 10}"


def test_resident_numbers_are_known_by_day_and_check_digit() -> None:
    """Right ones with and without hyphen, masked ones, and recent ones without check digit; not others."""
    right = _with_check_digit("900101123456")
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    assert is_resident_number(right)
    assert is_resident_number(right.replace("-", ""))
    assert is_resident_number("900101-1******")
    assert not is_resident_number(wrong)
    assert not is_resident_number(_with_check_digit("901301123456"))
    assert is_resident_number("230105-3000001")
    assert is_resident_number("230105-3000002")
    assert not is_resident_number("23010530000011")


def test_findings_hold_no_value() -> None:
    """Column, kind and share; nothing of what stood in the cells."""
    number = _with_check_digit("900101123456")
    found = find(pl.DataFrame({"x": [number, "a", "b", "c"]}))
    assert [(one.column, one.kind, one.share, one.by_name) for one in found] == [
        ("x", "resident_number", 0.25, False)
    ]
    assert number not in repr(found)


def test_large_tables_are_sampled_over_their_whole_length() -> None:
    """Persons who begin in the middle of a long file are found."""
    column = ["없음"] * 10_000 + ["010-1234-5678"] * 10_000
    assert [one.kind for one in find(pl.DataFrame({"비고": column}))] == ["phone"]


@given(st.text(max_size=30), st.text(min_size=1, max_size=10))
def test_a_pseudonym_is_stable_short_and_keyed(value: str, field: str) -> None:
    """The same value the same word, another key or field another one, and the value is not in it."""
    told = pseudonym(value, key=KEY, field=field)
    assert told == pseudonym(f" {value} ", key=KEY, field=field)
    assert len(told) in (0, 16)
    if told:
        assert told != pseudonym(value, key=b"l" * 32, field=field)
        assert told != pseudonym(value, key=KEY, field=field + "x")


def test_spelling_does_not_split_a_person_and_short_keys_are_refused() -> None:
    """Hyphens, blanks and width are one person; a key that can be guessed is none."""
    assert (
        len({pseudonym(t, key=KEY, field="p") for t in ("010-1234-5678", "01012345678", "０１０ 1234 5678")})
        == 1
    )
    with pytest.raises(ValueError, match="short"):
        pseudonym("x", key=b"short", field="p")


def test_points_become_the_middle_of_their_cell() -> None:
    """Less than a cell's diagonal away, the same for neighbours in the cell, unknown stays unknown."""
    lon, lat = to_cells(np.array([127.0, 127.0001, np.nan]), np.array([37.5, 37.5, 37.5]))
    assert np.isnan([lon[2], lat[2]]).all()
    assert abs(lon[0] - 127.0) * 88_000 < 75
    again = to_cells(lon, lat)
    assert again[0][:2] == pytest.approx(lon[:2], abs=1e-7)
