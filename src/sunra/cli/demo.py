"""``sunra demo``: the demonstration district with people of every role."""

import json
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import click
from django.conf import settings

from sunra.cli.setup import prepare
from sunra.cli.tonight import Bar
from sunra.journeys import demo_setup
from sunra.platform.accounts.factors import code_now
from sunra.platform.base.errors import UserError


@click.command()
@click.option("--district", default=demo_setup.DISTRICT, show_default=True, help="Five digits of the 시군구.")
@click.option("--seed", default=0, show_default=True, help="Seed of the generator.")
@click.option("--code", is_flag=True, help="Only print the six digits that the authenticator shows now.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def demo(district: str, seed: int, *, code: bool, as_json: bool) -> None:
    """Fill an empty installation with generated data; real borders, everything else invented."""
    started = time.perf_counter()
    if not settings.DEMO:
        raise click.UsageError("demonstration data exists in demo mode only; start with SUNRA_DEMO=true.")
    if code:
        click.echo(one_time_code())
        return
    try:
        prepare()
        with Bar() as bar:
            result = demo_setup.install(district=district, seed=seed, progress=bar)
    except UserError as error:
        click.echo(f"sunra: {error} [{error.code}]", err=True)
        sys.exit(1)
    answer = as_plain(result) | {"seconds": round(time.perf_counter() - started, 2)}
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else in_words(answer))


def as_plain(result: demo_setup.DemoResult) -> dict[str, Any]:
    """The result as plain values."""
    return {
        "district": result.night.district,
        "day": str(result.night.day),
        "rows": result.files.rows,
        "plan": str(result.night.plan.id),
        "sign_ins": [asdict(one) for one in result.sign_ins],
    }


def in_words(answer: dict[str, Any]) -> str:
    """Who may sign in, and how."""
    return "\n".join([*sign_in_lines(answer["sign_ins"]), f"{answer['seconds']} s"])


def sign_in_lines(people: Iterable[dict[str, Any]]) -> list[str]:
    """A line for each role, then what all share."""
    lines = ["Demonstration data: real borders, everything else is generated.", "", "Sign in as:"]
    lines += [f"  {one['username']:<11} {one['role']:<17} {one['agency']}" for one in people]
    return [
        *lines,
        "",
        f"  password              {demo_setup.PASSWORD}",
        f"  authenticator secret  {demo_setup.TOTP_SECRET}",
        "  six digits right now  SUNRA_DEMO=true .venv/bin/sunra demo --code",
        "",
    ]


def one_time_code() -> str:
    """What an authenticator with the demonstration's secret shows at this moment."""
    return code_now(demo_setup.TOTP_SECRET)


def ensure_demo() -> list[str]:
    """Install the demonstration when it is not there yet; the lines that say who may sign in."""
    if not demo_setup.is_installed():
        with Bar() as bar:
            demo_setup.install(progress=bar)
    return sign_in_lines(asdict(one) for one in demo_setup.sign_ins())
