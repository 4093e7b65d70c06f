"""``sunra tonight``: from a folder of files to tonight's patrol plan of one district."""

import json
import os
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import click
from django.conf import settings
from django.utils.translation import override

from sunra.cli.setup import prepare
from sunra.journeys import tonight as journey
from sunra.journeys.offices import district_of, office_of
from sunra.journeys.words import in_words, problems
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.systems.sharing.incoming import files_in

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
    with override(spoken()):
        try:
            answer = _run(district, data, day)
        except UserError as error:
            click.echo(f"sunra: {error} [{error.code}]", err=True)
            sys.exit(2 if error.code in USAGE else 1)
        for line in problems(answer):
            click.echo(line, err=True)
        click.echo(json.dumps(answer, ensure_ascii=False) if as_json else in_words(answer))


def _run(district: str, data: Path | None, day: datetime | None) -> dict[str, Any]:
    """The night from the first check to the answer, which counts the seconds of all of it."""
    started = time.perf_counter()
    district_of(district)
    if data is not None:
        files_in(data)
    prepare()
    actor = Actor.job(office_of(district).id, "tonight")
    with Bar() as bar:
        result = journey.run(
            actor=actor, district=district, data=data, day=day.date() if day else None, progress=bar
        )
    return result.as_json() | {"seconds": round(time.perf_counter() - started, 2)}


def spoken() -> str:
    """The language of the terminal when it is English; else the product's own."""
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "en" if named.lower().startswith("en") else settings.LANGUAGE_CODE


class Bar:
    """A progress bar on standard error that starts with the first step; a line for each step in a log."""

    def __init__(self) -> None:
        self.bar: Any = None
        self.live = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self.bar is not None:
            self.bar.render_finish()

    def __call__(self, done: int, total: int, note: str) -> None:
        """One step: ``done`` of ``total``, and what is being done now."""
        if not self.live:
            if note:
                click.echo(f"[{done + 1}/{total}] {note}", err=True)
            return
        if self.bar is None:
            self.bar = click.progressbar(
                length=total, file=sys.stderr, item_show_func=lambda item: item and item[:40], show_eta=False
            )
        self.bar.update(done - self.bar.pos, note)
