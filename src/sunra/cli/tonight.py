"""``sunra tonight``: from a folder of files to tonight's patrol plan of one district."""

import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import click

from sunra.cli.setup import prepare
from sunra.journeys import tonight as journey
from sunra.journeys.offices import district_of, office_of
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError

USAGE = frozenset({"unknown_district", "no_folder", "empty_folder"})


@click.command()
@click.option("--district", required=True, help="Five digits of the 시군구, for example 11290.")
@click.option(
    "--data", type=click.Path(path_type=Path), help="Folder of files; without it what is published counts."
)
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), help="Day on whose evening the night begins; default tonight."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def tonight(district: str, data: Path | None, day: datetime | None, *, as_json: bool) -> None:
    """Read files, forecast the night, plan the patrols of one district, write GeoJSON, GPX and PDF."""
    started = time.perf_counter()
    try:
        district_of(district)
        if data is not None:
            journey.files_in(data)
        prepare()
        actor = Actor.job(office_of(district).id, "tonight")
        with Bar() as bar:
            result = journey.run(
                actor=actor, district=district, data=data, day=day.date() if day else None, progress=bar
            )
    except UserError as error:
        click.echo(f"sunra: {error} [{error.code}]", err=True)
        sys.exit(2 if error.code in USAGE else 1)
    answer = result.as_json() | {"seconds": round(time.perf_counter() - started, 2)}
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else in_words(answer))


class Bar:
    """A progress bar on standard error that starts with the first step."""

    def __init__(self) -> None:
        self.bar: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self.bar is not None:
            self.bar.render_finish()

    def __call__(self, done: int, total: int, note: str) -> None:
        """One step: ``done`` of ``total``, and what is being done now."""
        if self.bar is None:
            self.bar = click.progressbar(
                length=total, file=sys.stderr, item_show_func=lambda item: item and item[:40], show_eta=False
            )
        self.bar.update(done - self.bar.pos, note)


def in_words(answer: dict[str, Any]) -> str:
    """The result for people."""
    lines = [f"{answer['district']}  {answer['day']}" + ("  (demonstration data)" if answer["demo"] else "")]
    lines.append(f"{'rows':>8} {'accepted':>9} {'merged':>7} {'aside':>7} {'elsewhere':>9}  file")
    lines += [
        f"{one['rows']:>8} {one['accepted']:>9} {one['merged']:>7} {one['quarantined']:>7}"
        f" {one['elsewhere']:>9}  {one['file']} ({one['kind']})"
        for one in answer["files"]
    ]
    risk, plan = answer["risk"], answer["plan"]
    source = "events" if risk["event_source"] == "events" else "no local events: a prior, not graded"
    lines.append(f"risk: {risk['cells']} cells × {risk['slots']} slots, {source}")
    lines.append(f"plan: distances by {plan['distance_source']}, teams {plan['teams_source']}")
    lines += [
        f"  {team['team']}: {team['stops']} stops, {team['minutes']} min, {team['metres'] / 1000:.1f} km"
        for team in plan["teams"]
    ]
    lines += [f"{name}: {path}" for name, path in answer["exports"].items()]
    lines.append(f"{answer['seconds']} s")
    return "\n".join(lines)
