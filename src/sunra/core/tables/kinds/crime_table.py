"""Crime counts by station or district and year: wide tables with one to four header rows, or long."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from sunra.core.tables import clean
from sunra.core.tables.headers import normal
from sunra.core.tables.kinds import counts
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
    "district": pl.String,
}
_CATEGORIES = (
    ("살인", re.compile(r"^살인")),
    ("강도", re.compile(r"^강도")),
    ("성범죄", re.compile(r"^(?:강간|성범죄|성폭력)")),
    ("절도", re.compile(r"^절도")),
    ("폭력", re.compile(r"^폭력")),
)
_UNITS = {
    **dict.fromkeys(("경찰서", "관서명", "경찰서명", "관서", "서"), "station"),
    **dict.fromkeys(("자치구", "자치구별(2)", "지역", "시군구", "구", "구분"), "district"),
}
_TOTAL = re.compile(r"^(?:합계|소계|계|총계)(?:\(?발생\)?)?$")
_CLEARED = "검거"


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where things stand: rows of header, column of the unit, and (column, category, year) of every count."""

    headers: int
    unit: int
    unit_kind: str
    counts: tuple[tuple[int, str, int], ...]
    totals: tuple[tuple[int, int], ...] = ()
    category: int | None = None
    measure: int | None = None
    division: int | None = None
    flags: Counter[str] = field(default_factory=Counter)


def layout_of(records: list[list[str]]) -> Layout | None:
    """The layout when this is a crime table, else None."""
    if not records:
        return None
    headers = counts.header_rows(records)
    labels = counts.labels_of(records, headers)
    return _long(labels) or _wide(labels, headers)


def _long(labels: list[list[str]]) -> Layout | None:
    firsts = [column[0] if column else "" for column in labels]
    if not {"구분", "죄종", "건수"} <= set(firsts):
        return None
    return Layout(
        headers=1,
        unit=firsts.index("구분"),
        unit_kind="district",
        counts=((firsts.index("건수"), "", 0),),
        category=firsts.index("죄종"),
        measure=firsts.index("발생검거") if "발생검거" in firsts else None,
    )


def category_of(labels: list[str]) -> str:
    """The crime a column counts, or "" (totals, clearances 검거, anything else)."""
    if any(_CLEARED in label for label in labels):
        return ""
    for label in labels:
        for name, pattern in _CATEGORIES:
            if pattern.match(label):
                return name
    return ""


def _wide(labels: list[list[str]], headers: int) -> Layout | None:
    times, flags = counts.periods(labels)
    found = tuple(
        (index, category, times[index].year)
        for index, column in enumerate(labels)
        if (category := category_of(column))
    )
    taken = {index for index, _, _ in found}
    if len({category for _, category, _ in found}) < 3:
        return None
    free = [[] if index in taken else column for index, column in enumerate(labels)]
    unit = counts.unit_column(free, _UNITS)
    if unit is None:
        return None
    sums = tuple(
        (index, times[index].year) for index, column in enumerate(labels) if index > unit[0] and _sums(column)
    )
    division = counts.column_of(free, ("구분",))
    return Layout(
        headers=headers, unit=unit[0], unit_kind=unit[1], counts=found, totals=sums,
        division=division if division != unit[0] else None,
        flags=flags + Counter({"unnamed_columns": counts.unnamed(labels)}),
    )  # fmt: skip


def _sums(column: list[str]) -> bool:
    """True over a column that holds the sum of all cases."""
    said = [label for label in column if label and label != "발생" and not counts.period_of(label).year]
    return bool(said) and all(_TOTAL.match(label) for label in said)


def read(raw: Raw, layout: Layout) -> tuple[Work, int]:
    """Long rows (one per unit and category that occurred) and the number of rows read.

    Totals are refused but compared, clearances and sums left out: every count stands once. '-' is zero.
    """
    work = Work(file=raw.file, frame=pl.DataFrame(schema={**COLUMNS, **OWN_COLUMNS}), flags=raw.notes)
    body = list(zip(raw.lines[layout.headers :], raw.records[layout.headers :], strict=True))
    areas = counts.areas_of(
        [_unit(record, layout) for _, record in body], _declared(body, layout), file=raw.file
    )
    named = clean.year_in(raw.file) or 0
    rows: list[tuple[object, ...]] = []
    sums: dict[tuple[int, str], int] = defaultdict(int)
    totals: dict[tuple[int, str], int] = {}
    for line, record in body:
        cut = line == raw.cut_line
        found, reason, value = ([], "cut_off", "") if cut else _counts_of(record, layout)
        of_row = counts.period_of(normal(record[0])).year if record and layout.unit else 0
        cases = [(when or of_row or named, category, count) for category, when, count in found]
        if reason == "total_row":
            totals |= {(when, category): count for when, category, count in cases}
        if reason:
            work.reject_lines([line], field="count", reason=reason, values=[value])
            continue
        unit = _unit(record, layout)
        work.flag("totals_differ", int(_differs(record, layout, found)))
        for when, category, count in cases:
            rows.append((line, unit, areas.kinds[unit], when, category, count, areas.districts[unit]))
            sums[when, category] += count
    work.flag("totals_differ", sum(sums[key] != count for key, count in totals.items()))
    for code, seen in (layout.flags + areas.flags).items():
        work.flag(code, seen)
    if rows:
        table = pl.DataFrame(rows, schema={"line": pl.Int64, **OWN_COLUMNS}, orient="row")
        work.flag("year_unknown", int((table["year"] == 0).sum()))
        work.frame = counts.finished(table, OWN_COLUMNS, ("station", "year", "category"), "station")
    return work, len(body)


def _unit(record: list[str], layout: Layout) -> str:
    return record[layout.unit].strip() if layout.unit < len(record) else ""


def _declared(body: list[tuple[int, list[str]]], layout: Layout) -> str:
    """What the units are by the header, or by a column beside them that says 경찰서 in every row."""
    beside = layout.division
    said = {record[beside].strip() for _, record in body if beside is not None and beside < len(record)}
    return "station" if said == {"경찰서"} else layout.unit_kind


def _differs(record: list[str], layout: Layout, found: list[tuple[str, int, int]]) -> bool:
    """True when the counts of a row are not what its own sum column says."""
    by_year: dict[int, int] = defaultdict(int)
    for _, when, count in found:
        by_year[when] += count
    said = [(when, counts.number_of(record[index])) for index, when in layout.totals if index < len(record)]
    return any(total is not None and total != by_year[when] for when, total in said)


def _counts_of(record: list[str], layout: Layout) -> tuple[list[tuple[str, int, int]], str, str]:
    """(category, year, count) of a row, or the reason why it is refused and what was found.

    A row of totals comes with both: its counts are compared, never kept.
    """
    needed = max(
        layout.unit, layout.category or 0, layout.measure or 0, *(index for index, _, _ in layout.counts)
    )
    if len(record) <= needed:
        return [], "field_count", str(len(record))
    unit = record[layout.unit].strip()
    if not unit:
        return [], "unit_missing" if any(cell.strip() for cell in record) else "empty_row", ""
    if layout.measure is not None and _CLEARED in record[layout.measure]:
        return [], "clearance_row", record[layout.measure].strip()
    found, bad = [], ""
    for category, year, cell in _cells(record, layout):
        if not cell:
            continue
        count = counts.number_of(cell)
        if count is None or count < 0 or count != int(count):
            bad = cell
            continue
        found.append((category, year, int(count)))
    if unit in counts.TOTALS:
        return found, "total_row", unit
    if bad:
        return [], "bad_number", bad
    return (found, "", "") if found else ([], "empty_row", "")


def _cells(record: list[str], layout: Layout) -> Iterator[tuple[str, int, str]]:
    named = record[layout.category].strip() if layout.category is not None else ""
    for index, category, year in layout.counts:
        yield category_of([normal(named)]) or named or category, year, record[index].strip()
