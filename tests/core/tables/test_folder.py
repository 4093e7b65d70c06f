"""Folders, summaries and workbooks."""

import json
from pathlib import Path

from sunra.core.tables import read, read_folder, summaries
from sunra.core.tables.sheets import _is_split_utf16, _join_utf16, _text
from tests.core.tables import made

KEYS = {
    "file",
    "kind",
    "encoding",
    "crs",
    "rows",
    "accepted",
    "merged",
    "quarantined",
    "reasons",
    "placed",
    "units",
    "warnings",
    "flags",
}


def folder(tmp_path: Path) -> Path:
    """A folder with a good, a broken and an unknown file, a shapefile with parts and a hidden file."""
    root = tmp_path / "data"
    (root / "sub").mkdir(parents=True)
    made.save(root / "b_cctv.csv", made.text(made.CCTV, made.cctv_rows(3)))
    made.save(root / "a_empty.csv", b"")
    made.save(root / "sub" / "c.csv", "이것,저것\n1,2\n3,4\n")
    made.save(root / ".hidden.csv", "x")
    made.save(root / "~$b.xlsx", "x")
    made.shapefile(root, made.lines(3))
    return root


def test_folder_is_read_whole_and_in_order(tmp_path: Path) -> None:
    """Parts belong to their .shp, hidden files are none, a refused file is reported and the rest goes on."""
    reads = list(read_folder(folder(tmp_path)))
    assert [(r.file, r.kind, r.rows) for r in reads] == [
        ("TL_SPRD_MANAGE.shp", "road", 3),
        ("a_empty.csv", "unknown", 0),
        ("b_cctv.csv", "cctv", 3),
        ("c.csv", "unknown", 2),
    ]
    assert reads[1].warnings == ("empty_file",)
    assert reads[3].reasons == {"unknown_kind": 2}
    assert [q.line for q in reads[3].quarantine] == [2, 3]


def test_summaries_are_json(tmp_path: Path) -> None:
    """Folders and files alike give one plain record per file, ready to print."""
    root = folder(tmp_path)
    found = summaries([root, root / "b_cctv.csv", root / "none.csv"])
    assert all(set(record) == KEYS for record in found)
    assert json.loads(json.dumps(found, ensure_ascii=False)) == found
    assert [record["file"] for record in found[-2:]] == ["b_cctv.csv", "none.csv"]
    assert found[-1]["warnings"] == ["unreadable"]


def test_workbook_of_texts_and_of_numbers_is_one_table(tmp_path: Path) -> None:
    """Portals export every cell as text; people save numbers: both are read the same."""
    rows = made.cctv_rows(5)
    numbers = [
        [float(cell) if index in (4, 10, 11) else cell for index, cell in enumerate(row)] for row in rows
    ]
    text = read(made.save(tmp_path / "a.xlsx", made.xlsx(made.CCTV, rows)))
    typed = read(made.save(tmp_path / "b.xlsx", made.xlsx(made.CCTV, numbers)))
    assert (text.kind, text.encoding, text.accepted) == ("cctv", None, 5)
    assert text.table.drop("key").equals(typed.table.drop("key"))
    assert text.table["line"].to_list() == [2, 3, 4, 5, 6]


def test_cells_of_a_workbook_as_people_type_them() -> None:
    """Dates, times, truth and whole numbers lose what the spreadsheet added."""
    import datetime as dt

    cells = [
        1.0,
        1.5,
        True,
        None,
        " a ",
        dt.datetime(2020, 1, 2),
        dt.datetime(2020, 1, 2, 3),
        dt.date(2020, 1, 2),
        dt.time(3),
    ]
    assert [_text(cell) for cell in cells] == [
        "1",
        "1.5",
        "Y",
        "",
        "a",
        "2020-01-02",
        "2020-01-02 03:00:00",
        "2020-01-02",
        "03:00:00",
    ]


def test_split_two_byte_text_is_joined() -> None:
    """Old workbooks whose characters come out in halves are read as what they say."""
    halves = "역번호".encode("utf-16-le").decode("cp1252")
    assert _join_utf16(halves) == "역번호"
    assert _is_split_utf16([halves, "위도".encode("utf-16-le").decode("latin-1")])
    assert not _is_split_utf16(["역번호", "abc"])
    assert [_join_utf16(text) for text in ("abc", "", "역a")] == ["abc", "", "역a"]
