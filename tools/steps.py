"""Runs commands one after the other or side by side, names and times each, and stops at the first failure."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the run: ``argv`` starts with a program of the environment."""

    name: str
    argv: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict)
    group: str = "lint"


def run(steps: Sequence[Step]) -> int:
    """Run them in order; the exit code of the first that fails, else 0."""
    spent: list[tuple[str, float]] = []
    for step in steps:
        begun = time.monotonic()
        code = _start(step).wait()
        spent.append((step.name, time.monotonic() - begun))
        if code:
            print(f"failed: {step.name} (exit {code})", flush=True)
            return code
    for name, seconds in spent:
        print(f"{seconds:7.1f} s  {name}")
    return 0


def run_together(shown: Step, beside: Step) -> int:
    """Both at once; what ``beside`` says comes when ``shown`` is done. The exit code of one that fails."""
    begun = time.monotonic()
    with tempfile.TemporaryFile("w+") as said:
        second = _start(beside, said)
        code = _start(shown).wait()
        print(f"{time.monotonic() - begun:7.1f} s  {shown.name}", flush=True)
        other = second.wait()
        said.seek(0)
        print(f"{said.read()}{time.monotonic() - begun:7.1f} s  {beside.name}", flush=True)
    for step, result in ((shown, code), (beside, other)):
        if result:
            print(f"failed: {step.name} (exit {result})", flush=True)
    return code or other


def _start(step: Step, said: IO[str] | None = None) -> "subprocess.Popen[bytes]":
    print(f"── {step.name}: {' '.join(step.argv)}", flush=True)
    program = BIN / step.argv[0]
    argv = [str(program) if program.exists() else step.argv[0], *step.argv[1:]]
    return subprocess.Popen(argv, cwd=ROOT, env={**os.environ, **step.env}, stdout=said, stderr=said)
