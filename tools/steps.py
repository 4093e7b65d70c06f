"""Runs commands in order, or two lists of them side by side; times each and stops at the first failure."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
COMPILED = ROOT / ".pytest_cache" / "compiled"
"""Where modules are kept compiled when the environment wants none beside the sources: five workers and some
hundred processes would each compile a thousand modules, half a minute of a core for every worker."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the run: ``argv`` starts with a program of the environment."""

    name: str
    argv: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict)


def run(steps: Sequence[Step], output: IO[bytes] | None = None) -> int:
    """Run them in order; the exit code of the first that fails, else 0. ``output`` takes what they print."""
    for step in steps:
        _say(f"── {step.name}: {' '.join(step.argv)}", output)
        begun = time.monotonic()
        program = BIN / step.argv[0]
        argv = [str(program) if program.exists() else step.argv[0], *step.argv[1:]]
        code = subprocess.run(
            argv,
            cwd=ROOT,
            env={**_environment(), **step.env},
            check=False,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
        ).returncode
        _say(f"{time.monotonic() - begun:7.1f} s  {step.name}", output)
        if code:
            _say(f"failed: {step.name} (exit {code})", output)
            return code
    return 0


def run_beside(steps: Sequence[Step], others: Sequence[Step]) -> int:
    """Run two lists at the same time; what the others print follows. A failure of either counts."""
    codes: list[int] = []
    with tempfile.TemporaryFile() as output:
        lane = threading.Thread(target=lambda: codes.append(run(others, output)))
        lane.start()
        code = run(steps)
        lane.join()
        output.seek(0)
        sys.stdout.write(output.read().decode(errors="replace"))
        sys.stdout.flush()
    return code or codes[0]


def _environment() -> dict[str, str]:
    """What the commands inherit: all there is, but compiled modules are kept, in a folder of their own."""
    given = dict(os.environ)
    if given.pop("PYTHONDONTWRITEBYTECODE", ""):
        given.setdefault("PYTHONPYCACHEPREFIX", str(COMPILED))
    return given


def _say(line: str, output: IO[bytes] | None) -> None:
    """A line of our own, where the commands print."""
    if output is None:
        print(line, flush=True)
    else:
        output.write(f"{line}\n".encode())
        output.flush()
