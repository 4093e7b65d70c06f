"""A PostgreSQL database as the rows of its tables, in one snapshot; the schema comes from the migrations.

No outside program: ``pg_dump`` must be as new as the server and is not on every machine, and a dump of the
schema would carry the roles of the machine that it came from.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from sunra.platform.files.backup.errors import refusal

_OWN = "django_migrations"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
_COLUMNS = """
    SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(quote_ident(%s)) AND attnum > 0
    AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"""
_SEQUENCES = """
    SELECT c.relname, a.attname, pg_get_serial_sequence(quote_ident(c.relname), a.attname)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0
    AND NOT a.attisdropped AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL"""


def dump(connection: BaseDatabaseWrapper, target: Path) -> list[Path]:
    """Write each table to ``target``/<table>.copy: column names in the first line, then COPY's text."""
    made = []
    with _connect(connection) as raw:
        raw.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        raw.read_only = True
        for table in _tables(raw):
            columns = [name for (name,) in raw.execute(_COLUMNS, [table]).fetchall()]
            path = target / f"{table}.copy"
            with path.open("wb") as out, raw.cursor().copy(_copy(table, columns, "TO STDOUT")) as rows:
                out.write("\t".join(columns).encode() + b"\n")
                for chunk in rows:
                    out.write(chunk)
            made.append(path)
    return made


def holds_data(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database has any table."""
    with _connect(connection) as raw:
        return bool(_tables(raw))


def set_aside(connection: BaseDatabaseWrapper, _aside: Path) -> None:
    """Rename the schema, so that what it held can be looked at or brought back."""
    connection.close()
    with _connect(connection) as raw:
        (schema,) = raw.execute("SELECT current_schema()").fetchone() or ("public",)
        moved = f"{schema}_before_{datetime.now(UTC):%Y%m%d_%H%M%S_%f}"
        raw.execute(
            sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(sql.Identifier(schema), sql.Identifier(moved))
        )
        raw.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))


def load(connection: BaseDatabaseWrapper, source: Path, migrations: list[list[str]]) -> None:
    """Migrate the empty database to where the backup was, then fill its tables in one transaction."""
    _migrate(connection, {(app, name) for app, name in migrations})
    connection.close()
    with _connect(connection) as raw:
        tables = [table for table in _tables(raw) if table != _OWN]
        filled = [t for t in tables if raw.execute(_any(t)).fetchone()]
        if filled:  # rows that migrations write themselves; they come back with the backup
            raw.execute(
                sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(map(sql.Identifier, filled)))
            )
        for table in tables:
            _fill(raw, table, source / f"{table}.copy")
        for table, column, sequence in raw.execute(_SEQUENCES).fetchall():
            raw.execute(
                sql.SQL("SELECT setval({}, coalesce((SELECT max({}) FROM {}), 0) + 1, false)").format(
                    sql.Literal(sequence), sql.Identifier(column), sql.Identifier(table)
                )
            )


def _migrate(connection: BaseDatabaseWrapper, applied: set[tuple[str, str]]) -> None:
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    unknown = applied - set(graph.nodes)
    if unknown:
        raise refusal("backup_newer", *sorted(f"{app}.{name}" for app, name in unknown)[:5])
    followed = {parent.key for key in applied for parent in graph.node_map[key].parents}
    executor.migrate(sorted(applied - followed))


def _fill(raw: psycopg.Connection[Any], table: str, path: Path) -> None:
    with path.open("rb") as stream, raw.cursor() as cursor:
        columns = stream.readline().decode().rstrip("\n").split("\t")
        with cursor.copy(_copy(table, columns, "FROM STDIN")) as rows:
            while chunk := stream.read(1024 * 1024):
                rows.write(chunk)


def _connect(connection: BaseDatabaseWrapper) -> psycopg.Connection[Any]:
    """A connection of its own: the snapshot must begin with its transaction."""
    raw: psycopg.Connection[Any] = connection.get_new_connection(connection.get_connection_params())
    return raw


def _tables(raw: psycopg.Connection[Any]) -> list[str]:
    return [name for (name,) in raw.execute(_TABLES).fetchall()]


def _any(table: str) -> sql.Composed:
    return sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(table))


def _copy(table: str, columns: list[str], direction: str) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) " + direction).format(sql.Identifier(table), names)
