"""``sunra assets``: everything that pages and documents need beside Python."""

import json

import click

from sunra.platform.ui.assets import build


@click.command()
@click.option("--force", is_flag=True, help="Build everything again, whether or not it changed.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def assets(*, force: bool, as_json: bool) -> None:
    """Install npm files, fonts, catalogues, the base map and static files; quick when nothing changed."""
    with click.progressbar(length=100, label="assets", show_eta=False, hidden=as_json) as line:

        def show(title: str, done: int, total: int) -> None:
            line.label = f"assets: {title}" if title else "assets"
            line.update(round(100 * done / total) - line.pos)

        built = build(show, force=force)
    if as_json:
        click.echo(json.dumps({"ran": built.ran, "fresh": built.fresh}))
    else:
        click.echo(
            " ".join(f"{name} {seconds:.1f} s" for name, seconds in built.ran.items())
            or "assets are up to date"
        )
