"""The archive: a plain tar of members, each with its SHA-256 in a manifest that is written last.

Plain, so that it cannot unfold into more than it weighs; an archive without its manifest was never finished.
"""

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sunra.platform.files.backup.errors import Progress, refusal, silent

MANIFEST = "manifest.json"
FORMAT = 1
_MANIFEST_MOST = 64 * 1024 * 1024
_CHUNK = 1024 * 1024
_CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")


class Writer:
    """Writes members, then the manifest; the file gets its name only when all of it is on disk."""

    def __init__(self, target: Path, progress: Progress = silent, total: int = 0) -> None:
        self._target = target
        self._draft = target.with_name(f".{target.name}.{os.getpid()}")
        self._progress = progress
        self._total = total
        self._done = 0
        self.members: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        descriptor = os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._stream = os.fdopen(descriptor, "wb")
        self._tar = tarfile.open(fileobj=self._stream, mode="w", format=tarfile.PAX_FORMAT)
        return self

    def add(self, name: str, path: Path) -> None:
        """Put the file at ``path`` in as ``name``; refuses a name that would not come back."""
        if not is_safe(name):
            raise refusal("backup_unsafe", name[:100])
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            member = tarfile.TarInfo(name)
            member.size, member.mode, member.mtime = size, 0o600, int(path.stat().st_mtime)
            reader = _Hashing(stream, size)
            self._tar.addfile(member, reader)
        self.members[name] = {"sha256": reader.digest(), "size": size}
        self._done += size
        self._progress(name, self._done, max(self._total, self._done))

    def finish(self, about: dict[str, Any]) -> None:
        """Write the manifest: ``about`` and every member."""
        text = json.dumps({"format": FORMAT, **about, "members": self.members}, ensure_ascii=False, indent=1)
        body = text.encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size, member.mode = len(body), 0o600
        self._tar.addfile(member, io.BytesIO(body))

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._tar.close()
                self._stream.flush()
                os.fsync(self._stream.fileno())
        finally:
            self._stream.close()
            if kind is not None:
                self._draft.unlink(missing_ok=True)
        if kind is None:
            # A hard link refuses a name that has been taken since we looked; a rename would overwrite it.
            try:
                self._target.hardlink_to(self._draft)
            except FileExistsError:
                raise refusal("backup_exists", str(self._target)) from None
            finally:
                self._draft.unlink()


class _Hashing:
    """A stream of exactly ``size`` bytes that is hashed while it is read; a file that grows is cut there."""

    def __init__(self, stream: Any, size: int) -> None:
        self._stream, self._left, self._hash = stream, size, hashlib.sha256()

    def read(self, count: int = -1) -> bytes:
        wanted = self._left if count < 0 else min(count, self._left)
        chunk: bytes = self._stream.read(wanted)
        self._left -= len(chunk)
        self._hash.update(chunk)
        return chunk

    def digest(self) -> str:
        return self._hash.hexdigest()


def unpack(source: Path, target: Path, progress: Progress = silent) -> dict[str, Any]:
    """Put every member under ``target`` (an empty folder) and return the manifest.

    Raises ``UserError``: ``backup_unreadable`` (no tar, cut, no manifest), ``backup_unsafe`` (a name or
    kind of member that this program never writes), ``backup_altered`` (a hash or size differs, a member too
    many or few).
    """
    seen: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] | None = None
    total = source.stat().st_size
    with _opened(source) as tar:
        for member in _members(tar):
            if not member.isfile() or not is_safe(member.name):
                raise refusal("backup_unsafe", member.name[:100])
            stream = tar.extractfile(member)
            if stream is None or manifest is not None:
                raise refusal("backup_unreadable", source.name)
            if member.name == MANIFEST:
                manifest = _manifest(stream.read(_MANIFEST_MOST), source)
                continue
            if member.name in seen:
                raise refusal("backup_altered", member.name)
            seen[member.name] = {"sha256": _write(stream, target / member.name), "size": member.size}
            progress(member.name, member.offset_data + member.size, total)
    if manifest is None:
        raise refusal("backup_unreadable", source.name)
    expected = manifest["members"]
    wrong = sorted(name for name in {*expected, *seen} if expected.get(name) != seen.get(name))
    if wrong:
        raise refusal("backup_altered", *wrong[:5])
    return manifest


def is_safe(name: str) -> bool:
    """Whether a member's name stays in its folder: relative, no part empty or made of dots, one line."""
    return not _CONTROL.search(name) and all(part.strip(".") for part in name.split("/"))


def _manifest(body: bytes, source: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(body)
        whole = manifest["format"] <= FORMAT and isinstance(manifest["members"], dict)
    except (ValueError, KeyError, TypeError):
        raise refusal("backup_unreadable", source.name) from None
    if not whole:
        raise refusal("backup_newer", source.name)
    return dict(manifest)


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source, mode="r:") as tar:
            yield tar
    except (tarfile.TarError, EOFError):
        raise refusal("backup_unreadable", source.name) from None


def _members(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    while (member := tar.next()) is not None:
        yield member


def _write(stream: Any, path: Path) -> str:
    """Write a member to disk and return its hash."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()
