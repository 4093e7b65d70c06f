"""Keeps a set of processes running, and stops them all within five seconds."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sunra.cli.lifeline import PARENT, stop_on_signals

KILL_AFTER = 4.0
STEADY = 60.0
LONGEST_PAUSE = 30.0


@dataclass
class Child:
    """One process to keep: what to run, and how its last starts went."""

    name: str
    command: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    failures: int = 0
    due: float = 0.0

    def pause(self) -> float:
        """Seconds before the next start: 0.5, 1, 2 ... 30."""
        return float(min(0.5 * 2 ** max(self.failures - 1, 0), LONGEST_PAUSE))


@dataclass
class Supervisor:
    """Starts the children, starts again what dies, and ends them all on SIGTERM or Ctrl-C."""

    children: list[Child]
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    say: Callable[[str], None] = field(default=lambda text: print(text, file=sys.stderr, flush=True))

    def run(self) -> int:
        """Until a signal comes; the exit code: 0, or 1 when a child had to be killed."""
        stop = threading.Event()
        stop_on_signals(stop)
        for child in self.children:
            self._start(child)
        while not stop.wait(0.2):
            self.look(time.monotonic())
        return self.end()

    def look(self, moment: float) -> None:
        """Start again what has died, each after its pause."""
        for child in self.children:
            if child.process is not None:
                self._bury(child, moment)
            elif moment >= child.due:
                self._start(child)

    def end(self) -> int:
        """SIGTERM to all, SIGKILL to what is left after four seconds."""
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        deadline, killed = time.monotonic() + KILL_AFTER, 0
        for process in running:
            try:
                process.wait(max(deadline - time.monotonic(), 0.01))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                killed += 1
        return 1 if killed else 0

    def _start(self, child: Child) -> None:
        environment = {**self.environment, PARENT: str(os.getpid())}
        # a session of its own: Ctrl-C reaches the supervisor alone, which then ends all in order
        child.process = subprocess.Popen(  # noqa: S603 - our own command
            list(child.command), env=environment, start_new_session=True, stdin=subprocess.DEVNULL
        )
        child.started = time.monotonic()

    def _bury(self, child: Child, moment: float) -> None:
        code = child.process.poll() if child.process else None
        if code is None:
            return
        child.failures = 1 if moment - child.started > STEADY else child.failures + 1
        child.process, child.due = None, moment + child.pause()
        cause = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        self.say(f"{child.name} ended ({cause}); starting it again in {child.pause():g} s")
