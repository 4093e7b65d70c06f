"""Numbers, counts and dates as they are really written."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import polars as pl

_DATE = re.compile(r"^\D{0,3}((?:19|20)\d\d)[.\-/년\s]*(\d{1,2})(?:[.\-/월\s]*(\d{1,2})(?!\d))?")
_OLD_DAY = re.compile(r"^\D{0,3}(1[89]\d\d|20\d\d)[.\-/년\s]*(\d{1,2})[.\-/월\s]*(\d{1,2})(?!\d)")
_YEAR = re.compile(r"^((?:19|20)\d\d)(?:\.0)?\s*년?\s*$")
_MISSING = ("", "-", "없음", "null", "none", "nan", "n/a", "#n/a")
EXCEL_LOST = "lost"
_EXCEL_ZERO = dt.date(1899, 12, 30)
_SERIALS = (29_221, 54_788)


def map_unique(texts: pl.Series, function: Callable[[str], Any], dtype: Any) -> pl.Series:
    """``function`` over a text column, called once per distinct value."""
    distinct = texts.unique()
    values = pl.Series([function(text) for text in distinct.to_list()], dtype=dtype)
    return texts.replace_strict(distinct, values, return_dtype=dtype).alias(texts.name)


def is_missing(texts: pl.Series) -> pl.Series:
    """True where a cell says nothing: empty, a dash, 없음, NaN."""
    return texts.str.to_lowercase().is_in(_MISSING)


def numbers(texts: pl.Series) -> pl.Series:
    """Float64, null where the text is no finite number; thousands commas are allowed."""
    values = texts.str.replace_all(",", "").cast(pl.Float64, strict=False)
    return pl.select(pl.when(values.is_finite()).then(values)).to_series().alias(texts.name)


def counts(texts: pl.Series) -> pl.Series:
    """Int64 of whole non-negative numbers ('3', ' 1,204 ', '3.0', '3대', '-' = 0), else null."""
    bare = (
        texts.str.replace_all(r"[,\s]", "").str.replace(r"(?:대|개|등|건|명)$", "").str.replace(r"\.0+$", "")
    )
    bare = pl.select(pl.when(bare == "-").then(pl.lit("0")).otherwise(bare)).to_series()
    whole = pl.select(pl.when(bare.str.contains(r"^\d{1,12}$")).then(bare)).to_series()
    return whole.cast(pl.Int64, strict=False).alias(texts.name)


def date_of(text: str) -> dt.date | None:
    """A day from '2020-03-31', '2020.3.24', '2022. 8. 1.', '20200324', '2020년 3월 4일', else None."""
    found = _OLD_DAY.match(text.strip())
    if not found:
        return _excel_day(text)
    try:
        day = dt.date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    # The zero of spreadsheets is an empty cell that became a day.
    return None if day == _EXCEL_ZERO else day


def _excel_day(text: str) -> dt.date | None:
    """The day that a spreadsheet stored as a number of days (29221 = 1980-01-01 to 54788 = 2049-12-31)."""
    found = re.match(r"^(\d{5})(?:\.\d+)?$", text.strip())
    if not found or not _SERIALS[0] <= int(found[1]) <= _SERIALS[1]:
        return None
    return _EXCEL_ZERO + dt.timedelta(days=int(found[1]))


def month_of(text: str) -> str | None:
    """'YYYY-MM' or 'YYYY' of an installation date, "" when empty, ``EXCEL_LOST`` for 1905-06/07, else None.

    A year typed into a date cell becomes a day count: serials 2009 to 2039 all fall into mid-1905.
    """
    bare = text.strip()
    if bare.lower() in _MISSING:
        return ""
    if re.match(r"^1905[.\-/년]?\s*0?[4-8]", bare):
        return EXCEL_LOST
    if year := _YEAR.match(bare):
        return year[1]
    found = _DATE.match(bare)
    if not found or not 1 <= int(found[2]) <= 12:
        serial = _excel_day(bare)
        return f"{serial:%Y-%m}" if serial else None
    return f"{found[1]}-{int(found[2]):02d}"


def year_in(text: str) -> int | None:
    """The first year 1990-2099 in a text such as a file name or a header."""
    found = re.search(r"(?<!\d)(?:19[9]\d|20\d\d)(?=\D|(?:0[1-9]|1[0-2])(?:[0-3]\d)?(?!\d)|$)", text)
    return int(found[0]) if found else None


def date_in(text: str) -> dt.date | None:
    """The day written as yyyymmdd in a file name."""
    found = re.search(r"(?<!\d)((?:19|20)\d{6})(?!\d)", text)
    return date_of(found[1]) if found else None
