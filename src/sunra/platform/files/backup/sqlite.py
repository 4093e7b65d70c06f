"""A SQLite database as one file: copied while it is in use, put back by renaming."""

import contextlib
import sqlite3
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper


def dump(connection: BaseDatabaseWrapper, target: Path) -> list[Path]:
    """Copy the database to ``target``/database.sqlite3 as of one moment; writers go on meanwhile (WAL)."""
    copy = target / "database.sqlite3"
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(copy)) as made:
        connection.connection.backup(made)
        made.execute("PRAGMA journal_mode=DELETE")
        (verdict,) = made.execute("PRAGMA quick_check").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(f"the copy of {connection.alias} is damaged: {verdict}")
    return [copy]


def holds_data(connection: BaseDatabaseWrapper) -> bool:
    """Whether there is a database file."""
    return _path(connection).exists()


def set_aside(connection: BaseDatabaseWrapper, aside: Path) -> None:
    """Move the database with its journal to the folder ``aside``."""
    connection.close()
    path = _path(connection)
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        if file.exists():
            file.rename(aside / file.name)


def load(connection: BaseDatabaseWrapper, source: Path, _migrations: list[list[str]]) -> None:
    """Put the copy in ``source`` in the database's place."""
    connection.close()
    path = _path(connection)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    (source / "database.sqlite3").rename(path)


def _path(connection: BaseDatabaseWrapper) -> Path:
    return Path(str(connection.settings_dict["NAME"]))
