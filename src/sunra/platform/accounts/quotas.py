"""How often a key may call: so many times a minute, so many times a day in Seoul; counted exactly.

One row a key and day carries both counts, so that every process sees the same and the key's page can show
them. The row is locked while it is counted: two calls at once are two calls.
"""

import math
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from sunra.platform.accounts.administration import KEYS, kept_key
from sunra.platform.accounts.api import problem
from sunra.platform.accounts.models import KeyUse, MachineKey
from sunra.platform.base.access import require
from sunra.platform.base.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import SEOUL
from sunra.platform.ledger.services import Act, record

MINUTE = 60
MOST_PER_MINUTE, MOST_PER_DAY = 6_000, 5_000_000
KEPT_DAYS = 400

Answer = TypeVar("Answer", bound=HttpResponseBase)


@dataclass(frozen=True, slots=True)
class Spent:
    """One call against a key's quota: the tighter of its two limits, calls left, seconds until it is full."""

    limit: int
    remaining: int
    reset: int
    refused: bool


def spend(key_id: UUID | str) -> Spent:
    """Count one call of a key; refused when the minute's or the day's calls are used up."""
    moment = time.time()
    local = datetime.fromtimestamp(moment, SEOUL)
    day, minute = local.date(), int(moment) // MINUTE
    with transaction.atomic():
        use = _use(UUID(str(key_id)), day)
        in_minute = use.in_minute if use.minute == minute else 0
        until = (MINUTE - moment % MINUTE, _until_midnight(local))
        windows = (
            (use.key.per_minute, in_minute, math.ceil(until[0])),
            (use.key.per_day, use.calls, math.ceil(until[1])),
        )
        refused = any(used >= limit for limit, used, _reset in windows)
        use.minute, use.in_minute = minute, in_minute + (not refused)
        use.calls, use.refused = use.calls + (not refused), use.refused + refused
        use.save(update_fields=["minute", "in_minute", "calls", "refused"])
    left = [(limit - used - (not refused), reset, limit) for limit, used, reset in windows]
    # Refused by both: the longer wait is the true one.
    remaining, reset, limit = min(left, key=lambda one: (max(one[0], 0), -one[1]))
    return Spent(limit, max(remaining, 0), reset, refused)


def _use(key_id: UUID, day: date) -> KeyUse:
    rows = KeyUse.objects.select_for_update(of=("self",)).select_related("key")
    found = rows.filter(key_id=key_id, day=day).first()
    if found is None:
        KeyUse.objects.get_or_create(key_id=key_id, day=day)
        KeyUse.objects.filter(key_id=key_id, day__lt=day - timedelta(days=KEPT_DAYS)).delete()
        found = rows.get(key_id=key_id, day=day)
    return found


def _until_midnight(local: datetime) -> float:
    tomorrow = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), SEOUL)
    return (tomorrow - local).total_seconds()


def answer_refused(spent: Spent) -> HttpResponse:
    """429 with when to come again."""
    answer = problem(429, "too_many", _("The quota of this key is used up. Try again later."))
    answer["Retry-After"] = str(spent.reset)
    return show(answer, spent)


def show(answer: Answer, spent: Spent) -> Answer:
    """Write what is left into the answer's headers."""
    answer["RateLimit-Limit"] = str(spent.limit)
    answer["RateLimit-Remaining"] = str(spent.remaining)
    answer["RateLimit-Reset"] = str(spent.reset)
    return answer


def change(*, actor: Actor, key_id: UUID, per_minute: int, per_day: int, reason: str) -> MachineKey:
    """Give a key another quota; raises ``PermissionDenied``, ``Http404`` or ``UserError``."""
    require(actor, KEYS)
    key = kept_key(actor, key_id)
    if not (1 <= per_minute <= MOST_PER_MINUTE and per_minute <= per_day <= MOST_PER_DAY):
        raise UserError(
            "accounts.quota",
            _("The quota does not fit."),
            _("A minute 1 to 6,000 calls; a day at least as many as a minute, at most 5,000,000."),
            ("per_minute", "per_day"),
        )
    detail = {"per_minute": [key.per_minute, per_minute], "per_day": [key.per_day, per_day]}
    record(
        actor=actor,
        act=Act.CHANGE,
        subject="accounts.MachineKey",
        ref=str(key.pk),
        purpose=reason,
        detail=detail,
    )
    key.per_minute, key.per_day = per_minute, per_day
    key.save(update_fields=["per_minute", "per_day", "updated"])
    return key


def uses(actor: Actor, key_id: UUID, days: int = 30) -> list[KeyUse]:
    """The latest days on which the key called, newest first."""
    return list(KeyUse.objects.filter(key=kept_key(actor, key_id))[:days])
