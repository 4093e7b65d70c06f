"""Whether the same asks again, without knowing who: hashes under salts that are thrown away, and codes.

A mark is HMAC-SHA256 of the network address under the salt of a fortnight. Salts older than the one before
the present are deleted, and then no mark made with them can be led back to an address by anybody. The
address itself is never stored. People behind one address count as one asker: rather too few than too many.
"""

import hashlib
import hmac
import ipaddress
import secrets

from sunra.platform.base.time import now
from sunra.systems.risk.models import AskerSalt

SALT_DAYS = 14
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16
"""30 signs, 16 places: 78 bits."""


def salt_number() -> int:
    """The number of the present fortnight, counted from the epoch."""
    return int(now().timestamp() // (SALT_DAYS * 86_400))


def marks(address: str) -> tuple[str, ...]:
    """The marks of an address under each living salt, the present one first."""
    number = salt_number()
    present, _made = AskerSalt.objects.get_or_create(number=number, defaults={"value": secrets.token_hex(32)})
    before = AskerSalt.objects.filter(number=number - 1).first()
    network = _network(address)
    return tuple(
        hmac.new(bytes.fromhex(salt.value), network, hashlib.sha256).hexdigest()
        for salt in (present, before)
        if salt is not None
    )


def _network(address: str) -> bytes:
    """The address, of IPv6 the half that a household keeps."""
    found = ipaddress.ip_address(address)
    if found.version == 6:
        return ipaddress.ip_network((found, 64), strict=False).network_address.packed
    return found.packed


def new_code() -> str:
    """A code that nobody guesses, in four groups to read out: K7QM-2XPD-9FRT-W3HZ."""
    signs = "".join(secrets.choice(_SIGNS) for _place in range(CODE_LENGTH))
    return "-".join(signs[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def hash_of(code: str) -> str:
    """What is kept of a code, however it was typed."""
    signs = "".join(sign for sign in code.upper() if sign.isalnum())
    return hashlib.sha256(signs.encode()).hexdigest()
