"""What tables of counts share: headers of several rows, periods, areas, and counts that stand once."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from sunra.core.geo.districts import districts
from sunra.core.tables.headers import normal
from sunra.core.tables.kinds.base import COLUMNS
from sunra.core.tables.names import names as known_names

TOTALS = frozenset({"합계", "소계", "계", "총계", "전체", "total"})
MOST_HEADERS = 8
_OTHERS = frozenset({"기타", "미상", "불상", "불명", "기타불명", "지역미상"})
_QUARTER = re.compile(r"^((?:19|20)\d\d)[.년]*([1-4])(?:/4|분기)$")
_MONTH = re.compile(r"^((?:19|20)\d\d)(?:[.\-/]|년)(0[1-9]|1[0-2])월?$|^((?:19|20)\d\d)년(\d{1,2})월$")
_COUNTER = re.compile(r"^((?:19|20)\d\d)\.([1-9]\d?)$")
_YEAR = re.compile(r"^((?:19|20)\d\d)(?:\.0+)?년?$")
_NUMBER = re.compile(r"^[+-]?\d[\d,]*(?:\.\d+)?(?:대|개|등|건|명|세대)?$")
_UNNAMED = re.compile(r"^unnamed:\d+$")


@dataclass(frozen=True, slots=True)
class Period:
    """A year and what of it: "2005", "2005-01", "2008-Q1"; year 0 when nothing says it."""

    year: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Areas:
    """What the counted areas are: kind and five-digit district ("" for none) by name, and warnings."""

    kinds: dict[str, str]
    districts: dict[str, str]
    flags: Counter[str]


def header_rows(records: Sequence[Sequence[str]]) -> int:
    """Rows above the first that holds numbers; a row of nothing but years and periods is still a header."""
    for index, row in enumerate(records[:MOST_HEADERS]):
        found = [text for cell in row[1:] if number_of(text := normal(cell)) is not None]
        if found and not all(period_of(text).year for text in found):
            return max(index, 1)
    return 1


def labels_of(records: Sequence[Sequence[str]], headers: int) -> list[list[str]]:
    """For every column its header cells from top to bottom, made comparable."""
    width = max(len(row) for row in records[:headers])
    return [[normal(row[at]) if at < len(row) else "" for row in records[:headers]] for at in range(width)]


def number_of(text: str) -> float | None:
    """'103,668', '3.0', '12대' as a number, '-' as zero, else None."""
    bare = text.strip().replace(" ", "")
    if bare == "-":
        return 0.0
    if not _NUMBER.match(bare):
        return None
    return float(re.sub(r"[^\d.+-]", "", bare))


def period_of(label: str) -> Period:
    """The period that a header cell or a cell of a period column names."""
    if found := _QUARTER.match(label):
        return Period(int(found[1]), f"{found[1]}-Q{found[2]}")
    if found := _MONTH.match(label):
        year, month = found[1] or found[3], int(found[2] or found[4])
        return Period(int(year), f"{year}-{month:02d}") if 1 <= month <= 12 else Period()
    if found := _YEAR.match(label) or _COUNTER.match(label):
        return Period(int(found[1]), found[1])
    return Period()


def periods(labels: Sequence[Sequence[str]]) -> tuple[list[Period], Counter[str]]:
    """The period of every column.

    '2005.1' is a month or a copy's number. Beside a plain '2005' it is a number that a library put behind
    repeated names: the year stands. Alone the columns are months, and the second '2005.1' is October whose
    zero a spreadsheet took. Both are flagged as ``ambiguous_header``.
    """
    firsts = [next((label for label in column if period_of(label).year), "") for column in labels]
    # Zero-led months beside it settle that the plain year is no first copy.
    months = {label[:4] for label in firsts if re.match(r"^\d{4}\.0\d$", label)}
    plain = {found[1] for label in firsts if (found := _YEAR.match(label))} - months
    runs: Counter[str] = Counter()
    flags: Counter[str] = Counter()
    result = []
    for label, before in zip(firsts, ["", *firsts], strict=False):
        period = period_of(label)
        if found := _COUNTER.match(label):
            # Columns side by side under one name are one period's; the same name further on is another.
            runs[label] += label != before
            again = runs[label] > 1
            flags["ambiguous_header"] += again and label != before
            month = 10 if again and found[2] == "1" else int(found[2])
            if found[1] in plain:
                period = Period(int(found[1]), found[1])
            elif 1 <= month <= 12:
                period = Period(int(found[1]), f"{found[1]}-{month:02d}")
        result.append(period)
    return result, +flags


def unit_column(labels: Sequence[Sequence[str]], names: dict[str, str]) -> tuple[int, str] | None:
    """(column, kind of unit) of the first of ``names`` found in any header row."""
    for name, kind in names.items():
        for index, column in enumerate(labels):
            if name in column:
                return index, kind
    return None


def column_of(labels: Sequence[Sequence[str]], names: Iterable[str]) -> int | None:
    """The column that one of ``names`` stands over, else None."""
    return next((i for name in names for i, column in enumerate(labels) if name in column), None)


def leaves(paths: Sequence[tuple[Any, ...]]) -> list[bool]:
    """False for a path that another continues: a subtotal of columns that stand beside it."""
    inner = {path[:length] for path in paths for length in range(len(path))}
    return [path not in inner for path in paths]


def areas_of(names: Iterable[str], declared: str, *, file: str = "") -> Areas:
    """What each counted unit is; districts and police stations are never mixed.

    A list in which some names are no districts is one of stations, also where others are called like
    districts (중구 for 중부경찰서): then ``mixed_units`` is flagged. ``declared`` is what the header says.
    """
    wanted = [name for name in dict.fromkeys(names) if name and name not in TOTALS]
    if declared not in {"district", "station"}:
        return Areas(dict.fromkeys(wanted, declared), dict.fromkeys(wanted, ""), Counter())
    codes = district_codes(wanted, file=file)
    kinds = {name: _kind(name, codes[name]) for name in wanted}
    flags: Counter[str] = Counter()
    if declared == "station" or "station" in kinds.values():
        likes = [name for name in wanted if kinds[name] == "district"]
        flags["mixed_units"] = len(likes) if declared == "district" else 0
        kinds.update(dict.fromkeys(likes, "station"))
        codes.update(dict.fromkeys(likes, ""))
    flags["missing_districts"] = len(missing_districts(codes.values()))
    return Areas(kinds, codes, +flags)


def _kind(name: str, code: str) -> str:
    bare = name.replace(" ", "")
    if code:
        return "district"
    if bare in _OTHERS or known_names().province(bare):
        return "other" if bare in _OTHERS else "province"
    return "dong" if re.search(r"(?:동|읍|면|가)$", bare) else "station"


def district_codes(names: Sequence[str], *, file: str = "") -> dict[str, str]:
    """Name → five-digit code ("" for none); the province that most names share settles 중구 and 강서구."""
    book = known_names()
    alone = {name: book.district(name) for name in names}
    shares = Counter(code[:2] for code in alone.values() if code)
    province = shares.most_common(1)[0][0] if shares else book.province(file)
    return {name: book.district(name, province) or alone[name] for name in names}


def missing_districts(codes: Iterable[str]) -> list[str]:
    """Districts of a province that lack although most of its others are there (five or more, over half)."""
    have = {code[:5] for code in codes if code}
    shares = Counter(code[:2] for code in have)
    if not shares:
        return []
    province, count = shares.most_common(1)[0]
    whole = set(districts().codes(province))
    return sorted(whole - have) if count >= 5 and count * 2 > len(whole) else []


def unnamed(labels: Sequence[Sequence[str]]) -> int:
    """Columns after the first without a name: what they counted is lost."""
    return sum(all(not label or _UNNAMED.match(label) for label in column) for column in labels[1:])


def finished(table: pl.DataFrame, own: dict[str, Any], key: Sequence[str], name: str) -> pl.DataFrame:
    """With the common columns: a key from the columns ``key``, no place, ``name`` from that column."""
    text = pl.concat_str([pl.col(part).cast(pl.String).fill_null("") for part in key], separator=":")
    order = text.cum_count().over(text)
    return table.with_columns(
        pl.when(order > 1).then(pl.format("{}~{}", text, order)).otherwise(text).alias("key"),
        pl.lit(None, dtype=pl.Float64).alias("lon"),
        pl.lit(None, dtype=pl.Float64).alias("lat"),
        pl.lit("").alias("dong"),
        pl.lit("none").alias("precision"),
        pl.col(name).alias("name"),
        pl.lit("").alias("address"),
        pl.lit("").alias("agency"),
        pl.lit(None, dtype=pl.Date).alias("reference_date"),
    ).select(*COLUMNS, *own)
