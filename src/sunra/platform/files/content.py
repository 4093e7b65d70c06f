"""What a file is by its content, and whether it is safe to keep: the name decides nothing.

Archives are bounded before anything in them is read: members, size when unpacked, ratio, depth.
"""

import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import puremagic
from django.utils.translation import gettext_lazy as _

from sunra.platform.base.errors import UserError

CSV, TEXT, JSON, GPX = "text/csv", "text/plain", "application/json", "application/gpx+xml"
GEOJSON = "application/geo+json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLS, ZIP, PDF = "application/vnd.ms-excel", "application/zip", "application/pdf"
PNG, JPEG = "image/png", "image/jpeg"

EXTENSIONS = {
    CSV: (".csv", ".tsv"),
    TEXT: (".txt",),
    JSON: (".json",),
    GEOJSON: (".geojson", ".json"),
    GPX: (".gpx",),
    XLSX: (".xlsx",),
    XLS: (".xls",),
    ZIP: (".zip",),
    PDF: (".pdf",),
    PNG: (".png",),
    JPEG: (".jpg", ".jpeg"),
}

_HEAD = 64 * 1024
_JSON_MOST = 64 * 1024 * 1024
_SIGNATURES = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far an archive may unfold: ``unpacked`` in bytes, ``ratio`` of unpacked to packed size."""

    members: int = 2_000
    unpacked: int = 1024 * 1024 * 1024
    ratio: int = 200
    depth: int = 8


def media_type(path: Path, name: str, bounds: Bounds | None = None) -> str:
    """The media type of the file at ``path``, called ``name``.

    Raises ``UserError``: ``file_empty``, ``file_type`` (not one of ``EXTENSIONS``), ``archive_*`` (unsafe).
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head:
        raise UserError(
            "file_empty", _("The file is empty."), _("Check that it was saved completely."), (name,)
        )
    for signature, found in _SIGNATURES:
        if head.startswith(signature):
            return found
    if head.startswith(b"PK"):
        return _archive(path, name, bounds or Bounds())
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _old_office(head, name)
    return _written(path, head, name)


def _refused(head: bytes, name: str) -> UserError:
    """The refusal of a content that is none of those kept, with the best guess at what it is."""
    try:
        guess = puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        guess = ""
    return UserError(
        "file_type",
        _("This kind of file is not accepted."),
        _("Hand it in as CSV, XLSX, XLS, ZIP, GeoJSON, GPX, PDF, PNG or JPEG."),
        tuple(part for part in (name, guess) if part),
    )


def _old_office(head: bytes, name: str) -> str:
    """XLS, unless the same container holds something else (HWP and DOC look alike from outside)."""
    if b"HWP Document File" in head or "WordDocument".encode("utf-16-le") in head:
        raise _refused(head, name)
    return XLS


def _written(path: Path, head: bytes, name: str) -> str:
    """Text of one of the encodings that Korean files use; markup that a browser would run is refused."""
    text = _decoded(head)
    if text is None or _CONTROL.search(text):
        raise _refused(head, name)
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        if re.search("<gpx[\\s>]", start[:2000]) and "<!DOCTYPE" not in text and "<!ENTITY" not in text:
            return GPX
        raise _refused(head, name)
    if start[:1] in {"{", "["} and path.stat().st_size <= _JSON_MOST:
        found = _json(path)
        if found:
            return found
    return TEXT if name.lower().endswith(".txt") else CSV


def _json(path: Path) -> str | None:
    try:
        value = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    shaped = isinstance(value, dict) and value.get("type") in {"FeatureCollection", "Feature"}
    return GEOJSON if shaped else JSON


def _decoded(head: bytes) -> str | None:
    """The text of ``head``; a character cut in two at its end does not count against it."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        codecs = ["utf-16"]
    elif b"\x00" in head:
        return None
    else:
        codecs = ["utf-8-sig", "cp949"]
    for codec in codecs:
        for cut in range(4):
            try:
                return head[: len(head) - cut].decode(codec)
            except UnicodeDecodeError as error:
                if len(head) < _HEAD or error.start < len(head) - 8:
                    break
    return None


def _archive(path: Path, name: str, bounds: Bounds) -> str:
    """ZIP or XLSX, after its directory was held against ``bounds``; nothing is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise _unsafe("archive_broken", name) from None
    for code, wrong in _CHECKS:
        if wrong(members, bounds):
            raise _unsafe(code, name)
    names = {member.filename for member in members}
    if "[Content_Types].xml" not in names:
        return ZIP
    if "xl/workbook.xml" not in names or any(n.lower().endswith("vbaproject.bin") for n in names):
        raise _refused(b"PK", name)
    return XLSX


def _hostile(member: zipfile.ZipInfo) -> bool:
    """A member that would land outside the folder, or is a link."""
    pure = PurePosixPath(member.filename.replace("\\", "/"))
    is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
    return is_link or pure.is_absolute() or ".." in pure.parts or ":" in member.filename


Check = Callable[[list[zipfile.ZipInfo], Bounds], bool]
_CHECKS: tuple[tuple[str, Check], ...] = (
    ("archive_empty", lambda members, _b: not members),
    ("archive_members", lambda members, b: len(members) > b.members),
    ("archive_size", lambda members, b: sum(m.file_size for m in members) > b.unpacked),
    (
        "archive_ratio",
        lambda members, b: (
            sum(m.file_size for m in members)
            > b.ratio * max(sum(m.compress_size for m in members), 64 * 1024)
        ),
    ),
    ("archive_locked", lambda members, _b: any(m.flag_bits & 1 for m in members)),
    ("archive_names", lambda members, _b: any(map(_hostile, members))),
    (
        "archive_depth",
        lambda members, b: any(len(PurePosixPath(m.filename).parts) > b.depth for m in members),
    ),
)
_WORDS = {
    "archive_broken": _("The archive is damaged."),
    "archive_empty": _("The archive is empty."),
    "archive_members": _("The archive holds too many files."),
    "archive_size": _("The archive would become too large when unpacked."),
    "archive_ratio": _("The archive would become suspiciously large when unpacked."),
    "archive_locked": _("The archive is protected by a password."),
    "archive_names": _("The archive holds names that would lead outside its folder."),
    "archive_depth": _("The archive's folders are nested too deeply."),
}


def _unsafe(code: str, name: str) -> UserError:
    return UserError(code, _WORDS[code], _("Unpack it and hand in the files one by one."), (name,))
