"""Everything that must hold before a change lands: ``python -m tools.check [--only PART]``."""

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
    Step("needs", ("python", "-m", "tools.needs")),
)
CORES = min(os.cpu_count() or 1, 4)
PYTEST = ("pytest", "-p", "no:schemathesis", "--dist", "loadgroup", "--no-loadscope-reorder")
TEST = Step("tests on SQLite", (*PYTEST, "-n", str(CORES + 1)))
"""One worker more than cores: tests with a browser or a server wait for others a good part of their time."""
COUNTED = Step(TEST.name, (*TEST.argv, "--cov", "--cov-report="))
"""The same with every line counted that runs: a fifth more work, done where it gates (``CI=true``)."""
FLOOR = Step("coverage floor", ("coverage", "report"))


def on_postgres(url: str) -> Step:
    """The database tests once more, on a real PostgreSQL."""
    workers = str(CORES // 2 if CORES > 3 else 0)
    return Step("database tests on PostgreSQL", (*PYTEST, "-n", workers, "--only-db"), {"DATABASE_URL": url})


def everything() -> int:
    """What takes seconds first; then types and PostgreSQL in the time in which the tests on SQLite wait."""
    count = os.environ.get("CI") == "true"
    with server() as url:
        return (
            run(LINT)
            or run_beside([COUNTED if count else TEST], [TYPES, on_postgres(url)])
            or (run([FLOOR]) if count else 0)
        )


def main() -> int:
    """Parse the arguments and run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["lint", "test", "coverage", "postgres"])
    only = parser.parse_args().only
    begun = time.monotonic()
    if only == "lint":
        code = run([*LINT, TYPES])
    elif only == "test":
        code = run([TEST])
    elif only == "coverage":
        code = run([COUNTED, FLOOR])
    elif only == "postgres":
        with server() as url:
            code = run([on_postgres(url)])
    else:
        code = everything()
    print(f"{time.monotonic() - begun:7.1f} s  in all")
    return code


if __name__ == "__main__":
    sys.exit(main())
