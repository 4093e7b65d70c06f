"""Traffic accident counts by district, station, month, hour or weekday, in all header shapes seen."""

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

NAME = "accident_table"
OWN_COLUMNS = {
    "area": pl.String, "unit_kind": pl.String, "district": pl.String, "year": pl.Int32, "period": pl.String,
    "category": pl.String, "measure": pl.String, "count": pl.Int64,
}  # fmt: skip
"""``measure``: accidents, deaths, injured, serious, slight, reported or casualties."""
_MEASURES = (
    ("accidents", re.compile(r"(?:발생|사고)건수")),
    ("deaths", re.compile(r"사망자?수?(?=\(|$)|사망자")),
    ("serious", re.compile(r"중상자?수?")),
    ("slight", re.compile(r"경상자?수?")),
    ("reported", re.compile(r"부상신고자?수?")),
    ("casualties", re.compile(r"사상자수")),
    ("injured", re.compile(r"부상자?수?")),
)
_UNITS = {
    **dict.fromkeys(("자치구별(2)", "자치구", "시군구별(2)", "시군구", "시군구별", "자치구별"), "district"),
    **dict.fromkeys(("경찰서", "경찰서별", "관서명", "관할경찰서"), "station"),
    **dict.fromkeys(("시간대별", "시간대", "시간별"), "hour"),
    **dict.fromkeys(("월별", "월"), "month"),
    **dict.fromkeys(("요일별", "요일"), "weekday"),
    **dict.fromkeys(("시도별", "시도"), "province"),
    **dict.fromkeys(("지역", "구", "구분"), "district"),
}
_YEARS = ("연도", "년도", "기간", "시점", "연도별", "year")
_SINGLE = frozenset({
    *("위도", "경도", "lat", "lon", "la_crd", "lo_crd", "사고번호", "사고일시", "발생일시"),
    *("발생일", "발생년월일시", "x좌표", "y좌표", "도로형태", "법규위반", "사고다발지fid"),
    *("다발지식별자", "지점명"),
})  # fmt: skip
"""Columns of single accidents or places, which no table of counts has."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One column of counts."""

    index: int
    period: counts.Period
    category: str
    measure: str


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Rows of header, column and kind of the unit, columns of counts, and where rows say what they count."""

    headers: int
    unit: int
    unit_kind: str
    counted: tuple[Counted, ...]
    by_row: int | None = None
    year: int | None = None
    flags: Counter[str] = field(default_factory=Counter)


def measure_of(label: str) -> str:
    """What a label counts, or ""."""
    return next((name for name, pattern in _MEASURES if pattern.search(label)), "")


def layout_of(records: list[list[str]]) -> Layout | None:
    """The layout when this is a table of accident counts, else None."""
    if not records:
        return None
    headers = counts.header_rows(records)
    labels = counts.labels_of(records, headers)
    if any(label in _SINGLE for column in labels for label in column):
        return None
    unit = counts.unit_column(labels, _UNITS)
    if unit is None:
        return None
    by_row = _measure_column(records[headers : headers + 40], unit[0])
    measured = {measure_of(label) for column in labels for label in column} - {""}
    if len(measured) < 2 and by_row is None:
        return None
    year = counts.column_of(labels, _YEARS)
    counted, flags = _counted(labels, {unit[0], by_row, year}, by_row=by_row is not None)
    if not counted:
        return None
    return Layout(
        headers=headers,
        unit=unit[0],
        unit_kind=unit[1],
        counted=counted,
        by_row=by_row,
        year=year,
        flags=flags,
    )


def _measure_column(body: list[list[str]], unit: int) -> int | None:
    """The column whose cells say what each row counts (구분별: 발생건수, 사망자수 ...)."""
    for at in range(min(6, max((len(row) for row in body), default=0))):
        said = [measure_of(normal(row[at])) for row in body if at < len(row)]
        if at != unit and len(set(said)) > 1 and all(said):
            return at
    return None


def _counted(
    labels: list[list[str]], taken: set[int | None], *, by_row: bool
) -> tuple[tuple[Counted, ...], Counter[str]]:
    times, flags = counts.periods(labels)
    paths: dict[int, tuple[tuple[object, ...], tuple[str, ...]]] = {}
    for index, column in enumerate(labels):
        measure = next((found for label in column if (found := measure_of(label))), "")
        if index in taken or not (measure or (by_row and times[index].year)):
            continue
        said = [_category(label) for label in column if not counts.period_of(label).year]
        path = tuple(part for part in said if part and part not in counts.TOTALS)
        paths[index] = ((times[index], measure), path)
    ends = counts.leaves([(*head, *path) for head, path in paths.values()])
    # The year beside its own months is their sum.
    parted = {period.year for period in times if "-" in period.text}
    return tuple(
        Counted(index=index, period=times[index], category=" ".join(path), measure=str(head[1]))
        for (index, (head, path)), end in zip(paths.items(), ends, strict=True)
        if end and not (times[index].year in parted and "-" not in times[index].text)
    ), flags  # fmt: skip


def _category(label: str) -> str:
    """What a label says beside the measure: '가해' of 가해_발생건수, "" of 발생건수(건)."""
    for _, pattern in _MEASURES:
        label = pattern.sub("", label)
    return re.sub(r"\((?:건|명|)\)$", "", label)


def read(raw: Raw, layout: Layout) -> tuple[Work, int]:
    """Long rows (one per area, period, category and measure) and the number of rows read. '-' is zero.

    Totals are compared and refused, subtotal columns left out: every count stands once. Where a whole period
    is '-' in all columns of an area it was not recorded, and is left out and flagged.
    """
    work = Work(file=raw.file, frame=pl.DataFrame(schema={**COLUMNS, **OWN_COLUMNS}), flags=raw.notes)
    body = list(zip(raw.lines[layout.headers :], raw.records[layout.headers :], strict=True))
    header = {cell.strip() for row in raw.records[: layout.headers] for cell in row}
    names = [name for _, record in body if (name := _unit(record, layout)) not in header]
    areas = counts.areas_of(names, layout.unit_kind, file=raw.file)
    reasons = [
        _refused(record, layout, header) if line != raw.cut_line else ("cut_off", "") for line, record in body
    ]
    year = clean.year_in(raw.file)
    else_ = counts.Period(year or 0, str(year or ""))
    cells = [
        list(_cells(record, layout, else_)) if reason in {"", "total_row"} else []
        for (_, record), (reason, _) in zip(body, reasons, strict=True)
    ]
    without = _unrecorded([row for row, (reason, _) in zip(cells, reasons, strict=True) if not reason])
    rows: list[tuple[object, ...]] = []
    sums: dict[_Key, int] = defaultdict(int)
    totals: dict[_Key, int] = {}
    for (line, record), (reason, value), row in zip(body, reasons, cells, strict=True):
        found, skipped, bad = _numbers(row, without)
        if reason == "total_row":
            totals |= dict(found)
        if why := reason or ("bad_number" if bad else "" if found else "empty_row"):
            work.reject_lines([line], field="count", reason=why, values=[value or bad])
            continue
        work.flag("not_recorded", skipped)
        area = _unit(record, layout)
        place = (line, area, areas.kinds[area], areas.districts[area])
        for key, count in found:
            rows.append((*place, key[0].year, key[0].text, *key[1:], count))
            sums[key] += count
    work.flag("totals_differ", sum(count > 0 and sums[key] != count for key, count in totals.items()))
    for code, seen in (layout.flags + areas.flags).items():
        work.flag(code, seen)
    if rows:
        table = pl.DataFrame(rows, schema={"line": pl.Int64, **OWN_COLUMNS}, orient="row")
        work.flag("year_unknown", int((table["year"] == 0).sum()))
        work.frame = counts.finished(table, OWN_COLUMNS, ("area", "period", "category", "measure"), "area")
    return work, len(body)


def _unit(record: list[str], layout: Layout) -> str:
    return record[layout.unit].strip() if layout.unit < len(record) else ""


def _refused(record: list[str], layout: Layout, header: set[str]) -> tuple[str, str]:
    needed = max(layout.unit, layout.by_row or 0, layout.year or 0, *(c.index for c in layout.counted))
    unit = _unit(record, layout)
    if not any(cell.strip() for cell in record):
        return "empty_row", ""
    if len(record) <= needed:
        return "field_count", str(len(record))
    if not unit:
        return "unit_missing", ""
    if unit in counts.TOTALS:
        return "total_row", unit
    return ("header_row", unit) if unit in header else ("", "")


_Key = tuple[counts.Period, str, str]


def _cells(record: list[str], layout: Layout, else_: counts.Period) -> Iterator[tuple[_Key, str]]:
    said = measure_of(normal(record[layout.by_row])) if layout.by_row is not None else ""
    of_row = counts.period_of(normal(record[layout.year])) if layout.year is not None else counts.Period()
    usual = of_row if of_row.year else else_
    for counted in layout.counted:
        period = counted.period if counted.period.year else usual
        yield (period, counted.category, counted.measure or said), record[counted.index].strip()


def _unrecorded(cells: list[list[tuple[_Key, str]]]) -> set[counts.Period]:
    """Periods for which no area of the file has anything but dashes: zero would be a lie."""
    seen: dict[counts.Period, bool] = defaultdict(bool)
    for row in cells:
        for (period, _, _), cell in row:
            seen[period] |= cell not in {"-", ""}
    return {key for key, some in seen.items() if not some}


def _numbers(
    row: list[tuple[_Key, str]], without: set[counts.Period]
) -> tuple[list[tuple[_Key, int]], int, str]:
    """Counts by key, how many were left out as never recorded, and the first cell that is no count."""
    found: list[tuple[_Key, int]] = []
    skipped = 0
    for key, cell in row:
        if key[0] in without:
            skipped += 1
        elif cell:
            number = counts.number_of(cell)
            if number is None or number < 0 or number != int(number):
                return [], 0, cell
            found.append((key, int(number)))
    return found, skipped, ""
