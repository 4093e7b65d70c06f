"""HWPX files: what is written can be read back, whatever the text."""

import io
import zipfile
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.systems.patrols.services.after.hwpx import Heading, Paragraph, Table, write

HP = "{http://www.hancom.co.kr/hwpml/2011/paragraph}"
HH = "{http://www.hancom.co.kr/hwpml/2011/head}"


def _section(content: bytes) -> ET.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return ET.fromstring(archive.read("Contents/section0.xml"))


def _texts(element: ET.Element) -> list[str]:
    return [found.text or "" for found in element.iter(f"{HP}t")]


def test_parts_in_order() -> None:
    """The kind of file comes first and unpacked, and every part is well-formed XML."""
    content = write(title="순찰 일지", blocks=[Paragraph("가")])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read("mimetype") == b"application/hwp+zip"
        names = archive.namelist()[1:]
        roots = {name: ET.fromstring(archive.read(name)) for name in names}
    listed = {item.get("href") for item in roots["Contents/content.hpf"].iter() if item.get("href")}
    assert listed <= set(names)
    assert {"version.xml", "META-INF/container.xml", "META-INF/manifest.xml"} <= set(names)


def test_references_hold() -> None:
    """Every letter, border and line style the text names stands in the header."""
    content = write(title="t", blocks=[Heading("가"), Paragraph("나"), Table([["1", "2"]])])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        head = ET.fromstring(archive.read("Contents/header.xml"))
    for used, kind in (("charPr", "charPr"), ("paraPr", "paraPr"), ("borderFill", "borderFill")):
        known = {found.get("id") for found in head.iter(f"{HH}{kind}")}
        asked = {found.get(f"{used}IDRef") for found in _section(content).iter()} - {None}
        assert asked
        assert asked <= known


def test_paragraphs_and_table() -> None:
    """Paragraphs and cells come back in order, at their addresses, as wide as the page."""
    rows = [["시각", "내용"], ["21:00", "점검 <1> & 끝"]]
    root = _section(write(title="t", blocks=[Heading("일지"), Paragraph("가\n나"), Table(rows)]))
    assert _texts(root) == ["일지", "가", "나", *rows[0], *rows[1], ""]
    cells = list(root.iter(f"{HP}tc"))
    addresses = [(c.find(f"{HP}cellAddr"), c.find(f"{HP}cellSz")) for c in cells]
    assert [(a.get("rowAddr"), a.get("colAddr")) for a, _ in addresses if a is not None] == [
        ("0", "0"),
        ("0", "1"),
        ("1", "0"),
        ("1", "1"),
    ]
    assert sum(int(s.get("width", 0)) for _, s in addresses[:2] if s is not None) == 42520


@pytest.mark.parametrize("rows", [[], [[]], [["1"], ["1", "2"]]])
def test_uneven_table_refused(rows: list[list[str]]) -> None:
    """A table without cells or with rows of unequal length is refused."""
    with pytest.raises(ValueError, match="equally many"):
        write(title="t", blocks=[Table(rows)])


@settings(max_examples=15)
@given(st.text(max_size=30))
def test_any_text_readable(text: str) -> None:
    """Any text, control signs included, gives a file that can be read, the same each time."""
    blocks = [Paragraph(text), Table([[text]])]
    content = write(title=text, blocks=blocks)
    assert _section(content) is not None
    assert content == write(title=text, blocks=blocks)
