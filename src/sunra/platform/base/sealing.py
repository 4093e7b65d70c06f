"""Seals short texts at rest: AES-256-GCM, with the id of algorithm and key in front.

Each kind of text has a key of its own in ``keys/`` of the installation's home, apart from the database and
its backups. A seal may be bound to its row: moved to another row, it does not open.
"""

import base64
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sunra.platform.base.home import folder

_ID = "aesgcm1"


class SealBroken(Exception):  # noqa: N818 - reads as what it is
    """The sealed text was changed, moved to another row, or sealed with another key."""


def _make(path: Path) -> None:
    """Put a new key there, whole or not at all; of two processes that try at once one wins."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(AESGCM.generate_key(bit_length=256))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


@lru_cache(maxsize=8)
def _cipher(path: Path) -> AESGCM:
    if not path.exists():
        _make(path)
    return AESGCM(path.read_bytes())


class Seal:
    """The seal of one kind of text: ``key`` names its file, ``about`` goes into every seal."""

    def __init__(self, *, key: str, about: str) -> None:
        self._key, self._about = key, about

    def _cipher(self) -> AESGCM:
        return _cipher(folder("keys") / self._key)

    def _bound(self, row: str) -> bytes:
        return f"{self._about}:{row}".encode() if row else self._about.encode()

    def seal(self, text: str, *, row: str = "") -> str:
        """The sealed form of ``text``: ``aesgcm1:<base64 of nonce and ciphertext>``."""
        nonce = secrets.token_bytes(12)
        sealed = nonce + self._cipher().encrypt(nonce, text.encode(), self._bound(row))
        return f"{_ID}:{base64.b64encode(sealed).decode()}"

    def unseal(self, sealed: str, *, row: str = "") -> str:
        """The text behind ``seal``; raises :class:`SealBroken`."""
        name, _, body = sealed.partition(":")
        try:
            raw = base64.b64decode(body, validate=True)
            if name != _ID:
                raise SealBroken
            return self._cipher().decrypt(raw[:12], raw[12:], self._bound(row)).decode()
        except (InvalidTag, ValueError) as error:
            raise SealBroken from error
