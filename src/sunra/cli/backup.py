"""``sunra backup`` and ``sunra restore``: one consistent snapshot of the installation, keys apart."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from sunra.platform.files.backup import services
from sunra.platform.files.backup.errors import Progress

_FILE = click.Path(dir_okay=False, path_type=Path)


@contextmanager
def _progress(label: str, *, hidden: bool) -> Iterator[Progress]:
    """A bar of bytes."""
    with click.progressbar(length=1000, label=label, show_eta=False, hidden=hidden, file=sys.stderr) as bar:

        def show(_what: str, done: int, total: int) -> None:
            bar.update((1000 * done // total if total else 0) - bar.pos)

        yield show


@click.command()
@click.argument("out", type=_FILE)
@click.option(
    "--keys-out", type=_FILE, help="Also write the keys, to a file of their own: keep it elsewhere."
)
@click.option("--purpose", default="backup", show_default=True, help="Goes to the access record.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def backup(*, out: Path, keys_out: Path | None, purpose: str, as_json: bool) -> None:
    """Write both databases, files, tables on disk and anchors to the tar file OUT, while Sunra runs."""
    with _progress("backup", hidden=as_json) as show:
        done = services.backup(target=out, keys_out=keys_out, purpose=purpose, progress=show)
    parts = {name: {"members": count, "bytes": size} for name, (count, size) in done.parts.items()}
    if as_json:
        click.echo(json.dumps({"path": str(done.path), "id": done.id, "bytes": done.size, "parts": parts}))
        return
    for name, part in sorted(parts.items()):
        click.echo(f"{name}: {part['members']} files, {part['bytes'] / 1e6:.1f} MB")
    click.echo(f"{done.path} ({done.size / 1e6:.1f} MB)")
    if keys_out is None:
        click.echo("The keys are not in it. Second factors need them: write them once with --keys-out.")


@click.command()
@click.argument("source", metavar="IN", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--keys",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Also bring back the keys from the file of --keys-out.",
)
@click.option("--replace", is_flag=True, help="Put data that are there aside first.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def restore(*, source: Path, keys: Path | None, replace: bool, as_json: bool) -> None:
    """Bring an empty SUNRA_HOME to what the backup IN holds. Stop Sunra first."""
    with _progress("restore", hidden=as_json) as show:
        done = services.restore(source=source, keys=keys, replace=replace, progress=show)
    if as_json:
        aside = str(done.aside) if done.aside else None
        ledger = {"ok": done.ledger.ok, "records": done.ledger.records}
        found = {"id": done.id, "written": done.written, "members": done.members, "aside": aside}
        click.echo(json.dumps({**found, "ledger": ledger}))
    else:
        click.echo(f"restored the backup of {done.written}: {done.members} files")
        if done.aside:
            click.echo(f"what was there before lies in {done.aside}")
        state = "intact" if done.ledger.ok else "NOT AS IT WAS WRITTEN: run sunra ledger verify"
        click.echo(f"ledger: {done.ledger.records} records, {state}")
    sys.exit(0 if done.ledger.ok else 1)
