"""Pretendard GOV for pages (WOFF2) and for documents (TrueType, as typst reads no WOFF)."""

import shutil
from pathlib import Path

from django.conf import settings

from sunra.platform.ui.assets import Step

WEIGHTS = ("Regular", "Bold")


def source(weight: str, suffix: str) -> Path:
    """A font file of the npm package."""
    return (
        Path(settings.ASSETS_DIR)
        / "node_modules/krds-uiux/resources/fonts"
        / f"PretendardGOV-{weight}.subset.{suffix}"
    )


def page_font(weight: str) -> Path:
    """The font that pages load."""
    return Path(settings.ASSETS_DIR) / "made/fonts" / f"PretendardGOV-{weight}.woff2"


def document_font(weight: str) -> Path:
    """The font that typst finds in ``ASSETS_DIR/fonts``."""
    return Path(settings.ASSETS_DIR) / "fonts" / f"PretendardGOV-{weight}.ttf"


def run() -> None:
    """Copy the page fonts, unpack the document fonts."""
    from fontTools.ttLib import TTFont

    for weight in WEIGHTS:
        page_font(weight).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source(weight, "woff2"), page_font(weight))
        document_font(weight).parent.mkdir(parents=True, exist_ok=True)
        font = TTFont(source(weight, "woff"))
        font.flavor = None
        font.save(document_font(weight))


STEP = Step(
    name="fonts",
    title="fonts",
    inputs=lambda: [source(weight, suffix) for weight in WEIGHTS for suffix in ("woff", "woff2")],
    run=run,
    outputs=lambda: [make(weight) for weight in WEIGHTS for make in (page_font, document_font)],
)
