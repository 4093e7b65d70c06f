"""Forecasts in the actor's reach, their cells by slot, and what changed between two of them."""

import datetime as dt
from typing import Any
from uuid import UUID

import polars as pl
from django.db.models import Q, QuerySet

from sunra.core.geo import cells as geo_cells
from sunra.engine import store
from sunra.platform.accounts.access import get_visible, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.home import home
from sunra.platform.base.time import seoul_now
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.rules import VIEW
from sunra.systems.risk.table import BY_SLOT, SLOTS, slot_column
from sunra.systems.risk.texts import TABLE_MISSING, TABLE_MISSING_REMEDY
from sunra.systems.risk.work import FIRST_HOUR

NIGHTS = 60
"""How many nights a choice of days offers."""


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
    """The newest forecast in reach of ``day``; by default of the present night, else of the last one before
    it, else of the next one after it.
    """
    found = forecasts(actor)
    if district:
        found = found.filter(district=district)
    if day:
        return found.filter(day=day).order_by("-updated").first()
    now = tonight()
    return (
        found.filter(day__lte=now).order_by("-day", "-updated").first()
        or found.filter(day__gt=now).order_by("day", "-updated").first()
    )


def tonight() -> dt.date:
    """The day at whose noon the present night began."""
    moment = seoul_now()
    return moment.date() if moment.hour >= FIRST_HOUR else moment.date() - dt.timedelta(days=1)


def nights(actor: Actor, district: str) -> list[dt.date]:
    """The days of a district that have a forecast, oldest first, at most ``NIGHTS`` up to the last one."""
    days = forecasts(actor).filter(district=district).order_by("-day").values_list("day", flat=True)
    return sorted(days.distinct()[:NIGHTS])


def versions(actor: Actor, found: Forecast) -> list[Forecast]:
    """Every forecast of the same district and night, newest first; none is ever overwritten."""
    return list(forecasts(actor).filter(district=found.district, day=found.day).order_by("-updated")[:20])


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


def columns_of(forecast: Forecast) -> list[str]:
    """The columns of the stored table; raises as ``table``."""
    try:
        store.meta(home() / forecast.path)
    except store.StoreError as error:
        where = (forecast.district, str(forecast.day))
        raise UserError("risk.table_missing", TABLE_MISSING, TABLE_MISSING_REMEDY, where) from error
    return list(pl.read_parquet_schema(home() / forecast.path))


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
    return changes(later, earlier, limit=limit)


def changes(later: Forecast, earlier: Forecast, *, limit: int | None = None) -> list[dict[str, Any]]:
    """Cells whose highest grade differs between two forecasts, largest step first:
    ``cell_e cell_n number dong grade was expected expected_was``; the caller has asked ``forecast`` for both.
    """
    grades = [slot_column("grade", slot) for slot in range(SLOTS)]
    keys = ["cell_e", "cell_n"]
    new = table(later, [*keys, "dong", "expected_day", *grades]).select(
        *keys, "dong", pl.max_horizontal(grades).alias("grade"), pl.col("expected_day").alias("expected")
    )
    old = table(earlier, [*keys, "expected_day", *grades]).select(
        *keys, pl.max_horizontal(grades).alias("was"), pl.col("expected_day").alias("expected_was")
    )
    joined = new.join(old, on=keys).filter(pl.col("grade") != pl.col("was"))
    step = (pl.col("grade").cast(pl.Int16) - pl.col("was").cast(pl.Int16)).abs()
    rows = joined.sort([step, "grade", *keys], descending=[True, True, False, False])
    return [
        row | {"number": geo_cells.format_cell(row["cell_e"], row["cell_n"])}
        for row in (rows if limit is None else rows.head(limit)).iter_rows(named=True)
    ]
