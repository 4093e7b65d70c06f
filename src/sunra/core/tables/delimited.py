"""Reads comma-separated text (and tab, semicolon, bar)."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator

from sunra.core.tables.errors import NotATable, TooLarge, UnclosedQuote
from sunra.core.tables.files import Source
from sunra.core.tables.limits import Limits
from sunra.core.tables.raw import Raw
from sunra.core.tables.sniff import delimiter_of, encoding_of

END = "\x03end\x03"
MOST_LINE = 1 << 20
"""Characters of a line: a longer one is no row, and no reader of lines could hold it."""
_MAX_LINES_IN_FIELD = 100
_CELLS = 3
"""Times the cells of the largest sheet: texts take less room than cells of a workbook."""


def parse(source: Source, limits: Limits) -> Raw:
    """Decodes and splits a delimited text; wholly blank lines are no records.

    A sentinel line is fed last: when it does not come back as a record of its own, a quotation mark was
    still open, also in files whose stray marks a strict parser would refuse.
    """
    encoding = encoding_of(source.data, file=source.file)
    text = source.data.decode(encoding).replace("\x1a", "")
    if "\x00" in text:
        raise NotATable(source.file, "binary content")
    delimiter = delimiter_of(text)
    records: list[list[str]] = []
    lines: list[int] = []
    cut_line = cells = 0
    for line, record, cut in walk(_lines(text), delimiter, source.file, limits):
        records.append(record)
        lines.append(line)
        cut_line = line if cut else 0
        # Titles and several header rows may stand above the rows.
        cells += len(record)
        if cells > _CELLS * limits.max_cells:
            raise TooLarge(source.file, f"over {cells} cells", line=line)
        if len(records) > limits.max_rows + 10:
            raise TooLarge(source.file, f"over {limits.max_rows} rows", line=line)
    if cut_line and len(records) == 1:
        raise UnclosedQuote(source.file, "opens in the only line", line=cut_line)
    notes = Counter({"cut_off": 1} if cut_line else {})
    return Raw(
        file=source.file, records=records, lines=lines, encoding=encoding, cut_line=cut_line, notes=notes
    )


def walk(
    lines: Iterable[str], delimiter: str, file: str, limits: Limits
) -> Iterator[tuple[int, list[str], bool]]:
    """(first line, cells, cut off by the file's end) of every record not blank; ``lines`` end with `END`.

    Raises `TableError` subclasses only.
    """
    reader = csv.reader(_bounded(lines, file), delimiter=delimiter)
    before = 0
    try:
        for record in reader:
            start, before = before + 1, reader.line_num
            if record == [END]:
                return
            cut = bool(record) and record[-1].endswith(END)
            # An open quotation mark in the very last line swallowed nothing else: that line alone is lost.
            if before - start > _MAX_LINES_IN_FIELD or (cut and before - start > 1):
                raise UnclosedQuote(file, f"opens after line {start}", line=start)
            if len(record) > limits.max_columns:
                raise TooLarge(file, f"{len(record)} columns, limit {limits.max_columns}", line=start)
            if cut:
                record[-1] = record[-1].removesuffix(END).rstrip()
            if len(record) > 1 or (record and record[0] and not record[0].isspace()) or cut:
                yield start, record, cut
    except csv.Error as error:
        if "field larger" in str(error):
            # A field this long is an open quotation mark that swallowed the rows after it, or no table.
            raise UnclosedQuote(file, str(error), line=before + 1) from None
        raise NotATable(file, str(error), line=before + 1) from None


def _bounded(lines: Iterable[str], file: str) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if len(line) > MOST_LINE:
            raise TooLarge(file, f"a line over {MOST_LINE} characters", line=number)
        yield line


def _lines(text: str) -> Iterator[str]:
    ended = text.endswith(("\n", "\r"))
    yield from io.StringIO(text if ended else text + "\n", newline="")
    yield END
