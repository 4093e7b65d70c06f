"""What a kind of table is: its columns under all their names, and how its rows become typed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from sunra.core.tables import clean
from sunra.core.tables.work import Work

COMMON: dict[str, tuple[str, ...]] = {
    "lat": (
        "위도",
        "wgs84위도",
        "latitude",
        "wgs84lat",
        "lat",
        "lacrd",
        "wgsy좌표",
        "y좌표(wgs84)",
        "역위도",
        "y좌표",
        "좌표정보(y)",
        "y",
    ),
    "lon": (
        "경도",
        "wgs84경도",
        "longitude",
        "wgs84lot",
        "lon",
        "lng",
        "locrd",
        "wgsx좌표",
        "x좌표(wgs84)",
        "역경도",
        "x좌표",
        "좌표정보(x)",
        "x",
    ),
    "lot_address": ("소재지지번주소", "지번주소", "lnmadr", "lctnlotnoaddr"),
    "road_address": ("소재지도로명주소", "도로명주소", "rdnmadr", "lctnroadnmaddr"),
    "address": ("주소", "addr", "addressname", "좌표주소", "상세주소"),
    "agency": ("관리기관명", "관리기관", "institutionnm", "mnginstnm", "운영기관명"),
    "institution": ("제공기관코드", "개방자치단체코드", "insttcode", "opnatmygrpcd"),
    "reference_date": ("데이터기준일자", "데이터기준일", "referencedate", "datcrtrymd"),
}
"""Header aliases (as `headers.normal` writes them) shared by all kinds of places."""

COLUMNS: dict[str, Any] = {
    "line": pl.Int64,
    "key": pl.String,
    "lon": pl.Float64,
    "lat": pl.Float64,
    "dong": pl.String,
    "precision": pl.String,
    "name": pl.String,
    "address": pl.String,
    "agency": pl.String,
    "reference_date": pl.Date,
}
"""Columns of every accepted table; ``lon`` and ``lat`` are null unless ``precision`` is "point"."""

_PHONE = r"\(?\b0\d{1,2}\)?[-. ]\d{3,4}[-. ]\d{4}\b"
_BROKEN = r"\?{2,}|\?\p{Han}|[가-힣]\?[가-힣]|\x{FFFD}"


def nothing(_work: Work) -> None:
    """The step of a kind that has nothing to do there."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of table.

    ``fields``: canonical field → header aliases. ``needs``: any of these sets of fields is proof of the
    kind; ``named_needs`` are proof only together with a file name that matches ``named``.
    ``columns``: own columns and their types; ``unit``: the column that counts things, summed when rows merge.
    ``volatile``: fields that change while the thing stays the same thing; no part of a key made of content.
    ``bordered``: a row far outside its district is an error (not so for streets, which cross borders).
    ``prepare`` works on the text before rows are placed, ``finish`` after.
    """

    name: str
    fields: dict[str, tuple[str, ...]]
    needs: tuple[frozenset[str], ...]
    columns: dict[str, Any]
    bordered: bool = True
    prepare: Callable[[Work], None]
    finish: Callable[[Work], None] = nothing
    unit: str | None = None
    identifier: str = ""
    volatile: frozenset[str] = frozenset()
    named: re.Pattern[str] | None = None
    named_needs: tuple[frozenset[str], ...] = ()

    def fits(self, found: dict[str, int], file: str) -> bool:
        """True when the columns found are proof of this kind."""
        have = found.keys()
        if any(need <= have for need in self.needs):
            return True
        named = self.named is not None and self.named.search(file) is not None
        return named and any(need <= have for need in self.named_needs)


def fields(**own: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Own aliases first (a kind's 주소 may mean more than the common one), then the common ones."""
    return {**own, **{name: aliases for name, aliases in COMMON.items() if name not in own}}


def count_column(work: Work, source: str, target: str, *, highest: int) -> None:
    """``target``: number of things in the row; absent = 1 and flagged, nonsense or over ``highest`` = out."""
    if not work.has(source):
        work.put(pl.lit(1, dtype=pl.Int64).alias(target))
        return
    texts = work.text(source)
    values = clean.counts(texts)
    blank = texts.str.to_lowercase().is_in(["", "없음", "null", "nan"])
    work.flag("count_missing", int(blank.sum()))
    one = pl.Series([1], dtype=pl.Int64).new_from_index(0, len(values))
    work.put(values.zip_with(~blank, one).alias(target), texts.alias("_said"))
    work.reject(work.frame[target].is_null(), field=source, reason="bad_number", value=work.frame["_said"])
    beyond = work.frame[target] > highest
    work.reject(beyond, field=source, reason="impossible_count", value=work.frame["_said"])


def installed_column(work: Work) -> None:
    """``installed``: 'YYYY-MM', 'YYYY' or ""; flagged are nonsense, the future, and what Excel destroyed.

    A month after the reference date in the same year (often a blanket December) keeps its year only.
    """
    texts = work.text("installed")
    months = clean.map_unique(texts, clean.month_of, pl.String)
    # A number cell turns 2019.10 into 2019.1: January or October, unless the file writes both apart.
    short = texts.str.contains(r"^(?:19|20)\d\d\.1$")
    if short.any() and not texts.str.contains(r"^(?:19|20)\d\d\.(?:10|01)\b").any():
        work.flag("month_ambiguous", int(short.sum()))
        months = months.zip_with(~short, months.str.slice(0, 4))
    limit = work.frame["reference_date"].max() if work.has("reference_date") else None
    lost = months == clean.EXCEL_LOST
    work.flag("excel_year_lost", int(lost.fill_null(value=False).sum()))
    work.flag("bad_date", int(months.is_null().sum()))
    months = months.fill_null("").zip_with(
        ~lost.fill_null(value=False), pl.Series([""]).new_from_index(0, len(months))
    )
    if limit is not None:
        latest = str(limit.isoformat())  # type: ignore[union-attr]
        future = months.str.slice(0, 4) > latest[:4]
        early = ~future & (months.str.len_chars() > 4) & (months > latest[:7])
        work.flag("future_date", int(future.sum()))
        work.flag("future_month", int(early.sum()))
        months = months.zip_with(~early, months.str.slice(0, 4))
        months = months.zip_with(~future, pl.Series([""]).new_from_index(0, len(months)))
    work.put(months.alias("installed"))


def reference_column(work: Work) -> None:
    """``reference_date`` as a day, null and flagged where none; compared with the day in the file name."""
    texts = work.text("reference_date")
    days = clean.map_unique(texts, clean.date_of, pl.Date).alias("reference_date")
    work.flag("bad_date", int((days.is_null() & ~clean.is_missing(texts)).sum()))
    work.put(days)
    if days.drop_nulls().is_empty():
        return
    usual = days.drop_nulls().mode().sort()[0]
    named, year = clean.date_in(work.file), clean.year_in(work.file)
    if named is not None:
        work.flag("reference_date_differs", int(abs((usual - named).days) > 31))
    elif year is not None:
        # Where the name says a year only, the December before belongs to it too.
        months = (usual.year - year) * 12 + usual.month
        work.flag("reference_date_differs", int(not 0 <= months <= 12))


def text_column(work: Work, target: str, *sources: str) -> None:
    """``target``: the first of the sources that says anything, without telephone numbers.

    Flagged are characters that were lost (written as '?') before the file was made.
    """
    texts = work.text(sources[0])
    for source in sources[1:]:
        texts = texts.zip_with(~clean.is_missing(texts), work.text(source))
    # An address that serves as the name is the same text: it is told of once.
    again = work.text("name") == texts if target == "address" else texts.is_null()
    phones = texts.str.contains(_PHONE)
    if phones.any():
        work.flag("phone_removed", int((phones & ~again).sum()))
        texts = texts.str.replace_all(_PHONE, "").str.strip_chars(" ,()")
    work.flag("broken_text", int((texts.str.contains(_BROKEN) & ~again).sum()))
    work.put(texts.alias(target))
