"""What goes out to webhooks: messages made of events, sent by a job, tried again, laid aside, forgotten.

Places and times only: each type of event names the fields that leave, whatever else it may get later.
"""

import datetime as dt
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_noop

from sunra.core.geo import cells
from sunra.platform.accounts.access import get_visible, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.accounts.roles import AGENCY_ADMIN, SAFETY_OFFICER
from sunra.platform.base.sealing import SealBroken
from sunra.platform.base.time import now
from sunra.platform.events.models import Event
from sunra.platform.jobs.services import enqueue
from sunra.platform.notices.services import notify
from sunra.systems.patrols import hook_calls
from sunra.systems.patrols.models import Hook, HookMessage, HookState
from sunra.systems.patrols.rules import MANAGE_HOOK
from sunra.systems.patrols.selectors.reach import above
from sunra.systems.patrols.services.hooks import SEAL, turn_off

SEND_JOB = "patrols.hook_send"
PAUSES = tuple(dt.timedelta(minutes=one) for one in (1, 5, 30, 120, 300, 600, 840, 1200, 1440))
"""Before each further try: ten tries in a little more than three days."""
LONG_FAILING = dt.timedelta(days=3)
CLAIM = dt.timedelta(minutes=2)
"""A message taken by a worker that died is free again after this."""
AT_ONCE = 50
KEPT = dt.timedelta(days=30)
TEST = "patrols.test"
GONE = 410

_SHIFT = ("shift", "district", "day", "kind", "at", "demo")
_LEAVES: dict[str, tuple[str, ...]] = {
    "patrols.plan_confirmed": ("plan", "district", "day", "demo", "stops"),
    "patrols.shift_begun": _SHIFT,
    "patrols.shift_ended": _SHIFT,
    "patrols.hazard_reported": ("hazard", "what", "dong", "district", "day", "at", "demo"),
}


def keep(event: Event) -> int:
    """Make the messages of an event, for the hooks of its agency and of those above; how many.

    Again for the same event makes none: a hook hears of it once.
    """
    wanted = Hook.objects.filter(agency_id__in=above(event.agency_id), active=True)
    found = [one for one in wanted if event.type in one.events]
    if not found:
        return 0
    body = _body(event.type, event.created, _leaving(event))
    for hook in found:
        HookMessage.objects.get_or_create(
            hook=hook, event=event.id, defaults={"type": event.type, "body": body, "due": now()}
        )
        _queue(hook)
    return len(found)


@transaction.atomic
def send_test(*, actor: Actor, hook_id: UUID) -> HookMessage:
    """Queue a message that says nothing, to see whether it arrives; also to a hook that is off.

    Raises ``PermissionDenied``, ``Http404``.
    """
    require(actor, MANAGE_HOOK)
    hook = get_visible(Hook.objects.all(), actor, id=hook_id)
    made = HookMessage.objects.create(
        hook=hook, event=uuid4(), type=TEST, body=_body(TEST, now(), {"hook": hook.name}), due=now()
    )
    _queue(hook)
    return made


def _queue(hook: Hook) -> None:
    enqueue(
        actor=Actor.job(hook.agency_id, SEND_JOB),
        kind=SEND_JOB,
        args={"hook": str(hook.pk)},
        key=str(hook.pk),
    )


def _leaving(event: Event) -> dict[str, Any]:
    told = {name: event.payload[name] for name in _LEAVES[event.type]}
    if "stops" in told:
        told["stops"] = [
            {name: stop[name] for name in ("cell_e", "cell_n", "since", "until")}
            | {"number": cells.format_cell(stop["cell_e"], stop["cell_n"])}
            for stop in told["stops"]
        ]
        told["stop_count"] = len(told["stops"])
    return told


def _body(kind: str, at: dt.datetime, data: dict[str, Any]) -> str:
    """The text that is sent; a night too large for one message leaves its stops to the API."""
    text = json.dumps({"type": kind, "timestamp": at.isoformat(), "data": data}, ensure_ascii=False)
    if len(text.encode()) > hook_calls.MOST_BYTES:
        return _body(kind, at, {name: value for name, value in data.items() if name != "stops"})
    return text


def _due() -> QuerySet[HookMessage]:
    """What waits for now; to a hook that is off only tests."""
    open_ones = Q(hook__active=True) | Q(type=TEST)
    return HookMessage.objects.filter(open_ones, state=HookState.WAITING, due__lte=now())


def queue_due() -> int:
    """Queue a job for each hook with something due; how many."""
    found = Hook.objects.filter(pk__in=_due().values("hook_id"))
    for hook in found:
        _queue(hook)
    return len(found)


def send_due(hook_id: UUID, check: Callable[[], None] = lambda: None) -> dict[str, int]:
    """Send what is due to one hook, oldest first, until one fails; how many were sent and failed."""
    sent = 0
    for _turn in range(AT_ONCE):
        check()
        row = _claim(hook_id)
        if row is None:
            break
        if not _sent(row):
            return {"sent": sent, "failed": 1}
        sent += 1
    return {"sent": sent, "failed": 0}


def _claim(hook_id: UUID) -> HookMessage | None:
    """The next due message, counted as tried before it is: a call that kills its worker ends as others do."""
    due = _due().filter(hook_id=hook_id)
    row = due.select_related("hook").order_by("due", "created").first()
    if row is None:
        return None
    taken = HookMessage.objects.filter(pk=row.pk, attempts=row.attempts, state=HookState.WAITING).update(
        attempts=F("attempts") + 1, due=now() + CLAIM, updated=now()
    )
    row.attempts += 1
    return row if taken else None


def _sent(row: HookMessage) -> bool:
    status, error = _call(row)
    good = status is not None and 200 <= status < 300
    with transaction.atomic():
        hook = Hook.objects.select_for_update().get(pk=row.hook_id)
        row.status, row.error = status, "" if good else error or "status"
        if good:
            row.state, row.settled = HookState.DONE, now()
            hook.failing_since = None
            hook.save(update_fields=["failing_since", "updated"])
        else:
            _failed(row, hook, gone=status == GONE)
        row.save(update_fields=["status", "error", "state", "settled", "due", "updated"])
    return good


def _call(row: HookMessage) -> tuple[int | None, str]:
    body = row.body.encode()
    try:
        secret = SEAL.unseal(row.hook.sealed, row=str(row.hook_id))
        headers = hook_calls.signed(secret, message=f"msg_{row.event.hex}", at=int(time.time()), body=body)
        return hook_calls.post(row.hook.url, body, headers), ""
    except hook_calls.CallError as error:
        return None, error.code
    except SealBroken:  # the key folder was not restored with the database
        return None, "seal"


def _failed(row: HookMessage, hook: Hook, *, gone: bool) -> None:
    """Later once more, or never; a test is tried once, so that it tells at once."""
    moment = now()
    if row.type == TEST:  # somebody tries an address: that is no reason to switch anything off
        row.state, row.settled = HookState.FAILED, moment
        return
    hook.failing_since = hook.failing_since or moment
    over = gone or moment - hook.failing_since >= LONG_FAILING
    if over or row.attempts > len(PAUSES):
        row.state, row.settled = HookState.FAILED, moment
    else:
        row.due = moment + PAUSES[row.attempts - 1]
        # Whoever does not answer is not called for each message, but for the oldest.
        waiting = hook.messages.filter(state=HookState.WAITING, due__lt=row.due).exclude(pk=row.pk)
        waiting.update(due=row.due + dt.timedelta(seconds=1))
    if hook.active and over:
        _off(hook, "gone" if gone else "failing")
    hook.save()


def _off(hook: Hook, why: str) -> None:
    turn_off(hook, why)
    notify(
        kind="patrols.hook_off", text=gettext_noop("A webhook was switched off: it could not be reached."),
        url=f"/patrols/webhooks/{hook.pk}/", agency_id=hook.agency_id, roles=(AGENCY_ADMIN, SAFETY_OFFICER),
    )  # fmt: skip


def forget() -> int:
    """Delete messages older than 30 days; how many."""
    return HookMessage.objects.filter(created__lt=now() - KEPT).delete()[0]
