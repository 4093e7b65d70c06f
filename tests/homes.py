"""Installations that many tests start from: made once in a run, by whoever asks first, and copied.

Setting up an installation migrates two databases and loads 20,000 codes; the demonstration reads a dozen
files and plans a night. A copy of the finished folder is the same installation with the same keys.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
STARTER = "import sys; from sunra.cli.main import main; sys.exit(main(sys.argv[1:]))"
MIGRATE = "import django; django.setup(); from sunra.cli.setup import migrate; migrate()"
SHORT = """
import functools, django
django.setup()
from sunra.systems.patrols.services import plans
plans.PlanParams = functools.partial(plans.PlanParams, iterations=400, pool=6, each=0)
"""
"""A night planned by a short search: what the demonstration's pages show is the same."""

STEPS = {
    "migrated": (None, ("-c", MIGRATE)),
    "empty": ("migrated", ("-c", STARTER, "setup")),
    "demo": ("empty", ("-c", SHORT + STARTER, "demo")),
}
"""What each kind begins as, and what is run on it."""


class Homes:
    """The templates of one run, in a folder that its workers share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def copy(self, kind: str, target: Path) -> Path:
        """A fresh installation in ``target``: "migrated" has tables alone, "empty" is what `sunra setup`
        leaves, "demo" what `sunra demo` does."""
        shutil.copytree(self._template(kind), target, dirs_exist_ok=True)
        return target

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What ``make`` gives (plain values), made by the first who asks and kept for this run."""
        with self._locked(name):
            kept = self.folder / name
            if not kept.exists():
                kept.write_text(json.dumps(make()))
            return json.loads(kept.read_text())

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _template(self, kind: str) -> Path:
        made, done = self.folder / kind, self.folder / f"{kind}.done"
        with self._locked(kind):
            if not done.exists():
                self._make(kind, made)
                done.touch()
        return made

    def _make(self, kind: str, target: Path) -> None:
        begins, words = STEPS[kind]
        if begins:
            self.copy(begins, target)
        run(target, *words)


def run(home: Path, *words: str, database: str = "") -> None:
    """Python in an installation of its own: SQLite in ``home``, or the named database."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    environment = kept | {
        "SUNRA_HOME": str(home),
        "SUNRA_DEMO": "true",
        "PYTHONPATH": str(ROOT / "src"),
        "DJANGO_SETTINGS_MODULE": "sunra.web.settings",
    }
    if database:
        environment["DATABASE_URL"] = database
    line = [sys.executable, *words]
    done = subprocess.run(line, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
