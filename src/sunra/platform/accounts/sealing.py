"""Seals the secrets of second factors at rest; their key lies in ``keys/factors`` of the home."""

from sunra.platform.base.sealing import Seal, SealBroken

__all__ = ["SealBroken", "seal", "unseal"]

_FACTORS = Seal(key="factors", about="accounts.factor")


def seal(text: str) -> str:
    """The sealed form of ``text``: ``aesgcm1:<base64 of nonce and ciphertext>``."""
    return _FACTORS.seal(text)


def unseal(sealed: str) -> str:
    """The text behind ``seal``; raises :class:`SealBroken`."""
    return _FACTORS.unseal(sealed)
