"""``sunra setup``: databases created or brought up to date, code tables loaded."""

import click
from django.db import DatabaseError, OperationalError, connections

from sunra.platform.base.databases import bring_up_to_date
from sunra.platform.base.errors import UserError
from sunra.platform.base.home import home
from sunra.platform.places.services import load_codes


def prepare(*, verbosity: int = 0) -> None:
    """Migrate both databases and load the 법정동 codes; quick when nothing is to do."""
    migrate(verbosity=verbosity)
    load_codes()


def migrate(*, verbosity: int = 0) -> None:
    """Both databases with their present tables, made where they lack."""
    home().mkdir(mode=0o700, parents=True, exist_ok=True)
    create_ledger_database()
    bring_up_to_date(verbosity=verbosity)


def create_ledger_database() -> None:
    """On PostgreSQL the ledger has a database of its own; made here when the role may make one."""
    ledger = connections["ledger"]
    if ledger.vendor != "postgresql":
        return
    try:
        ledger.ensure_connection()
    except OperationalError as error:
        if "does not exist" not in str(error):
            raise
        name = str(ledger.settings_dict["NAME"])
        try:
            with connections["default"].cursor() as cursor:
                cursor.execute(f"CREATE DATABASE {ledger.ops.quote_name(name)}")
        except DatabaseError as refused:
            raise UserError(
                "ledger_database_missing",
                f"The ledger's database {name} does not exist and may not be made by this role.",
                "Let the server's owner create it, or name another one in LEDGER_DATABASE_URL.",
            ) from refused


@click.command()
@click.option("--verbose", is_flag=True, help="Name every migration.")
def setup(*, verbose: bool) -> None:
    """Create or migrate the databases and load the code tables."""
    prepare(verbosity=1 if verbose else 0)
    click.echo("ready")
