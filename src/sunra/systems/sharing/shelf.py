"""Where the tables of vintages lie: Parquet files under the home folder, part of every backup.

A vintage's table is what is published of it, exactly; its rejects are all rows put aside. The row in the
database keeps the digests, so that nothing altered on disk is ever published.
"""

from pathlib import Path
from uuid import UUID

import polars as pl
from django.utils.translation import gettext_lazy as _

from sunra.engine import store
from sunra.platform.base.errors import UserError
from sunra.platform.base.home import folder, home
from sunra.systems.sharing.models import Vintage

_FOLDER = "tables"
_ARRIVING = "arriving"
_PARTS = ("table", "rejects", "changes")


def path_of(dataset_id: UUID, vintage_id: UUID, part: str) -> Path:
    """The place of one part of a vintage."""
    return folder(_FOLDER) / "sharing" / str(dataset_id) / f"{vintage_id}.{part}.parquet"


def put(vintage: Vintage, part: str, frame: pl.DataFrame) -> tuple[str, str]:
    """Keep a part; returns its path relative to the home folder, and its SHA-256."""
    path = path_of(vintage.dataset_id, vintage.id, part)
    stored = store.write(path, frame, {"vintage": str(vintage.id), "file": vintage.file_name, "part": part})
    return path.relative_to(home()).as_posix(), stored.sha256


def arriving(vintage_id: UUID, name: str, part: str) -> store.Writer:
    """A part of a vintage to be, written bit by bit; when nothing comes of it, ``parts`` finds it."""
    path = folder(_FOLDER) / "sharing" / _ARRIVING / f"{vintage_id}.{part}.parquet"
    return store.Writer(path, {"vintage": str(vintage_id), "file": name[:255], "part": part})


def adopt(vintage: Vintage, part: str, stored: store.Stored) -> tuple[str, str]:
    """Keep a part that was written bit by bit; returns as ``put``."""
    path = path_of(vintage.dataset_id, vintage.id, part)
    kept = store.adopt(stored, path)
    return path.relative_to(home()).as_posix(), kept.sha256


def table(vintage: Vintage) -> pl.DataFrame:
    """What is published of the vintage, with ``line``; raises ``UserError`` when it is gone or altered."""
    return _read(vintage.table, vintage.table_sha256)


def place_of_table(vintage: Vintage) -> Path:
    """The file of what is published of the vintage; raises as ``table``."""
    return _checked(vintage.table, vintage.table_sha256)


def rejects(vintage: Vintage) -> pl.DataFrame:
    """Every row put aside: ``line, field, reason, value, remedy``; raises ``UserError``."""
    return _read(vintage.rejects, vintage.rejects_sha256)


def changes(vintage: Vintage) -> pl.DataFrame | None:
    """The comparison kept with the vintage (``comparison.SCHEMA``); None when there is none."""
    try:
        return store.read(path_of(vintage.dataset_id, vintage.id, "changes"))
    except store.StoreError:
        return None


def remove(dataset_id: UUID, vintage_id: UUID) -> None:
    """Take every part of a vintage away."""
    for part in _PARTS:
        path_of(dataset_id, vintage_id, part).unlink(missing_ok=True)


def parts() -> list[tuple[UUID, Path]]:
    """Every file on the shelf with the vintage that it belongs to."""
    found = []
    for path in (folder(_FOLDER) / "sharing").rglob("*.parquet"):
        try:
            found.append((UUID(path.name.split(".")[0]), path))
        except ValueError:
            continue
    return found


def _read(relative: str, sha256: str) -> pl.DataFrame:
    return store.read(_checked(relative, sha256))


def _checked(relative: str, sha256: str) -> Path:
    path = home() / relative
    if not relative or not path.is_file():
        raise UserError(
            "table_gone",
            _("The table of this vintage is no longer there."),
            _("Hand the file in again, or tell your administrator: restore a backup."),
        )
    if store.digest(path) != sha256:
        raise UserError(
            "table_altered",
            _("The table of this vintage is not as it was written, so it is not used."),
            _("Hand the file in again, or tell your administrator: restore a backup."),
        )
    return path
