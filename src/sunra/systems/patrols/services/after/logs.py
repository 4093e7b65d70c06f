"""The patrol log: written by the phones, completed by a leader, signed; each change is a version."""

import hashlib
import json
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now
from sunra.platform.ledger.services import Act, record
from sunra.systems.patrols.models import LogVersion, Member, PatrolLog, ServedHours, Shift
from sunra.systems.patrols.rules import LEAD
from sunra.systems.patrols.selectors.after import facts_of, minutes_of, newest
from sunra.systems.patrols.selectors.duty import shift_of

LONGEST = 2_000


@transaction.atomic
def write(*, actor: Actor, shift_id: UUID, remarks: str, came: Collection[UUID] = ()) -> LogVersion:
    """A new version: what the phones wrote by now, the leader's remarks, and which members came.

    Raises ``PermissionDenied``, ``Http404``, ``UserError``: ``not_walked``, ``remarks``, ``not_member``.
    """
    shift = _shift(actor, shift_id)
    if len(remarks) > LONGEST:
        raise UserError("remarks", _("The remarks are too long."), _("Write at most 2,000 characters."))
    members = list(Member.objects.filter(pk__in=came, organisation=shift.organisation, withdrawn=None))
    if len(members) != len(set(came)):
        raise UserError(
            "not_member", _("Somebody chosen is no member of this organisation."), _("Choose again.")
        )
    log = _log(shift)
    _record(actor, shift, "patrol log written")
    ServedHours.objects.filter(log=log).delete()
    minutes = minutes_of(shift)
    ServedHours.objects.bulk_create(ServedHours(log=log, member=one, minutes=minutes) for one in members)
    return _version(actor, log, facts_of(shift) | {"remarks": remarks.strip(), "came": len(members)})


@transaction.atomic
def sign(*, actor: Actor, shift_id: UUID, digest: str) -> LogVersion:
    """Sign the version whose digest was shown; signing twice changes nothing.

    Raises ``PermissionDenied``, ``Http404``, ``UserError``: ``not_walked``, ``not_written``, ``changed``
    when another version has come since the page was opened.
    """
    shift = _shift(actor, shift_id)
    last = newest(shift)
    if last is None:
        raise UserError("not_written", _("There is no log yet."), _("Look through it and keep it first."))
    if last.digest != digest or last.digest != digest_of(last.log_id, last.number, last.body):
        raise UserError("changed", _("The log has changed meanwhile."), _("Read it again, then sign."))
    if last.signed_at is None:
        _record(actor, shift, f"patrol log signed: {digest[:12]}")
        last.signed_by, last.signed_at = actor.label[:120], now()
        last.save(update_fields=["signed_by", "signed_at", "updated"])
    return last


def digest_of(log_id: UUID, number: int, body: dict[str, Any]) -> str:
    """What a signature stands for."""
    text = json.dumps([str(log_id), number, body], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _shift(actor: Actor, shift_id: UUID) -> Shift:
    require(actor, LEAD)
    shift = shift_of(actor, shift_id)
    if shift.begun_at is None:
        raise UserError(
            "not_walked", _("Nobody began this shift."), _("A log begins with a patrol."), (shift.name,)
        )
    return shift


def _log(shift: Shift) -> PatrolLog:
    return PatrolLog.objects.select_for_update().get_or_create(
        shift=shift,
        defaults={"agency_id": shift.agency_id, "organisation": shift.organisation, "day": shift.day},
    )[0]  # fmt: skip


def _version(actor: Actor, log: PatrolLog, body: dict[str, Any]) -> LogVersion:
    number = log.versions.count() + 1
    return LogVersion.objects.create(
        log=log, number=number, body=body, digest=digest_of(log.pk, number, body),
        written_by=actor.label[:120],
    )  # fmt: skip


def _record(actor: Actor, shift: Shift, purpose: str) -> None:
    record(actor=actor, act=Act.CHANGE, subject="patrols.PatrolLog", ref=str(shift.pk), purpose=purpose)
