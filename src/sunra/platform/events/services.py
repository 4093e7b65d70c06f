"""Everything that writes events: publish in a transaction, deliver once per consumer."""

import logging
import uuid
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, transaction

from sunra.platform.base.access import require
from sunra.platform.base.actor import Actor
from sunra.platform.base.time import now
from sunra.platform.events import registry
from sunra.platform.events.models import Delivery, Event
from sunra.platform.events.selectors import dead_letters

log = logging.getLogger(__name__)


class NotInTransaction(RuntimeError):  # noqa: N818 - reads as what it is
    """``publish`` was called outside a transaction: the event could outlive a change that was undone."""


class PayloadMismatch(ValueError):  # noqa: N818 - reads as what it is
    """The payload is not of the declared shape."""


def publish(*, type: str, version: int = 1, agency_id: uuid.UUID | None, payload: dict[str, Any]) -> Event:  # noqa: A002
    """Write an event beside the change that it tells of; consumers get it after the commit.

    Raises :class:`NotInTransaction` outside a transaction, :class:`PayloadMismatch` against a declared shape.
    """
    if not transaction.get_connection().in_atomic_block:
        message = f"publish {type} inside transaction.atomic()"
        raise NotInTransaction(message)
    _check(type, version, payload)
    event = Event.objects.create(type=type, version=version, agency_id=agency_id, payload=payload)
    Delivery.objects.bulk_create(
        Delivery(event=event, consumer=item.name, due=event.created)
        for item in registry.consumers_of(type, version)
    )
    return event


def deliver_pending(limit: int = 100) -> int:
    """Hand over up to ``limit`` due deliveries; how many took effect. Any number of workers may."""
    due = Delivery.objects.filter(state=Delivery.State.PENDING, due__lte=now()).values_list("pk", flat=True)
    return sum(_deliver(pk) for pk in list(due[:limit]))


def redeliver(*, actor: Actor, delivery_id: int) -> bool:
    """Give a dead letter a fresh start; False when it is not dead. Raises ``PermissionDenied``."""
    require(actor, "events.change_dead_letter")
    changed = (
        dead_letters(actor)
        .filter(pk=delivery_id)
        .update(state=Delivery.State.PENDING, attempts=0, due=now(), settled=None)
    )
    return bool(changed)


def _check(type: str, version: int, payload: dict[str, Any]) -> None:  # noqa: A002
    """Compare a payload with its declared shape."""
    fields = registry.shape(type, version)
    if fields is None:
        return
    wrong = sorted(set(fields) ^ set(payload)) or [
        name for name, kind in fields.items() if not isinstance(payload[name], kind)
    ]
    if wrong:
        message = f"{type} v{version}: {', '.join(wrong)}"
        raise PayloadMismatch(message)


def _deliver(pk: int) -> bool:
    """Claim one delivery, run its handler and mark it done in one transaction."""
    delivery = _claim(pk)
    if delivery is None:
        return False
    consumer = registry.by_name(delivery.consumer)
    if consumer is None:
        _failed(delivery, "no such consumer", last=delivery.attempts >= 8)
        return False
    try:
        with transaction.atomic():
            locked = Delivery.objects.select_for_update().get(pk=pk)
            if locked.state != Delivery.State.PENDING:
                return False
            consumer.handle(locked.event)
            Delivery.objects.filter(pk=pk).update(state=Delivery.State.DONE, settled=now(), error="")
    except Exception as error:  # noqa: BLE001 - whatever a handler raises, the others still get theirs
        _failed(delivery, error.__class__.__name__, last=delivery.attempts >= consumer.attempts)
        return False
    return True


def _claim(pk: int) -> Delivery | None:
    """Count the attempt before it is made, so that a handler that kills its process cannot do so for ever."""
    try:
        with transaction.atomic():
            delivery = Delivery.objects.select_for_update().filter(pk=pk).first()
            if delivery is None or delivery.state != Delivery.State.PENDING or delivery.due > now():
                return None
            delivery.attempts += 1
            delivery.due = now() + timedelta(seconds=min(5 * 2**delivery.attempts, 3600))
            delivery.save(update_fields=["attempts", "due"])
            return delivery
    except DatabaseError:
        log.warning("delivery %s could not be claimed", pk)
        return None


def _failed(delivery: Delivery, reason: str, *, last: bool) -> None:
    """Leave it for its next turn, or lay it aside where people see it; messages may hold data: class only."""
    log.warning("delivery of %s to %s failed: %s", delivery.event_id, delivery.consumer, reason)
    values: dict[str, Any] = {"error": reason[:200]}
    if last:
        values |= {"state": Delivery.State.DEAD, "settled": now()}
    Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.PENDING).update(**values)
