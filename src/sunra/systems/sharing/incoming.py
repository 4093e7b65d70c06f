"""Files at the door: which of a folder are tables, what they are called, their hash."""

import hashlib
import re
import shutil
import tempfile
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath

from django.utils.translation import gettext_lazy as _

from sunra.platform.base.errors import UserError
from sunra.platform.base.home import folder

_LEFT_BEHIND = 24 * 3600.0
"""Seconds after which a working folder belongs to nobody: its worker was killed."""
SIDECARS = frozenset({".dbf", ".shx", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".qix"})
_MONTH = r"(?:[.\-_년]?\s?(?:0?[1-9]|1[0-2])(?!\d)|(?:0[1-9]|1[0-2]))"
_DAY_OF = r"(?:[.\-_월]?\s?(?:0?[1-9]|[12]\d|3[01])(?!\d)\.?)"
_DAY = rf"(?:19|20)\d{{2}}{_MONTH}?{_DAY_OF}?월?일?"
_DATE = re.compile(rf"(?<![0-9A-Za-z])\(?\s*{_DAY}\s*(?:년|기준|현재)*\s*\)?(?![0-9A-Za-z])")
_COPY = re.compile(r"\s*\(\d{1,2}\)$")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file at the door: where it lies, what it is called, its hash."""

    path: Path
    name: str
    sha256: str

    @classmethod
    def at(cls, path: Path, name: str = "") -> "Incoming":
        """The file at ``path``, hashed together with the files that belong to a shapefile."""
        digest = hashlib.sha256()
        for part in parts_of(path):
            if part.is_file():
                with part.open("rb") as stream:
                    while chunk := stream.read(1 << 20):
                        digest.update(chunk)
        return cls(path, name or path.name, digest.hexdigest())

    @classmethod
    def unread(cls, path: Path, name: str) -> "Incoming":
        """A file that must not be opened; its hash is that of its name."""
        return cls(path, name, hashlib.sha256(f"unread {name}".encode()).hexdigest())

    def under_its_name(self, own: Path) -> Path:
        """The file as its sender calls it, inside ``own``: names tell kinds, endings tell formats."""
        name = PurePath(self.name).name
        if self.path.name == name:
            return self.path
        link = own / name
        link.symlink_to(self.path.resolve())
        return link

    @property
    def title(self) -> str:
        """The series that the file belongs to: its name with its folder, without ending, dates and "(1)"."""
        name = PurePath(self.name)
        folder = "" if name.parent == PurePath() else f"{name.parent.as_posix()}/"
        return (folder + series(name.stem))[:200]


@contextmanager
def working_folder() -> Iterator[Path]:
    """A folder for one reading, gone afterwards; what killed workers left behind goes too."""
    place = folder("tmp")
    for old in place.iterdir():
        if old.is_dir() and old.stat().st_mtime < time.time() - _LEFT_BEHIND:
            shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="reading-", dir=place) as own:
        yield Path(own)


def series(stem: str) -> str:
    """A file's name without the dates by which its vintages differ, in one normal form of Hangul.

    >>> series("서울특별시_성북구_CCTV_20200330"), series("(2022.8.1기준) 보안등 (1)"), series("2021")
    ('서울특별시_성북구_CCTV', '보안등', '2021')
    """
    text = unicodedata.normalize("NFC", stem).strip()
    bare = _DATE.sub("_", _COPY.sub("", text))
    bare = re.sub(r"[_\-\s]{2,}", "_", bare).strip(" _-()")
    return bare or text


def parts_of(path: Path) -> list[Path]:
    """The file and what belongs to it: a shapefile is several files."""
    return [path] + [path.with_suffix(end) for end in sorted(SIDECARS) if path.suffix.lower() == ".shp"]


def leaves(path: Path, folder: Path) -> bool:
    """Whether a link leads from inside ``folder`` to somewhere outside of it."""
    inside = folder.resolve()
    return any(not part.resolve().is_relative_to(inside) for part in parts_of(path))


def files_in(folder: Path) -> list[Path]:
    """The files of a folder and its folders that may be tables, by name; raises ``UserError`` when there is
    none.
    """
    if not folder.is_dir():
        raise UserError(
            "no_folder", _("There is no such folder."), _("Give a folder with data files."), (str(folder),)
        )
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".") and path.suffix.lower() not in SIDECARS
    )
    if not found:
        raise UserError(
            "empty_folder",
            _("The folder holds no file."),
            _("Put CSV, XLSX, SHP or GeoJSON files into it and start again."),
            (str(folder),),
        )
    return found
