"""Numbers, counts, dates and header cells as agencies write them."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunra.core.tables import clean, headers
from sunra.core.tables.kinds import times


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("1,204", 1204),
        (" 3.0", 3),
        ("3대", 3),
        ("-", 0),
        ("", None),
        ("-1", None),
        ("2.5", None),
        ("삼", None),
        ("=1+1", None),
    ],
)
def test_count_is_whole_and_never_guessed(text: str, value: int | None) -> None:
    """Thousands commas, units and a dash for zero are read; fractions, signs and formulas are not numbers."""
    assert clean.counts(pl.Series([text]))[0] == value


@pytest.mark.parametrize(
    ("text", "value"), [("37.5", 37.5), ("1,000.5", 1000.5), ("NaN", None), ("inf", None), ("x", None)]
)
def test_number_is_finite_or_nothing(text: str, value: float | None) -> None:
    """NaN and infinity are texts, not measurements."""
    assert clean.numbers(pl.Series([text]))[0] == value


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020-03-31", dt.date(2020, 3, 31)),
        ("2020.3.24", dt.date(2020, 3, 24)),
        ("2022. 8. 1.", dt.date(2022, 8, 1)),
        ("20200324", dt.date(2020, 3, 24)),
        ("2020년 3월 4일", dt.date(2020, 3, 4)),
        ("2020-02-30", None),
        ("2020-03", None),
        ("999999  ", None),
        ("", None),
    ],
)
def test_reference_date_in_every_spelling(text: str, day: dt.date | None) -> None:
    """Six spellings of a day are one day; what is no day is none."""
    assert clean.date_of(text) == day


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2018-09", "2018-09"),
        ("2018", "2018"),
        ("2018.0", "2018"),
        ("2018년", "2018"),
        ("201809", "2018-09"),
        ("2018-9-3", "2018-09"),
        ("1905-07", clean.EXCEL_LOST),
        ("1905-07-02", clean.EXCEL_LOST),
        ("", ""),
        ("2018-13", None),
        ("언젠가", None),
    ],
)
def test_installation_month_and_what_excel_destroyed(text: str, month: str | None) -> None:
    """A year typed into a date cell is recognised as lost, not read as 1905."""
    assert clean.month_of(text) == month


@given(
    st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y.%m.%d", "%Y%m%d", "%Y/%m/%d"]),
)
def test_any_day_survives_its_spelling(day: dt.date, form: str) -> None:
    """Writing a day and reading it back gives the day."""
    assert clean.date_of(day.strftime(form)) == day


def test_year_and_day_in_file_names() -> None:
    """The date in a file name is found, the length of a number is respected."""
    assert clean.year_in("2021_관서별.csv") == 2021
    assert clean.year_in("현황_20231231.csv") == 2023
    assert clean.year_in("no12345.csv") is None
    assert clean.date_in("서울_20200330.csv") == dt.date(2020, 3, 30)
    assert clean.date_in("서울.csv") is None


@pytest.mark.parametrize(
    "name", [" 카메라대수 ", "\ufeff카메라대수", '?"카메라대수"', "카메라 대수", "ï»¿카메라대수"]
)
def test_header_cell_is_known_under_its_damage(name: str) -> None:
    """Spaces, quotes and the remains of a byte-order mark do not hide a column."""
    assert headers.normal(name) == "카메라대수"


def test_one_column_serves_one_field() -> None:
    """A column taken by one field is not given to a second."""
    found = headers.match(["주소", "x", "y"], {"a": ("주소",), "b": ("주소", "x"), "c": ("z",)})
    assert found == {"a": 0, "b": 1}


@given(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2099, 12, 31)))
def test_time_survives_every_spelling(moment: dt.datetime) -> None:
    """ISO, blank-separated, packed, and day and clock apart give the same second."""
    moment = moment.replace(microsecond=0)
    forms = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y.%m.%d %H:%M:%S"]
    assert times.from_text(pl.Series([moment.strftime(form) for form in forms])).to_list() == [moment] * len(
        forms
    )
    clock = str(int(moment.strftime("%H%M%S")))
    if len(clock) > 4:  # shorter ones are minutes or hours
        assert (
            times.from_day_and_clock(pl.Series([moment.strftime("%Y%m%d")]), pl.Series([clock]))[0] == moment
        )


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        ("20240105", "13", dt.datetime(2024, 1, 5, 13)),
        ("2024-1-5", "930", dt.datetime(2024, 1, 5, 9, 30)),
        ("20240105", "09:30", dt.datetime(2024, 1, 5, 9, 30)),
        ("20240105", "9시", dt.datetime(2024, 1, 5, 9)),
        ("20240105", "250000", None),
        ("20240230", "120000", None),
        ("20240105", "", None),
        ("", "12", None),
    ],
)
def test_day_and_clock_apart(day: str, clock: str, expected: dt.datetime | None) -> None:
    """Lost leading zeros are restored; impossible times are no times."""
    assert times.from_day_and_clock(pl.Series([day]), pl.Series([clock]))[0] == expected
