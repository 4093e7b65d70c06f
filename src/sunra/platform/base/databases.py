"""The databases brought up to the present release, each with the migrations that belong to it alone."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from asgiref.sync import sync_to_async
from django.core.management import call_command
from django.db import connections, router
from django.db.migrations.executor import MigrationExecutor

ALIASES = ("default", "ledger")


async def let_go() -> None:
    """Close the databases that this request asked so far: a stream that stays open must hold no connection
    of a server that has a hundred."""
    await sync_to_async(_close_idle)()


def _close_idle() -> None:
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


def behind(alias: str) -> bool:
    """Whether migrations wait for a database; asking is quick, an idle ``migrate`` takes a second."""
    executor = MigrationExecutor(connections[alias])
    leaves = executor.loader.graph.leaf_nodes()
    targets = [leaf for leaf in leaves if router.allow_migrate(alias, leaf[0])]
    return bool(executor.migration_plan(targets))


def bring_up_to_date(*, verbosity: int = 0) -> None:
    """Migrate what is behind. The ledger's database gets its own app alone: walking through all other
    apps' history to make none of their tables takes as long as making them."""
    for alias in ALIASES:
        if behind(alias):
            words = ("ledger",) if alias == "ledger" else ()
            with _seldom_collected():
                call_command("migrate", *words, database=alias, interactive=False, verbosity=verbosity)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Migrations make all models anew hundreds of times: looking for garbage as often as usual is a third of
    their time."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
