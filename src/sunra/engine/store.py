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
