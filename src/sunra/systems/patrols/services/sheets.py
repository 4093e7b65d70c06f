"""A list of organisations, members, teams or equipment: whole or not at all, each error with its address."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from sunra.core.tables import sheets as workbooks
from sunra.core.tables.errors import TableError
from sunra.core.tables.files import Source
from sunra.core.tables.limits import MEGABYTE, Limits
from sunra.platform.agencies.exports import unsafe
from sunra.platform.base.errors import UserError
from sunra.platform.base.problem import Problem

MAX_ROWS = 200_000
MAX_PROBLEMS = 100
_MAX_FIELD = 10_000
_DATE = re.compile(r"^(\d{4})(?:[-./년]\s*(?=\d)|)(\d{1,2})(?:[-./월]\s*(?=\d)|)(\d{1,2})[.일]?$")
_WORKBOOK = b"PK\x03\x04"
_SMALL = Limits(max_rows=MAX_ROWS, max_expanded=64 * MEGABYTE, max_columns=100, max_cells=5_000_000)


@dataclass(frozen=True, slots=True)
class Line:
    """What one row does: ``add`` or ``change``; ``key`` names it without anything personal."""

    row: int
    act: str
    key: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What the rows of a file did, and which of its columns were not taken."""

    lines: tuple[Line, ...]
    ignored: tuple[str, ...] = ()

    @property
    def added(self) -> int:
        """How many rows were new."""
        return sum(line.act == "add" for line in self.lines)

    @property
    def known(self) -> int:
        """How many were there before."""
        return len(self.lines) - self.added


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file at hand: its bytes, its name, the columns it must and may have, and other words for them."""

    data: bytes
    name: str
    needed: tuple[str, ...]
    columns: tuple[str, ...]
    words: Mapping[str, str] = field(default_factory=dict)


class ImportRefused(UserError):  # noqa: N818 - reads as what it is
    """The file was not taken; ``problems`` says why, row by row."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        where = (first.file, str(first.row or ""), first.field)
        super().__init__(
            "patrols.bad_row", first.message, first.remedy, tuple(part for part in where if part)
        )
        self.problems = tuple(problems)


class WrongFieldError(ValueError):
    """A row's field is missing or has no meaning: its name, and what to say when there is more to say."""

    def __init__(self, name: str, message: str = "", remedy: str = "") -> None:
        super().__init__(name)
        self.message, self.remedy = message, remedy


def needed(row: Mapping[str, str], name: str) -> str:
    """The value of a field that must not be empty."""
    value = row.get(name, "").strip()
    if not value:
        raise WrongFieldError(name)
    return value


def parsed(parse: Callable[[str], Any], value: str, name: str) -> Any:
    """A value that ``parse`` understands."""
    try:
        return parse(value)
    except ValueError as error:
        raise WrongFieldError(name) from error


def day(row: Mapping[str, str], name: str) -> dt.date | None:
    """A day as ``2026-05-07``, ``2026. 5. 7.``, ``2026/5/7`` or ``20260507``; None where there is none."""
    text = row.get(name, "").strip()
    return parsed(_date, text, name) if text else None


def _date(text: str) -> dt.date:
    match = _DATE.match(text)
    if match is None:
        raise ValueError(text)
    return dt.date(int(match[1]), int(match[2]), int(match[3]))


def each(sheet: Sheet, keep: Callable[[Mapping[str, str]], tuple[str, bool]]) -> Imported:
    """Give every row to ``keep``, which answers with the row's key and whether it is new.

    Raises ``ImportRefused`` with every problem found (never a value of the file); call it inside a
    transaction, so that nothing is kept then.
    """
    heads, rows = _table(sheet)
    lines: list[Line] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for number, row in rows:
        try:
            key, new = keep(row)
            _once(key, number, seen)
            lines.append(Line(number, "add" if new else "change", key))
        except WrongFieldError as error:
            problems.append(_wrong(sheet, number, error))
            if len(problems) == MAX_PROBLEMS:
                break
    if problems:
        raise ImportRefused(problems)
    return Imported(tuple(lines), tuple(head[:40] for head in heads if head not in sheet.columns))


def _once(key: str, number: int, seen: dict[str, int]) -> None:
    first = seen.setdefault(key, number)
    if first != number:
        raise WrongFieldError(
            "key",
            _("This number stands in row %(row)d already.") % {"row": first},
            _("Keep one of the two rows and import the file again; nothing was changed."),
        )


def _wrong(sheet: Sheet, row: int, error: WrongFieldError) -> Problem:
    return Problem(
        sheet.name,
        row,
        str(error.args[0]),
        error.message or _("A field is missing or cannot be read."),
        error.remedy or _("Correct this line and import the file again; nothing was changed."),
    )


def _table(sheet: Sheet) -> tuple[list[str], Iterator[tuple[int, dict[str, str]]]]:
    """The header, and number and fields of each row that is not empty."""
    rows = _workbook(sheet) if sheet.data.startswith(_WORKBOOK) else _csv(sheet)
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise _useless(sheet, _("The file is empty."), _("Take the template to see the columns."))
    heads = [cell.strip().lower() for cell in rows[0]]
    heads = [sheet.words.get(head, head) for head in heads]
    missing = [name for name in sheet.needed if name not in heads]
    missing += [name for name in sheet.columns if heads.count(name) > 1]
    if missing:
        said = _("These columns are missing or doubled: %(columns)s.") % {"columns": ", ".join(missing)}
        raise _useless(sheet, said, _("Take the template to see the columns."), row=1)
    full = [
        (number, row) for number, row in enumerate(rows[1:], start=2) if any(cell.strip() for cell in row)
    ]
    if not full:
        raise _useless(sheet, _("The file has a header only."), _("Add a row for each entry."), row=1)
    if len(full) > MAX_ROWS:
        raise _useless(sheet, _("The file has too many rows."), _("Split it."))
    return heads, ((number, _named(heads, row)) for number, row in full)


def _csv(sheet: Sheet) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(_text(sheet), newline=""), strict=True))
    except csv.Error as error:
        raise _useless(sheet, _("A quotation mark is never closed."), _("Save it as CSV again.")) from error


def _workbook(sheet: Sheet) -> list[list[str]]:
    """The rows of the first sheet that holds any; empty rows keep their place, so that numbers are right."""
    source = Source(
        file=sheet.name, inner=sheet.name, container="xlsx", data=sheet.data, path=Path(sheet.name)
    )
    try:
        raw = workbooks.parse(source, _SMALL)
    except TableError as error:
        raise _useless(
            sheet, _("The workbook cannot be read."), _("Save it as XLSX or CSV again.")
        ) from error
    rows: list[list[str]] = [[] for _row in range(max(raw.lines, default=0))]
    for line, cells in zip(raw.lines, raw.records, strict=True):
        rows[line - 1] = cells
    return rows


def _named(heads: list[str], row: list[str]) -> dict[str, str]:
    return {head: unsafe(cell.strip()[:_MAX_FIELD]) for head, cell in zip(heads, row, strict=False) if head}


def _text(sheet: Sheet) -> str:
    """UTF-8, else the Windows code page of Korea."""
    if b"\x00" not in sheet.data:
        for encoding in ("utf-8-sig", "cp949"):
            try:
                return sheet.data.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise _useless(sheet, _("The file is not text."), _("Save it as XLSX, or as CSV in UTF-8 or EUC-KR."))


def _useless(sheet: Sheet, message: str, remedy: str, *, row: int = 0) -> ImportRefused:
    return ImportRefused([Problem(sheet.name, row, "", message, remedy)])
