"""``sunra tables``: what a Korean public file holds, and what had to be put aside."""

import json
from pathlib import Path

import click

from sunra.core.tables import summaries


@click.group()
def tables() -> None:
    """Read public files without storing anything."""


@tables.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def read(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Read FILES; every row is accepted, merged or quarantined, and the sums are printed."""
    found = summaries(files)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        click.echo(
            f"{one['file']}: {one['kind']}, {one['rows']} rows = {one['accepted']} accepted"
            f" + {one['merged']} merged + {one['quarantined']} quarantined"
        )
        for code, count in one["reasons"].items():
            click.echo(f"  {count:>7}  {code}")
