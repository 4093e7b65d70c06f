"""Brings together what a forecast needs: the grid, the events of the past, what stands in each cell."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import holidays
import numpy as np
from django.db.models import Sum
from numpy.typing import NDArray

from sunra.core.forecast import FAMILIES, Covariates, Events, Grid
from sunra.core.geo.districts import districts
from sunra.core.geo.errors import UnknownDistrict
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import SEOUL
from sunra.platform.places import selectors as places
from sunra.systems.risk.texts import UNKNOWN_DISTRICT, UNKNOWN_DISTRICT_REMEDY

HISTORY_YEARS = 5


@dataclass(frozen=True, eq=False)
class Gathered:
    """The inputs of one forecast; ``digest`` changes when any of them does."""

    grid: Grid
    events: Events
    covariates: Covariates
    holidays: frozenset[dt.date]
    sources: tuple[str, ...]
    demo: bool

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
        return found.hexdigest()


def grid_of(district: str) -> Grid:
    """The district's cells; raises ``UserError`` ``unknown_district``."""
    try:
        cell_e, cell_n = districts().grid(district)
    except UnknownDistrict as error:
        raise UserError("unknown_district", UNKNOWN_DISTRICT, UNKNOWN_DISTRICT_REMEDY, (district,)) from error
    order = np.lexsort((cell_n, cell_e))
    return Grid(cell_e[order], cell_n[order])


def gather(actor: Actor, district: str, day: dt.date) -> Gathered:
    """Everything that the actor's agencies have published in the district before ``day``."""
    grid = grid_of(district)
    events, sources, demo_events = _events(actor, district, day)
    covariates, demo_places = _covariates(actor, district, grid)
    years = range(day.year - HISTORY_YEARS, day.year + 1)
    return Gathered(
        grid=grid,
        events=events,
        covariates=covariates,
        holidays=frozenset(holidays.country_holidays("KR", years=years)),
        sources=sources,
        demo=demo_events or demo_places,
    )


def _events(actor: Actor, district: str, day: dt.date) -> tuple[Events, tuple[str, ...], bool]:
    start = dt.datetime(day.year - HISTORY_YEARS, 1, 1, tzinfo=SEOUL)
    until = dt.datetime.combine(day, dt.time(), tzinfo=SEOUL)
    found = places.events(actor, district=district, families=FAMILIES, since=start, until=until)
    rows = list(
        found.filter(cell_e__isnull=False)
        .order_by("time_from", "id")
        .values_list("cell_e", "cell_n", "time_from", "family", "weight")
    )
    kinds = found.order_by().values_list("source", "vintage", "demo").distinct()
    described = tuple(sorted({vintage or source for source, vintage, _demo in kinds}))
    if not rows:
        nothing = np.zeros(0, dtype=np.int32)
        return (
            Events(nothing, nothing, nothing.astype("datetime64[D]"), nothing, nothing.astype(str)),
            (),
            False,
        )
    cell_e, cell_n, moments, family, weight = zip(*rows, strict=True)
    # Seoul has kept UTC+9 without summer time since 1988.
    local = np.array(
        [moment.replace(tzinfo=None) for moment in moments], dtype="datetime64[s]"
    ) + np.timedelta64(9, "h")
    days = local.astype("datetime64[D]")
    hours = (local - days).astype("timedelta64[h]").astype(np.int64)
    events = Events(np.array(cell_e), np.array(cell_n), days, hours, np.array(family), np.array(weight))
    return events, described, any(demo for _source, _vintage, demo in kinds)


def _covariates(actor: Actor, district: str, grid: Grid) -> tuple[Covariates, bool]:
    """Units of each kind of facility per cell, and whether any of them is a demonstration."""
    found = places.facilities(actor, district=district).filter(cell_e__isnull=False)
    rows = found.order_by().values_list("kind", "cell_e", "cell_n", "demo").annotate(units=Sum("count"))
    index = {
        cell: row for row, cell in enumerate(zip(grid.cell_e.tolist(), grid.cell_n.tolist(), strict=True))
    }
    columns: dict[str, NDArray[np.float64]] = {}
    demo = False
    for kind, cell_e, cell_n, is_demo, units in rows:
        demo = demo or is_demo
        row = index.get((cell_e, cell_n))
        if row is not None:
            columns.setdefault(kind, np.zeros(len(grid)))[row] += units
    return Covariates(columns), demo


def question(parts: Mapping[str, Any]) -> str:
    """The digest of everything that decides a result."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def seed_of(secret: str, *words: object) -> int:
    """A seed that is the same for the same question here and that nobody outside can guess."""
    text = "|".join([secret, *map(str, words)])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest(), "big")
