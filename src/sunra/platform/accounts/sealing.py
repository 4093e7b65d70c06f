"""Seals the secrets of second factors at rest: AES-256-GCM, with the id of algorithm and key in front.

The key lies in ``keys/factors`` of the installation's home, apart from the database and its backups.
"""

import base64
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sunra.platform.base.home import folder

_ID = "aesgcm1"
_ABOUT = b"accounts.factor"


class SealBroken(Exception):  # noqa: N818 - reads as what it is
    """The sealed text was changed, or sealed with another key."""


@lru_cache(maxsize=4)
def _cipher(path: Path) -> AESGCM:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(AESGCM.generate_key(bit_length=256))
    return AESGCM(path.read_bytes())


def _here() -> AESGCM:
    return _cipher(folder("keys") / "factors")


def seal(text: str) -> str:
    """The sealed form of ``text``: ``aesgcm1:<base64 of nonce and ciphertext>``."""
    nonce = secrets.token_bytes(12)
    sealed = nonce + _here().encrypt(nonce, text.encode(), _ABOUT)
    return f"{_ID}:{base64.b64encode(sealed).decode()}"


def unseal(sealed: str) -> str:
    """The text behind ``seal``; raises :class:`SealBroken`."""
    name, _, body = sealed.partition(":")
    try:
        raw = base64.b64decode(body, validate=True)
        if name != _ID:
            raise SealBroken
        return _here().decrypt(raw[:12], raw[12:], _ABOUT).decode()
    except (InvalidTag, ValueError) as error:
        raise SealBroken from error
