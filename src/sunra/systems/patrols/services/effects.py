"""Keeps what was said about a month of patrols."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from sunra import __version__
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.systems.patrols.models import EffectMonth
from sunra.systems.patrols.rules import JUDGE


@transaction.atomic
def keep_month(
    *,
    actor: Actor,
    agency_id: UUID,
    district: str,
    month: dt.date,
    nights: int,
    figures: dict[str, Any],
    digest: str,
    demo: bool,
) -> EffectMonth:
    """Store a month's figures; the same inputs (``digest``) change nothing, others count ``times`` on.

    Raises ``PermissionDenied``.
    """
    require(actor, JUDGE)
    if agency_id not in actor.scope:
        raise PermissionDenied
    known = (
        EffectMonth.objects.select_for_update()
        .filter(agency_id=agency_id, district=district, month=month, demo=demo)
        .first()
    )
    if known and known.digest == digest:
        return known
    row = known or EffectMonth(agency_id=agency_id, district=district, month=month, demo=demo)
    row.nights, row.figures, row.digest, row.code_version = nights, figures, digest, __version__
    row.times = known.times + 1 if known else 1
    row.full_clean()
    row.save()
    return row
