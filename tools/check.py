"""Everything that must hold before a change lands: ``python -m tools.check [--only lint|test|postgres]``."""

import argparse
import os
import sys
import time

from tools.postgres import server
from tools.steps import Step, run

LINT = (
    Step("format", ("ruff", "format", "--check", ".")),
    Step("lint", ("ruff", "check", ".")),
    Step("layers", ("lint-imports",)),
    Step("templates", ("djlint", "src", "--lint", "--quiet")),
    Step("types", ("mypy",)),
    Step(
        "migrations",
        ("python", "manage.py", "makemigrations", "--check", "--dry-run"),
        {"SUNRA_DEMO": "true"},
    ),
    Step("translations", ("python", "-m", "tools.messages", "check")),
    Step("links", ("python", "-m", "tools.links")),
)
WORKERS = str(min((os.cpu_count() or 1) + 1, 4))
"""One more than cores: tests with a browser or a server wait for others a good part of their time."""

TEST = (
    Step(
        "tests on SQLite",
        ("pytest", "-n", WORKERS, "--dist", "loadgroup", "--no-loadscope-reorder", "--cov", "--cov-report="),
        group="test",
    ),
)
FLOOR = (Step("coverage floor", ("coverage", "report"), group="test"),)


def postgres_steps(url: str) -> tuple[Step, ...]:
    """The database tests once more, on a real PostgreSQL."""
    argv = (
        "pytest",
        "-n",
        WORKERS,
        "--dist",
        "loadgroup",
        "--no-loadscope-reorder",
        "--only-db",
    )
    return (Step("database tests on PostgreSQL", argv, {"DATABASE_URL": url}, "postgres"),)


def main() -> int:
    """Parse the arguments and run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["lint", "test", "postgres"])
    only = parser.parse_args().only
    begun = time.monotonic()
    code = 0
    if only in (None, "lint"):
        code = run(LINT)
    if not code and only in (None, "test"):
        code = run(TEST)
    if not code and only in (None, "postgres"):
        with server() as url:
            code = run(postgres_steps(url))
    if not code and only is None:
        code = run(FLOOR)
    print(f"{time.monotonic() - begun:7.1f} s  in all")
    return code


if __name__ == "__main__":
    sys.exit(main())
