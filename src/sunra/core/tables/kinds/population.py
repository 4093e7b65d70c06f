"""Residents and households by district, dong, station, small area or cell; and people present by the hour."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from sunra.core.geo import cells
from sunra.core.geo.districts import districts
from sunra.core.geo.errors import GeoError
from sunra.core.tables import clean
from sunra.core.tables.headers import normal
from sunra.core.tables.kinds import counts, population_dongs
from sunra.core.tables.kinds.base import COLUMNS
from sunra.core.tables.names import names as known_names
from sunra.core.tables.raw import Raw
from sunra.core.tables.work import Work

NAME = "population"
OWN_COLUMNS = {
    "area": pl.String, "unit_kind": pl.String, "district": pl.String, "year": pl.Int32, "period": pl.String,
    "category": pl.String, "measure": pl.String, "count": pl.Float64,
}  # fmt: skip
"""``measure``: persons, households, persons_per_household or present (people there in an hour)."""
_UNITS = {
    **dict.fromkeys(("행정구역(시군구)별", "행정구역별", "행정구역", "행정구역별(읍면동)"), "district"),
    **dict.fromkeys(("행정구역(동읍면)별",), "district"),
    **dict.fromkeys(("동별", "자치구", "자치구별(2)", "시군구", "시군구별", "구", "지역"), "district"),
    **dict.fromkeys(("경찰서", "경찰서별", "관할경찰서"), "station"),
}  # fmt: skip
_SMALL = {
    "집계구코드": "small_area",
    "행정동코드": "dong",
    "자치구코드": "district",
    "생활인구행정동코드": "dong",
}
_PRESENT = ("총생활인구수", "생활인구합계")
_CELL = ("격자고유번호", "격자번호", "gid", "gridcd", "grid_cd", "격자코드", "grid")
_DONG = ("동", "행정동", "행정동명", "자치구별(3)", "읍면동")
_TIMES = ("기간", "시점", "연도", "년도", "기준년월", "기준연월")
_PEOPLE = re.compile(r"인구|세대|거주자|주민수")
_BESIDE = frozenset({"항목", "단위", "구분별", "구분", "연번", "번호", "순번"})
_CODED = re.compile(r"^(.*?)\s*\((\d{10})\)\s*$")
_DATED = re.compile(r"^((?:19|20)\d\d)년(\d{1,2})월")
_SEXES = ("남자", "여자", "남", "여")
_WITHHELD = "*"
_ROWS = 100_000


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Rows of header and the columns of the area, its dong, the period, the row's category, and of counts.

    ``form`` is "table", "present" (people by hour) or "cells".
    """

    form: str
    headers: int = 1
    unit: int = 0
    unit_kind: str = ""
    dong: int | None = None
    time: int | None = None
    group: int | None = None
    counted: tuple[tuple[int, counts.Period, str], ...] = ()
    flags: Counter[str] = field(default_factory=Counter)


def layout_of(records: list[list[str]]) -> Layout | None:
    """The layout when this is a table of residents, else None."""
    if not records:
        return None
    firsts = [normal(cell) for cell in records[0]]
    if "기준일id" in firsts and any(name in firsts for name in _PRESENT):
        return _present(firsts)
    headers = counts.header_rows(records)
    labels = counts.labels_of(records, headers)
    if cell := counts.column_of(labels, _CELL):
        return _cells(labels, headers, cell)
    if counts.column_of(labels, _CELL) == 0:
        return _cells(labels, headers, 0)
    return _table(records, labels, headers)


def _present(firsts: list[str]) -> Layout | None:
    unit = next(((firsts.index(name), kind) for name, kind in _SMALL.items() if name in firsts), None)
    if unit is None or "시간대구분" not in firsts:
        return None
    total = next(firsts.index(name) for name in _PRESENT if name in firsts)
    return Layout(
        form="present", unit=unit[0], unit_kind=unit[1], time=firsts.index("기준일id"),
        group=firsts.index("시간대구분"), counted=((total, counts.Period(), ""),),
    )  # fmt: skip


def _cells(labels: list[list[str]], headers: int, unit: int) -> Layout | None:
    found = [
        (index, counts.Period(), "")
        for index, column in enumerate(labels)
        if index != unit
        and any(_PEOPLE.search(label) or label in {"val", "pop", "population"} for label in column)
    ]
    return (
        Layout(form="cells", headers=headers, unit=unit, unit_kind="cell", counted=tuple(found[:1]))
        if found
        else None
    )


def _table(records: list[list[str]], labels: list[list[str]], headers: int) -> Layout | None:
    unit = counts.unit_column(labels, _UNITS)
    if unit is None or any(label in {"위도", "경도", "lat", "lon"} for column in labels for label in column):
        return None
    body = records[headers : headers + 40]
    item = counts.column_of(labels, ("항목",))
    about = item is not None and any(_PEOPLE.search(row[item]) for row in body if item < len(row))
    beside = {index for index, column in enumerate(labels) if _BESIDE & set(column)}
    time = counts.column_of(labels, _TIMES)
    dong = counts.column_of(labels, _DONG)
    times, flags = counts.periods(labels)
    counted = []
    for index, column in enumerate(labels):
        people = [label for label in column if _PEOPLE.search(label)]
        if index in {unit[0], time, dong} | beside or not (people or (about and times[index].year)):
            continue
        period = times[index]
        if people and (dated := _DATED.match(people[0])):
            period = counts.Period(int(dated[1]), f"{dated[1]}-{int(dated[2]):02d}")
        counted.append((index, period, people[0] if people else ""))
    if not counted:
        return None
    group = counts.column_of(labels, ("구분별", "구분")) if about else None
    return Layout(
        form="table", headers=headers, unit=unit[0], unit_kind=unit[1], dong=dong, time=time, group=group,
        counted=tuple(counted), flags=flags,
    )  # fmt: skip


def read(raw: Raw, layout: Layout) -> tuple[Work, int]:
    """Long rows (one per area, period and category) and the number of rows read."""
    work = Work(file=raw.file, frame=pl.DataFrame(schema={**COLUMNS, **OWN_COLUMNS}), flags=raw.notes)
    body = list(zip(raw.lines[layout.headers :], raw.records[layout.headers :], strict=True))
    if layout.form == "table":
        _read_table(raw, layout, work, body)
    else:
        _read_coded(raw, layout, work, body)
    return work, len(body)


def _read_table(raw: Raw, layout: Layout, work: Work, body: list[tuple[int, list[str]]]) -> None:
    groups = _groups([record for _, record in body], layout)
    plain = [_area(record, layout)[0] for _, record in body]
    areas = counts.areas_of([name for name in plain if name], layout.unit_kind, file=raw.file)
    year = clean.year_in(raw.file)
    rows: list[tuple[object, ...]] = []
    offices = population_dongs.Book()
    for (line, record), group in zip(body, groups, strict=True):
        name, dong, code = _area(record, layout)
        reason, value = _refused(line, record, name, dong, raw.cut_line, layout)
        found, bad = ([], "") if reason else _numbers(record, layout, group, year)
        if reason or bad or not found:
            reason = reason or (_bad(bad) if bad else "empty_row")
            work.reject_lines([line], field="count", reason=reason, values=[value or bad])
            continue
        kind = "dong" if dong or (code and not code.endswith("00000")) else areas.kinds[name]
        district = code[:5] or areas.districts[name]
        place = (line, f"{name} {dong}".strip(), kind, district)
        if kind == "dong":
            offices.add(line, district, dong or name.split()[-1], code)
        rows += [(*place, *count) for count in found]
    for code_, seen in (layout.flags + areas.flags).items():
        work.flag(code_, seen)
    if rows:
        table = pl.DataFrame(rows, schema={"line": pl.Int64, **OWN_COLUMNS}, orient="row")
        work.flag("year_unknown", int((table["year"] == 0).sum()))
        done = counts.finished(table, OWN_COLUMNS, ("area", "period", "category", "measure"), "area")
        work.frame = offices.placed(done)
        work.flag("unknown_dongs", offices.unknown)


def _bad(cell: str) -> str:
    return "withheld_value" if set(cell) == {_WITHHELD} else "bad_number"


def _area(record: list[str], layout: Layout) -> tuple[str, str, str]:
    """Name of the area, of the dong in it ("" for all of it), and the ten-digit code written behind it."""
    name = record[layout.unit].strip() if layout.unit < len(record) else ""
    dong = record[layout.dong].strip() if layout.dong is not None and layout.dong < len(record) else ""
    coded = _CODED.match(name)
    return (" ".join(coded[1].split()), dong, coded[2]) if coded else (name, dong, "")


def _refused(
    line: int, record: list[str], name: str, dong: str, cut_line: int, layout: Layout
) -> tuple[str, str]:
    if line == cut_line and line:
        return "cut_off", ""
    if not any(cell.strip() for cell in record):
        return "empty_row", ""
    if len(record) <= max(layout.unit, layout.group or 0, *(index for index, *_ in layout.counted)):
        return "field_count", str(len(record))
    if not name:
        return "unit_missing", ""
    # A province or 합계 is the sum of the districts below it, 계 beside a district that of its dongs.
    total = name in counts.TOTALS or (known_names().province(name) and not known_names().district(name))
    return ("total_row", f"{name} {dong}".strip()) if total or dong in counts.TOTALS else ("", "")


def _groups(records: list[list[str]], layout: Layout) -> list[str]:
    """The category of every row. 남자 and 여자 belong to the line above them: 한국인 남자."""
    found: list[str] = []
    above = ""
    for record in records:
        said = record[layout.group].strip() if layout.group is not None and layout.group < len(record) else ""
        if said in _SEXES:
            found.append(f"{above} {said}".strip())
            continue
        above = "" if said in counts.TOTALS else said
        found.append(above)
    return found


def _numbers(
    record: list[str], layout: Layout, group: str, year: int | None
) -> tuple[list[tuple[int, str, str, str, float]], str]:
    """(year, period, category, measure, count) of every cell that says something, and the first bad cell."""
    of_row = counts.period_of(normal(record[layout.time])) if layout.time is not None else counts.Period()
    usual = of_row if of_row.year else counts.Period(year or 0, str(year or ""))
    found = []
    for index, period, label in layout.counted:
        cell = record[index].strip() if index < len(record) else ""
        if not cell:
            continue
        number = counts.number_of(cell)
        if number is None or number < 0:
            return [], cell
        when = period if period.year else usual
        category, measure = _meaning(label, group)
        found.append((when.year, when.text, category, measure, number))
    return found, ""


def _meaning(label: str, group: str) -> tuple[str, str]:
    """(category, measure) of a column label ('1인세대') or, without one, of the row's group ('세대')."""
    said = _DATED.sub("", label) if label else group.replace(" ", "")
    said = re.sub(r"\((?:명|세대|)\)$", "", said)
    if "세대당" in said:
        return "", "persons_per_household"
    measure = "households" if "세대" in said else "persons"
    if label:
        kept = re.sub(r"^(?:총|전체)?(?:인구수?|세대수?)$", "", said)
        return re.sub(r"(?:인구수?|세대수?)$", "", kept) if "세대" not in kept else kept, measure
    return ("" if said == "세대" else group), measure


def _read_coded(raw: Raw, layout: Layout, work: Work, body: list[tuple[int, list[str]]]) -> None:
    """People by hour and area code, or by cell: long files of three numbers a row, so column by column."""
    needed = [
        layout.unit,
        layout.counted[0][0],
        *(at for at in (layout.time, layout.group) if at is not None),
    ]
    fit = [len(record) > max(needed) and line != (raw.cut_line or -1) for line, record in body]
    for (line, record), good in zip(body, fit, strict=True):
        if not good:
            reason = "cut_off" if line == raw.cut_line else "field_count"
            work.reject_lines([line], field="count", reason=reason, values=[str(len(record))])
    kept = [entry for entry, good in zip(body, fit, strict=True) if good]
    frame = pl.DataFrame(
        {
            "line": [line for line, _ in kept],
            "area": [record[layout.unit].strip() for _, record in kept],
            "_said": [record[layout.counted[0][0]].strip() for _, record in kept],
            "_day": list(_cell(kept, layout.time)),
            "_hour": list(_cell(kept, layout.group)),
        },
        schema={
            "line": pl.Int64,
            "area": pl.String,
            "_said": pl.String,
            "_day": pl.String,
            "_hour": pl.String,
        },
    )
    work.frame = frame.with_columns(clean.numbers(frame["_said"]).alias("count"))
    work.reject(work.frame["area"] == "", field="area", reason="unit_missing")
    work.reject(work.frame["_said"] == _WITHHELD, field="count", reason="withheld_value", value=_WITHHELD)
    bad = work.frame["count"].is_null() | (work.frame["count"] < 0)
    work.reject(bad, field="count", reason="bad_number", value=work.frame["_said"])
    if layout.form == "present":
        _put_hours(work)
    else:
        _put_cells(work, clean.year_in(raw.file))
    if work.frame.height == 0:
        work.frame = pl.DataFrame(schema={**COLUMNS, **OWN_COLUMNS})
        return
    placed = work.frame.select("lon", "lat", "dong", "precision") if "lon" in work.frame.columns else None
    table = work.frame.with_columns(
        pl.lit(layout.unit_kind).alias("unit_kind"),
        pl.lit("").alias("category"),
        pl.lit("present" if layout.form == "present" else "persons").alias("measure"),
    )
    done = counts.finished(table, OWN_COLUMNS, ("area", "period"), "area")
    work.frame = done.with_columns(placed.get_columns()) if placed is not None else done


def _cell(kept: list[tuple[int, list[str]]], at: int | None) -> Iterator[str]:
    return (record[at].strip() if at is not None else "" for _, record in kept)


def _put_hours(work: Work) -> None:
    day = work.frame["_day"].str.extract_groups(r"^(\d{4})(\d\d)(\d\d)$").struct.unnest()
    hour = work.frame["_hour"].cast(pl.Int32, strict=False)
    sound = day.to_series(0).is_not_null() & hour.is_between(0, 23).fill_null(value=False)
    period = (
        day.to_series(0)
        + "-"
        + day.to_series(1)
        + "-"
        + day.to_series(2)
        + "T"
        + hour.cast(pl.String).str.zfill(2)
    )
    work.put(
        period.alias("period"),
        day.to_series(0).cast(pl.Int32).alias("year"),
        pl.lit("").alias("district"),
    )
    work.reject(~sound, field="time", reason="bad_time", value=work.frame["_day"])


def _put_cells(work: Work, year: int | None) -> None:
    """The middle of each cell stands for its people."""
    packed = clean.map_unique(work.frame["area"], _parsed, pl.Int64)
    work.put(
        packed.alias("_cell"),
        pl.lit(year or 0, dtype=pl.Int32).alias("year"),
        pl.lit(str(year or "")).alias("period"),
    )
    work.reject(work.frame["_cell"].is_null(), field="area", reason="unknown_cell", value=work.frame["area"])
    e, n = divmod(work.frame["_cell"].to_numpy().astype(np.int64), _ROWS)
    lon, lat = cells.center(e, n)
    dong = districts().locate(lon, lat)
    work.put(
        pl.Series("lon", lon, dtype=pl.Float64), pl.Series("lat", lat, dtype=pl.Float64),
        pl.Series("dong", dong, dtype=pl.String), pl.lit("point").alias("precision"),
        pl.Series("district", dong, dtype=pl.String).str.slice(0, 5),
    )  # fmt: skip
    if year is None:
        work.flag("year_unknown", work.frame.height)
    work.crs = 5179


def _parsed(text: str) -> int | None:
    """Both numbers of a cell as one."""
    try:
        e, n = cells.parse_cell(text)
    except GeoError:
        return None
    return int(e) * _ROWS + int(n)
