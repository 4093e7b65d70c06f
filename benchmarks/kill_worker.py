"""Kills the worker in mid-job, again and again: is any result lost or doubled?

    python -m benchmarks.kill_worker [--kills 20] [--pauses 5] [--parts 60] [--seed 0] [--json]

Two workers run jobs that each commit ``parts`` rows one by one with their checkpoint. At random moments
one is killed with SIGKILL and started again; some are first frozen with SIGSTOP for longer than their
lease and woken up, so that a runner taken for dead tries to go on. The table of results has no unique key:
a doubled row would stay and be counted. SQLite, or what ``DATABASE_URL`` names.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks import machine

KIND = "bench.parts"
LEASE = 1.0
TABLE = "bench_part"
LIMIT = 300.0


def start_django(home: Path) -> None:
    """The product's own settings on a home of this run."""
    os.environ |= {
        "SUNRA_HOME": str(home),
        "SUNRA_DEMO": "true",
        "DJANGO_SETTINGS_MODULE": "sunra.web.settings",
    }
    import django

    django.setup()


def declare() -> None:
    """The kind of job that the workers run."""
    from django.db import connection

    from sunra.platform.jobs import registry

    @registry.job(KIND, title=KIND, lease_seconds=LEASE, retries=0)
    def run(ctx: Any, *, parts: int) -> dict[str, int]:
        for part in range(ctx.state.get("next", 0), parts):
            time.sleep(0.01)
            with ctx.commit(), connection.cursor() as cursor:
                cursor.execute(f"INSERT INTO {TABLE} VALUES (%s, %s)", [str(ctx.job_id), part])
                ctx.checkpoint({"next": part + 1})
            ctx.progress(part + 1, parts)
        return {"parts": parts}


def work(home: Path) -> None:
    """The role of a worker, in a process of its own."""
    start_django(home)
    declare()
    from sunra.platform.jobs.worker import run_worker

    run_worker(threading.Event(), poll=0.1)


def spawn(home: Path) -> "subprocess.Popen[bytes]":
    """One worker process."""
    return subprocess.Popen([sys.executable, "-m", "benchmarks.kill_worker", "--worker", str(home)])


def prepare(home: Path, jobs: int, parts: int) -> list[str]:
    """A fresh installation with ``jobs`` queued; their ids."""
    start_django(home)
    declare()
    from django.db import connection

    from sunra.platform.base.databases import bring_up_to_date

    bring_up_to_date()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        cursor.execute(f"CREATE TABLE {TABLE} (job varchar(36), part integer)")
    return [queue(parts) for _ in range(jobs)]


def queue(parts: int) -> str:
    """One more job; its id."""
    from sunra.platform.base.actor import Actor
    from sunra.platform.jobs import services

    actor = Actor(kind="job", id="bench")
    return str(services.enqueue(actor=actor, kind=KIND, args={"parts": parts}).pk)


def over(ids: list[str]) -> bool:
    """Whether no job waits or runs."""
    from sunra.platform.jobs.models import Job

    return not Job.objects.filter(pk__in=ids, state__in=Job.ACTIVE).exists()


def disturb(home: Path, ids: list[str], *, parts: int, kills: int, pauses: int, seed: int) -> tuple[int, int]:
    """Kill and freeze at random until all is done; how often of each. Adds jobs to ``ids`` as needed."""
    from sunra.platform.jobs.models import Job

    generator = random.Random(seed)
    workers = [spawn(home), spawn(home)]
    plan = ["kill"] * kills + ["pause"] * pauses
    generator.shuffle(plan)
    done: Counter[str] = Counter()
    deadline = time.monotonic() + LIMIT
    frozen: list[tuple[float, subprocess.Popen[bytes]]] = []
    try:
        while (plan or not over(ids)) and time.monotonic() < deadline:
            if plan and over(ids):
                ids.append(queue(parts))  # a fast machine was done before its workers had been killed
            time.sleep(generator.uniform(0.1, 0.6))
            for moment, process in [item for item in frozen if item[0] <= time.monotonic()]:
                process.send_signal(signal.SIGCONT)
                frozen.remove((moment, process))
            running = set(Job.objects.filter(state="running").values_list("worker", flat=True))
            busy = [one for one in workers if any(f":{one.pid}:" in name for name in running)]
            busy = [one for one in busy if one not in [process for _, process in frozen]]
            if not plan or not busy:
                continue
            victim, act = generator.choice(busy), plan.pop()
            done[act] += 1
            if act == "pause":
                victim.send_signal(signal.SIGSTOP)
                frozen.append((time.monotonic() + 2.5 * LEASE, victim))
                continue
            victim.kill()
            victim.wait()
            workers[workers.index(victim)] = spawn(home)
    finally:
        for process in workers:
            process.kill()
            process.wait()
    return done["kill"], done["pause"]


def count(ids: list[str], parts: int) -> dict[str, int]:
    """Rows lost and doubled, jobs not done."""
    from django.db import connection

    from sunra.platform.jobs.models import Job

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT job, part, count(*) FROM {TABLE} GROUP BY job, part")
        rows = {(job, part): times for job, part, times in cursor.fetchall()}
    wanted = {(job, part) for job in ids for part in range(parts)}
    return {
        "lost": len(wanted - rows.keys()),
        "doubled": sum(times - 1 for times in rows.values()) + len(rows.keys() - wanted),
        "not_done": Job.objects.filter(pk__in=ids).exclude(state="done").count(),
    }


def main() -> None:
    """Run and print; exit code 1 when anything was lost or doubled."""
    if sys.argv[1:2] == ["--worker"]:
        work(Path(sys.argv[2]))
        return
    given = machine.arguments(__doc__ or "", kills=20, pauses=5, parts=60, seed=0)
    home = machine.new_home()
    started = time.perf_counter()
    try:
        ids = prepare(home, given.kills + given.pauses + 2, given.parts)
        kills, pauses = disturb(
            home, ids, parts=given.parts, kills=given.kills, pauses=given.pauses, seed=given.seed
        )
        outcome = count(ids, given.parts)
        from django.db import connection

        figures = {
            "kills": kills,
            "pauses": pauses,
            "jobs": len(ids),
            "results": len(ids) * given.parts,
            **outcome,
            "database": connection.vendor,
            "seconds": round(time.perf_counter() - started, 1),
        }
        machine.report("kill_worker", figures, seed=given.seed, as_json=given.as_json)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    sys.exit(1 if any(outcome.values()) or kills < given.kills else 0)


if __name__ == "__main__":
    main()
