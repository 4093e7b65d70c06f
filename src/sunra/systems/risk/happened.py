"""What happened in a district, as counts by cell: what forecasts are scored and audited with."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count, Max, Min, QuerySet
from numpy.typing import NDArray

from sunra.core.forecast import FAMILIES
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.time import SEOUL
from sunra.platform.places import selectors as places
from sunra.platform.places.models import PlaceEvent
from sunra.systems.risk import provenance
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.severity import family_of

NIGHT = dt.timedelta(days=1)
Index = Mapping[tuple[int | None, int | None], int]
"""The row of each cell; an event without a cell finds none."""


@dataclass(frozen=True, slots=True)
class Known:
    """First and last moment of the events known of a district; ``None`` without any."""

    first: dt.datetime | None
    last: dt.datetime | None

    def covers(self, begin: dt.datetime, end: dt.datetime) -> bool:
        """Whether events from before ``begin`` and from ``end`` or later are known: what lies between has
        come in.
        """
        return self.first is not None and self.last is not None and self.first <= begin and self.last >= end


def begins(day: dt.date, hour: int) -> dt.datetime:
    """The moment at which a night that is named by ``day`` begins."""
    return dt.datetime.combine(day, dt.time(hour), tzinfo=SEOUL)


def events(
    actor: Actor, district: str, *, demo: bool, since: dt.datetime, until: dt.datetime
) -> QuerySet[PlaceEvent]:
    """Reported events of the mapped families with a cell; invented ones only when ``demo``."""
    found = places.events(actor, district=district, families=FAMILIES, since=since, until=until)
    return provenance.reported(found.filter(cell_e__isnull=False, demo=demo))


def known(actor: Actor, district: str) -> Known:
    """How far the events of a district reach; invented ones do not count."""
    found = places.events(actor, district=district, families=FAMILIES).filter(demo=False)
    ends = found.aggregate(first=Min("time_from"), last=Max("time_from"))
    return Known(ends["first"], ends["last"])


def origins(found: QuerySet[PlaceEvent]) -> list[dict[str, Any]]:
    """Which vintages the events are of."""
    rows = found.order_by().values("kind", "source", "vintage").annotate(rows=Count("id"))
    return [dict(row) for row in rows.order_by("kind", "source", "vintage")]


def index_of(cell_e: NDArray[np.integer], cell_n: NDArray[np.integer]) -> Index:
    """The row of each cell."""
    return {cell: row for row, cell in enumerate(zip(cell_e.tolist(), cell_n.tolist(), strict=True))}


def counted(found: QuerySet[PlaceEvent], index: Index, weights: Mapping[str, float]) -> NDArray[np.float64]:
    """Events by cell (cells,), each weighing its own weight times its family's; 0 for other families.

    An accident of known severity weighs as its own family, or as any accident where that has no weight.
    """
    table = np.zeros(len(index))
    rows = found.values_list("cell_e", "cell_n", "family", "category", "weight")
    for east, north, family, category, weight in rows:
        row = index.get((east, north))
        if row is not None:
            usual = weights.get(family, 0.0)
            table[row] += weight * weights.get(family_of(family, category), usual)
    return table


def of_night(actor: Actor, forecast: Forecast, index: Index) -> NDArray[np.float64]:
    """What happened by cell during the night of a forecast, weighed as the forecast weighs."""
    start = begins(forecast.day, forecast.first_hour)
    found = events(actor, forecast.district, demo=forecast.demo, since=start, until=start + NIGHT)
    return counted(found, index, forecast.params.get("weights", {}))
