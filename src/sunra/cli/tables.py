"""``sunra tables``: what a Korean public file holds, and what had to be put aside."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from sunra.core.tables import summaries
from sunra.core.tables.messages import ERRORS, REMEDIES


@click.group()
def tables() -> None:
    """Read public files without storing anything."""


@tables.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--learn", is_flag=True, help="Read twice: located rows help to place others.")
def read(files: tuple[Path, ...], *, as_json: bool, learn: bool) -> None:
    """Read FILES; every row is accepted, merged or quarantined, and the sums are printed.

    Exit code 1 when not one file could be read.
    """
    found = _read(files, learn=learn)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        _say(found)
    sys.exit(0 if any(_refusal(one) is None for one in found) else 1)


def _read(files: tuple[Path, ...], *, learn: bool) -> list[dict[str, Any]]:
    """The records of all files; a person at a terminal sees how far it is."""
    if not sys.stderr.isatty():
        return summaries(files, learn=learn)
    with click.progressbar(length=1_000, file=sys.stderr, item_show_func=lambda name: name) as bar:
        return summaries(
            files, learn=learn, report=lambda name, share: bar.update(int(share * 1_000) - bar.pos, name)
        )


def _refusal(one: dict[str, Any]) -> str | None:
    """Why the whole file was refused; None when it was read."""
    return next((code for code in one["warnings"] if code in ERRORS), None) if not one["rows"] else None


def _say(found: list[dict[str, Any]]) -> None:
    if not found:
        click.echo("no files there")
    for one in found:
        refused = _refusal(one)
        if refused is not None:
            sentence, remedy = ERRORS[refused]
            click.echo(f"{one['file']}: refused [{refused}] {sentence} {REMEDIES[remedy]}")
            continue
        click.echo(
            f"{one['file']}: {one['kind']}, {one['rows']} rows = {one['accepted']} accepted"
            f" + {one['merged']} merged + {one['quarantined']} quarantined"
        )
        for code, count in one["reasons"].items():
            click.echo(f"  {count:>7}  {code}")
