"""Runs commands one after the other, names each, times each, and stops the whole at the first failure."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

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
        print(f"── {step.name}: {' '.join(step.argv)}", flush=True)
        begun = time.monotonic()
        program = BIN / step.argv[0]
        argv = [str(program) if program.exists() else step.argv[0], *step.argv[1:]]
        code = subprocess.run(argv, cwd=ROOT, env={**os.environ, **step.env}, check=False).returncode
        spent.append((step.name, time.monotonic() - begun))
        if code:
            print(f"failed: {step.name} (exit {code})", flush=True)
            return code
    for name, seconds in spent:
        print(f"{seconds:7.1f} s  {name}")
    return 0
