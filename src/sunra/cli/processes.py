"""``sunra up``, ``web``, ``worker``: the processes of an installation, and the supervisor that keeps them.

Each process also starts alone, any number of times. Under the supervisor a process that dies is started
again; when the supervisor itself is killed, its children end by themselves.
"""

import os
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

import click

from sunra.cli.errors import in_words
from sunra.cli.lifeline import end_with_parent, exit_after, stop_on_signals
from sunra.cli.supervisor import Child, Supervisor

GRACE = 3.0
"""Seconds that a process gets to end by itself after SIGTERM; the supervisor kills it at 4."""


class PortTaken(click.ClickException):
    """Another program listens there."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"cannot listen on {host}:{port} ({reason}). Stop the other program, or set PORT=8001."
        )


def _port() -> int:
    from django.conf import settings

    return int(settings.PORT)


def bind(host: str, port: int) -> socket.socket:
    """A listening-ready socket; raises :class:`PortTaken` in words."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    probe = socket.socket(family, socket.SOCK_STREAM)
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((host, port))
    except OSError as error:
        probe.close()
        raise PortTaken(host, port, error.strerror or str(error)) from error
    return probe


def _require_assets() -> None:
    """Raise in words when static files were never built here: pages would come without their looks."""
    from django.conf import settings

    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        raise click.ClickException(
            f"no assets in {settings.ASSETS_DIR}. Run `sunra assets`, or set SUNRA_ASSETS to their folder."
        )


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option("--port", type=int, default=None, help="Port; else PORT, else 8000.")(command)
    return click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")(
        command
    )


@click.command()
@_options
@click.option("--workers", type=click.IntRange(0, 64), default=1, show_default=True, help="Worker processes.")
@click.option("--demo", "with_demo", is_flag=True, help="First fill an empty installation with demo data.")
def up(*, host: str, port: int | None, workers: int, with_demo: bool) -> None:
    """Bring the databases up to date and start web and workers; Ctrl-C or SIGTERM stops all within 5 s."""
    from django.conf import settings

    from sunra.cli.setup import prepare
    from sunra.platform.accounts.checks import refuse_to_start

    port = port or _port()
    bind(host, port).close()
    _require_assets()
    if with_demo and not settings.DEMO:
        raise click.UsageError("--demo exists in demo mode only; start with SUNRA_DEMO=true.")
    prepare()
    refuse_to_start()
    if with_demo:
        from sunra.cli.demo import ensure_demo

        click.echo("\n".join(ensure_demo()), err=True)
    this = [sys.executable, "-m", "sunra.cli.processes"]
    children = [Child("web", [*this, "web", "--host", host, "--port", str(port)])]
    children += [Child(f"worker-{number}", [*this, "worker"]) for number in range(1, workers + 1)]
    click.echo(f"Sunra listens on http://{host}:{port}/ (Ctrl-C stops it)", err=True)
    sys.exit(Supervisor(children).run())


@click.command()
@_options
def web(*, host: str, port: int | None) -> None:
    """Serve the pages with uvicorn, in one process; behind a proxy start as many as there are cores."""
    from sunra.cli.server import serve
    from sunra.platform.accounts.checks import refuse_to_start

    end_with_parent()
    _require_assets()
    refuse_to_start()
    listener = bind(host, port or _port())
    stopping = threading.Event()
    exit_after(stopping, GRACE)
    serve(listener, stopping)
    os._exit(0)  # a view that still runs in a thread must not hold the process


@click.command()
@click.option(
    "--poll", type=click.FloatRange(0.05, 60), default=0.5, show_default=True, help="Seconds between looks."
)
def worker(*, poll: float) -> None:
    """Run background jobs, deliver events, start what is scheduled, anchor the ledger each minute."""
    from sunra.platform.jobs.worker import Worker

    end_with_parent()
    stop = threading.Event()
    stop_on_signals(stop)
    hand = Worker(stop, poll=poll)
    exit_after(stop, GRACE, first=hand.abandon)
    hand.run()


COMMANDS = click.Group("processes", commands={"web": web, "worker": worker, "up": up})


if __name__ == "__main__":
    from sunra.cli.main import start_django

    start_django()
    in_words(COMMANDS)
