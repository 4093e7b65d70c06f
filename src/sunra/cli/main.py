"""The ``sunra`` command: loads one verb's module only when that verb is asked for."""

import os
from importlib import import_module
from typing import Any

import click

from sunra import __version__

# verb -> (module, attribute, needs Django, help); the help stands here so that --help stays instant
VERBS: dict[str, tuple[str, str, bool, str]] = {
    "setup": ("sunra.cli.setup", "setup", True, "Create or migrate the databases and load the code tables."),
    "assets": ("sunra.cli.assets", "assets", True, "Build static files, fonts, catalogues and the base map."),
    "up": ("sunra.cli.processes", "up", True, "Start all processes under one supervisor."),
    "web": ("sunra.cli.processes", "web", True, "Start the web process alone."),
    "worker": ("sunra.cli.processes", "worker", True, "Start a worker alone."),
    "first-admin": (
        "sunra.cli.first_admin",
        "first_admin",
        True,
        "Invite an installation's first administrator.",
    ),
    "tonight": (
        "sunra.cli.tonight",
        "tonight",
        True,
        "Files to risk to tonight's patrol plan for one district.",
    ),
    "demo": ("sunra.cli.demo", "demo", True, "Fill an empty installation with the demonstration district."),
    "tables": ("sunra.cli.tables", "tables", False, "Read Korean public files and say what they hold."),
    "forecast": ("sunra.cli.forecast", "forecast", False, "Test forecasts on any past of events."),
    "patrol": ("sunra.cli.patrol", "patrol", False, "Test patrol plans on public orienteering files."),
    "cell": ("sunra.cli.cell", "cell", False, "The national 100 m cell of a point, both ways."),
    "ledger": ("sunra.cli.ledger", "ledger", True, "Verify and anchor the ledger."),
    "backup": ("sunra.cli.backup", "backup", True, "Write one consistent snapshot of the installation."),
    "restore": ("sunra.cli.backup", "restore", True, "Bring an installation back from a snapshot."),
}


def start_django() -> None:
    """Load the settings and the apps."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sunra.web.settings")
    import django

    django.setup()


class Verbs(click.Group):
    """A group whose verbs are imported on use."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """All verbs, in the order a new installation meets them."""
        return list(VERBS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one verb; Django only for those that need it."""
        if cmd_name not in VERBS:
            return None
        module, attribute, needs_django, _help = VERBS[cmd_name]
        if needs_django:
            start_django()
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing any of them."""
        with formatter.section("Verbs"):
            formatter.write_dl([(name, spec[3]) for name, spec in VERBS.items()])


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sunra")
def cli() -> None:
    """Sunra: share, see, decide, act and learn with data on public safety."""


def main(args: list[str] | None = None) -> Any:
    """Run the command; an error people can mend ends with its remedy and exit code 1, not with a trace."""
    from sunra.cli.errors import in_words

    return in_words(lambda: cli.main(args=args, prog_name="sunra", standalone_mode=True))
