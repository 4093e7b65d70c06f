"""On PostgreSQL: what the application's role may do, so that it can add to the ledger but not alter it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

LEDGER = (
    "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT ON ledger_record, ledger_segment, ledger_chain, ledger_anchormark TO {role}",
    "GRANT UPDATE (seq, head) ON ledger_chain TO {role}",
    "GRANT UPDATE (state, end_hash, last_seq) ON ledger_segment TO {role}",
    "GRANT UPDATE ON ledger_anchormark TO {role}",
    "GRANT SELECT ON django_migrations TO {role}",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
)
DEFAULT = (
    "ALTER ROLE {role} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
)


class Command(BaseCommand):
    """Run it as the owner role after each migration; the owner alone migrates and expires the ledger."""

    help = "Give a PostgreSQL role what the application needs: the ledger may be added to, never altered."

    def add_arguments(self, parser: CommandParser) -> None:
        """The role, and whether to print only."""
        parser.add_argument("role", help="An existing role, without superuser rights.")
        parser.add_argument("--print", action="store_true", dest="dry", help="Print the SQL, change nothing.")

    def handle(self, *_args: Any, role: str, dry: bool, **_options: Any) -> None:
        """Grant on both databases."""
        for alias, statements in (("default", DEFAULT), ("ledger", LEDGER)):
            connection = connections[alias]
            if connection.vendor != "postgresql" and not dry:
                message = "This is for PostgreSQL; on SQLite triggers guard the ledger."
                raise CommandError(message)
            with connection.cursor() as cursor:
                for statement in statements:
                    sql = statement.format(role='"{}"'.format(role.replace('"', '""')))
                    self.stdout.write(f"-- {alias}: {sql};")
                    if not dry:
                        cursor.execute(sql)
