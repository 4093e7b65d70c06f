"""``sunra demo``: the demonstration district with people of every role."""

import json
import sys
import time
from typing import Any

import click
from django.conf import settings

from sunra.cli.setup import prepare
from sunra.cli.tonight import Bar
from sunra.journeys import demo_setup
from sunra.platform.base.errors import UserError


@click.command()
@click.option("--district", default=demo_setup.DISTRICT, show_default=True, help="Five digits of the 시군구.")
@click.option("--seed", default=0, show_default=True, help="Seed of the generator.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def demo(district: str, seed: int, *, as_json: bool) -> None:
    """Fill an empty installation with generated data; real borders, everything else invented."""
    started = time.perf_counter()
    if not settings.DEMO:
        click.echo(
            "sunra: demonstration data exists in demo mode only; start with SUNRA_DEMO=true.", err=True
        )
        sys.exit(2)
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
        "sign_ins": [
            {
                "username": one.username,
                "role": one.role,
                "agency": one.agency,
                "password": one.password,
                "totp": one.totp,
            }
            for one in result.sign_ins
        ],
    }


def in_words(answer: dict[str, Any]) -> str:
    """Who may sign in, and how."""
    lines = ["Demonstration data: real borders, everything else is generated.", ""]
    lines += [f"  {one['username']:<11} {one['role']:<17} {one['agency']}" for one in answer["sign_ins"]]
    lines += ["", f"  password {demo_setup.PASSWORD}   authenticator secret {demo_setup.TOTP_SECRET}"]
    return "\n".join([*lines, f"{answer['seconds']} s"])
