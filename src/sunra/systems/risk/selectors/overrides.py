"""What is read of overrides: the rows in reach, and what they make of a forecast, which never moves."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db.models import Q, QuerySet
from numpy.typing import NDArray

from sunra.platform.accounts.access import get_visible, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.time import SEOUL, seoul_today
from sunra.systems.risk import hours
from sunra.systems.risk.models import Forecast, Override
from sunra.systems.risk.rules import VIEW


@dataclass(frozen=True, eq=False)
class Overridden:
    """What overrides make of a forecast: ``factor`` (k, 12) by the forecast's own slots for the cells named
    in any; everything else keeps factor 1. ``rows`` are the overrides that count in at least one slot.
    """

    cell_e: NDArray[np.int32]
    cell_n: NDArray[np.int32]
    factor: NDArray[np.float64]
    rows: tuple[Override, ...]

    def apply(
        self, cell_e: NDArray[np.integer], cell_n: NDArray[np.integer], expected: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """A new table (cells, 12): ``expected`` times the factors; what was given stays as it was."""
        changed = np.array(expected, dtype=np.float64)
        row_of = {cell: row for row, cell in enumerate(zip(cell_e.tolist(), cell_n.tolist(), strict=True))}
        named = zip(self.cell_e.tolist(), self.cell_n.tolist(), self.factor, strict=True)
        for east, north, factor in named:
            row = row_of.get((east, north))
            if row is not None:
                changed[row] *= factor
        return changed


def overrides(actor: Actor) -> QuerySet[Override]:
    """Overrides of the actor's agencies, and of districts in which the actor has a jurisdiction."""
    require(actor, VIEW)
    districts = sorted({dong[:5] for dong in actor.dongs})
    return Override.objects.select_related("agency").filter(
        Q(agency_id__in=actor.scope) | Q(district__in=districts)
    )


def override(actor: Actor, override_id: UUID) -> Override:
    """One override; ``Http404`` beyond the actor's reach."""
    found = overrides(actor).filter(id=override_id).first()
    return found or get_visible(Override.objects.all(), actor, id=override_id)


def in_force(actor: Actor, *, district: str = "", day: dt.date | None = None) -> QuerySet[Override]:
    """Overrides that hold on ``day`` (default: today) and were not withdrawn."""
    day = day or seoul_today()
    found = overrides(actor).filter(withdrawn_at__isnull=True, starts__lte=day, until__gte=day)
    return found.filter(district=district) if district else found


def effective(actor: Actor, forecast: Forecast) -> Overridden:
    """The factors that held for a forecast's night, as was known when each slot began.

    An override counts in a slot when it was made before the slot began and not withdrawn by then, and when
    the slot's calendar day and hour are among its own; where several name a cell and slot the newest counts.
    So a week that is over is scored with what officers said beforehand, never with what they said after.
    Raises ``PermissionDenied``.
    """
    night = hours.clock_slots(forecast.day, forecast.first_hour)
    last = night[-1][0]
    rows = overrides(actor).filter(
        district=forecast.district, starts__lte=last, until__gte=forecast.day
    )  # newest last, so that it has the last word
    found: dict[tuple[int, int], NDArray[np.float64]] = {}
    used = []
    for row in rows.order_by("created", "id"):
        counts = [counts_in(row, day, slot) for day, slot in night]
        if not any(counts):
            continue
        used.append(row)
        for east, north in row.cells:
            table = found.setdefault((east, north), np.ones(hours.SLOTS))
            table[counts] = row.factor
    cells = np.array(list(found), dtype=np.int32).reshape(-1, 2)
    factor = np.array(list(found.values()), dtype=np.float64).reshape(-1, hours.SLOTS)
    return Overridden(cells[:, 0], cells[:, 1], factor, tuple(reversed(used)))


def counts_in(row: Override, day: dt.date, slot: int) -> bool:
    """Whether the override counts in a slot by the clock of a calendar day."""
    begins = dt.datetime.combine(day, dt.time(2 * slot), tzinfo=SEOUL)
    return (
        row.starts <= day <= row.until
        and bool(row.slots >> slot & 1)
        and row.created < begins
        and (row.withdrawn_at is None or row.withdrawn_at >= begins)
    )
