"""``sunra setup``: databases created or brought up to date, code tables loaded."""

import click
from django.core.management import call_command

from sunra.platform.base.home import home
from sunra.platform.places.services import load_codes


def prepare(*, verbosity: int = 0) -> None:
    """Migrate both databases and load the 법정동 codes; quick when nothing is to do."""
    home().mkdir(mode=0o700, parents=True, exist_ok=True)
    call_command("migrate", database="default", interactive=False, verbosity=verbosity)
    call_command("migrate", database="ledger", interactive=False, verbosity=verbosity)
    load_codes()


@click.command()
@click.option("--verbose", is_flag=True, help="Name every migration.")
def setup(*, verbose: bool) -> None:
    """Create or migrate the databases and load the code tables."""
    prepare(verbosity=1 if verbose else 0)
    click.echo("ready")
