"""Names of files as people may give them, made harmless: one line, no path, no trick, the right ending."""

import re
import unicodedata
from pathlib import PurePosixPath

from sunra.platform.files.content import EXTENSIONS

MOST = 120
_UNSAFE = re.compile(r'[<>:"|?*;%`$\\/\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def harmless(name: str, media_type: str) -> str:
    """``name`` as it may stand in a header, a page and a folder of any system, ending as its content does."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    # Direction marks and other invisible characters can make "exe.pdf" read as "fdp.exe".
    visible = "".join(c for c in unicodedata.normalize("NFC", last) if c.isprintable())
    clean = _UNSAFE.sub("_", visible).strip(" .") or "file"
    if _RESERVED.match(clean):
        clean = f"_{clean}"
    endings = EXTENSIONS[media_type]
    suffix = PurePosixPath(clean).suffix.lower()
    stem = clean[: -len(suffix)] if suffix in endings else clean
    return stem[:MOST].rstrip(" .") + (suffix if suffix in endings else endings[0])
