"""The second factor: who must have one, and how its secret is kept."""

import base64
import hashlib
import hmac
import struct
import time

from allauth.mfa.models import Authenticator

from sunra.platform.base.actor import Actor
from sunra.platform.base.roles import ROLES

_SECOND = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_factor(person_id: int) -> bool:
    """Whether a person has set up TOTP or a security key."""
    return bool(Authenticator.objects.filter(user_id=person_id, type__in=_SECOND).exists())


def must_set_up(actor: Actor) -> bool:
    """Whether the actor's role asks for a second factor that is not there yet."""
    role = ROLES.get(actor.role)
    if role is None or not role.staff or actor.person_id is None:
        return False
    return not has_factor(actor.person_id)


def code_now(secret: str, at: float | None = None) -> str:
    """The six digits that an authenticator app shows for a base32 secret (RFC 6238, SHA-1, 30 seconds)."""
    counter = struct.pack(">Q", int(time.time() if at is None else at) // 30)
    mac = hmac.new(base64.b32decode(secret, casefold=True), counter, hashlib.sha1).digest()
    offset = mac[-1] & 0x0F
    value = struct.unpack(">I", mac[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{value % 1_000_000:06d}"
