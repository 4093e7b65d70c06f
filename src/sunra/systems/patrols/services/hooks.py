"""Webhooks of an agency: made, changed, given a new secret, switched; each step in the ledger."""

from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from sunra.platform.accounts.access import get_visible, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.sealing import Seal
from sunra.platform.base.time import now
from sunra.platform.ledger.acts import Act
from sunra.platform.ledger.services import record
from sunra.systems.patrols import hook_calls
from sunra.systems.patrols.models import Hook, HookState
from sunra.systems.patrols.rules import MANAGE_HOOK
from sunra.systems.patrols.texts import HOOK_ERRORS, HOOK_EVENTS

MOST_HOOKS = 20
"""Of one agency."""
SEAL = Seal(key="hooks", about="patrols.Hook")


def make(*, actor: Actor, name: str, url: str, events: list[str]) -> tuple[Hook, str]:
    """A new hook of the actor's agency and its secret, which is told only here and kept sealed.

    Raises ``PermissionDenied``; ``UserError`` ``hook_url``, ``hook_words``, ``hook_name``, ``hook_many``.
    """
    require(actor, MANAGE_HOOK)
    if actor.agency_id is None:
        raise PermissionDenied
    name = _checked(name, url, events)
    _free(actor.agency_id, name)
    if Hook.objects.filter(agency_id=actor.agency_id).count() >= MOST_HOOKS:
        raise UserError("hook_many", _("There are 20 webhooks already."), _("Change one of them instead."))
    row, secret = (
        Hook(id=uuid4(), agency_id=actor.agency_id, made_by=actor.label[:120]),
        hook_calls.new_secret(),
    )
    row.name, row.url, row.events = name, url, sorted(events)
    row.sealed = SEAL.seal(secret, row=str(row.pk))
    _note(actor, row, Act.GRANT)
    _save(row)
    return row, secret


def change(*, actor: Actor, hook_id: UUID, name: str, url: str, events: list[str]) -> Hook:
    """Change name, address or events. Raises as :func:`make`, ``Http404``."""
    require(actor, MANAGE_HOOK)
    get_visible(Hook.objects.all(), actor, id=hook_id)
    name = _checked(name, url, events)  # asks for the name's addresses: not while rows are locked
    with transaction.atomic():
        row = _kept(actor, hook_id)
        _free(row.agency_id, name, but=hook_id)
        row.name, row.url, row.events = name, url, sorted(events)
        _note(actor, row, Act.CHANGE)
        _save(row)
    return row


@transaction.atomic
def renew_secret(*, actor: Actor, hook_id: UUID) -> str:
    """A new secret, told only here; the old one signs nothing from now on.

    Raises ``PermissionDenied``, ``Http404``.
    """
    row, secret = _kept(actor, hook_id), hook_calls.new_secret()
    row.sealed = SEAL.seal(secret, row=str(row.pk))
    _note(actor, row, Act.CHANGE)
    row.save(update_fields=["sealed", "updated"])
    return secret


def switch(*, actor: Actor, hook_id: UUID, on: bool) -> Hook:
    """Switch a hook on or off; what happens while it is off is not sent later.

    Raises ``PermissionDenied``, ``Http404``; ``UserError`` ``hook_url`` when its address is refused by now.
    """
    require(actor, MANAGE_HOOK)
    found = get_visible(Hook.objects.all(), actor, id=hook_id)
    if on:
        _reachable(found.url)
    with transaction.atomic():
        row = _kept(actor, hook_id)
        if on == row.active:
            return row
        _note(actor, row, Act.GRANT if on else Act.REVOKE)
        row.failing_since = None
        if on:
            row.active, row.off_at, row.off_why = True, None, ""
        else:
            turn_off(row, "by_hand")
        row.save()
    return row


def turn_off(row: Hook, why: str) -> None:
    """Off, with all that waits laid aside; the caller saves the row."""
    row.active, row.off_at, row.off_why = False, now(), why
    row.messages.filter(state=HookState.WAITING).update(
        state=HookState.FAILED, error="off", settled=now(), updated=now()
    )


def _kept(actor: Actor, hook_id: UUID) -> Hook:
    require(actor, MANAGE_HOOK)
    return get_visible(Hook.objects.select_for_update(), actor, id=hook_id)


def _checked(name: str, url: str, events: list[str]) -> str:
    clean = " ".join(name.split())
    if not clean or len(clean) > 80 or not events or set(events) - set(HOOK_EVENTS):
        raise UserError(
            "hook_words", _("The name or the events are missing."), _("Choose at least one event.")
        )
    _reachable(url)
    return clean


def _reachable(url: str) -> None:
    try:
        hook_calls.addresses(hook_calls.target(url))
    except hook_calls.CallError as error:
        raise UserError(
            "hook_url", HOOK_ERRORS[error.code], _("Ask the partner for the right address."), where=("url",)
        ) from error


def _free(agency_id: UUID, name: str, *, but: UUID | None = None) -> None:
    same = Hook.objects.filter(agency_id=agency_id, name=name).values_list("pk", flat=True)
    if set(same) - {but}:
        raise _taken()


def _taken() -> UserError:
    return UserError(
        "hook_name", _("There is a webhook of this name."), _("Choose another name."), where=("name",)
    )


def _save(row: Hook) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise _taken() from error


def _note(actor: Actor, row: Hook, act: Act) -> None:
    """Who sends what where; written before it holds."""
    host = hook_calls.target(row.url).host
    record(
        actor=actor, act=act, subject="patrols.Hook", ref=str(row.pk), purpose="webhook of patrols",
        detail={"host": host, "events": row.events},
    )  # fmt: skip
