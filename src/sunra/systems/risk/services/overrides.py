"""Officers override a forecast for some cells and hours, with a reason; the forecast itself never changes."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db import transaction

from sunra.core.geo import cells as geo_cells
from sunra.core.geo.districts import districts
from sunra.core.geo.errors import GeoError
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now, seoul_today
from sunra.platform.ledger.services import Act, record
from sunra.systems.risk import hours
from sunra.systems.risk import request_texts as texts
from sunra.systems.risk.models import Override
from sunra.systems.risk.rules import OVERRIDE
from sunra.systems.risk.screening import codes
from sunra.systems.risk.selectors import overrides as selectors

MOST_CELLS, MOST_DAYS = 600, 92
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """An override to make: ``cells`` (cell_e, cell_n), ``slots`` 0-11 by the clock, days inclusive."""

    title: str
    cause: str
    cells: frozenset[Cell]
    slots: tuple[int, ...]
    factor: float
    starts: dt.date
    until: dt.date
    reason: str


def cells_of_dong(dong: str) -> frozenset[Cell]:
    """Every cell whose centre lies in the 법정동."""
    east, north = districts().grid(dong[:5])
    lon, lat = geo_cells.center(east, north)
    inside = districts().locate(lon, lat) == dong
    return frozenset(zip(east[inside].tolist(), north[inside].tolist(), strict=True))


def cells_of_text(lines: str) -> frozenset[Cell]:
    """Cells written as national point numbers, one a line or with commas between.

    Raises ``UserError`` ``risk.bad_cell`` with the line.
    """
    found = set()
    for line in lines.replace(",", "\n").splitlines():
        if line.strip():
            try:
                found.add(geo_cells.parse_cell(line.strip()))
            except GeoError as error:
                raise UserError(
                    "risk.bad_cell", texts.BAD_CELL, texts.NO_CELLS_REMEDY, (line.strip()[:20],)
                ) from error
    return frozenset(found)


def around(chosen: Iterable[Cell], ring: int) -> frozenset[Cell]:
    """The cells and their neighbours up to ``ring`` cells (100 m each) away."""
    steps = range(-ring, ring + 1)
    return frozenset((east + x, north + y) for east, north in chosen for x in steps for y in steps)


@transaction.atomic
def make_override(*, actor: Actor, wanted: Wanted) -> Override:
    """Keep an override; the ledger has its reason first.

    Raises ``PermissionDenied`` and ``UserError``: ``risk.no_cells``, ``risk.too_many_cells``,
    ``risk.not_yours``, ``risk.bad_factor``, ``risk.bad_days``, ``risk.no_hours``, ``risk.no_reason``,
    ``risk.names_persons``.
    """
    require(actor, OVERRIDE)
    district = _check(actor, wanted)
    if actor.agency_id is None:
        raise UserError("risk.not_yours", texts.NOT_YOURS, texts.NOT_YOURS_REMEDY)
    record(
        actor=actor, act=Act.CHANGE, subject="risk.Override", ref=district, purpose=wanted.reason.strip(),
        detail={
            "cells": len(wanted.cells), "factor": wanted.factor, "slots": list(wanted.slots),
            "starts": str(wanted.starts), "until": str(wanted.until), "cause": wanted.cause,
        },
    )  # fmt: skip
    return Override.objects.create(
        agency_id=actor.agency_id, district=district, title=wanted.title.strip()[:80], cause=wanted.cause,
        cells=sorted([list(cell) for cell in wanted.cells]), slots=hours.mask(wanted.slots),
        factor=wanted.factor, starts=wanted.starts, until=wanted.until, reason=wanted.reason.strip()[:300],
        made_by=(actor.label or actor.id)[:120],
        demo=Agency.objects.filter(id=actor.agency_id, demo=True).exists(),
    )  # fmt: skip


def _check(actor: Actor, wanted: Wanted) -> str:
    """The one district of the cells, all of them in the actor's jurisdiction."""
    if not wanted.cells:
        raise UserError("risk.no_cells", texts.NO_CELLS, texts.NO_CELLS_REMEDY)
    if len(wanted.cells) > MOST_CELLS:
        raise UserError("risk.too_many_cells", texts.TOO_MANY_CELLS, texts.TOO_MANY_CELLS_REMEDY)
    if not 0.1 <= wanted.factor <= 10 or wanted.factor == 1:
        raise UserError("risk.bad_factor", texts.BAD_FACTOR)
    longest = wanted.starts + dt.timedelta(days=MOST_DAYS)
    if not max(wanted.starts, seoul_today()) <= wanted.until <= longest:
        raise UserError("risk.bad_days", texts.BAD_DAYS)
    if not wanted.slots or not all(0 <= slot < hours.SLOTS for slot in wanted.slots):
        raise UserError("risk.no_hours", texts.NO_HOURS)
    if len(wanted.reason.strip()) < 5 or not wanted.title.strip():
        raise UserError("risk.no_reason", texts.NO_REASON)
    refused = codes(wanted.title, wanted.reason)
    if refused:
        raise UserError("risk.names_persons", texts.SCREENED_OVERRIDE, texts.REFUSED[refused[0]][1])
    table = np.array(sorted(wanted.cells), dtype=np.int64)
    lon, lat = geo_cells.center(table[:, 0], table[:, 1])
    dongs = districts().locate(lon, lat).tolist()
    outside = [
        geo_cells.format_cell(int(east), int(north))
        for (east, north), dong in zip(table.tolist(), dongs, strict=True)
        if dong not in actor.dongs
    ]
    found = {dong[:5] for dong in dongs}
    if outside or len(found) != 1:
        raise UserError("risk.not_yours", texts.NOT_YOURS, texts.NOT_YOURS_REMEDY, tuple(outside[:3]))
    return str(found.pop())


@transaction.atomic
def withdraw_override(*, actor: Actor, override_id: UUID, reason: str) -> Override:
    """Take an override back from now on; slots that have begun keep it.

    Raises ``PermissionDenied``, ``Http404``, ``UserError`` ``risk.no_reason`` or ``risk.withdrawn``.
    """
    require(actor, OVERRIDE)
    found = selectors.override(actor, override_id)
    Agency.objects.select_for_update().get(pk=found.agency_id)
    found.refresh_from_db()
    if len(reason.strip()) < 5:
        raise UserError("risk.no_reason", texts.NO_REASON)
    if found.withdrawn_at is not None:
        raise UserError("risk.withdrawn", texts.ALREADY_WITHDRAWN)
    record(
        actor=actor, act=Act.CHANGE, subject="risk.Override", ref=str(found.id), purpose=reason.strip(),
        detail={"withdrawn": True},
    )  # fmt: skip
    found.withdrawn_at, found.withdrawn_by = now(), (actor.label or actor.id)[:120]
    found.withdrawn_reason = reason.strip()[:300]
    found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason", "updated"])
    return found
