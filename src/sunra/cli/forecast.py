"""``sunra forecast``: how good a forecast would have been, on any file of events."""

import datetime as dt
import json
import re
import sys
from pathlib import Path
from typing import Any, Self

import click

from sunra.core.forecast import ForecastError

PERIOD = re.compile(r"^([1-9]\d{0,3})([dw])$")
SCORE = re.compile(r"^(\d{1,6}):(\d{1,6})$")


class Lists(click.Command):
    """A command whose ``--shares`` takes as many numbers as follow it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat the option before every number that belongs to it."""
        spread: list[str] = []
        taking = False
        for word in args:
            if taking and _is_number(word):
                spread += ["--shares", word]
                continue
            taking = word == "--shares"
            if not taking:
                spread.append(word)
        return super().parse_args(ctx, spread)


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


class Period(click.ParamType):
    """A number of days or weeks: 7d, 4w."""

    name = "period"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Days."""
        found = PERIOD.match(str(value))
        if found is None:
            self.fail(f"{value!r} is no period: write days or weeks, such as 7d or 4w", param, ctx)
        return int(found[1]) * (7 if found[2] == "w" else 1)


class Span(click.ParamType):
    """Half-open periods: 313:417."""

    name = "from:to"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """First period and the first after the last."""
        found = SCORE.match(str(value))
        if found is None:
            self.fail(
                f"{value!r} is no span: write the first period and the first after it, 313:417", param, ctx
            )
        return int(found[1]), int(found[2])


class Equal(click.ParamType):
    """A column and a value: category=street."""

    name = "column=value"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Column and value."""
        column, sign, wanted = str(value).partition("=")
        if not sign or not column:
            self.fail(f"{value!r} is no filter: write column=value, such as category=street", param, ctx)
        return column, wanted


@click.group()
def forecast() -> None:
    """Judge forecasts of places; nothing is stored."""


@forecast.command(cls=Lists)
@click.argument("events", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--time", required=True, help="Column with the day or moment of the event, local time.")
@click.option("--x", required=True, help="Column with longitude or easting.")
@click.option("--y", required=True, help="Column with latitude or northing.")
@click.option("--crs", type=int, default=4326, show_default=True, help="EPSG code of these coordinates.")
@click.option(
    "--project", type=int, required=True, help="EPSG code in which cells are squares, in metres or feet."
)
@click.option("--cell", type=float, required=True, help="Side of a cell, in units of --project.")
@click.option("--origin", type=float, nargs=2, help="Left lower corner of the grid; needs --shape.")
@click.option("--shape", type=int, nargs=2, help="Columns and rows of the grid.")
@click.option(
    "--boundary",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Polygons (KML, GeoJSON, SHP, also .gz): cells whose centre lies in them count.",
)
@click.option(
    "--roads",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Lines (GeoJSON, SHP, KML, also .gz): pieces of road of at most --cell instead of squares; shares"
    " are of their length.",
)
@click.option(
    "--within",
    type=float,
    default=50.0,
    show_default=True,
    help="With --roads: an event farther from every road, in units of --project, is left out.",
)
@click.option("--where", type=Equal(), multiple=True, help="Only rows with this value; may be repeated.")
@click.option(
    "--start", type=click.DateTime(["%Y-%m-%d"]), help="First day of period 0; default: first event."
)
@click.option(
    "--period", type=Period(), default="7d", show_default=True, help="Length: days or weeks, 7d, 4w."
)
@click.option("--score", type=Span(), help="Scored periods, half-open, 313:417; default: the last quarter.")
@click.option(
    "--shares", type=float, multiple=True, default=(0.01, 0.02, 0.05, 0.10), show_default=True,
    help="Shares of the cells that are flagged, one after the other.",
)  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Decides ties and the methods' chance.")
@click.option("--distinct", is_flag=True, help="Drop rows that repeat an earlier one in every field.")
@click.option(
    "--alone", is_flag=True, help="Learn nothing from the rows that --where leaves out (default: they count)."
)
@click.option("--members", is_flag=True, help="Also score the methods that are chosen among; takes longer.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def backtest(*, as_json: bool, **given: Any) -> None:
    """Roll through the past of EVENTS: forecast each period from the earlier ones, then look what came.

    Prints hit rates (fractions in JSON), PAI, PEI, log-likelihood gain and observed/expected of the product's
    method and of plain counts, and the paired gain with its standard error. Progress goes to standard error.
    """
    from sunra.cli import rolling  # the methods take a second to load

    start, shares = given.pop("start"), given.pop("shares")
    asked = rolling.Asked(
        **_wanted(given), start=start.date() if start else None, shares=tuple(dict.fromkeys(shares))
    )
    # A row of today may be dated tomorrow where the sun rises first.
    today = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
    with Progress() as progress:
        try:
            found = rolling.run(asked, today=today, report=progress)
        except ForecastError as error:
            facts = ", ".join(f"{name}={value}" for name, value in error.params.items())
            raise click.ClickException(f"{error}{f' ({facts})' if facts else ''} [{error.code}]") from error
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for line in table(found):
        click.echo(line)


def _wanted(given: dict[str, Any]) -> dict[str, Any]:
    """The options under the names of ``rolling.Asked``; refuses half a grid and seeds below 0."""
    if (given["origin"] is None) != (given["shape"] is None):
        raise click.UsageError("--origin and --shape belong together")
    if given["roads"] is not None and (given["origin"] is not None or given["boundary"] is not None):
        raise click.UsageError("--roads take the place of a grid: leave out --origin, --shape and --boundary")
    if not given["within"] > 0:
        raise click.UsageError("--within is a distance above 0")
    if given["seed"] < 0:
        raise click.UsageError("--seed is a whole number from 0")
    return {("period_days" if name == "period" else name): value for name, value in given.items()}


class Progress:
    """A bar on standard error for a person, a line for each tenth of the way in a log."""

    def __init__(self) -> None:
        self.bar: Any = None
        self.live = sys.stderr.isatty()
        self.tenth = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self.bar is not None:
            self.bar.render_finish()

    def __call__(self, done: int, total: int, note: str) -> None:
        """One step: ``done`` of ``total``, and what is being done now."""
        if self.live and total:
            if self.bar is None:
                self.bar = click.progressbar(
                    length=total, file=sys.stderr, item_show_func=lambda item: item and item[:40]
                )
            self.bar.update(done - self.bar.pos, note)
        elif not total:
            click.echo(note, err=True)
        elif done * 10 // total > self.tenth:
            self.tenth = done * 10 // total
            click.echo(f"{done} of {total} forecasts", err=True)


def table(found: dict[str, Any]) -> list[str]:
    """The figures for a person; per cent and percentage points."""
    read = found["read"]
    first, last = found["score"]
    shares = list(found["paired"])
    unit = "cells" if found["grid"]["kind"] == "squares" else "pieces of road"
    lines = [
        f"{read['file']}: {read['rows']} rows, {read['used']} used",
        *(f"  {n:>8} {reason}" for reason, n in read["left_out"].items()),
        f"  {read['repeated']:>8} of the rows repeat another",
        f"  {read['others']:>8} rows of other kinds tell of the same places (not forecast; --alone: none)",
        f"{found['cells']} {unit}, {found['events']} events in periods {first} to {last - 1}",
        f"of {found['time']['period_days']} days each, counted from {found['time']['start']}",
        "",
        f"{'hit rate %, flagged %':22}" + "".join(f"{100 * float(share):>9g}" for share in shares),
    ]
    for name, one in found["methods"].items():
        lines.append(f"  {name:20}" + "".join(_percent(rate) for rate in one["hr"].values()))
    for other, gains in found["paired_against"].items():
        lines.append(f"sunra less {other} (± standard error)")
        lines.append(" " * 22 + "".join(f"{_points(gain):>9}" for gain, _ in gains.values()))
        lines.append(" " * 22 + "".join(f"{'±' + _percent(error).strip():>9}" for _, error in gains.values()))
    lines += [
        "",
        f"{'':22}{'PAI':>9}{'PEI':>9}{'loglik':>9}{'obs/exp':>9}   bands of obs/exp, quietest first",
    ]
    main = found["methods"]["sunra"]
    middle = shares[min(2, len(shares) - 1)]
    for name, one in found["methods"].items():
        ratios = " ".join("-" if ratio is None else f"{ratio:.2f}" for ratio in one["obs_exp"])
        figures = (one["pai"][middle], one["pei"][middle], one["loglik"], one["obs_exp_all"])
        lines.append(f"  {name:20}" + "".join(f"{_plain(figure):>9}" for figure in figures) + f"   {ratios}")
    lines.append(f"PAI and PEI at {100 * float(middle):g} %; loglik: nats an event over an even map")
    covered = ", ".join(f"{unit} {100 * share:.1f} %" for unit, (share, _) in main["coverage"].items())
    lines += [f"inside the 90 % intervals of sunra: {covered}"] if covered else []
    chosen = main.get("chosen")
    lines += [f"sunra used {'; '.join(dict.fromkeys(chosen))}"] if chosen else []
    seconds = found["seconds_per_forecast"], found["train_seconds"]
    lines.append(f"{seconds[0]:.3f} s a forecast, {seconds[1]:.1f} s the longest training")
    return [*lines, *(f"note: {note}" for note in found["notes"])]


def _percent(rate: float | None) -> str:
    return f"{'-' if rate is None else format(100 * rate, '.2f'):>9}"


def _points(gain: float | None) -> str:
    return "-" if gain is None else format(100 * gain, "+.2f")


def _plain(figure: float | None) -> str:
    return "-" if figure is None else format(figure, ".3f")
