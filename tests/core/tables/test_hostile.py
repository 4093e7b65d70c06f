"""Files made to harm: they end in a clear typed error or in harmless text, in bounded time and memory."""
# ruff: noqa: E501 - header lines and records stay on one line, as they are in the files

import json
import zlib
from pathlib import Path

import pytest

from sunra.core.tables import Limits, errors, read
from tests.core.tables import made


def test_formulas_in_text_stay_text_and_are_flagged(tmp_path: Path) -> None:
    """A cell that a spreadsheet would run is kept as it stands; telephone numbers and dashes are no formulas."""
    rows = made.cctv_rows(4)
    rows[0][6], rows[1][6], rows[2][6], rows[3][6] = '=HYPERLINK("x")', "@SUM(A1)", "+cmd|' /C calc'!A0", "-"
    rows[3][9] = "+82-2-000-0000"
    result = read(made.save(tmp_path / "a.csv", made.text(made.CCTV, rows)))
    assert (result.flags["formulas"], result.accepted) == (3, 4)
    assert (
        "formulas" not in read(made.save(tmp_path / "b.csv", made.text(made.CCTV, made.cctv_rows(3)))).flags
    )


def test_computed_cells_of_a_workbook(tmp_path: Path) -> None:
    """A subtotal is a formula: the value last saved is read; saved without a value the cell is empty, and said so."""
    book = made.xlsx("관서명,살인(발생),강도(발생),절도(발생)", [["가상서", 1, 2, 3], ["나상서", 4, 5, 6]])
    data = made.unpacked(book)
    sheet = "xl/worksheets/sheet1.xml"
    for old, new, flags in (
        (b"<c><v>1</v></c>", b"<c><f>1+0</f><v>1</v></c>", {"computed_cells": 1}),
        (b"<c><v>1</v></c>", b"<c><f>SUM(B3)</f></c>", {"computed_cells": 1, "uncomputed_cells": 1}),
    ):
        changed = made.repacked({**data, sheet: data[sheet].replace(old, new)})
        result = read(made.save(tmp_path / "범죄_2020.xlsx", changed))
        assert result.flags == flags


HOSTILE = {
    "open quote": ("a.csv", b"a,b\n" + b'"' + b"x,y\n" * 500, errors.UnclosedQuote),
    "NUL": ("a.csv", b"a,b\n1,2\x00\n" * 50, errors.NotATable),
    "many columns": ("a.csv", b",".join([b"x"] * 5_000) + b"\n1\n", errors.TooLarge),
    "deep list": ("a.json", b"[" * 100_000, errors.TooDeep),
    "deep dict": ("a.json", b'{"a":' * 100_000, errors.TooDeep),
    "deep features": (
        "a.geojson",
        b'{"type":"FeatureCollection","features":' + b"[" * 100_000,
        errors.TooDeep,
    ),
    "deep elements": ("a.xml", b"<a>" * 100_000, errors.TooDeep),
    "outside entity": ("a.xml", b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', errors.XmlEntities),
    "entities": (
        "a.xml",
        b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><l>&b;</l>',
        errors.XmlEntities,
    ),
    "zip in zip": ("a.zip", made.packed("a.zip", made.packed("a.csv", b"a,b\n1,2\n")), errors.TooDeep),
    "gz in gz": ("a.csv.gz", made.gz(made.gz(b"a,b\n1,2\n")), errors.TooDeep),
    "zip bomb": ("a.zip", made.packed("a.csv", b"0" * 40_000_000), errors.TooLarge),
    "gz bomb": ("a.csv.gz", made.gz(b"0" * 40_000_000), errors.TooLarge),
    "two tables": ("a.zip", made.packed("a.csv", b"a\n1\n", **{"b.csv": b"a\n1\n"}), errors.ManyTables),
    "program": ("a.zip", made.packed("a.txt.exe", b"MZ"), errors.NotATable),
    "no workbook": ("a.xlsx", made.packed("[Content_Types].xml", b"x"), errors.NotATable),
    "another format": ("a.pdf", b"%PDF-1.7\n\x00\x01\x02\x03", errors.NotATable),
}


@pytest.mark.parametrize("what", sorted(HOSTILE))
def test_hostile_files_end_in_typed_errors(tmp_path: Path, what: str) -> None:
    """Open quotes, NUL, thousands of columns, deep nesting, entities, archives in archives, bombs."""
    name, data, error = HOSTILE[what]
    with pytest.raises(error):
        read(made.save(tmp_path / name, data))


def test_json_of_many_parts_is_refused_before_it_is_unfolded(tmp_path: Path) -> None:
    """Two bytes of brackets become sixty in memory: their number is bounded, and that of commas."""
    for data, limits in ((b"[{},{},{}]", Limits(max_brackets=3)), (b"[1,2,3,4]", Limits(max_cells=2))):
        with pytest.raises(errors.TooLarge):
            read(made.save(tmp_path / "a.json", data), limits=limits)


def test_a_zipped_shapefile_may_bring_its_description(tmp_path: Path) -> None:
    """The .shp.xml that map programs write is no second table."""
    path = made.shapefile(tmp_path, made.lines(4))
    parts = {f"road{suffix}": path.with_suffix(suffix).read_bytes() for suffix in (".shp", ".shx", ".dbf")}
    assert (
        read(made.save(tmp_path / "road.zip", made.packed("road.shp.xml", b"<metadata/>", **parts))).accepted
        == 4
    )


def test_a_gzip_that_lies_about_its_end_is_damaged(tmp_path: Path) -> None:
    """Half a gzip is refused as a whole, not read as a shorter table."""
    whole = made.gz(b"a,b\n" * 1_000)
    with pytest.raises(errors.NotATable):
        read(made.save(tmp_path / "a.csv.gz", whole[: len(whole) // 2]))
    assert zlib.decompressobj(31).decompress(whole[:20]) is not None


def test_numbers_beyond_all_bounds_cost_their_row_only(tmp_path: Path) -> None:
    """Coordinates and counts of three hundred digits are refused row by row."""
    rows = made.cctv_rows(6)
    rows[0][4], rows[1][10], rows[2][11] = "9" * 300, "1e400", "-" + "9" * 300
    result = read(made.save(tmp_path / "a.csv", made.text(made.CCTV, rows)))
    assert result.rows == 6
    assert result.accepted >= 3


def test_limits_can_be_narrowed(tmp_path: Path) -> None:
    """Whoever reads strangers' files may allow less: every bound is an argument."""
    text = made.save(tmp_path / "a.csv", made.text(made.CCTV, made.cctv_rows(30)))
    answer = made.save(tmp_path / "a.json", json.dumps([{"a": 1}] * 30).encode())
    for path, limits in (
        (text, Limits(max_cells=20)),
        (text, Limits(max_rows=5)),
        (text, Limits(max_columns=3)),
        (text, Limits(max_bytes=50)),
        (answer, Limits(max_json=9)),
    ):
        with pytest.raises(errors.TooLarge):
            read(path, limits=limits)
