"""Files that claim, hide or nest more than a table ever does."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from sunra.core.tables import Limits, errors, read, workbooks
from sunra.core.tables.limits import MEGABYTE
from tests.core.tables import made

SMALL = Limits(
    max_bytes=200_000,
    max_expanded=MEGABYTE,
    free_expanded=100_000,
    max_ratio=10.0,
    max_rows=50,
    max_columns=20,
)


def table(rows: int = 5) -> bytes:
    """A readable CCTV file."""
    return made.text(made.CCTV, made.cctv_rows(rows)).encode("cp949")


def test_missing_file_and_folder_are_typed(tmp_path: Path) -> None:
    """The operating system's error never reaches the caller raw."""
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(errors.Unreadable):
            read(path)


def test_empty_and_header_only_are_told_apart(tmp_path: Path) -> None:
    """A file without bytes and a file without rows have different remedies."""
    with pytest.raises(errors.Empty):
        read(made.save(tmp_path / "a.csv", b""))
    with pytest.raises(errors.HeaderOnly):
        read(made.save(tmp_path / "b.csv", made.text(made.CCTV, [])))
    with pytest.raises(errors.HeaderOnly):
        read(made.save(tmp_path / "c.csv", "자치구,살인,강도,절도\n"))


def test_too_many_bytes_rows_or_columns_are_refused(tmp_path: Path) -> None:
    """Each bound holds on its own."""
    with pytest.raises(errors.TooLarge):
        read(made.save(tmp_path / "a.csv", b"x" * 200_001), limits=SMALL)
    with pytest.raises(errors.TooLarge):
        read(made.save(tmp_path / "b.csv", table(70)), limits=SMALL)
    with pytest.raises(errors.TooLarge):
        read(made.save(tmp_path / "c.csv", "a," * 30 + "\n1\n"), limits=SMALL)
    with pytest.raises(errors.TooLarge):
        read(made.save(tmp_path / "d.xlsx", made.xlsx(made.CCTV, made.cctv_rows(70))), limits=SMALL)
    with pytest.raises(errors.TooLarge):
        read(made.save(tmp_path / "e.geojson", made.geojson(made.lines(60))), limits=SMALL)


def test_gzip_that_expands_too_far_is_refused(tmp_path: Path) -> None:
    """A small file that becomes a large one stops at the bound, not at the end of memory."""
    with pytest.raises(errors.TooLarge):
        read(made.save(tmp_path / "a.csv.gz", made.gz(b"1,2,3\n" * 500_000)), limits=SMALL)


def test_damaged_gzip_is_no_table(tmp_path: Path) -> None:
    """A broken stream and a cut one are both refused."""
    data = made.gz(table())
    for broken in (data[: len(data) // 2], data[:12] + b"\x00\xff\x00" + data[15:]):
        with pytest.raises(errors.NotATable):
            read(made.save(tmp_path / "a.csv.gz", broken))


def claiming(data: bytes, size: int) -> bytes:
    """The zip with another uncompressed size written into both of its headers."""
    at = data.index(b"PK\x01\x02")
    data = data[: at + 24] + struct.pack("<I", size) + data[at + 28 :]
    return data[:22] + struct.pack("<I", size) + data[26:]


def test_zip_that_claims_two_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    """The claim alone is enough; nothing is unpacked."""
    data = claiming(made.packed("a.csv", table()), 2 * 1024 * MEGABYTE)
    with pytest.raises(errors.TooLarge, match="claims"):
        read(made.save(tmp_path / "a.zip", data))


def test_zip_that_claims_too_little_is_refused(tmp_path: Path) -> None:
    """A size that lies small does not slip a bomb past the bound."""
    data = claiming(made.packed("a.csv", table() * 50), 10)
    with pytest.raises(errors.NotATable):
        read(made.save(tmp_path / "a.zip", data))


def test_zip_holds_exactly_one_table(tmp_path: Path) -> None:
    """One table is read; none, two, or an archive inside are refused with different codes."""
    assert read(made.save(tmp_path / "a.zip", made.packed("a.csv", table()))).accepted == 5
    for name, data, error in (
        ("b.zip", made.packed("a.csv", table(), **{"b.csv": table()}), errors.ManyTables),
        ("c.zip", made.packed("readme.bin", b"x"), errors.NotATable),
        ("d.zip", made.packed("inner.zip", made.packed("a.csv", table())), errors.TooDeep),
        ("e.zip", b"PK\x03\x04" + b"\x00" * 40, errors.NotATable),
    ):
        with pytest.raises(error):
            read(made.save(tmp_path / name, data))
    with pytest.raises(errors.TooDeep):
        read(made.save(tmp_path / "f.csv.gz", made.gz(made.gz(table()))))
    with pytest.raises(errors.TooLarge):
        read(made.save(tmp_path / "g.zip", made.packed("a.csv", table())), limits=Limits(max_members=0))


def test_encrypted_zip_is_no_table(tmp_path: Path) -> None:
    """A password cannot be asked for: the refusal is typed."""
    data = bytearray(made.packed("a.csv", table()))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(errors.NotATable):
        read(made.save(tmp_path / "a.zip", bytes(data)))


def test_xlsx_with_entities_is_refused(tmp_path: Path) -> None:
    """A document type declaration inside a workbook is an attack, never a table."""
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with pytest.raises(errors.XmlEntities):
        read(made.save(tmp_path / "a.xlsx", made.xlsx(made.CCTV, made.cctv_rows(2), declaration=bomb)))


def test_two_far_cells_do_not_unfold_a_sheet(tmp_path: Path) -> None:
    """A sheet is laid out whole by the library: A1 and the last corner alone would take 400 GB."""
    good = made.xlsx(made.CCTV, made.cctv_rows(2))
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
    for cell in (
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b"<row r='9000000'/>",
        b'<row><c r="ZZZ1"/></row>',
    ):
        parts = {}
        with zipfile.ZipFile(io.BytesIO(good)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        parts["xl/worksheets/sheet1.xml"] = sheet % (b'<row r="1"><c r="A1"><v>1</v></c></row>' + cell)
        with pytest.raises(errors.TooLarge):
            read(
                made.save(
                    tmp_path / "a.xlsx",
                    made.packed("[Content_Types].xml", parts.pop("[Content_Types].xml"), **parts),
                )
            )
    with pytest.raises(errors.NotATable):
        read(
            made.save(
                tmp_path / "b.xlsx", made.packed("content.xml", b"<a/>", **{"xl/workbook.xml": b"<a/>"})
            )
        )


def test_old_workbook_is_measured_before_it_is_unfolded(tmp_path: Path) -> None:
    """Sixteen bits of column are more than any sheet has; a damaged container is no table."""
    assert not workbooks.check_xls(made.xls([(0, 0), (9, 3)]), "a.xls", Limits())
    with pytest.raises(errors.TooLarge):
        read(made.save(tmp_path / "a.xls", made.xls([(0, 0), (65_535, 65_535)])))
    good = made.xls([(0, 0)])
    for broken in (
        good[:600],
        good[:512] + struct.pack("<I", 0) * 128 + good[1024:],
        good.replace(b"W\x00o\x00", b"X\x00o\x00"),
    ):
        with pytest.raises(errors.NotATable):
            read(made.save(tmp_path / "b.xls", broken))


def test_json_has_a_lower_bound_of_its_own(tmp_path: Path) -> None:
    """A JSON parser needs many times the size of its text."""
    with pytest.raises(errors.TooLarge):
        read(made.save(tmp_path / "a.geojson", made.geojson(made.lines(9))), limits=Limits(max_json=100))


def test_other_formats_are_refused_by_name(tmp_path: Path) -> None:
    """Known formats without a reader say so; entities are named first; what has no rows is no table."""
    with pytest.raises(errors.Unsupported):
        read(made.save(tmp_path / "a.net.xml", b"<?xml version='1.0'?><net/>"))
    with pytest.raises(errors.XmlEntities):
        read(made.save(tmp_path / "b.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"))
    with pytest.raises(errors.NotATable):
        read(made.save(tmp_path / "c.json", b'{"nodes": []}'))
    with pytest.raises(errors.Unsupported):
        read(made.save(tmp_path / "d.dbf", b"x"))


def test_deep_json_is_refused_before_parsing(tmp_path: Path) -> None:
    """Ten thousand open brackets never reach a recursive parser."""
    data = b'{"type":"FeatureCollection","features":' + b"[" * 10_000
    with pytest.raises(errors.TooDeep):
        read(made.save(tmp_path / "a.geojson", data))


def test_binary_is_no_table(tmp_path: Path) -> None:
    """Random and compressed bytes under a table's name are refused."""
    for name, data in (
        ("a.csv", bytes(range(256)) * 8),
        ("b.csv", zlib.compress(b"x" * 999)),
        ("c.xls", b"\xd0\xcf\x11\xe0" + b"\x01" * 600),
    ):
        with pytest.raises((errors.NotATable, errors.BadEncoding)):
            read(made.save(tmp_path / name, data))


def test_quote_that_never_closes_is_refused_with_its_line(tmp_path: Path) -> None:
    """An open quotation mark swallows rows; the line where it opens is named."""
    good = made.text(made.CCTV, made.cctv_rows(30))
    lines = good.splitlines(keepends=True)
    lines[10] = '"' + lines[10]
    with pytest.raises(errors.UnclosedQuote) as caught:
        read(made.save(tmp_path / "a.csv", "".join(lines)))
    assert caught.value.line == 11
    with pytest.raises(errors.UnclosedQuote):
        read(made.save(tmp_path / "b.csv", '"a,b'))
    with pytest.raises(errors.UnclosedQuote):
        read(made.save(tmp_path / "c.csv", good.replace("생활방범", '"생활', 1) + "x\n" * 200_000))


def test_quote_open_in_the_last_line_costs_that_line_only(tmp_path: Path) -> None:
    """A file cut in the middle of its last row keeps all others, and says that it is cut."""
    text = made.text(made.LIGHT, made.light_rows(9)).rstrip()
    cut = text[: text.rindex(",")] + ',"2020'
    for name, content in (("a.csv", cut), ("b.csv", cut + "\n")):
        result = read(made.save(tmp_path / name, content))
        assert (result.rows, result.accepted, result.reasons) == (9, 8, {"cut_off": 1})
        assert "cut_off" in result.warnings


def test_field_of_ten_thousand_signs_is_quarantined(tmp_path: Path) -> None:
    """One absurd cell costs its row, not the file."""
    rows = made.cctv_rows(3)
    rows[1][6] = "가" * 10_000
    result = read(made.save(tmp_path / "a.csv", made.text(made.CCTV, rows)))
    assert result.reasons == {"field_too_long": 1}
    assert result.quarantine[0].line == 3


def test_error_text_names_file_line_and_code_only() -> None:
    """An error can be logged: no content of the file is in it."""
    error = errors.BadEncoding("a.csv", "not cp949 from byte 7", line=3)
    assert str(error) == "a.csv:3: bad_encoding (not cp949 from byte 7)"
    assert str(errors.Empty("a.csv")) == "a.csv: empty_file"
