"""Where the bytes lie: a file per content under ``SUNRA_HOME/files``, named by SHA-256, whole or absent."""

import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sunra.platform.base.home import folder

_CHUNK = 1024 * 1024


class TooLarge(ValueError):  # noqa: N818 - reads as what it is
    """The stream went on past the bytes allowed."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A stream on disk that is not kept yet: ``path`` is temporary."""

    path: Path
    size: int
    sha256: str


def path_of(sha256: str) -> Path:
    """Where the content of that hash lies, or would."""
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise ValueError("not a SHA-256")
    return folder("files") / sha256[:2] / sha256


@contextmanager
def receive(stream: BinaryIO, most: int) -> Iterator[Arrived]:
    """The stream on disk and hashed, gone at the end unless kept; raises ``TooLarge`` past ``most`` bytes."""
    handle, name = tempfile.mkstemp(prefix="arriving-", dir=folder("files"))
    path = Path(name)
    try:
        digest, size = hashlib.sha256(), 0
        with os.fdopen(handle, "wb") as out:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if size > most:
                    raise TooLarge(size)
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        yield Arrived(path, size, digest.hexdigest())
    finally:
        path.unlink(missing_ok=True)


def keep(arrived: Arrived) -> Path:
    """Give the content its place; equal content that is there already is used again, and counts as fresh."""
    place = path_of(arrived.sha256)
    place.parent.mkdir(mode=0o700, exist_ok=True)
    with suppress(FileNotFoundError):
        os.utime(place)
        return place
    arrived.path.replace(place)
    for directory in (place.parent, place.parent.parent):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    return place


@contextmanager
def kept() -> Iterator[None]:
    """Nothing is swept meanwhile, by any process: a backup finds every content that its database names."""
    with (folder("files") / ".keep").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


@contextmanager
def sweeping() -> Iterator[bool]:
    """Whether a sweep may go on; it may not while a backup is being written."""
    with (folder("files") / ".keep").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def settled(seconds: float) -> Iterator[Path]:
    """Every content and left-over that nobody touched for ``seconds``."""
    before = time.time() - seconds
    for path in folder("files").rglob("*"):
        with suppress(FileNotFoundError):
            if path.name != ".keep" and path.is_file() and path.stat().st_mtime < before:
                yield path
