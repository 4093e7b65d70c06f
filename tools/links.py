"""Checks that every relative link in the documents leads somewhere, headings included."""

import re
import sys
import unicodedata
from pathlib import Path

from tools.steps import ROOT

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
FENCE = re.compile(r"```.*?```", re.DOTALL)


def anchors(text: str) -> set[str]:
    """The anchors that a page's headings make."""
    found = set()
    for line in FENCE.sub("", text).splitlines():
        if line.startswith("#"):
            title = unicodedata.normalize("NFC", line.lstrip("#").strip().lower())
            found.add(re.sub(r"[^\w\- ]", "", title).replace(" ", "-"))
    return found


def broken(page: Path) -> list[str]:
    """The links of one page that lead nowhere."""
    bad = []
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        missing_anchor = (
            anchor
            and there.suffix == ".md"
            and there.exists()
            and anchor not in anchors(there.read_text("utf-8"))
        )
        if not there.exists() or missing_anchor:
            bad.append(f"{page.relative_to(ROOT)}: {target}")
    return bad


def main() -> int:
    """Print what is broken; 1 when anything is."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    bad = [link for page in pages for link in broken(page)]
    print("\n".join(bad) or f"{len(pages)} pages, no broken link")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
