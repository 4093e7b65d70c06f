"""Writes ``requirements/*.txt`` from ``pyproject.toml``: exact versions with hashes, no addresses."""

import sys

from tools.steps import Step, run

COMMON = (
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-annotate",
    "--no-header",
    "--universal",
    "--python-version",
    "3.11",
)


def _step(name: str, extra: str, *more: str) -> Step:
    target = f"requirements/{name}.txt"
    return Step(
        name,
        (
            "uv",
            "pip",
            "compile",
            "-q",
            "--upgrade",
            "pyproject.toml",
            "--extra",
            extra,
            *COMMON,
            *more,
            "-o",
            target,
        ),
    )


if __name__ == "__main__":
    sys.exit(run([_step("run", "postgres"), _step("dev", "dev", "-c", "requirements/run.txt")]))
