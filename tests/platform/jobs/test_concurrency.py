"""Two workers at once, each with its own connections: what is due starts once, what waits runs once."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from sunra.platform.base.actor import Actor
from sunra.platform.jobs import registry, schedules, services
from sunra.platform.jobs.models import Job, ScheduledRun
from sunra.platform.jobs.worker import Worker
from tests import databases
from tests.homes import Homes

pytestmark = pytest.mark.django_db(databases=["default", "ledger"], transaction=True)
DUE = datetime(2026, 11, 22, 13, tzinfo=UTC)
RAN: list[str] = []


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One kind and two schedules; not on SQLite in memory, whose connections don't wait for each other."""
    name = str(connections["default"].settings_dict["NAME"])
    if connections["default"].vendor == "sqlite" and "memory" in name:
        pytest.skip("needs a database file; test_on_sqlite_files runs it")
    RAN.clear()

    def run(_ctx: Any, name: str) -> dict[str, Any]:
        RAN.append(name)
        return {}

    registry.job("test.two", title="two")(run)
    for name in ("test.a", "test.b"):
        registry.schedule(name, "test.two", every=timedelta(hours=1), args={"name": name})
    mine = tuple(one for one in registry.schedules() if one.name in ("test.a", "test.b"))
    monkeypatch.setattr(registry, "schedules", lambda: mine)
    yield
    for name in ("test.two", "test.a", "test.b"):
        registry.forget(name)


def _at_once(duty: Callable[[], object], number: int = 2) -> list[BaseException]:
    """Run it in so many threads that begin together; what they raised."""
    gate, faults = threading.Barrier(number), []

    def run() -> None:
        gate.wait()
        try:
            duty()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test must see it
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _one in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return faults


def test_two_workers_claim_two_schedules_once_each(two: None) -> None:
    """If this fails, two workers start the same nightly job twice, or one of them dies of it."""
    schedules.tick(DUE - timedelta(hours=1))
    for hour in range(3):
        Job.objects.update(state=Job.State.DONE)
        assert _at_once(lambda hour=hour: schedules.tick(DUE + timedelta(hours=hour)), 3) == []
        assert Job.objects.filter(kind="test.two", state=Job.State.QUEUED).count() == 2
    assert ScheduledRun.objects.count() == 2 + 6


def test_two_workers_run_each_job_once(two: None) -> None:
    """If this fails, a job runs twice, or waits although a worker is free."""
    actor = Actor(kind="job", id="job:test", label="test")
    names = [f"n{number}" for number in range(8)]
    for name in names:
        services.enqueue(actor=actor, kind="test.two", args={"name": name})

    def work() -> None:
        worker = Worker(threading.Event())
        while Job.objects.filter(state=Job.State.QUEUED).exists():
            worker.run_one()

    assert _at_once(work) == []
    assert sorted(RAN) == names
    assert set(Job.objects.values_list("state", flat=True)) == {Job.State.DONE}


@pytest.mark.slow
@pytest.mark.django_db(databases=[])
def test_on_sqlite_files(tmp_path: Path, homes: Homes) -> None:
    """If this fails, two workers of a small installation are in each other's way."""
    if os.environ.get("DATABASE_URL"):
        pytest.skip("this run is on PostgreSQL")
    line = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-p",
        "no:schemathesis",
        "-p",
        "no:hypothesispytest",
        "-k",
        "two_workers",
        "--reuse-db",
    ]
    command = [*line, "--ds=tests.platform.jobs.file_settings", str(Path(__file__))]
    environment = {name: one for name, one in os.environ.items() if not name.startswith("PYTEST_")}
    databases.remember(homes.copy("migrated", tmp_path))
    environment["SUNRA_TEST_FILES"] = str(tmp_path)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert done.stdout.lstrip().startswith(".."), "nothing ran"
