"""Everything that reads: forecasts in the actor's reach, their cells by slot, one cell with its reasons."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl
from django.db.models import Q, QuerySet
from django.http import Http404

from sunra.core.geo import cells as geo_cells
from sunra.engine import store
from sunra.platform.accounts.access import get_visible, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.home import home
from sunra.platform.base.time import seoul_now
from sunra.platform.places import selectors as places
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.rules import VIEW
from sunra.systems.risk.table import BY_SLOT, SLOTS, slot_column
from sunra.systems.risk.texts import TABLE_MISSING, TABLE_MISSING_REMEDY

NEAR_CELLS = 1
"""What stands "around" a cell: the cell itself and its neighbours, 300 m × 300 m."""


@dataclass(frozen=True, slots=True)
class Around:
    """Facilities of one kind in the cell (``here``) and with its neighbours (``near``), in units."""

    kind: str
    here: int
    near: int


@dataclass(frozen=True, eq=False)
class Cell:
    """One cell of a forecast with its reasons; ``slots`` has ``expected naive p_any grade`` for each of 12
    slots.
    """

    forecast: Forecast
    cell_e: int
    cell_n: int
    number: str
    lon: float
    lat: float
    dong: str
    count: float
    own_share: float
    near_share: float
    expected_day: float
    naive_day: float
    rank: int
    naive_rank: int
    cells: int
    slots: tuple[dict[str, float], ...]
    families: dict[str, float]
    around: tuple[Around, ...]
    missing: tuple[str, ...]


def forecasts(actor: Actor) -> QuerySet[Forecast]:
    """Forecasts of the actor's agencies, and of districts in which the actor has a jurisdiction."""
    require(actor, VIEW)
    districts = sorted({dong[:5] for dong in actor.dongs})
    return Forecast.objects.select_related("agency").filter(
        Q(agency_id__in=actor.scope) | Q(district__in=districts)
    )


def forecast(actor: Actor, forecast_id: UUID) -> Forecast:
    """One forecast; ``Http404`` beyond the actor's reach."""
    found = forecasts(actor).filter(id=forecast_id).first()
    return found or get_visible(Forecast.objects.all(), actor, id=forecast_id)


def latest(actor: Actor, *, district: str = "", day: dt.date | None = None) -> Forecast | None:
    """The newest forecast in reach, of a district and of a day when asked for."""
    found = forecasts(actor)
    if district:
        found = found.filter(district=district)
    if day:
        found = found.filter(day=day)
    return found.order_by("-day", "-updated").first()


def before(actor: Actor, later: Forecast) -> Forecast | None:
    """The newest forecast of the same district for an earlier day, for comparison."""
    return (
        forecasts(actor)
        .filter(district=later.district, day__lt=later.day)
        .order_by("-day", "-updated")
        .first()
    )


def clock_slot(forecast: Forecast, slot: int) -> int:
    """The slot by the clock (0 = 00-02, 11 = 22-24) of the forecast's own slot, which counts from its first
    hour.
    """
    return (forecast.first_hour // 2 + slot) % SLOTS


def own_slot(forecast: Forecast, clock: int) -> int:
    """The forecast's own slot for a slot by the clock."""
    return (clock - forecast.first_hour // 2) % SLOTS


def current_slot(forecast: Forecast) -> int:
    """The slot by the clock that runs now, during the night of the forecast; else 22-24."""
    now = seoul_now()
    start = dt.datetime.combine(forecast.day, dt.time(forecast.first_hour), tzinfo=now.tzinfo)
    passed = (now - start) // dt.timedelta(hours=2)
    return clock_slot(forecast, int(passed)) if 0 <= passed < SLOTS else SLOTS - 1


def table(forecast: Forecast, columns: list[str] | None = None) -> pl.DataFrame:
    """The stored table or some of its columns; the caller has asked ``forecast`` for it.

    Raises ``UserError`` ``risk.table_missing`` when the file is gone or damaged.
    """
    try:
        return store.read(home() / forecast.path, columns)
    except store.StoreError as error:
        where = (forecast.district, str(forecast.day))
        raise UserError("risk.table_missing", TABLE_MISSING, TABLE_MISSING_REMEDY, where) from error


def readable(forecast: Forecast) -> bool:
    """Whether the table of a forecast is there; a page with more to show does without it otherwise."""
    try:
        store.meta(home() / forecast.path)
    except store.StoreError:
        return False
    return True


def cells(forecast: Forecast, slot: int) -> pl.DataFrame:
    """Cells of one own slot, highest expectation first: ``cell_e cell_n dong rank expected naive p_any
    grade``.
    """
    figures = {slot_column(figure, slot): figure for figure in BY_SLOT}
    frame = table(forecast, ["cell_e", "cell_n", "dong", "rank", *figures]).rename(figures)
    return frame.sort(["expected", "cell_e", "cell_n"], descending=[True, False, False])


def night(forecast: Forecast) -> pl.DataFrame:
    """Cells with expectation and grade in all 12 own slots, for whoever plans by them or draws them."""
    figures = [slot_column(figure, slot) for figure in ("expected", "grade") for slot in range(SLOTS)]
    return table(forecast, ["cell_e", "cell_n", "dong", "count", "rank", *figures])


def by_slot(forecast: Forecast) -> list[dict[str, float]]:
    """The district's expected and naive count in each own slot."""
    columns = [slot_column(figure, slot) for figure in ("expected", "naive") for slot in range(SLOTS)]
    sums = table(forecast, columns).sum().row(0, named=True)
    return [
        {figure: float(sums[slot_column(figure, slot)]) for figure in ("expected", "naive")}
        for slot in range(SLOTS)
    ]


def changed(actor: Actor, later: Forecast, limit: int = 10) -> list[dict[str, Any]]:
    """Cells whose highest grade differs most from the forecast before; empty when either is not graded."""
    earlier = before(actor, later)
    if earlier is None or not (later.graded and earlier.graded):
        return []
    grades = [slot_column("grade", slot) for slot in range(SLOTS)]
    keys = ["cell_e", "cell_n"]
    new = table(later, [*keys, "dong", *grades]).select(
        *keys, "dong", pl.max_horizontal(grades).alias("grade")
    )
    old = table(earlier, [*keys, *grades]).select(*keys, pl.max_horizontal(grades).alias("was"))
    joined = new.join(old, on=keys).filter(pl.col("grade") != pl.col("was"))
    step = (pl.col("grade").cast(pl.Int16) - pl.col("was").cast(pl.Int16)).abs()
    rows = joined.sort([step, "grade", *keys], descending=[True, True, False, False]).head(limit)
    return [
        row | {"number": geo_cells.format_cell(row["cell_e"], row["cell_n"])}
        for row in rows.iter_rows(named=True)
    ]


def cell(actor: Actor, forecast_id: UUID, cell_e: int, cell_n: int) -> Cell:
    """One cell with its reasons; ``Http404`` when the forecast has no such cell."""
    found = forecast(actor, forecast_id)
    frame = table(found)
    rows = frame.filter((pl.col("cell_e") == cell_e) & (pl.col("cell_n") == cell_n))
    if rows.is_empty():
        raise Http404
    row = rows.row(0, named=True)
    lon, lat = (float(value) for value in geo_cells.center(cell_e, cell_n))
    around = _around(actor, found.district, cell_e, cell_n)
    rate = row["own"] + row["near"]
    return Cell(
        forecast=found,
        cell_e=cell_e,
        cell_n=cell_n,
        number=geo_cells.format_cell(cell_e, cell_n),
        lon=lon,
        lat=lat,
        dong=row["dong"],
        count=row["count"],
        own_share=row["own"] / rate if rate else 0.0,
        near_share=row["near"] / rate if rate else 0.0,
        expected_day=row["expected_day"],
        naive_day=row["naive_day"],
        rank=row["rank"],
        naive_rank=row["naive_rank"],
        cells=frame.height,
        slots=tuple({figure: row[slot_column(figure, slot)] for figure in BY_SLOT} for slot in range(SLOTS)),
        families={
            name.removeprefix("family_"): row[name] for name in frame.columns if name.startswith("family_")
        },
        around=around,
        missing=tuple(kind for kind in _NEEDED if not any(one.kind == kind and one.near for one in around)),
    )


_NEEDED = ("cctv", "security_light", "emergency_bell")


def _around(actor: Actor, district: str, cell_e: int, cell_n: int) -> tuple[Around, ...]:
    """Units of each kind in the cell and in the nine cells around it; what is known of the district only."""
    square = {
        "cell_e__range": (cell_e - NEAR_CELLS, cell_e + NEAR_CELLS),
        "cell_n__range": (cell_n - NEAR_CELLS, cell_n + NEAR_CELLS),
    }
    rows = (
        places.facilities(actor, district=district)
        .filter(**square)
        .values_list("kind", "cell_e", "cell_n", "count")
    )
    here: dict[str, int] = {}
    near: dict[str, int] = {}
    for kind, east, north, count in rows:
        near[kind] = near.get(kind, 0) + count
        here[kind] = here.get(kind, 0) + (count if (east, north) == (cell_e, cell_n) else 0)
    return tuple(Around(kind, here[kind], near[kind]) for kind in sorted(near))
