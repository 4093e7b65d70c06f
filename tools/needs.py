"""Every package that ``src/`` imports is one that a user's machine gets: ``python -m tools.needs``.

Developers' environments hold more (``requirements/dev.txt``), so an import that is missing from the
run-time list works in every test and fails on the first ``make run`` elsewhere.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from tools.steps import ROOT

SHIPPED = ("postgres", "spark")
"""The extras that a program may import; ``dev`` is not among them."""


OWN_ENGINE = frozenset({"pyspark"})
"""Not in the run-time lock: who computes on Spark has an installation of it."""


def canonical(name: str) -> str:
    """A distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(pyproject: Path) -> set[str]:
    """The distributions named as dependencies of the product and of its shipped extras."""
    project = tomllib.loads(pyproject.read_text())["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *(line for extra in SHIPPED for line in extras[extra])]
    return {canonical(match[0]) for line in lines if (match := re.match(r"[A-Za-z0-9._-]+", line))}


def locked(lock: Path) -> set[str]:
    """The distributions that a lock file installs."""
    return {
        canonical(name) for name in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==", lock.read_text(), re.M)
    }


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and top-level name of every absolute import, wherever in the file it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module.partition(".")[0]


def wanting(source: Path, allowed: set[str]) -> list[str]:
    """``file:line: what`` for every import below ``source`` that no allowed distribution brings."""
    owners = packages_distributions()
    ours = {"sunra", *sys.stdlib_module_names}
    return [
        f"{path.relative_to(source.parent)}:{line}: {name} is not in pyproject's dependencies"
        for path in sorted(source.rglob("*.py"))
        for line, name in imports(ast.parse(path.read_text()))
        if name not in ours and not allowed & {canonical(owner) for owner in owners.get(name, [])}
    ]


def main() -> int:
    """Print what is missing; exit code 1 if anything is."""
    allowed = declared(ROOT / "pyproject.toml")
    unlocked = allowed - OWN_ENGINE - locked(ROOT / "requirements" / "run.txt")
    problems = wanting(ROOT / "src", allowed)
    problems += [f"requirements/run.txt: {name} is not locked (make lock)" for name in sorted(unlocked)]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
