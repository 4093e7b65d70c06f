"""The supervisor and its processes: started again when they die, ended in time, never left over."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from sunra.cli import lifeline, processes, supervisor
from sunra.cli.supervisor import Child, Supervisor
from tests.homes import Homes

ROOT = Path(__file__).resolve().parent.parent.parent
SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "from signal import *\nimport time\nsignal(SIGTERM, SIG_IGN)\nprint('up', flush=True)\ntime.sleep(600)",
]


def wait_for(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Until it holds; fails when it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Whether the process runs (a zombie does not)."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def below(pid: int) -> list[int]:
    """Children of a process."""
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in path.read_text().split()]
    return found


def test_what_dies_is_started_again_after_a_pause() -> None:
    """If this fails, a crashed worker stays away until somebody notices, or is started in a tight loop."""
    said: list[str] = []
    child = Child("one", [sys.executable, "-c", "raise SystemExit(3)"])
    keeper = Supervisor([child], say=said.append)
    keeper.look(0.0)
    assert child.process is not None
    child.process.wait()
    now = time.monotonic()
    keeper.look(now)
    assert child.process is None
    assert said == ["one ended (exit code 3); starting it again in 0.5 s"]
    keeper.look(now + 0.4)
    assert child.process is None
    keeper.look(now + 0.6)
    assert child.process is not None
    child.process.wait()


def test_pause_grows_to_half_a_minute_and_is_forgiven() -> None:
    """If this fails, a broken process burns the machine, or one crash a week adds up."""
    child = Child("one", SLEEPER)
    pauses = []
    for failures in range(1, 10):
        child.failures = failures
        pauses.append(child.pause())
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    child.process = subprocess.Popen([sys.executable, "-c", ""])
    child.process.wait()
    child.started = 0.0
    Supervisor([child], say=lambda _text: None).look(supervisor.STEADY + 1)
    assert child.failures == 1


def test_stubborn_process_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, Ctrl-C leaves a process that holds the port."""
    monkeypatch.setattr(supervisor, "KILL_AFTER", 0.3)
    child = Child("one", STUBBORN)
    child.process = subprocess.Popen(STUBBORN, stdout=subprocess.PIPE)
    assert child.process.stdout is not None
    child.process.stdout.readline()
    assert Supervisor([child]).end() == 1
    assert child.process.returncode == -signal.SIGKILL


def test_supervisor_ends_all_on_a_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, stopping the supervisor leaves its children."""
    child = Child("one", SLEEPER)
    monkeypatch.setattr(supervisor, "stop_on_signals", lambda stop: stop.set())
    assert Supervisor([child]).run() == 0
    assert child.process is not None
    assert child.process.returncode == -signal.SIGTERM


def test_taken_port_is_said_in_words() -> None:
    """If this fails, a second start ends in a trace, or restarts for ever."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = CliRunner().invoke(processes.up, ["--port", str(port)])
    assert done.exit_code == 1
    assert f"cannot listen on 127.0.0.1:{port}" in done.output
    assert "PORT=8001" in done.output


@pytest.mark.django_db(databases=["default", "ledger"])
def test_up_starts_web_and_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, the one command starts too little or too much."""
    kept: list[Supervisor] = []
    monkeypatch.setattr(Supervisor, "run", lambda self: kept.append(self) or 0)
    done = CliRunner().invoke(processes.up, ["--port", "0", "--workers", "2"])
    assert done.exit_code == 0
    assert [child.name for child in kept[0].children] == ["web", "worker-1", "worker-2"]


def test_worker_command_runs_until_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, ``sunra worker`` ends by itself, or does not listen."""
    from sunra.platform.jobs import worker as module

    ran: list[threading.Event] = []
    monkeypatch.setattr(module.Worker, "run", lambda self: ran.append(self.stop))
    monkeypatch.setattr(processes, "stop_on_signals", lambda _stop: None)
    monkeypatch.setattr(processes, "exit_after", lambda *_args, **_options: None)
    assert CliRunner().invoke(processes.worker, []).exit_code == 0
    assert not ran[0].is_set()


def test_signal_sets_the_event() -> None:
    """If this fails, a process ignores its signal."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        stop = threading.Event()
        lifeline.stop_on_signals(stop)
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(5)
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def test_exit_guard_does_its_last_duty(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a job that does not listen holds its worker, or keeps its lease."""
    done: list[str] = []
    gone = threading.Event()
    monkeypatch.setattr(lifeline.os, "_exit", lambda _code: gone.set())
    stop = threading.Event()
    lifeline.exit_after(stop, 0.01, first=lambda: done.append("given back"))
    assert not gone.wait(0.1)
    stop.set()
    assert gone.wait(5)
    assert done == ["given back"]


def test_alone_a_process_needs_no_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a process that was started alone ends with its shell."""
    monkeypatch.delenv(lifeline.PARENT, raising=False)
    before = threading.active_count()
    lifeline.end_with_parent()
    assert threading.active_count() == before


ORPHAN = f"""
import os, subprocess, sys, time
os.environ["{lifeline.PARENT}"] = str(os.getpid())
code = ("from sunra.cli.lifeline import end_with_parent\\nend_with_parent()\\n"
        "import time\\nprint('up', flush=True)\\ntime.sleep(600)")
child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.slow
def test_children_end_with_a_killed_supervisor() -> None:
    """If this fails, ``kill -9`` of the supervisor leaves a web process that holds the port for ever."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    parent = subprocess.Popen(
        [sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert alive(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_for(lambda: not alive(child))


@pytest.mark.slow
def test_whole_installation_starts_and_stops(tmp_path: Path, homes: Homes) -> None:
    """If this fails, ``sunra up`` does not serve, or SIGTERM leaves something running."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "SUNRA_HOME": str(tmp_path),
        "SUNRA_DEMO": "true",
        "PYTHONPATH": str(ROOT / "src"),
        "DJANGO_SETTINGS_MODULE": "sunra.web.settings",
    }
    for name in ("DATABASE_URL", "LEDGER_DATABASE_URL"):
        environment.pop(name, None)
    homes.copy("empty", tmp_path)
    command = [sys.executable, "-m", "sunra.cli.processes", "up", "--port", str(port)]
    up = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:

        def answers() -> bool:
            with socket.socket() as client:
                return client.connect_ex(("127.0.0.1", port)) == 0

        wait_for(answers, 120)
        wait_for(lambda: list((tmp_path / "anchors").glob("*.jsonl")), 120)
        children = below(up.pid)
        assert len(children) == 2
        with socket.create_connection(("127.0.0.1", port)) as held:
            held.sendall(b"GET /")  # a request that never ends must not hold the stop
            up.terminate()
            assert up.wait(30) == 0
    finally:
        up.kill()
        up.wait()
    wait_for(lambda: not any(alive(pid) for pid in children))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "options"),
    [("kill_worker", ["--kills", "1", "--pauses", "1", "--parts", "15"]), ("kill_all", ["--rounds", "1"])],
)
def test_kill_loses_and_doubles_nothing(
    script: str, options: list[str], tmp_path: Path, homes: Homes
) -> None:
    """If this fails, a crash loses an acknowledged write or doubles a result."""
    command = [sys.executable, "-m", f"benchmarks.{script}", *options, "--json"]
    environment = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    environment["PYTHONPATH"] = str(ROOT / "src")
    environment["SUNRA_BENCH_FROM"] = str(homes.copy("migrated", tmp_path / "home"))
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    figures = json.loads(done.stdout)
    if script == "kill_worker":
        assert (figures["lost"], figures["doubled"], figures["not_done"]) == (0, 0, 0)
    else:
        assert (figures["acknowledged_lost"], figures["events_lost"], figures["events_doubled"]) == (0, 0, 0)
        assert figures["ledger_verifies"] == figures["rounds"]
