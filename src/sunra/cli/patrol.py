"""``sunra patrol bench``: what the search finds on public team orienteering files."""

import json
from pathlib import Path
from time import process_time
from typing import Any

import click

from sunra.core.routing import RoutingError, Stop, check, plan
from sunra.core.routing.instances import MOST_BYTES, MOST_ROWS, MOST_TEAMS, read_instance
from sunra.core.routing.search import warm

REASONS = {
    "unreadable": "the file cannot be opened",
    "too_large": f"the file is larger than {MOST_BYTES // 1_000_000} MB",
    "not_text": "the file is no UTF-8 text",
    "too_short": "fewer points than the file announces",
    "header": "neither Chao's header (n, m, tmax) nor Solomon's (k v N t)",
    "not_a_number": "a word stands where a number should",
    "number_out_of_range": "a number is too large, negative or not finite",
    "too_few_columns": "a point has too few columns",
    "negative_prize": "a prize is negative",
    "negative_service": "a service time is negative",
    "window": "a time window closes before it opens",
    "teams": f"the number of teams must be 1 to {MOST_TEAMS}",
    "too_many_rows": f"more than {MOST_ROWS:,} points",
}
MOST_FILES = 1_000


@click.group()
def patrol() -> None:
    """Patrol plans without an installation."""


@patrol.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--teams", type=click.IntRange(1, MOST_TEAMS), help="Teams; without it the file's own number.")
@click.option(
    "--seconds", type=click.FloatRange(0, 86_400), default=10.0, show_default=True, help="Time for each file."
)
@click.option("--iterations", type=click.IntRange(0), help="Steps in place of seconds.")
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True, help="Of the search."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def bench(
    files: tuple[Path, ...],
    *,
    teams: int | None,
    seconds: float,
    iterations: int | None,
    seed: int,
    as_json: bool,
) -> None:
    """Plan each of FILES (Chao; Solomon and Cordeau with time windows) in SECONDS of one processor.

    Routes are 0-based row numbers of the file's points; start and end are left out. Compiling the search is
    not part of its time.
    """
    if len(files) > MOST_FILES:
        message = f"at most {MOST_FILES:,} files at a time"
        raise click.UsageError(message)
    stop = Stop(seconds=seconds, cpu=True) if iterations is None else Stop(iterations=iterations)
    compiled = warm()
    rows = [_measure(path, teams, stop, seed) for path in files]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        visits = sum(map(len, row["routes"]))
        click.echo(f"{row['file']}: {row['score']:g} at {visits} points, {row['cpu_seconds']:.2f} CPU-s")
    click.echo(f"compiling or loading the search: {compiled:.2f} s, apart")


def _measure(path: Path, teams: int | None, stop: Stop, seed: int) -> dict[str, Any]:
    """The best routes found on one file, looked over by the independent checker."""
    try:
        problem = read_instance(path, teams=teams)
    except RoutingError as error:
        raise click.ClickException(_say(path, error)) from error
    begun = process_time()
    try:
        found = plan(problem, stop, seed=seed)
    except RoutingError as error:
        if error.code != "shift_too_short":
            raise click.ClickException(_say(path, error)) from error
        # Some public files leave no time for even the direct way: nothing can be earned there.
        return {"file": str(path), "score": 0, "routes": [[] for _ in problem.teams], "cpu_seconds": 0.0}
    spent = process_time() - begun
    if broken := check(problem, found):
        message = f"{path}: the plan breaks its own rules: {broken[:3]}"
        raise click.ClickException(message)
    return {
        "file": str(path),
        "score": int(found.prize) if found.prize == int(found.prize) else found.prize,
        "routes": [[stop_id + 1 for stop_id in route.stop_ids] for route in found.routes],
        "cpu_seconds": round(spent, 3),
    }


def _say(path: Path, error: RoutingError) -> str:
    if error.code == "bad_file":
        reason = REASONS.get(str(error.params["reason"]), error.params["reason"])
        line = f", line {error.params['line']}" if error.params["line"] else ""
        return f"{path}{line}: {reason}."
    return f"{path}: {error}"
