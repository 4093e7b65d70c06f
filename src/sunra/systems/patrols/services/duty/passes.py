"""How a phone gets its right to write: an invitation with a PIN, once; then a token bound to the device.

The token is 256 random bits, kept as a hash. Each call is signed with a key that the browser made and never
hands out (ECDSA P-256), so a token read off the wire or out of a log opens nothing on another device. It
writes events of one shift and reads that shift's route, nothing else, until the shift's end and 72 hours,
or until it is revoked.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now
from sunra.platform.ledger.services import Act, record
from sunra.systems.patrols.models import ShiftInvitation, ShiftPass
from sunra.systems.patrols.rules import LEAD, VIEW_DUTY
from sunra.systems.patrols.selectors.duty import OPEN, reach, shift_of
from sunra.systems.patrols.selectors.reach import in_reach

AFTER_SHIFT = dt.timedelta(hours=72)
"""How long after its shift a phone may still send what it wrote without a network."""
TRIES = 5
"""Wrong PINs before an invitation is dead."""
HERE = dt.timedelta(minutes=2)
"""How long an invitation without a PIN lives: it goes to the browser of somebody who is signed in."""
SKEW = dt.timedelta(minutes=10)
"""How far a phone's clock may be off when it signs a call; the answer tells it the right time."""
SCHEME = "shift "
"""How a call names its token, in the Authorization header."""
_HALF = 32


@dataclass(frozen=True, slots=True)
class Invited:
    """A new invitation; ``code`` and ``pin`` are shown once and kept as hashes."""

    invitation: ShiftInvitation
    code: str
    pin: str


@dataclass(frozen=True, slots=True)
class Joined:
    """A phone's pass with its token, told once."""

    given: ShiftPass
    token: str


class PassRefused(Exception):  # noqa: N818 - reads as what it is
    """A call without a valid pass; ``code`` is ``unknown``, ``over``, ``revoked``, ``clock`` or ``proof``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def invite(*, actor: Actor, shift_id: UUID, here: bool = False) -> Invited:
    """Invite one phone to a shift that is not over; the ledger keeps it.

    ``here``: for the signed-in person's own browser, without a PIN and only for two minutes.
    Raises ``PermissionDenied``, ``Http404``, ``UserError``.
    """
    require(actor, VIEW_DUTY if here else LEAD)
    shift = shift_of(actor, shift_id)
    if shift.status not in OPEN:
        raise UserError(
            "shift_over", _("This shift is over or cancelled."), _("Choose another shift."), (shift.name,)
        )
    record(
        actor=actor, act=Act.GRANT, subject="patrols.ShiftInvitation", ref=str(shift.pk),
        purpose="phone invited to a shift",
    )  # fmt: skip
    code, pin = secrets.token_urlsafe(24), "" if here else f"{secrets.randbelow(1_000_000):06d}"
    expires = now() + HERE if here else max(shift.ends, now() + dt.timedelta(hours=1))
    row = ShiftInvitation.objects.create(
        shift=shift, code_hash=_digest(code), pin_hash=_pin(code, pin) if pin else "", expires=expires,
        made_by=actor.id[:60],
    )  # fmt: skip
    return Invited(row, code, pin)


def join(*, code: str, pin: str, device_key: str, device: str = "") -> Joined:
    """Turn an invitation into a pass for the device that holds ``device_key`` (SPKI, base64url).

    A wrong PIN counts even though nothing else is written. Raises ``UserError``: ``invitation``, ``pin``,
    ``device_key``.
    """
    _public_key(device_key)
    with transaction.atomic():
        row = (
            ShiftInvitation.objects.select_for_update(of=("self",))
            .select_related("shift")
            .filter(code_hash=_digest(code))
            .first()
        )
        if row is None or row.used_at or row.expires < now() or row.tries >= TRIES:
            raise UserError(
                "invitation", _("This invitation is used up or over."), _("Ask your leader for a new one.")
            )
        right = not row.pin_hash or hmac.compare_digest(row.pin_hash, _pin(code, pin))
        if right:
            return _pass(row, device_key, device)
        row.tries += 1
        row.save(update_fields=["tries", "updated"])
    left = TRIES - row.tries
    raise UserError(
        "pin", _("The PIN is wrong."), _("Ask your leader for it. Tries left: %(left)d.") % {"left": left}
    )


def _pass(row: ShiftInvitation, device_key: str, device: str) -> Joined:
    token = secrets.token_urlsafe(32)
    phone = Actor(kind="job", id=f"invitation:{row.pk}", label="phone", agency_id=row.shift.agency_id)
    record(
        actor=phone, act=Act.GRANT, subject="patrols.ShiftPass", ref=str(row.shift_id),
        purpose="phone joined a shift",
    )  # fmt: skip
    row.used_at = now()
    row.save(update_fields=["used_at", "updated"])
    given = ShiftPass.objects.create(
        shift=row.shift, token_hash=_digest(token), device_key=device_key, device=device[:60],
        expires=row.shift.ends + AFTER_SHIFT,
    )  # fmt: skip
    return Joined(given, token)


@transaction.atomic
def revoke(*, actor: Actor, pass_id: UUID) -> ShiftPass:
    """End a phone's right at once. Raises ``PermissionDenied``, ``Http404``."""
    require(actor, LEAD)
    found = in_reach(
        ShiftPass.objects.select_for_update(of=("self",)), reach(actor, "shift__"), actor, id=pass_id
    )
    record(
        actor=actor, act=Act.REVOKE, subject="patrols.ShiftPass", ref=str(found.shift_id),
        purpose="phone's pass revoked",
    )  # fmt: skip
    found.revoked_at = found.revoked_at or now()
    found.save(update_fields=["revoked_at", "updated"])
    return found


@dataclass(frozen=True, slots=True)
class Call:
    """A signed call: ``proof`` is over ``METHOD\\npath\\nmilliseconds\\nsha256(body) in hex``, as raw
    ``r‖s`` in base64url.
    """

    token: str
    at_ms: str
    proof: str
    method: str
    path: str
    body: bytes


def authenticate(*, token: str, at_ms: str, proof: str, method: str, path: str, body: bytes) -> ShiftPass:
    """The pass behind a signed call. Raises :class:`PassRefused`."""
    (found,) = authenticate_all([Call(token, at_ms, proof, method, path, body)])
    if isinstance(found, PassRefused):
        raise found
    return found


def authenticate_all(calls: Sequence[Call]) -> list[ShiftPass | PassRefused]:
    """The pass behind each call, or why there is none. The table is asked each time, once for all: a pass
    that was revoked ends with the next call.
    """
    wanted = {_digest(call.token) for call in calls if call.token}
    rows = ShiftPass.objects.select_related("shift").filter(token_hash__in=wanted)
    known = {row.token_hash: row for row in rows}
    found: list[ShiftPass | PassRefused] = []
    for call in calls:
        try:
            found.append(_proved(known.get(_digest(call.token)), call))
        except PassRefused as refused:
            found.append(refused)
    return found


def _proved(found: ShiftPass | None, call: Call) -> ShiftPass:
    if found is None:
        raise PassRefused("unknown")
    if found.revoked_at:
        raise PassRefused("revoked")
    if found.expires < now():
        raise PassRefused("over")
    digest = hashlib.sha256(call.body).hexdigest()
    text = f"{call.method}\n{call.path}\n{call.at_ms}\n{digest}".encode()
    try:
        raw = _unpad(call.proof)
        if len(raw) != 2 * _HALF:
            raise PassRefused("proof")
        signature = encode_dss_signature(int.from_bytes(raw[:_HALF]), int.from_bytes(raw[_HALF:]))
        _public_key(found.device_key).verify(signature, text, ec.ECDSA(hashes.SHA256()))
        said = dt.datetime.fromtimestamp(int(call.at_ms) / 1000, dt.UTC)
    except (InvalidSignature, UserError, ValueError, OverflowError, OSError) as error:
        raise PassRefused("proof") from error
    if abs(said - now()) > SKEW:
        raise PassRefused("clock")
    return found


def spot_mark(agency_id: UUID, cell_e: int, cell_n: int) -> str:
    """What a QR sign at a spot carries beside its cell, so that nobody checks in from a desk (60 bits)."""
    text = f"spot|{agency_id}|{cell_e}|{cell_n}".encode()
    mac = hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).digest()
    return base64.b32encode(mac)[:12].decode()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _pin(code: str, pin: str) -> str:
    """A PIN is short, but its code has 192 bits and stays unknown to who reads the table."""
    return hmac.new(code.encode(), pin.strip().encode(), hashlib.sha256).hexdigest()


def _unpad(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError, UnicodeEncodeError) as error:
        raise ValueError("not base64url") from error


@lru_cache(4096)
def _public_key(text: str) -> ec.EllipticCurvePublicKey:
    try:
        key = load_der_public_key(_unpad(text[:200]))
    except ValueError as error:
        raise _bad_key() from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise _bad_key()
    return key


def _bad_key() -> UserError:
    return UserError("device_key", _("This phone's key is not understood."), _("Open the link again."))
