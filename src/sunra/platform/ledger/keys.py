"""The signing key of this installation: in ``SUNRA_HOME/keys``, apart from database and anchors."""

import base64
import hashlib
import os
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from sunra.platform.base.home import folder

PRIVATE = "ledger.pem"
PUBLIC = "ledger-public"


def key_id(public: Ed25519PublicKey) -> str:
    """The first 16 hex digits of the key's SHA-256."""
    return hashlib.sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def private_key() -> Ed25519PrivateKey:
    """The key that signs now; made at first use. Its public half is kept for as long as its signatures."""
    path = folder("keys") / PRIVATE
    if not path.exists():
        _make(path)
    return _load_private(path, path.stat().st_mtime_ns)


def sign(text: str) -> tuple[str, str]:
    """(key id, Ed25519 signature in base64) over an ASCII text."""
    key = private_key()
    return key_id(key.public_key()), base64.b64encode(key.sign(text.encode("ascii"))).decode("ascii")


def signed(text: str, key: str, signature: str) -> bool:
    """Whether the signature over the text is by a key that this installation knows."""
    public = _public(folder("keys") / PUBLIC / f"{key}.pem") if key.isalnum() else None
    if public is None:
        return False
    try:
        public.verify(base64.b64decode(signature, validate=True), text.encode("ascii"))
    except (InvalidSignature, ValueError):
        return False
    return True


def _make(path: Path) -> None:
    """Write a new pair; of two processes that do so at once, the one that links first wins."""
    key = Ed25519PrivateKey.generate()
    public = folder("keys") / PUBLIC
    public.mkdir(mode=0o700, exist_ok=True)
    text = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (public / f"{key_id(key.public_key())}.pem").write_bytes(text)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


@lru_cache(maxsize=4)
def _load_private(path: Path, _changed: int) -> Ed25519PrivateKey:
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        message = f"{path.name} is not an Ed25519 key"
        raise TypeError(message)
    return key


@lru_cache(maxsize=16)
def _public(path: Path) -> Ed25519PublicKey | None:
    if not path.exists():
        return None
    key = load_pem_public_key(path.read_bytes())
    return key if isinstance(key, Ed25519PublicKey) else None
