"""Test databases as copies of migrated ones: each worker of a run needs two, and a migration takes long."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests.homes import MIGRATE, Homes, run

RECORDED = "SELECT app, name, applied FROM django_migrations WHERE app <> 'ledger'"
REMEMBER = "INSERT INTO django_migrations (app, name, applied) VALUES ({})"
"""Django's own set-up of test databases would walk all apps' history for the ledger's database too."""

FILES = {"default": "sunra.sqlite3", "ledger": "ledger.sqlite3"}


def prepare(homes: Homes, scratch: Path) -> list[sqlite3.Connection]:
    """Let the test databases of this worker begin as copies; what is given back must stay open meanwhile."""
    from django.db import connections

    creation = connections["default"].creation
    if connections["default"].vendor == "sqlite":
        if not creation.is_in_memory_db(creation._get_test_db_name()):
            return []  # files that somebody laid there
        return _fill_memory(homes.copy("migrated", scratch))
    url = os.environ["DATABASE_URL"]
    name = homes.once("postgres-template", lambda: _make_template(url, scratch))
    for alias, suffix in (("default", ""), ("ledger", "_ledger")):
        connections[alias].settings_dict["TEST"]["TEMPLATE"] = name + suffix
    return []


def _fill_memory(home: Path) -> list[sqlite3.Connection]:
    """Fill the shared in-memory databases that Django is about to open; they live while one is open."""
    from django.db import connections

    held = []
    for alias, file in FILES.items():
        name = connections[alias].creation._get_test_db_name()
        kept = sqlite3.connect(name, uri=True, check_same_thread=False)
        with closing(sqlite3.connect(home / file)) as source:
            source.backup(kept)
        held.append(kept)
    _remember(*held)
    return held


def remember(home: Path) -> None:
    """The same for an installation whose files are the test databases."""
    main, ledger = (sqlite3.connect(home / file) for file in FILES.values())
    with closing(main), closing(ledger):
        _remember(main, ledger)


def _remember(main: sqlite3.Connection, ledger: sqlite3.Connection) -> None:
    ledger.executemany(REMEMBER.format("?, ?, ?"), main.execute(RECORDED).fetchall())
    ledger.commit()


def _make_template(url: str, home: Path) -> str:
    """Two migrated databases on the server of ``url``, made anew; the name of the first."""
    import psycopg
    from psycopg import sql

    parts = urlsplit(url)
    name = f"{parts.path.strip('/')}_test_template"
    main, ledger = (urlunsplit(parts._replace(path=f"/{one}")) for one in (name, f"{name}_ledger"))
    with psycopg.connect(url, autocommit=True) as server:
        for one in (name, f"{name}_ledger"):
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(one)))
        server.execute(
            sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
        )
    run(home, "-c", MIGRATE, database=main)
    with psycopg.connect(main) as source, psycopg.connect(ledger) as target:
        target.cursor().executemany(REMEMBER.format("%s, %s, %s"), source.execute(RECORDED).fetchall())
    return name
