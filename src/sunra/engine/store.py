"""Tables on disk: one Parquet file each, complete or absent, with a digest and a note on where it came from.

A file is written beside its final name, flushed to the disk and renamed, so a reader never meets half a
table and a power cut leaves the old one. The note is JSON inside the Parquet file itself: it cannot be lost
apart from it.
"""

import hashlib
import json
import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

_NOTE = "sunra"


class StoreError(Exception):
    """A stored table cannot be used.

    ``code`` is "missing", "not_a_table" or "unknown_column", with ``params``.
    """

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(f"{code}: {params}")


@dataclass(frozen=True, slots=True)
class Stored:
    """A table on disk: ``sha256`` is the hex digest of the file's bytes."""

    path: Path
    sha256: str
    rows: int


def digest(path: Path) -> str:
    """The hex SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write(path: Path, frame: pl.DataFrame, meta: dict[str, Any]) -> Stored:
    """Write the table and its note (JSON-ready) under ``path``, at once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    note = json.dumps(meta, ensure_ascii=False, sort_keys=True)
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        frame.write_parquet(draft, compression="zstd", statistics=True, metadata={_NOTE: note})
        stored = Stored(path, digest(draft), frame.height)
        _sync(draft)
        draft.replace(path)
        _sync(path.parent)
    finally:
        draft.unlink(missing_ok=True)
    return stored


class Writer:
    """One table that comes in parts: ``add`` each, then ``close``; memory holds a part at a time.

    All parts have the columns and types of the first. Until it is closed the file is no table: write it
    where nobody looks for one.
    """

    def __init__(self, path: Path, meta: dict[str, Any]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self.rows = path, 0
        self._note = json.dumps(meta, ensure_ascii=False, sort_keys=True)
        self._out: Any = None

    def add(self, frame: pl.DataFrame) -> None:
        """Write one part more."""
        from pyarrow import parquet  # loaded where tables come in parts only

        part = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._out is None:
            schema = part.schema.with_metadata({_NOTE: self._note})
            self._out = parquet.ParquetWriter(self.path, schema, compression="zstd")
        self._out.write_table(part)
        self.rows += frame.height

    def close(self) -> Stored:
        """The table is whole and on the disk; raises ``StoreError`` ``missing`` when no part came."""
        if self._out is None:
            raise StoreError("missing", path=self.path.name)
        self._out.close()
        _sync(self.path)
        return Stored(self.path, digest(self.path), self.rows)

    def abandon(self) -> None:
        """Leave nothing behind."""
        if self._out is not None:
            self._out.close()
        self.path.unlink(missing_ok=True)


def adopt(stored: Stored, path: Path) -> Stored:
    """Give a table written in parts its final name, at once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    stored.path.replace(path)
    _sync(path.parent)
    return Stored(path, stored.sha256, stored.rows)


def read(path: Path, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """The table, or the named columns of it in that order. Raises ``StoreError``."""
    _check(path)
    try:
        if columns is not None:
            missing = [column for column in columns if column not in pl.read_parquet_schema(path)]
            if missing:
                raise StoreError("unknown_column", path=path.name, columns=missing)
        return pl.read_parquet(
            path, columns=None if columns is None else list(columns), hive_partitioning=False
        )
    except pl.exceptions.ComputeError as cause:
        raise StoreError("not_a_table", path=path.name) from cause


def meta(path: Path) -> dict[str, Any]:
    """The note written with the table, empty for a Parquet file from elsewhere. Raises ``StoreError``."""
    _check(path)
    try:
        note: dict[str, Any] = json.loads(pl.read_parquet_metadata(path).get(_NOTE, "{}"))
    except pl.exceptions.ComputeError as cause:
        raise StoreError("not_a_table", path=path.name) from cause
    return note


def _check(path: Path) -> None:
    if not path.is_file():
        raise StoreError("missing", path=path.name)
