"""Crime counts by station or district and year: wide tables with one to four header rows, or long."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from sunra.core.tables import clean
from sunra.core.tables.headers import normal
from sunra.core.tables.kinds.base import COLUMNS
from sunra.core.tables.raw import Raw
from sunra.core.tables.work import Work

NAME = "crime_table"
OWN_COLUMNS = {
    "station": pl.String,
    "unit_kind": pl.String,
    "year": pl.Int32,
    "category": pl.String,
    "count": pl.Int64,
}
_CATEGORIES = (
    ("살인", re.compile(r"^살인")),
    ("강도", re.compile(r"^강도")),
    ("성범죄", re.compile(r"^(?:강간|성범죄|성폭력)")),
    ("절도", re.compile(r"^절도")),
    ("폭력", re.compile(r"^폭력")),
)
_STATIONS = ("경찰서", "관서명", "경찰서명", "관서", "서")
_DISTRICTS = ("자치구", "자치구별(2)", "지역", "구분", "구", "시군구")
_TOTALS = frozenset({"합계", "소계", "계", "총계", "전체"})
_MOST_HEADERS = 5


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where things stand: rows of header, column of the unit, and (column, category, year) of every count."""

    headers: int
    unit: int
    unit_kind: str
    counts: tuple[tuple[int, str, int | None], ...]
    category: int | None = None
    measure: int | None = None


def layout_of(records: list[list[str]]) -> Layout | None:
    """The layout when this is a crime table, else None."""
    if not records:
        return None
    headers = _header_rows(records)
    top = records[:headers]
    width = max(len(row) for row in top)
    labels = [[normal(row[column]) for row in top if column < len(row)] for column in range(width)]
    return _long(labels) or _wide(labels, headers)


def _header_rows(records: list[list[str]]) -> int:
    """Rows above the first that holds numbers; a row of nothing but years is still a header."""
    for index, row in enumerate(records[:_MOST_HEADERS]):
        found = [
            text for cell in row[1:] if (text := cell.strip().replace(",", "")).replace(".", "", 1).isdigit()
        ]
        if found and not all(re.fullmatch(r"(?:19|20)\d\d(?:\.\d+)?", text) for text in found):
            return max(index, 1)
    return 1


def _long(labels: list[list[str]]) -> Layout | None:
    firsts = [column[0] if column else "" for column in labels]
    if not {"구분", "죄종", "건수"} <= set(firsts):
        return None
    return Layout(
        headers=1,
        unit=firsts.index("구분"),
        unit_kind="district",
        counts=((firsts.index("건수"), "", None),),
        category=firsts.index("죄종"),
        measure=firsts.index("발생검거") if "발생검거" in firsts else None,
    )


def category_of(labels: list[str]) -> str:
    """The crime a column counts, or "" (totals, clearances 검거, anything else)."""
    if any("검거" in label for label in labels):
        return ""
    for label in labels:
        for name, pattern in _CATEGORIES:
            if pattern.match(label):
                return name
    return ""


def _wide(labels: list[list[str]], headers: int) -> Layout | None:
    counts = tuple(
        (index, category, next((year for label in column if (year := clean.year_in(label))), None))
        for index, column in enumerate(labels)
        if (category := category_of(column))
    )
    if len({category for _, category, _ in counts}) < 3:
        return None
    firsts = [column[0] if column else "" for column in labels]
    for names, kind in ((_STATIONS, "station"), (_DISTRICTS, "district")):
        for name in names:
            if name in firsts and firsts.index(name) not in {index for index, _, _ in counts}:
                return Layout(headers=headers, unit=firsts.index(name), unit_kind=kind, counts=counts)
    return None


def read(raw: Raw, layout: Layout) -> tuple[Work, int]:
    """Long rows (one per unit and category that occurred) and the number of rows read.

    Totals are refused, clearances and sums left out: every count stands once. '-' is zero.
    """
    work = Work(file=raw.file, frame=pl.DataFrame(schema={**COLUMNS, **OWN_COLUMNS}), flags=raw.notes)
    body = list(zip(raw.lines[layout.headers :], raw.records[layout.headers :], strict=True))
    year = clean.year_in(raw.file)
    rows: list[tuple[object, ...]] = []
    for line, record in body:
        cut = line == raw.cut_line
        found, reason, value = ([], "cut_off", "") if cut else _counts_of(record, layout)
        if reason:
            work.reject_lines([line], field="count", reason=reason, values=[value])
            continue
        unit = record[layout.unit].strip()
        kind = "station" if unit.endswith("서") and layout.unit_kind == "district" else layout.unit_kind
        rows += [
            (line, unit, kind, when or _year_of_row(record) or year, category, count)
            for category, when, count in found
        ]
    if rows:
        table = pl.DataFrame(rows, schema={"line": pl.Int64, **OWN_COLUMNS}, orient="row")
        work.flag("year_unknown", int(table["year"].is_null().sum()))
        work.frame = _with_common(table.with_columns(pl.col("year").fill_null(0)))
    return work, len(body)


def _with_common(table: pl.DataFrame) -> pl.DataFrame:
    key = pl.format("{}:{}:{}", "station", "year", "category")
    order = key.cum_count().over(key)
    return table.with_columns(
        pl.when(order > 1).then(pl.format("{}~{}", key, order)).otherwise(key).alias("key"),
        pl.lit(None, dtype=pl.Float64).alias("lon"),
        pl.lit(None, dtype=pl.Float64).alias("lat"),
        pl.lit("").alias("dong"),
        pl.lit("none").alias("precision"),
        pl.col("station").alias("name"),
        pl.lit("").alias("address"),
        pl.lit("").alias("agency"),
        pl.lit(None, dtype=pl.Date).alias("reference_date"),
    ).select(*COLUMNS, *OWN_COLUMNS)


def _year_of_row(record: list[str]) -> int | None:
    return int(record[0]) if re.fullmatch(r"(?:19|20)\d\d", record[0].strip()) else None


def _counts_of(record: list[str], layout: Layout) -> tuple[list[tuple[str, int | None, int]], str, str]:
    """(category, year, count) of a row, or the reason why it is refused and what was found."""
    needed = max(
        layout.unit, layout.category or 0, layout.measure or 0, *(index for index, _, _ in layout.counts)
    )
    if len(record) <= needed:
        return [], "field_count", str(len(record))
    unit = record[layout.unit].strip()
    if not unit:
        return [], "empty_row", ""
    if unit in _TOTALS:
        return [], "total_row", unit
    if layout.measure is not None and "검거" in record[layout.measure]:
        return [], "clearance_row", record[layout.measure].strip()
    found = []
    for category, year, cell in _cells(record, layout):
        if not cell:
            continue
        count = clean.counts(pl.Series([cell]))[0]
        if count is None:
            return [], "bad_number", cell
        found.append((category, year, count))
    return (found, "", "") if found else ([], "empty_row", "")


def _cells(record: list[str], layout: Layout) -> Iterator[tuple[str, int | None, str]]:
    named = record[layout.category].strip() if layout.category is not None else ""
    for index, category, year in layout.counts:
        yield category_of([normal(named)]) or named or category, year, record[index].strip()
