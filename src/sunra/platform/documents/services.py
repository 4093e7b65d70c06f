"""Makes PDF documents from typst templates."""

import json
from pathlib import Path
from typing import Any, cast

import typst
from django.apps import apps
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sunra.platform.base.errors import UserError

FONT_FILES = (".otf", ".ttf")


class TemplateError(RuntimeError):
    """A template is missing or wrong; says where, never with which data."""


def render(template: str, data: dict[str, Any], *, one_page: bool = False) -> bytes:
    """The PDF/UA document that ``template`` ("app/name.typ": ``<app>/documents/name.typ``) makes of data.

    ``data`` (JSON) reaches the template as ``sys.inputs.data`` and is never read as markup; ``site`` and
    ``lang`` are added. Templates build on ``documents/page.typ``. Raises ``UserError`` ``fonts_missing``
    before the assets are built and ``document_too_long`` when ``one_page`` is asked and more come out;
    ``TemplateError`` otherwise.
    """
    path = _template(template)
    lang = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    inputs = {"data": json.dumps({"site": settings.SITE_NAME, "lang": lang, **data}, ensure_ascii=False)}
    try:
        compiler = typst.Compiler(
            input=str(path),
            root=str(settings.PACKAGE),
            font_paths=_fonts(settings.ASSETS_DIR),
            ignore_system_fonts=True,
            sys_inputs=inputs,
        )
        pdf = compiler.compile(format="pdf", pdf_standards=["ua-1"])
        pages = json.loads(compiler.query("<pages>", field="value", one=True)) if one_page else 1
    except typst.TypstError as error:
        raise TemplateError(f"{template}: {error.message}") from None
    if one_page and int(pages) > 1:
        raise UserError(
            "document_too_long",
            _("The document does not fit on one page."),
            _("Choose fewer rows, or a shorter period."),
            (f"{pages}",),
        )
    return cast("bytes", pdf)


def _template(name: str) -> Path:
    """The file behind "app/name.typ"."""
    label, _slash, file = name.partition("/")
    try:
        path = Path(apps.get_app_config(label).path) / "documents" / file
    except LookupError:
        raise TemplateError(f"{name}: no such app") from None
    if "/" in file or not file.endswith(".typ") or not path.is_file():
        raise TemplateError(f"{name}: no such template")
    return path


def _fonts(assets: Path) -> list[str]:
    """The folder of the document fonts; raises ``UserError`` ``fonts_missing`` when there are none."""
    folder = assets / "fonts"
    if not _holds_fonts(folder):
        raise UserError(
            "fonts_missing",
            _("The fonts for documents are not installed."),
            _("Run the command `sunra assets` once."),
            (str(folder),),
        )
    return [str(folder)]


def _holds_fonts(folder: Path) -> bool:
    return folder.is_dir() and any(path.suffix in FONT_FILES for path in folder.iterdir())
