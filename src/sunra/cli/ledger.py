"""``sunra ledger``: is it as it was written, and vouch for it now."""

import json
import sys

import click

TEXT = {
    "altered": "a record, its place or its hash was altered",
    "missing": "records are missing before this one",
    "cut": "the end was cut off here",
    "segment": "the links of this month do not fit",
    "expired": "this month was dropped before its time, or not by this installation",
    "stray": "there are records that belong nowhere",
    "anchor": "this record differs from what was anchored",
    "anchors": "the anchor files were altered or cut",
}


@click.group()
def ledger() -> None:
    """Verify and anchor the ledger."""


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(*, as_json: bool) -> None:
    """Read every record and anchor; exit code 1 when anything is not as it was written."""
    from sunra.platform.ledger.verify import verify as run

    verdict = run()
    if as_json:
        click.echo(json.dumps(verdict.summary(), ensure_ascii=False))
    else:
        click.echo(f"records {verdict.records}, months {verdict.segments}, anchors {verdict.anchors}")
        window = "never anchored" if verdict.blind_seconds is None else f"{verdict.blind_seconds:.0f} s"
        click.echo(f"blind window: {window}, {verdict.unanchored} records not anchored yet")
        click.echo(f"database guards: {'in place' if verdict.guarded else 'MISSING'}")
        for problem in verdict.problems:
            place = f"{problem.retention}-year chain, record {problem.seq}: " if problem.retention else ""
            click.echo(f"  {place}{TEXT[problem.code]} ({problem.detail})", err=True)
        click.echo(f"{'intact' if verdict.ok else 'TAMPERED'} ({verdict.seconds} s)")
    sys.exit(0 if verdict.ok else 1)


@ledger.command()
def anchor() -> None:
    """Write the heads outside the database now (the worker does so every minute)."""
    from sunra.platform.ledger.services import anchor as run

    written = run()
    click.echo(f"anchor {written.number}" if written else "nothing new since the last anchor")


@ledger.command()
def expire() -> None:
    """Drop the months whose retention is over (on PostgreSQL as owner); each leaves a signed end."""
    from sunra.platform.ledger.expiry import expire as run

    for segment in run():
        click.echo(f"dropped {segment.chain_id}-year chain, {segment.month}")
