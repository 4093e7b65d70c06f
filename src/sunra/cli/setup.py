"""``sunra setup``: databases created or brought up to date, code tables loaded."""

import click
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from sunra.platform.base.home import home
from sunra.platform.places.services import load_codes


def prepare(*, verbosity: int = 0) -> None:
    """Migrate both databases and load the 법정동 codes; quick when nothing is to do."""
    home().mkdir(mode=0o700, parents=True, exist_ok=True)
    for alias in ("default", "ledger"):
        if behind(alias):
            call_command("migrate", database=alias, interactive=False, verbosity=verbosity)
    load_codes()


def behind(alias: str) -> bool:
    """Whether migrations wait for a database; asking is quick, an idle ``migrate`` takes a second."""
    executor = MigrationExecutor(connections[alias])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@click.command()
@click.option("--verbose", is_flag=True, help="Name every migration.")
def setup(*, verbose: bool) -> None:
    """Create or migrate the databases and load the code tables."""
    prepare(verbosity=1 if verbose else 0)
    click.echo("ready")
