"""A small writer of HWPX (OWPML, KS X 6101): headings, paragraphs and tables on A4.

Lengths are in HWPUNIT (1/7200 inch); character heights in 1/100 point.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from sunra.systems.patrols.services.after.hwpx_parts import (
    CONTAINER,
    MANIFEST,
    PAGE,
    SETTINGS,
    VERSION,
    header,
    package,
    section,
)

MIME = "application/hwp+zip"
WIDTH = 42520
"""Width between the margins of A4."""
ROW = 1700
MARGIN = 'left="510" right="510" top="141" bottom="141"'
EPOCH = (1980, 1, 1, 0, 0, 0)
BODY, TITLE = 0, 1
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Heading:
    """A line in large, bold letters."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Plain text; every line becomes a paragraph of its own."""

    text: str


@dataclass(frozen=True)
class Table:
    """Rows of equally many cells; the first row stays on top on every page."""

    rows: Sequence[Sequence[str]]


Block = Heading | Paragraph | Table


def write(*, title: str, blocks: Sequence[Block]) -> bytes:
    """The document as a file; the same content gives the same bytes.

    Errors: `ValueError` for a table without cells or with rows of unequal length.
    """
    body = _body(blocks)
    parts = {
        "version.xml": VERSION,
        "Contents/header.xml": header(),
        "Contents/section0.xml": section(body),
        "Contents/content.hpf": package(_clean(title)),
        "settings.xml": SETTINGS,
        "META-INF/container.xml": CONTAINER,
        "META-INF/manifest.xml": MANIFEST,
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        # Readers know the kind of file by an uncompressed first entry.
        _put(archive, "mimetype", MIME, zipfile.ZIP_STORED)
        for name, text in parts.items():
            _put(archive, name, text, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _put(archive: zipfile.ZipFile, name: str, text: str, method: int) -> None:
    entry = zipfile.ZipInfo(name, date_time=EPOCH)
    entry.compress_type = method
    archive.writestr(entry, text.encode())


def _body(blocks: Sequence[Block]) -> str:
    # The first paragraph of a section carries the page: size, margins, columns.
    lines = [_paragraph(0, PAGE)]
    number = 0
    for block in blocks:
        for content in _contents(block, number):
            number += 1
            lines.append(_paragraph(number, content))
    return "".join(lines)


def _contents(block: Block, number: int) -> Iterator[str]:
    if isinstance(block, Table):
        yield _run(BODY, f"{_table(block, number)}<hp:t/>")
        return
    style = TITLE if isinstance(block, Heading) else BODY
    for line in block.text.splitlines() or [""]:
        yield _run(style, f"<hp:t>{_clean(line)}</hp:t>")


def _paragraph(number: int, content: str) -> str:
    return (
        f'<hp:p id="{number}" paraPrIDRef="0" styleIDRef="0" pageBreak="0" columnBreak="0"'
        f' merged="0">{content}</hp:p>'
    )


def _run(style: int, content: str) -> str:
    return f'<hp:run charPrIDRef="{style}">{content}</hp:run>'


def _table(table: Table, number: int) -> str:
    rows = [list(row) for row in table.rows]
    columns = len(rows[0]) if rows else 0
    if not columns or any(len(row) != columns for row in rows):
        message = "a table needs rows of equally many cells"
        raise ValueError(message)
    wide, rest = divmod(WIDTH, columns)
    widths = [wide] * (columns - 1) + [wide + rest]
    cells = "".join(
        "<hp:tr>" + "".join(_cell(text, r, c, widths[c]) for c, text in enumerate(row)) + "</hp:tr>"
        for r, row in enumerate(rows)
    )
    return (
        f'<hp:tbl id="{number + 1}" zOrder="{number}" numberingType="TABLE"'
        ' textWrap="TOP_AND_BOTTOM" textFlow="BOTH_SIDES" lock="0" dropcapstyle="None"'
        f' pageBreak="CELL" repeatHeader="1" rowCnt="{len(rows)}" colCnt="{columns}"'
        ' cellSpacing="0" borderFillIDRef="2" noAdjust="0">'
        f'<hp:sz width="{WIDTH}" widthRelTo="ABSOLUTE" height="{ROW * len(rows)}"'
        ' heightRelTo="ABSOLUTE" protect="0"/>'
        '<hp:pos treatAsChar="1" affectLSpacing="0" flowWithText="1" allowOverlap="0"'
        ' holdAnchorAndSO="0" vertRelTo="PARA" horzRelTo="COLUMN" vertAlign="TOP"'
        ' horzAlign="LEFT" vertOffset="0" horzOffset="0"/>'
        '<hp:outMargin left="0" right="0" top="283" bottom="283"/>'
        f"<hp:inMargin {MARGIN}/>{cells}</hp:tbl>"
    )


def _cell(text: str, row: int, column: int, width: int) -> str:
    lines = text.splitlines() or [""]
    content = "".join(
        _paragraph(i, _run(BODY, f"<hp:t>{_clean(line)}</hp:t>")) for i, line in enumerate(lines)
    )
    return (
        f'<hp:tc name="" header="{int(row == 0)}" hasMargin="0" protect="0" editable="0"'
        ' dirty="0" borderFillIDRef="2">'
        '<hp:subList id="" textDirection="HORIZONTAL" lineWrap="BREAK" vertAlign="CENTER"'
        ' linkListIDRef="0" linkListNextIDRef="0" textWidth="0" textHeight="0"'
        f' hasTextRef="0" hasNumRef="0">{content}</hp:subList>'
        f'<hp:cellAddr colAddr="{column}" rowAddr="{row}"/><hp:cellSpan colSpan="1" rowSpan="1"/>'
        f'<hp:cellSz width="{width}" height="{ROW}"/><hp:cellMargin {MARGIN}/></hp:tc>'
    )


def _clean(text: str) -> str:
    """Text safe in XML: signs it may not hold (control signs) are left out."""
    return escape(_ILLEGAL.sub("", text))
