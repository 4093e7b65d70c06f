"""A file is what its content says, and nothing hostile is kept."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.platform.base.errors import UserError
from sunra.platform.files import content, names
from sunra.platform.files.content import Bounds
from tests.platform.files import made


def seen(tmp_path: Path, body: bytes, name: str = "a.csv", bounds: Bounds | None = None) -> str:
    """The media type found for a body."""
    path = tmp_path / "body"
    path.write_bytes(body)
    return content.media_type(path, name, bounds)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (made.CSV, content.CSV),
        ("이름,값\n가,1\n".encode(), content.CSV),
        ("이름,값\n".encode("utf-16"), content.CSV),
        (made.GEOJSON, content.GEOJSON),
        (b"[1, 2]", content.JSON),
        (b"{not json, but text", content.CSV),
        (made.GPX, content.GPX),
        (made.PDF, content.PDF),
        (made.PNG, content.PNG),
        (made.JPEG, content.JPEG),
        (made.XLS, content.XLS),
        (made.workbook(), content.XLSX),
        (made.archive({"a.csv": b"1,2"}), content.ZIP),
    ],
)
def test_a_kind_is_known_by_its_content(tmp_path: Path, body: bytes, found: str) -> None:
    """If this fails, an honest file is refused or taken for another kind."""
    assert seen(tmp_path, body, "whatever.exe") == found


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "file_empty"),
        (made.EXE, "file_type"),
        (made.HTML, "file_type"),
        (made.SVG, "file_type"),
        (made.BILLION, "file_type"),
        (b"\x7fELF" + bytes(range(256)), "file_type"),
        (b"a,b\x00c\n", "file_type"),
        (b"\x81\xff\xff,", "file_type"),
        (made.XLS + b"HWP Document File", "file_type"),
        (made.workbook(macro=True), "file_type"),
        (made.archive({"[Content_Types].xml": b"x", "word/document.xml": b"x"}), "file_type"),
        (b"PK\x03\x04 broken", "archive_broken"),
        (made.archive({}), "archive_empty"),
        (made.archive({"../../etc/cron.d/x": b"x"}), "archive_names"),
        (made.archive({"/etc/passwd": b"x"}), "archive_names"),
        (made.archive({"..\\..\\x.csv": b"x"}), "archive_names"),
        (made.link(), "archive_names"),
        (made.archive({"a/" * 12 + "x.csv": b"x"}), "archive_depth"),
        (made.archive({"a.csv": b"\0" * 30_000_000}), "archive_ratio"),
        (made.claiming(2**31), "archive_size"),
    ],
)
def test_what_is_not_safe_is_refused_with_its_reason(tmp_path: Path, body: bytes, code: str) -> None:
    """If this fails, something is kept that a browser, a reader or a disk would suffer from."""
    with pytest.raises(UserError) as refused:
        seen(tmp_path, body)
    assert refused.value.code == code
    assert refused.value.remedy


def test_an_archive_of_too_many_files_is_refused(tmp_path: Path) -> None:
    """If this fails, a directory of millions of names is walked."""
    body = made.archive({f"{n}.csv": b"1" for n in range(4)})
    with pytest.raises(UserError) as refused:
        seen(tmp_path, body, bounds=Bounds(members=3))
    assert refused.value.code == "archive_members"


def test_a_character_cut_by_the_window_is_no_error(tmp_path: Path) -> None:
    """If this fails, a large Korean file is refused because of where the first 64 KB end."""
    for shift in range(3):
        assert seen(tmp_path, b"a" * shift + "가".encode() * 40_000) == content.CSV
        assert seen(tmp_path, b"a" * shift + "가".encode("cp949") * 40_000) == content.CSV


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_known_or_refused(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    """If this fails, some content ends in a library's own exception."""
    path = tmp_path_factory.mktemp("any") / "body"
    path.write_bytes(body)
    try:
        found = content.media_type(path, "x")
    except UserError as refused:
        found = refused.code
    assert found in content.EXTENSIONS or found.startswith(("file_", "archive_"))


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd.csv"),
        ("C:\\Users\\홍길동\\보안등.csv", "보안등.csv"),
        ("보안등 현황(2026).CSV", "보안등 현황(2026).csv"),
        ("a\r\nSet-Cookie: x=1.csv", "aSet-Cookie_ x=1.csv"),
        ("fdp.\u202efsc.csv", "fdp.fsc.csv"),
        ('quo"te;.csv', "quo_te_.csv"),
        ("CON.csv", "_CON.csv"),
        ("...", "file.csv"),
        ("", "file.csv"),
        ("report.pdf", "report.pdf.csv"),
        ("가" * 500 + ".csv", "가" * 120 + ".csv"),
    ],
)
def test_names_become_harmless(given_name: str, kept: str) -> None:
    """If this fails, a name can leave its folder, break a header or hide its ending."""
    assert names.harmless(given_name, content.CSV) == kept


@given(st.text(max_size=300))
def test_no_name_is_hostile_afterwards(name: str) -> None:
    """If this fails, some name still carries a path, a control sign or the wrong ending."""
    kept = names.harmless(name, content.PDF)
    assert kept.endswith(".pdf")
    assert len(kept) <= names.MOST + 4
    assert not set(kept) & set('/\\"\r\n\x00;')
    assert kept.isprintable()
