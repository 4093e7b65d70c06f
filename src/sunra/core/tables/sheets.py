"""Reads Excel workbooks (xlsx, xls) through calamine."""

import datetime as dt
import io
from typing import Any

import python_calamine

from sunra.core.tables import workbooks
from sunra.core.tables.errors import NotATable, TooLarge
from sunra.core.tables.files import Source
from sunra.core.tables.limits import Limits
from sunra.core.tables.raw import Raw

_SHEETS = 20
_HANGUL = range(0xAC00, 0xD7A4)
# What Windows-1252 shows for the bytes 0x80-0x9F, to undo it.
_WINDOWS = {ord(bytes([code]).decode("cp1252", "ignore") or chr(code)): code for code in range(0x80, 0xA0)}


def parse(source: Source, limits: Limits) -> Raw:
    """The first sheet that holds rows; numbers, dates and truth values become text as people type them."""
    check = workbooks.check_xlsx if source.container == "xlsx" else workbooks.check_xls
    notes = check(source.data, source.file, limits)
    rows: list[list[Any]] = []
    left = 0
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(source.data))
        for index, name in enumerate(book.sheet_names[:_SHEETS]):
            sheet = book.get_sheet_by_name(name)
            rows = sheet.to_python(skip_empty_area=False, nrows=limits.max_rows + 11)
            left = len(book.sheet_names) - index - 1
            if rows:
                break
    except BaseException as error:
        # A panic inside the library arrives as a BaseException of its own; a stop signal must pass.
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        raise NotATable(source.file, f"workbook cannot be read: {type(error).__name__}") from None
    if not rows:
        raise NotATable(source.file, "no sheet with rows")
    if len(rows) > limits.max_rows + 10:
        raise TooLarge(source.file, f"over {limits.max_rows} rows")
    if len(rows[0]) > limits.max_columns:
        raise TooLarge(source.file, f"{len(rows[0])} columns, limit {limits.max_columns}")
    records: list[list[str]] = []
    lines: list[int] = []
    for line, row in enumerate(rows, start=1):
        record = [_text(cell) for cell in row]
        if any(record):
            records.append(record)
            lines.append(line)
    if left:
        notes["other_sheets"] = left
    if records and _is_split_utf16(records[0]):
        records = [[_join_utf16(cell) for cell in record] for record in records]
        notes["text_repaired"] = len(records)
    return Raw(file=source.file, records=records, lines=lines, encoding=None, notes=notes)


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "Y" if cell else "N"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ") if cell.time() != dt.time() else cell.date().isoformat()
    return "" if cell is None else str(cell)


def _is_split_utf16(header: list[str]) -> bool:
    """Some xls files come out with every two-byte character split in two: Hangul only after joining."""
    text = "".join(header)
    joined = "".join(_join_utf16(cell) for cell in header)
    return not any(ord(sign) in _HANGUL for sign in text) and any(ord(sign) in _HANGUL for sign in joined)


def _join_utf16(cell: str) -> str:
    codes = [_WINDOWS.get(ord(sign), ord(sign)) for sign in cell]
    if not codes or len(codes) % 2 or max(codes) > 0xFF:
        return cell
    return bytes(codes).decode("utf-16-le", "replace").strip("\x00 ")
