"""Documents: one page, Korean, readable by a program, and data never become markup."""

import io
from pathlib import Path
from typing import Any

import pypdf
import pytest

from sunra.platform.base.errors import UserError
from sunra.platform.documents.services import TemplateError, render


@pytest.fixture
def fonts(settings: Any) -> None:
    """The document fonts, which the assets bring."""
    if not any((settings.ASSETS_DIR / "fonts").glob("*.ttf")):
        pytest.fail(f"no document fonts in {settings.ASSETS_DIR}: run `make setup`")


def sheet(rows: int = 3, **changed: Any) -> dict[str, Any]:
    """The data of a small list."""
    return {
        "title": "오늘 밤 순찰",
        "subtitle": "2026. 11. 22.(일) 22:00",
        "facts": [["팀", "3"], ["거점", "12"]],
        "columns": [{"label": "거점"}, {"label": "예상 건수", "numeric": True}],
        "rows": [[f"길음동 {n}", f"{n / 10:.1f}"] for n in range(rows)],
        "notes": ["위험 등급은 사람을 불러 세울 근거가 아닙니다."],
    } | changed


def read(pdf: bytes) -> Any:
    """The document as another program reads it."""
    return pypdf.PdfReader(io.BytesIO(pdf))


@pytest.mark.usefixtures("fonts")
def test_the_text_can_be_read_back() -> None:
    """If this fails, a briefing is a picture: no search, no screen reader."""
    document = read(render("documents/table.typ", sheet(demo="시연 자료"), one_page=True))
    text = document.pages[0].extract_text()
    assert len(document.pages) == 1
    for part in ("오늘 밤 순찰", "길음동 2", "0.2", "위험 등급은", "시연 자료", "2026. 11. 22.(일) 22:00"):
        assert part in text
    width, height = (float(side) for side in document.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (595, 842)


@pytest.mark.usefixtures("fonts")
def test_the_document_is_tagged_and_titled() -> None:
    """If this fails, assistive technology finds neither structure, language nor title."""
    document = read(render("documents/table.typ", sheet()))
    root = document.trailer["/Root"]
    assert document.metadata.title == "오늘 밤 순찰"
    assert root["/Lang"] == "ko"
    assert root["/MarkInfo"]["/Marked"]


@pytest.mark.usefixtures("fonts")
@pytest.mark.parametrize(
    "hostile", ["#panic()", '")#read("/etc/passwd")', "*굵게* _기움_ $x$", "\\ @ref <label>"]
)
def test_data_are_never_markup(hostile: str) -> None:
    """If this fails, a street's name can run code in a document."""
    data = sheet(title=hostile, rows=1, notes=[hostile], facts=[["a", hostile]])
    document = read(render("documents/table.typ", data))
    assert document.metadata.title == hostile
    assert hostile.split(maxsplit=1)[0] in document.pages[0].extract_text()


@pytest.mark.usefixtures("fonts")
def test_much_shrinks_to_one_page_and_too_much_is_told() -> None:
    """If this fails, a briefing runs over two pages, or is cut off unseen."""
    assert len(read(render("documents/table.typ", sheet(60), one_page=True)).pages) == 1
    with pytest.raises(UserError) as refused:
        render("documents/table.typ", sheet(300), one_page=True)
    assert refused.value.code == "document_too_long"
    assert len(read(render("documents/table.typ", sheet(300, one_page=False))).pages) > 1


def test_without_fonts_the_remedy_is_named(settings: Any, tmp_path: Path) -> None:
    """If this fails, an installation without assets prints boxes for Korean letters."""
    settings.ASSETS_DIR = tmp_path
    with pytest.raises(UserError) as refused:
        render("documents/table.typ", sheet())
    assert refused.value.code == "fonts_missing"
    assert "sunra assets" in str(refused.value.remedy)


@pytest.mark.parametrize(
    "name",
    [
        "documents/none.typ",
        "nowhere/table.typ",
        "documents/../services.py",
        "documents/services.py",
        "table.typ",
    ],
)
def test_only_templates_are_rendered(name: str) -> None:
    """If this fails, any file of the machine can be named as a template."""
    with pytest.raises(TemplateError):
        render(name, {})


@pytest.mark.usefixtures("fonts")
def test_a_fault_in_the_data_names_the_template_and_no_data() -> None:
    """If this fails, an error message carries what the document would have said."""
    with pytest.raises(TemplateError) as failed:
        render("documents/table.typ", {"secret": "홍길동"})
    assert "documents/table.typ" in str(failed.value)
    assert "홍길동" not in str(failed.value)
