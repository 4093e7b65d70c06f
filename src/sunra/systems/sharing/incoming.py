"""Files at the door: which of a folder are tables, what they are called, their hash."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from sunra.platform.base.errors import UserError

SIDECARS = frozenset({".dbf", ".shx", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".qix"})
_DATE_TAIL = re.compile(r"[_\-\s(]*(?:19|20)\d{2}[.\-]?\d{0,2}[.\-]?\d{0,2}\)?$")


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
        parts = [path] + [path.with_suffix(end) for end in sorted(SIDECARS) if path.suffix.lower() == ".shp"]
        for part in parts:
            if part.is_file():
                with part.open("rb") as stream:
                    while chunk := stream.read(1 << 20):
                        digest.update(chunk)
        return cls(path, name or path.name, digest.hexdigest())

    @property
    def title(self) -> str:
        """The dataset's name: the file's without its ending and without the date at its end."""
        stem = Path(self.name).stem.strip()
        return (_DATE_TAIL.sub("", stem).strip(" _-") or stem)[:200]


def files_in(folder: Path) -> list[Path]:
    """The files of a folder that may be tables, by name; raises ``UserError`` when there is none."""
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
