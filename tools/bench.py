"""Runs every script in ``benchmarks/`` and keeps what each printed in ``benchmarks/results/``."""

import subprocess
import sys

from tools.steps import ROOT

SKIPPED = {"__init__.py", "machine.py"}


def main() -> int:
    """Run the named benchmarks (all when none is named); non-zero when one failed."""
    folder = ROOT / "benchmarks"
    named = set(sys.argv[1:])
    failed = []
    for script in sorted(folder.glob("*.py")):
        if script.name in SKIPPED or (named and script.stem not in named):
            continue
        print(f"── {script.stem}", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{script.stem}", "--json"],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        print(done.stdout.strip() or done.stderr.strip()[-2000:], flush=True)
        if done.returncode:
            failed.append(script.stem)
            continue
        results = folder / "results"
        results.mkdir(exist_ok=True)
        (results / f"{script.stem}.json").write_text(done.stdout, encoding="utf-8")
    if failed:
        print(f"failed: {', '.join(failed)}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
