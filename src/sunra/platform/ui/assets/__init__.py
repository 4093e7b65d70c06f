"""Builds what pages and documents need beside Python: npm files, fonts, catalogues, base map, static files.

``build`` is idempotent: each step has a fingerprint of what it reads and runs only when that changed.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One part of the build: ``inputs`` make the fingerprint, ``outputs`` must exist after ``run``."""

    name: str
    title: str
    inputs: Callable[[], Iterable[Path | str]]
    run: Callable[[], None]
    outputs: Callable[[], Iterable[Path]]


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: the seconds of each step that ran, and the names of those that were up to date."""

    ran: dict[str, float]
    fresh: tuple[str, ...]


_EXTRA: dict[str, Step] = {}


def add_step(step: Step) -> None:
    """Let an app above this one (the maps) add its step; it runs after fonts and before the static files."""
    _EXTRA[step.name] = step


def steps() -> list[Step]:
    """All steps in the order they run."""
    from sunra.platform.ui.assets import catalogues, fonts, npm, static

    return [npm.STEP, fonts.STEP, *(_EXTRA[name] for name in sorted(_EXTRA)), catalogues.STEP, static.STEP]


def build(progress: Progress | None = None, *, force: bool = False) -> Built:
    """Bring ``ASSETS_DIR`` up to date.

    ``progress(title, done, total)`` is called before each step and at the end. Raises ``AssetError`` when a
    step fails.
    """
    folder = Path(settings.ASSETS_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / "stamp.json"
    known: dict[str, str] = json.loads(stamp.read_text("utf-8")) if stamp.exists() and not force else {}
    ran: dict[str, float] = {}
    fresh: list[str] = []
    todo = steps()
    for number, step in enumerate(todo):
        if progress:
            progress(step.title, number, len(todo))
        mark = fingerprint(step.inputs())
        if known.get(step.name) == mark and all(path.exists() for path in step.outputs()):
            fresh.append(step.name)
            continue
        begun = time.perf_counter()
        step.run()
        ran[step.name] = round(time.perf_counter() - begun, 2)
        known[step.name] = mark
        stamp.write_text(json.dumps(known, indent=1), encoding="utf-8")
    if progress:
        progress("", len(todo), len(todo))
    return Built(ran, tuple(fresh))


def fingerprint(inputs: Iterable[Path | str]) -> str:
    """SHA-256 over names and contents; a text stands for itself (a version, a setting)."""
    digest = hashlib.sha256()
    for item in inputs:
        digest.update(str(item).encode())
        if isinstance(item, Path) and item.is_file():
            digest.update(item.read_bytes())
        digest.update(b"\0")
    return digest.hexdigest()
