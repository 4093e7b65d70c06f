"""Looks into workbooks before a library unfolds them: two far cells can claim a hundred gigabytes."""

import re
import struct
from collections import Counter
from collections.abc import Iterator

from sunra.core.tables.errors import NotATable, TooLarge, XmlEntities
from sunra.core.tables.files import DECLARATION, member, open_archive
from sunra.core.tables.limits import Limits

_REFERENCE = re.compile(rb"""[\s"']r\s*=\s*["']\s*([A-Za-z]{0,8})(\d{1,12})\s*["']""")
_FORMULA = re.compile(rb"<f[ />]")
_UNCOMPUTED = re.compile(rb"(?:</f>|<f[^<>]{0,99}/>)\s{0,9}(?:<v\s{0,9}/>|<v>\s{0,9}</v>)?\s{0,9}</c>")
_OTHER_FORMATS = ("content.xml", "xl/workbook.bin")
_END_OF_CHAIN = 0xFFFFFFFE
_SMALLEST_STREAM = 4_096
_CELLS = {0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E}
"""Record types of BIFF8 that begin with a row and a column."""


def check_xlsx(data: bytes, file: str, limits: Limits) -> Counter[str]:
    """Refuses a workbook whose parts lie about their size, claim too many cells, or declare XML entities.

    Returns warnings: cells that formulas compute, and those of them that were saved without their value.
    """
    notes: Counter[str] = Counter()
    archive, members = open_archive(data, file, limits)
    names = {entry.filename.lower() for entry in members}
    if "xl/workbook.xml" not in names or names.intersection(_OTHER_FORMATS):
        raise NotATable(file, "no xlsx workbook")
    for entry in members:
        part = member(archive, entry, file)
        if not entry.filename.lower().endswith((".xml", ".rels")):
            continue
        if DECLARATION.search(part):
            raise XmlEntities(file, entry.filename[:80])
        if "worksheets/" in entry.filename.lower():
            _check_size(*_extent(part), file, limits)
            notes["computed_cells"] += len(_FORMULA.findall(part))
            notes["uncomputed_cells"] += len(_UNCOMPUTED.findall(part))
    return +notes


def _extent(sheet: bytes) -> tuple[int, int]:
    """Highest row and column that any reference in a sheet names."""
    rows, letters = 0, {b""}
    for column, row in _REFERENCE.findall(sheet):
        rows = max(rows, int(row))
        letters.add(column)
    return rows, max(_column(name) for name in letters)


def _column(letters: bytes) -> int:
    """1 for A, 28 for AB."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _check_size(rows: int, columns: int, file: str, limits: Limits) -> None:
    if rows > limits.max_rows or columns > limits.max_columns or rows * columns > limits.max_cells:
        raise TooLarge(file, f"a sheet of {rows} rows and {columns} columns")


def check_xls(data: bytes, file: str, limits: Limits) -> Counter[str]:
    """Refuses an old workbook whose cells claim more than the limits, or whose container is damaged."""
    rows = columns = 0
    try:
        for row, column in _cells(_workbook_stream(data)):
            rows, columns = max(rows, row + 1), max(columns, column + 1)
    except (struct.error, IndexError, ValueError):
        raise NotATable(file, "damaged workbook") from None
    _check_size(rows, columns, file, limits)
    return Counter()


def _workbook_stream(data: bytes) -> bytes:
    """The stream Workbook of a compound file (MS-CFB): header, sector table, directory, chain."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    if size not in {512, 4_096}:
        raise ValueError("sector size")
    table: list[int] = []
    listed = struct.unpack_from("<109I", data, 76)
    following, more = struct.unpack_from("<II", data, 68)
    for _ in range(min(more, len(data) // size)):
        entries = struct.unpack_from(f"<{size // 4}I", data, (following + 1) * size)
        listed, following = (*listed, *entries[:-1]), entries[-1]
    for sector in listed:
        if sector < _END_OF_CHAIN - 1 and (sector + 2) * size <= len(data):
            table += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
    directory = _chain(data, table, struct.unpack_from("<I", data, 48)[0], size)
    for at in range(0, len(directory) - 127, 128):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        if name.lower() in {"workbook", "book"}:
            start, stream_size = struct.unpack_from("<II", directory, at + 116)
            if stream_size < _SMALLEST_STREAM:
                raise ValueError("a workbook is never kept in the small stream")
            return _chain(data, table, start, size)[:stream_size]
    raise ValueError("no workbook")


def _chain(data: bytes, table: list[int], sector: int, size: int) -> bytes:
    """The sectors of one stream; a chain longer than the table runs in a circle."""
    parts: list[bytes] = []
    while sector < _END_OF_CHAIN:
        if len(parts) > len(table):
            raise ValueError("circular chain")
        parts.append(data[(sector + 1) * size : (sector + 2) * size])
        sector = table[sector]
    return b"".join(parts)


def _cells(stream: bytes) -> Iterator[tuple[int, int]]:
    """Row and column of every cell record, the last column for records of several cells."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind in _CELLS and length >= 4:
            row, column = struct.unpack_from("<HH", stream, at + 4)
            if kind in {0x00BD, 0x00BE}:
                column += length // 2
            yield row, column
        at += 4 + length
