"""Brings together what a forecast needs: the grid, the events of the past, what stands in each cell."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db.models import Count, Q, Sum
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sunra.core.forecast import FAMILIES, Covariates, Events, Grid
from sunra.core.geo import cells as geo_cells
from sunra.core.geo import crs
from sunra.core.geo.errors import UnknownDistrict
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import SEOUL
from sunra.platform.places import selectors as places
from sunra.platform.places.families import withheld_among
from sunra.systems.risk import provenance, special_days, work
from sunra.systems.risk.severity import family_of
from sunra.systems.risk.texts import (
    UNKNOWN_DISTRICT,
    UNKNOWN_DISTRICT_REMEDY,
    WITHHELD_FOUND,
    WITHHELD_REMEDY,
)

HISTORY_YEARS = 5
OPEN = ~Q(kind="licence") | ~Q(attrs__state="closed") | Q(attrs__state__isnull=True)
"""Premises that have closed stand in the registers and no longer in the street."""
NEEDED = ("cctv", "emergency_bell", "security_light")
"""What a place of a high grade is looked at for: who sees it, who hears it, whether it is lit."""
BESIDE = 10
"""Cells around the district whose facilities still count as near."""


@dataclass(frozen=True, eq=False)
class Gathered:
    """The inputs of one forecast; ``digest`` changes when any of them does.

    ``vintages``: what was read, as {layer, kind, source, vintage, rows}; ``sources``: those of the events.
    ``special``: kinds of days with all their dates, past and coming.
    ``nearest``: metres from the middle of each cell to the nearest facility of a kind of ``NEEDED``.
    """

    grid: Grid
    events: Events
    covariates: Covariates
    holidays: frozenset[dt.date]
    sources: tuple[str, ...]
    demo: bool
    vintages: tuple[dict[str, Any], ...] = ()
    nearest: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    special: special_days.Special = field(default_factory=dict)

    def digest(self) -> str:
        """A hash of every number that can move the result."""
        found = hashlib.sha256()
        for column in (
            self.grid.cell_e,
            self.grid.cell_n,
            self.events.cell_e,
            self.events.cell_n,
            self.events.hour,
        ):
            found.update(np.ascontiguousarray(column).tobytes())
        found.update(self.events.day.astype("datetime64[D]").astype(np.int64).tobytes())
        found.update("\n".join(self.events.family.tolist()).encode())
        found.update(self.events.weight.tobytes())
        for name in sorted(self.covariates.values):
            found.update(name.encode() + self.covariates.values[name].tobytes())
        for name in sorted(self.nearest):
            found.update(name.encode() + self.nearest[name].tobytes())
        for name, days in (("holidays", self.holidays), *sorted(self.special.items())):
            found.update(" ".join((name, *sorted(map(str, days)))).encode())
        return found.hexdigest()


def grid_of(district: str) -> Grid:
    """The district's cells; raises ``UserError`` ``unknown_district``."""
    try:
        return work.grid_of(district)
    except UnknownDistrict as error:
        raise UserError("unknown_district", UNKNOWN_DISTRICT, UNKNOWN_DISTRICT_REMEDY, (district,)) from error


def gather(actor: Actor, district: str, day: dt.date) -> Gathered:
    """Everything that the actor's agencies have published in the district before ``day``.

    Raises ``UserError`` ``unknown_district``; ``withheld_family`` when a home-bound case or a suicide lies
    among the events under whatever family: nothing is forecast before it is taken out.
    """
    grid = grid_of(district)
    events, origins = _events(actor, district, day)
    covariates, stood = _covariates(actor, district, grid)
    years = day.year - HISTORY_YEARS, day.year + 1
    return Gathered(
        nearest=_nearest(actor, grid),
        grid=grid,
        events=events,
        covariates=covariates,
        holidays=special_days.public_holidays(*years),
        special=special_days.special_days(*years),
        sources=tuple(sorted({one["vintage"] or one["source"] for one in origins})),
        demo=any(one.pop("demo") for one in (*origins, *stood)),
        vintages=tuple({**one, "rows": int(one["rows"])} for one in (*origins, *stood)),
    )


Origins = list[dict[str, Any]]


def _origins(found: Any, layer: str) -> Origins:
    """Which vintages the rows are of."""
    grouped = found.order_by().values("kind", "source", "vintage", "demo").annotate(rows=Count("id"))
    return [{"layer": layer, **row} for row in grouped.order_by("kind", "source", "vintage", "demo")]


def _refuse_withheld(found: Any) -> None:
    """The door of the database refuses these families and words; whatever came in past it stops here."""
    pairs = found.order_by().values_list("family", "category").distinct()
    words = withheld_among((str(family), str(category)) for family, category in pairs)
    if words:
        raise UserError("withheld_family", WITHHELD_FOUND, WITHHELD_REMEDY, words[:5])


def _events(actor: Actor, district: str, day: dt.date) -> tuple[Events, Origins]:
    start = dt.datetime(day.year - HISTORY_YEARS, 1, 1, tzinfo=SEOUL)
    until = dt.datetime.combine(day, dt.time(), tzinfo=SEOUL)
    found = places.events(actor, district=district, families=FAMILIES, since=start, until=until)
    _refuse_withheld(found)
    found = provenance.reported(found)
    rows = list(
        found.filter(cell_e__isnull=False)
        .order_by("time_from", "id")
        .values_list("cell_e", "cell_n", "time_from", "family", "weight", "category")
    )
    if not rows:
        nothing = np.zeros(0, dtype=np.int32)
        return Events(nothing, nothing, nothing.astype("datetime64[D]"), nothing, nothing.astype(str)), []
    cell_e, cell_n, moments, published, weight, category = zip(*rows, strict=True)
    family = list(map(family_of, published, category))
    # Seoul has kept UTC+9 without summer time since 1988.
    local = np.array(
        [moment.replace(tzinfo=None) for moment in moments], dtype="datetime64[s]"
    ) + np.timedelta64(9, "h")
    days = local.astype("datetime64[D]")
    hours = (local - days).astype("timedelta64[h]").astype(np.int64)
    events = Events(np.array(cell_e), np.array(cell_n), days, hours, np.array(family), np.array(weight))
    return events, _origins(found, "event")


def _covariates(actor: Actor, district: str, grid: Grid) -> tuple[Covariates, Origins]:
    """Units of each kind of facility per cell, and where they come from."""
    found = places.facilities(actor, district=district).filter(OPEN, cell_e__isnull=False)
    rows = found.order_by().values_list("kind", "cell_e", "cell_n").annotate(units=Sum("count"))
    index = {
        cell: row for row, cell in enumerate(zip(grid.cell_e.tolist(), grid.cell_n.tolist(), strict=True))
    }
    columns: dict[str, NDArray[np.float64]] = {}
    for kind, cell_e, cell_n, units in rows:
        row = index.get((cell_e, cell_n))
        if row is not None:
            columns.setdefault(kind, np.zeros(len(grid)))[row] += units
    return Covariates(columns), _origins(found, "facility")


def _nearest(actor: Actor, grid: Grid) -> dict[str, NDArray[np.float32]]:
    """Metres to the nearest facility of each kind of ``NEEDED``; those beyond the border count too.

    A kind of which nothing is known in reach is absent: unknown is not "missing".
    """
    east, north = grid.cell_e.astype(np.int64), grid.cell_n.astype(np.int64)
    rows = (
        places.facilities(actor, kinds=NEEDED)
        .filter(
            cell_e__range=(int(east.min()) - BESIDE, int(east.max()) + BESIDE),
            cell_n__range=(int(north.min()) - BESIDE, int(north.max()) + BESIDE),
        )
        .order_by()
        .values_list("kind", "lon", "lat")
    )
    points: dict[str, list[tuple[float, float]]] = {}
    for kind, lon, lat in rows:
        if lon is not None and lat is not None:
            points.setdefault(kind, []).append((lon, lat))
    middles = _metres(*geo_cells.center(grid.cell_e, grid.cell_n))
    return {
        kind: cKDTree(_metres(*zip(*found, strict=True))).query(middles)[0].astype(np.float32)
        for kind, found in points.items()
    }


def _metres(lon: Any, lat: Any) -> NDArray[np.float64]:
    return np.column_stack(crs.transform(np.asarray(lon), np.asarray(lat), 4326, 5179))


def question(parts: Mapping[str, Any]) -> str:
    """The digest of everything that decides a result."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def seed_of(secret: str, *words: object) -> int:
    """A seed that is the same for the same question here and that nobody outside can guess."""
    text = "|".join([secret, *map(str, words)])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest(), "big")
