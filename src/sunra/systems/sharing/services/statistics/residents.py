"""Residents by dong: what rates are divided by."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from sunra.platform.accounts.access import Denied, require
from sunra.platform.accounts.actor import Actor
from sunra.systems.sharing.models import DongResidents
from sunra.systems.sharing.rules import IMPORT


@transaction.atomic
def keep_residents(
    *,
    actor: Actor,
    agency_id: UUID,
    source: str,
    residents: Mapping[str, int],
    as_of: dt.date | None = None,
    demo: bool = False,
) -> int:
    """Replace what ``source`` says of residents by dong (10 digits → count); returns how many dongs.

    Raises ``PermissionDenied`` for an agency outside the actor's scope.
    """
    require(actor, IMPORT)
    if agency_id not in actor.scope:
        raise Denied(IMPORT)
    DongResidents.objects.filter(agency_id=agency_id, source=source).delete()
    rows = [
        DongResidents(agency_id=agency_id, source=source, dong=dong, residents=count, as_of=as_of, demo=demo)
        for dong, count in sorted(residents.items())
    ]
    return len(DongResidents.objects.bulk_create(rows, batch_size=1_000))
