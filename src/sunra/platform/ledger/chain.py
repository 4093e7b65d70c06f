"""The arithmetic of the chain: one canonical text per record, one SHA-256 over it and what came before."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

FIELDS = (
    "retention",
    "seq",
    "at",
    "actor_kind",
    "actor_id",
    "role",
    "agency_id",
    "act",
    "subject",
    "ref",
    "purpose",
    "basis",
    "detail",
)
"""The hashed columns of a record, in the order of :func:`record_hash`."""


def canonical(value: Any) -> str:
    """One text for one value: sorted keys, no spaces, ASCII; NaN is refused with ``ValueError``."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, default=str)


def sha256(text: str) -> str:
    """Hex SHA-256 of an ASCII text."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def genesis(retention: int) -> str:
    """The hash before the first record of a chain."""
    return sha256(f"sunra ledger, {retention}-year chain")


def stamp(at: datetime) -> str:
    """A moment in UTC to the microsecond, the same on every database."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def record_hash(previous: str, month: str, values: tuple[Any, ...]) -> str:
    """``SHA-256(canonical([previous hash, month, *values]))``, values in the order of ``FIELDS``."""
    retention, seq, at, *rest = values
    return sha256(canonical([previous, month, retention, seq, stamp(at), *rest]))
