"""The records of many files, as ``sunra tables read --json`` prints them."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sunra.core.tables.errors import TableError
from sunra.core.tables.gazetteer import Gazetteer
from sunra.core.tables.limits import Limits
from sunra.core.tables.longtext import is_streamed
from sunra.core.tables.reading import files_in, read_or_refuse, refused
from sunra.core.tables.streaming import read_stream

Report = Callable[[str, float], None]


def summaries(
    paths: Iterable[str | Path],
    *,
    limits: Limits | None = None,
    learn: bool = False,
    report: Report | None = None,
) -> list[dict[str, Any]]:
    """The record of every file, folders opened; very large texts are read in parts.

    ``learn``: all files are read twice, so that what rows with coordinates say about roads and dong names
    places rows without, also of other files. ``report`` is told the file's name and the share done so far.
    """
    found = [file for path in map(Path, paths) for file in (files_in(path) if path.is_dir() else [path])]
    progress = _Progress(found, 2 if learn else 1, report)
    gazetteer = None
    if learn:
        witnesses = [_witness(file, limits, progress) for file in found]
        gazetteer = Gazetteer.of(witness.frame for witness in witnesses)
    return [_summary(file, limits, gazetteer, progress) for file in found]


def _witness(file: Path, limits: Limits | None, progress: "_Progress") -> Gazetteer:
    """What one file teaches; nothing when it is refused."""
    frames = []
    if not is_streamed(file):
        frames.append(read_or_refuse(file, limits=limits).witness)
    else:
        try:
            stream = read_stream(file, limits=limits)
            for part in stream:
                frames.append(part.witness)
                progress.part(file, stream.totals.rows / stream.rows)
        except TableError:
            frames = []
    progress.done(file)
    return Gazetteer.of(frame for frame in frames if frame is not None)


def _summary(
    file: Path, limits: Limits | None, gazetteer: Gazetteer | None, progress: "_Progress"
) -> dict[str, Any]:
    found = None
    if not is_streamed(file):
        found = read_or_refuse(file, limits=limits, gazetteer=gazetteer).summary()
    else:
        try:
            stream = read_stream(file, limits=limits, gazetteer=gazetteer)
            for _ in stream:
                progress.part(file, stream.totals.rows / stream.rows)
            found = stream.totals.summary()
        except TableError as error:
            found = refused(file, error).summary()
    progress.done(file)
    return found


class _Progress:
    """Share of the bytes that were read."""

    def __init__(self, files: list[Path], passes: int, report: Report | None) -> None:
        self._sizes = {file: _size(file) for file in files}
        self._whole = max(1, passes * sum(self._sizes.values()))
        self._before, self._report = 0, report

    def part(self, file: Path, share: float) -> None:
        """``share`` of a file is read."""
        if self._report:
            self._report(file.name, min(1.0, (self._before + share * self._sizes[file]) / self._whole))

    def done(self, file: Path) -> None:
        """A file is read."""
        self.part(file, 1.0)
        self._before += self._sizes[file]


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
