"""Forecasts for programs: what exists, the cells of one as GeoJSON, CSV and GPX, its areas and shortages."""

from typing import Literal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from sunra.platform.accounts.actor import actor_of
from sunra.platform.accounts.api import Needs
from sunra.systems.risk import feeds, geojson, selectors
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.rules import VIEW
from sunra.systems.risk.selectors.shortage import HIGH
from sunra.systems.risk.table import nearest_column
from sunra.systems.risk.texts import NO_GROUND

router = Router(tags=["risk"], auth=Needs(VIEW))


class ForecastOut(Schema):
    """A forecast without its cells."""

    id: UUID
    district: str
    day: str
    event_source: str
    graded: bool
    cells: int
    slots: int
    demo: bool
    note: str
    made: str = ""
    known_until: str = ""


@router.get("/forecasts", response=list[ForecastOut])
def forecasts(request: HttpRequest, district: str = "", limit: int = 30) -> list[ForecastOut]:
    """Forecasts in reach, newest first, at most 100."""
    found = selectors.forecasts(actor_of(request))
    if district:
        found = found.filter(district=district)
    return [_out(row) for row in found[: max(1, min(limit, 100))]]


@router.get("/tonight", response=ForecastOut, summary="The present night's forecast of a district")
def forecast_tonight(request: HttpRequest, district: str) -> ForecastOut:
    """The newest forecast of the night that runs now, else of the nearest night before or after it."""
    found = selectors.latest(actor_of(request), district=district)
    if found is None:
        raise Http404
    return _out(found)


@router.get("/forecasts/{forecast_id}/cells")
def cells(request: HttpRequest, forecast_id: UUID) -> HttpResponse:
    """The cells as GeoJSON; ``grades`` and ``expected`` hold the twelve slots from 00-02 on."""
    forecast = selectors.forecast(actor_of(request), forecast_id)
    return HttpResponse(geojson.collection(forecast), content_type="application/geo+json")


@router.get("/forecasts/{forecast_id}/cells.csv", summary="Cells and slots as CSV")
def cells_csv(request: HttpRequest, forecast_id: UUID) -> HttpResponse:
    """A row for each cell and slot (by the clock, 0 = 00-02): expected and naive count, grade."""
    found = selectors.forecast(actor_of(request), forecast_id)
    return HttpResponse(feeds.csv_text(found), content_type="text/csv; charset=utf-8")


class Navigation(Schema):
    """``slot`` by the clock (0 = 00-02); ``top`` cells of it."""

    slot: int = Field(11, ge=0, le=11)
    top: int = Field(30, ge=1, le=feeds.MOST)


@router.get("/forecasts/{forecast_id}/cells.gpx", summary="The highest cells of a slot as GPX")
def cells_gpx(request: HttpRequest, forecast_id: UUID, query: Query[Navigation]) -> HttpResponse:
    """Waypoints for the navigation of a patrol car, highest expectation first."""
    found = selectors.forecast(actor_of(request), forecast_id)
    content = feeds.gpx(found, clock=query.slot, top=query.top)
    return HttpResponse(content, content_type="application/gpx+xml")


class AreaOut(Schema):
    """An area's night: ``peak`` is the slot by the clock with the highest expectation."""

    kind: str
    code: str
    name: str
    cells: int
    expected: float
    naive: float
    grade: int
    peak: int


@router.get("/forecasts/{forecast_id}/areas", response=list[AreaOut], summary="Sums by area")
def forecast_areas(
    request: HttpRequest, forecast_id: UUID, kind: Literal["dong", "beat", "zone"] = "dong"
) -> list[AreaOut]:
    """법정동, station beats or school zones, highest expectation first."""
    actor = actor_of(request)
    found = selectors.forecast(actor, forecast_id)
    return [
        AreaOut(
            kind=one.area.kind, code=one.area.code, name=one.area.name, cells=one.cells,
            expected=one.expected, naive=one.naive, grade=one.grade,
            peak=selectors.clock_slot(found, one.peak),
        )
        for one in selectors.areas(actor, found, kind)
    ]  # fmt: skip


class ShortageOut(Schema):
    """A cell of a high grade that lacks something: metres to the nearest of each known kind."""

    cell: str
    cell_e: int
    cell_n: int
    dong: str
    grade: int
    expected: float
    naive: float
    lacking: int
    nearest: dict[str, float]


@router.get("/forecasts/{forecast_id}/shortage", response=list[ShortageOut], summary="What is missing where")
def forecast_shortage(request: HttpRequest, forecast_id: UUID, grade: int = HIGH) -> list[ShortageOut]:
    """Cells of at least ``grade`` farther than wanted from a camera, a light or a bell, worst first."""
    found = selectors.shortage(selectors.forecast(actor_of(request), forecast_id), high=grade)
    return [
        ShortageOut(
            cell=row["number"], cell_e=row["cell_e"], cell_n=row["cell_n"], dong=row["dong"],
            grade=row["grade"], expected=row["expected_day"], naive=row["naive_day"],
            lacking=row["lacking"],
            nearest={kind: round(row[nearest_column(kind)], 1) for kind in found.known},
        )
        for row in found.rows
    ]  # fmt: skip


def _out(row: Forecast) -> ForecastOut:
    return ForecastOut(
        id=row.id, district=row.district, day=str(row.day), event_source=row.event_source,
        graded=row.graded, cells=row.cells, slots=row.slots, demo=row.demo, note=str(NO_GROUND),
        made=row.updated.isoformat(), known_until=str(row.known_until or ""),
    )  # fmt: skip
