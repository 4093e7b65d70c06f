"""Everything that must hold before a change lands: ``python -m tools.check [--only lint|test|postgres]``."""

import argparse
import os
import sys
import time

from tools.postgres import server
from tools.steps import Step, run, run_beside

TYPES = Step("types", ("mypy",))
LINT = (
    Step("format", ("ruff", "format", "--check", ".")),
    Step("lint", ("ruff", "check", ".")),
    Step("layers", ("lint-imports",)),
    Step("templates", ("djlint", "src", "--lint", "--quiet")),
    Step(
        "migrations",
        ("python", "manage.py", "makemigrations", "--check", "--dry-run"),
        {"SUNRA_DEMO": "true"},
    ),
    Step("translations", ("python", "-m", "tools.messages", "check")),
    Step("links", ("python", "-m", "tools.links")),
)
CORES = min(os.cpu_count() or 1, 4)
PYTEST = ("pytest", "-p", "no:schemathesis", "--dist", "loadgroup", "--no-loadscope-reorder")
TEST = Step("tests on SQLite", (*PYTEST, "-n", str(CORES + 1), "--cov", "--cov-report="))
"""One worker more than cores: tests with a browser or a server wait for others a good part of their time."""
FLOOR = Step("coverage floor", ("coverage", "report"))


def on_postgres(url: str) -> Step:
    """The database tests once more, on a real PostgreSQL."""
    workers = str(CORES // 2 if CORES > 3 else 0)
    return Step("database tests on PostgreSQL", (*PYTEST, "-n", workers, "--only-db"), {"DATABASE_URL": url})


def everything() -> int:
    """What takes seconds first; then types and PostgreSQL in the time in which the tests on SQLite wait."""
    with server() as url:
        return run(LINT) or run_beside([TEST], [TYPES, on_postgres(url)]) or run([FLOOR])


def main() -> int:
    """Parse the arguments and run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["lint", "test", "postgres"])
    only = parser.parse_args().only
    begun = time.monotonic()
    if only == "lint":
        code = run([*LINT, TYPES])
    elif only == "test":
        code = run([TEST, FLOOR])
    elif only == "postgres":
        with server() as url:
            code = run([on_postgres(url)])
    else:
        code = everything()
    print(f"{time.monotonic() - begun:7.1f} s  in all")
    return code


if __name__ == "__main__":
    sys.exit(main())
