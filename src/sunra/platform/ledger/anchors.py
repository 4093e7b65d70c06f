"""Anchors: the heads of the chains, written once a minute to files outside the database.

``SUNRA_HOME/anchors/ledger-YYYY-MM.jsonl`` is only ever appended to. Each line carries its number, the
SHA-256 of the line before, the heads and an Ed25519 signature, so that neither a database nor a file can
be rewritten alone without :mod:`verify` seeing it. Copy the folder to another machine: what is copied
cannot be cut later even by somebody who holds this one.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from sunra.platform.base.home import folder
from sunra.platform.base.time import now
from sunra.platform.ledger import keys
from sunra.platform.ledger.chain import canonical, sha256, stamp
from sunra.platform.ledger.models import AnchorMark, Chain

DATABASE = "ledger"
IDLE = timedelta(minutes=10)
"""How often an unchanged head is anchored again."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """One line: ``heads`` are (retention class, seq, hash); ``line_hash`` links the next one."""

    number: int
    at: datetime
    previous: str
    heads: tuple[tuple[int, int, str], ...]
    key_id: str
    signature: str

    def text(self) -> str:
        """What is signed."""
        return canonical([self.number, stamp(self.at), self.previous, self.heads])

    @property
    def line_hash(self) -> str:
        """SHA-256 of the signed text."""
        return sha256(self.text())


@contextmanager
def hold() -> Iterator[Path]:
    """No anchor is written meanwhile, by any process; a backup copies folder and database inside."""
    path = folder("anchors")
    with (path / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield path


def read() -> Iterator[Anchor]:
    """Every whole line, oldest first; raises ``ValueError`` naming a line that cannot be read."""
    for path in files():
        with path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                if line.endswith(b"\n"):  # a line without its end was torn by a crash and never counted
                    yield _parse(line, f"{path.name}:{number}")


def files() -> list[Path]:
    """The anchor files, oldest first."""
    return sorted(folder("anchors").glob("ledger-*.jsonl"))


def last() -> Anchor | None:
    """The newest whole line."""
    for path in reversed(files()):
        lines = _tail(path).split(b"\n")[:-1]
        if lines:
            return _parse(lines[-1], path.name)
    return None


def write() -> Anchor | None:
    """Anchor the heads as they are; None when nothing has changed since an anchor of the last ten minutes."""
    with hold() as path:
        heads = tuple(
            Chain.objects.using(DATABASE).order_by("retention").values_list("retention", "seq", "head")
        )
        newest = last()
        moment = now()
        if newest and newest.heads == heads and moment - newest.at < IDLE:
            return None
        number, previous = (newest.number + 1, newest.line_hash) if newest else (1, "")
        draft = Anchor(number, moment, previous, heads, "", "")
        key, signature = keys.sign(draft.text())
        anchor = Anchor(number, moment, previous, heads, key, signature)
        _append(path / f"ledger-{moment:%Y-%m}.jsonl", _line(anchor))
        with transaction.atomic(using=DATABASE):
            AnchorMark.objects.update_or_create(
                pk=1, defaults={"number": number, "line_hash": anchor.line_hash}
            )
        return anchor


def _line(anchor: Anchor) -> bytes:
    fields = {
        "n": anchor.number,
        "at": stamp(anchor.at),
        "prev": anchor.previous,
        "heads": anchor.heads,
        "key": anchor.key_id,
        "sig": anchor.signature,
    }
    return canonical(fields).encode("ascii") + b"\n"


def _append(path: Path, line: bytes) -> None:
    """Add a line and force it to disk; a torn end left by a crash is taken off first."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        torn = len(_tail(path).rpartition(b"\n")[2])
        if torn:
            os.ftruncate(descriptor, path.stat().st_size - torn)
        os.lseek(descriptor, 0, os.SEEK_END)
        os.write(descriptor, line)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _tail(path: Path, size: int = 65_536) -> bytes:
    """The end of a file: more than any one line is long."""
    with path.open("rb") as stream:
        stream.seek(max(path.stat().st_size - size, 0))
        return stream.read()


def _parse(line: bytes, where: str) -> Anchor:
    try:
        fields: dict[str, Any] = json.loads(line)
        heads = tuple((int(years), int(seq), str(head)) for years, seq, head in fields["heads"])
        at = datetime.fromisoformat(fields["at"])
        return Anchor(
            int(fields["n"]), at, str(fields["prev"]), heads, str(fields["key"]), str(fields["sig"])
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(where) from error
