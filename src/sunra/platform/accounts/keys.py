"""The keys of programs: how one is made, shown once, and recognised again.

A key reads ``snr_<prefix>_<secret>``; the prefix finds the row, the secret is compared by its SHA-256.
A fast hash is right here: the secret has 256 random bits, so nothing can be guessed from it.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta

from sunra.platform.accounts.models import MachineKey
from sunra.platform.agencies.selectors import reach
from sunra.platform.base.actor import Actor
from sunra.platform.base.roles import MACHINE
from sunra.platform.base.time import now

_USE_NOTED_EVERY = timedelta(minutes=10)


def digest(secret: str) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_key() -> tuple[str, str, str]:
    """A fresh (prefix, hash, full key); the full key is shown once and kept nowhere."""
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    return prefix, digest(secret), f"snr_{prefix}_{secret}"


def find_key(given: str) -> MachineKey | None:
    """The valid key that ``given`` opens; None when unknown, wrong, expired or revoked."""
    parts = given.split("_", 2)
    if len(parts) != 3 or parts[0] != "snr":
        return None
    key = MachineKey.objects.select_related("agency").filter(prefix=parts[1]).first()
    if key is None or not hmac.compare_digest(key.secret_hash, digest(parts[2])):
        return None
    if key.revoked or key.expires <= now() or not key.agency.active:
        return None
    return key


def machine_actor(given: str) -> Actor | None:
    """The actor behind a key, or None; notes the time of use, at most every ten minutes."""
    key = find_key(given)
    if key is None:
        return None
    if key.last_used is None or now() - key.last_used > _USE_NOTED_EVERY:
        MachineKey.objects.filter(pk=key.pk).update(last_used=now())
    scope, dongs = reach(key.agency_id)
    return Actor(
        kind="machine",
        id=str(key.id),
        label=key.name,
        agency_id=key.agency_id,
        role=MACHINE,
        scope=scope,
        dongs=dongs,
        permissions=frozenset(key.permissions),
    )
