"""Typed columns from text: yes and no, numbers within bounds, days, codes and labels under one word."""

import re
from collections.abc import Mapping

import polars as pl

from sunra.core.tables import clean
from sunra.core.tables.work import Work

_YES = frozenset({"y", "yes", "1", "t", "true", "유", "있음", "예", "설치", "운영", "o", "○"})
_NO = frozenset({"n", "no", "0", "f", "false", "무", "없음", "아니오", "미설치", "미운영", "x", "×"})
_PARTS = re.compile(r"[+,/&]")
_POINT = r"(?i)^\s*POINT\s*Z?\s*\(\s*(-?[\d.]+)[\s,]+(-?[\d.]+)"
_RANGE = r"(\d+(?:\.\d+)?)\s*m?(?:\s*[~∼〜-]\s*(\d+(?:\.\d+)?)\s*m?)?"


def text_as_is(work: Work, *names: str) -> None:
    """Columns kept as text; what says nothing ('-', '없음') becomes empty."""
    for name in names:
        texts = work.text(name)
        empty = pl.Series([""], dtype=pl.String).new_from_index(0, len(texts))
        work.put(texts.zip_with(~clean.is_missing(texts), empty).alias(name))


def yes_no(work: Work, *names: str) -> None:
    """Columns as true, false or null; flagged is what is neither."""
    for name in names:
        texts = work.text(name)
        values = clean.map_unique(texts, _truth, pl.Boolean)
        said = ~texts.is_in(["", "-"])
        work.flag("bad_value", int((said & values.is_null()).sum()))
        work.put(values.alias(name))


def _truth(text: str) -> bool | None:
    bare = text.strip().lower()
    if bare in _YES:
        return True
    return False if bare in _NO else None


def number(work: Work, name: str, *, low: float, high: float) -> None:
    """A column as Float64 within bounds, else null; flagged: no numbers (bad), outside (impossible)."""
    texts = work.text(name)
    values = clean.numbers(texts)
    work.flag("bad_value", int((values.is_null() & ~clean.is_missing(texts)).sum()))
    sound = values.is_between(low, high)
    work.flag("impossible_value", int((~sound).fill_null(value=False).sum()))
    work.put(pl.select(pl.when(sound).then(values)).to_series().alias(name))


def whole(work: Work, name: str, *, low: int, high: int) -> None:
    """Like `number`, as Int64."""
    number(work, name, low=low, high=high)
    work.put(work.frame[name].round(0).cast(pl.Int64))


def day(work: Work, *names: str) -> None:
    """Columns as days, null where none; flagged is what cannot be read."""
    for name in names:
        texts = work.text(name)
        days = clean.map_unique(texts, clean.date_of, pl.Date)
        work.flag("bad_date", int((days.is_null() & ~clean.is_missing(texts)).sum()))
        work.put(days.alias(name))


def coded(work: Work, name: str, table: Mapping[str, str], *, several: bool = False) -> None:
    """Codes ('1', '01') and labels of one code table under one word each; several are joined by '+'.

    What the table does not list stays as written and is flagged.
    """
    texts = work.text(name)
    distinct = texts.unique().to_list()
    meant = {text: _meaning(text, table, several=several) for text in distinct}
    strange = [text for text, (_, listed) in meant.items() if not listed]
    work.flag("unlisted_code", int(texts.is_in(strange).sum()))
    work.put(clean.map_unique(texts, lambda text: meant[text][0], pl.String).alias(name))


def _meaning(text: str, table: Mapping[str, str], *, several: bool) -> tuple[str, bool]:
    bare = re.sub(r"\s+", "", text)
    if bare.lower() in {"", "-", "null", "없음", "해당없음"}:
        return "", True
    words = []
    for part in _PARTS.split(bare) if several else [bare]:
        word = table.get(part) or table.get(part.lstrip("0"))
        if word is None:
            return text.strip(), False
        words.append(word)
    return "+".join(dict.fromkeys(words)), True


def span(work: Work, name: str, low: str, high: str, *, highest: float) -> None:
    """Two Float64 columns from '6', '4~8' or '5 ~ 10' (low and high, equal for one number)."""
    texts = work.text(name)
    parts = texts.str.extract_groups(f"^{_RANGE}$").struct.unnest()
    first, second = (parts.to_series(index).cast(pl.Float64, strict=False) for index in (0, 1))
    second = second.fill_null(first)
    work.flag("bad_value", int((first.is_null() & ~clean.is_missing(texts)).sum()))
    sound = (first > 0) & (second >= first) & (second <= highest)
    work.flag("impossible_value", int((~sound).fill_null(value=False).sum()))
    for target, values in ((low, first), (high, second)):
        work.put(pl.select(pl.when(sound).then(values)).to_series().alias(target))


def wkt_point(work: Work) -> None:
    """``lon`` and ``lat`` as text from a POINT(x y) column, where the file has no columns of their own."""
    if work.has("lon", "lat") or not work.has("wkt"):
        return
    parts = work.text("wkt").str.extract_groups(_POINT).struct.unnest()
    work.put(
        parts.to_series(0).fill_null("").alias("lon"),
        parts.to_series(1).fill_null("").alias("lat"),
    )


def full_address(work: Work) -> None:
    """Puts the district (and province) of their own columns before addresses that leave them out."""
    district = work.text("district")
    if not work.has("district"):
        return
    whole_name = (work.text("province") + " " + district).str.strip_chars()
    fields = [name for name in ("lot_address", "road_address", "address") if work.has(name)]
    if not fields:
        work.put(whole_name.alias("address"))
    frame = pl.DataFrame({"whole": whole_name, "district": district})
    for field in fields:
        texts = work.text(field)
        told = frame.with_columns(texts.alias("text")).select(
            (pl.col("text") == "")
            | (pl.col("district") == "")
            | pl.col("text").str.contains(pl.col("district"), literal=True)
        )
        work.put(texts.zip_with(told.to_series(), whole_name + " " + texts).alias(field))
