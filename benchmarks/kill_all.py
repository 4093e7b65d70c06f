"""Kills everything under writes, again and again: does the database open, the ledger verify, is a write lost?

    python -m benchmarks.kill_all [--rounds 20] [--seed 0] [--json]

Each round starts ``sunra up`` (web and a worker) and three writers of the product's own services: rows with
an event in one transaction, ledger records, jobs. A writer acknowledges on a pipe what has committed. At a
random moment all processes get SIGKILL together. Then: integrity check of both databases, ``ledger
verify``, and every acknowledged write must be there. Consumers insert into a table without a key, so that
a second delivery would be counted.
"""

import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks import machine

HEARD = "bench_heard"
EVENT = "bench.written"
KINDS = ("event", "record", "job")


def start_django(home: Path) -> None:
    """The product's own settings on a home of this run, on SQLite."""
    os.environ |= {
        "SUNRA_HOME": str(home),
        "SUNRA_DEMO": "true",
        "DJANGO_SETTINGS_MODULE": "sunra.web.settings",
    }
    for name in ("DATABASE_URL", "LEDGER_DATABASE_URL"):
        os.environ.pop(name, None)
    import django

    django.setup()
    from django.db import connection

    from sunra.platform.events import registry
    from sunra.platform.jobs import registry as kinds

    @registry.consumer("bench.hear", type=EVENT, version=1)
    def hear(event: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {HEARD} VALUES (%s)", [str(event.pk)])

    kinds.job("bench.nothing", title="bench")(lambda _ctx: {})


def write(home: Path, kind: str) -> None:
    """One writer, for ever; prints the id of each write once it has committed."""
    start_django(home)
    from django.db import transaction

    from sunra.platform.base.actor import Actor
    from sunra.platform.events.services import publish
    from sunra.platform.jobs.services import enqueue
    from sunra.platform.ledger.services import Act, record

    actor = Actor(kind="job", id="bench")
    while True:
        if kind == "event":
            with transaction.atomic():
                name = publish(type=EVENT, version=1, agency_id=None, payload={}).pk
        elif kind == "record":
            name = record(actor=actor, act=Act.LOOK, subject="bench.Row", ref="1", purpose="bench").hash
        else:
            name = enqueue(actor=actor, kind="bench.nothing", args={}).pk
            time.sleep(0.1)  # no faster than one worker runs them
        print(name, flush=True)


def deliver(home: Path) -> None:
    """A worker that knows the consumer; the supervisor's own worker stays off, it would not."""
    start_django(home)
    import threading

    from sunra.platform.jobs.worker import run_worker

    run_worker(threading.Event(), poll=0.1)


def spawn(home: Path, *role: str) -> "subprocess.Popen[str]":
    """One process of this script in a role."""
    command = [sys.executable, "-m", "benchmarks.kill_all", *role, str(home)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def below(pid: int) -> list[int]:
    """The process and all below it, from /proc."""
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            found.extend(int(child) for child in children.read_text().split())
    return found


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def one_round(home: Path, seconds: float) -> dict[str, list[str]]:
    """Start all, let them write, kill all; what was acknowledged, by kind."""
    environment = {**os.environ, "PORT": str(free_port()), "SUNRA_HTTPS": "false"}
    up = [sys.executable, "-m", "sunra.cli.processes", "up", "--workers", "0"]
    processes: list[subprocess.Popen[Any]] = [
        subprocess.Popen(up, env=environment, stderr=subprocess.DEVNULL)
    ]
    writers = {kind: spawn(home, "write", kind) for kind in KINDS}
    processes += [*writers.values(), spawn(home, "deliver")]
    heads: dict[str, list[str]] = {}
    for kind, writer in writers.items():
        heads[kind] = [(writer.stdout.readline() if writer.stdout else "").strip()]
    time.sleep(seconds)
    for pid in [pid for process in processes for pid in below(process.pid)]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    for process in processes:
        process.wait()
    for kind, writer in writers.items():
        rest = writer.stdout.read() if writer.stdout else ""
        heads[kind] += [line for line in rest.split("\n")[:-1] if line]
    return {kind: [name for name in names if name] for kind, names in heads.items()}


def check(home: Path, acknowledged: dict[str, set[str]]) -> dict[str, Any]:
    """Open the databases, verify the ledger, look for every acknowledged write."""
    from django.db import connections

    from sunra.platform.events.models import Event
    from sunra.platform.jobs.models import Job
    from sunra.platform.ledger.models import Record
    from sunra.platform.ledger.verify import verify

    whole = True
    for name in ("sunra.sqlite3", "ledger.sqlite3"):
        with sqlite3.connect(home / name) as database:
            whole &= database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        database.close()
    there = {
        "event": {str(pk) for pk in Event.objects.values_list("pk", flat=True)},
        "record": set(Record.objects.values_list("hash", flat=True)),
        "job": {str(pk) for pk in Job.objects.values_list("pk", flat=True)},
    }
    verdict = verify()
    connections.close_all()
    return {
        "opens": whole,
        "verifies": verdict.ok,
        "lost": sum(len(names - there[kind]) for kind, names in acknowledged.items()),
    }


def settle(home: Path) -> dict[str, int]:
    """Let one worker finish what is left; deliveries and jobs lost or doubled."""
    from django.db import connection

    from sunra.platform.events.models import Delivery
    from sunra.platform.jobs.models import Job

    Delivery.objects.filter(state="pending").update(due="2020-01-01T00:00:00Z")
    Job.objects.filter(state="running").update(lease_until="2020-01-01T00:00:00Z")
    worker = spawn(home, "deliver")
    deadline = time.monotonic() + 300
    waiting = True
    while waiting and time.monotonic() < deadline:
        time.sleep(1)
        waiting = (
            Delivery.objects.filter(state="pending").exists()
            or Job.objects.filter(state__in=Job.ACTIVE).exists()
        )
    worker.kill()
    worker.wait()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), count(DISTINCT event) FROM {HEARD}")
        heard, distinct = cursor.fetchone()
    return {
        "events_doubled": heard - distinct,
        "events_lost": Delivery.objects.count() - distinct,
        "jobs_lost": Job.objects.exclude(state="done").count(),
    }


def main() -> None:
    """Run and print; exit code 1 when anything was lost."""
    if sys.argv[1:2] == ["write"]:
        write(Path(sys.argv[3]), sys.argv[2])
        return
    if sys.argv[1:2] == ["deliver"]:
        deliver(Path(sys.argv[2]))
        return
    given = machine.arguments(__doc__ or "", rounds=20, seed=0)
    home = machine.new_home()
    generator, started = random.Random(given.seed), time.perf_counter()
    try:
        start_django(home)
        from django.db import connection

        from sunra.platform.base.databases import bring_up_to_date

        bring_up_to_date()
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE {HEARD} (event varchar(36))")
        acknowledged: dict[str, set[str]] = {kind: set() for kind in KINDS}
        outcomes = []
        for _number in range(given.rounds):
            for kind, names in one_round(home, generator.uniform(0.3, 2.0)).items():
                acknowledged[kind].update(names)
            outcomes.append(check(home, acknowledged))
        figures = {
            "rounds": given.rounds,
            "acknowledged": {kind: len(names) for kind, names in acknowledged.items()},
            "database_opens": sum(outcome["opens"] for outcome in outcomes),
            "ledger_verifies": sum(outcome["verifies"] for outcome in outcomes),
            "acknowledged_lost": max(outcome["lost"] for outcome in outcomes),
            **settle(home),
            "seconds": round(time.perf_counter() - started, 1),
        }
        machine.report("kill_all", figures, seed=given.seed, as_json=given.as_json)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    bad = [figures[name] for name in ("acknowledged_lost", "events_doubled", "events_lost", "jobs_lost")]
    short = figures["database_opens"] + figures["ledger_verifies"] < 2 * given.rounds
    sys.exit(1 if any(bad) or short else 0)


if __name__ == "__main__":
    main()
