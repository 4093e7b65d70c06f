"""Forecasts for programs: what exists, and the cells of one as GeoJSON."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from sunra.platform.accounts.actor import actor_of
from sunra.platform.accounts.api import Needs
from sunra.systems.risk import geojson, selectors
from sunra.systems.risk.rules import VIEW
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


@router.get("/forecasts", response=list[ForecastOut])
def forecasts(request: HttpRequest, district: str = "", limit: int = 30) -> list[ForecastOut]:
    """Forecasts in reach, newest first, at most 100."""
    found = selectors.forecasts(actor_of(request))
    if district:
        found = found.filter(district=district)
    return [
        ForecastOut(
            id=row.id, district=row.district, day=str(row.day), event_source=row.event_source,
            graded=row.graded,
            cells=row.cells, slots=row.slots, demo=row.demo, note=str(NO_GROUND),
        )
        for row in found[: max(1, min(limit, 100))]
    ]  # fmt: skip


@router.get("/forecasts/{forecast_id}/cells")
def cells(request: HttpRequest, forecast_id: UUID) -> HttpResponse:
    """The cells as GeoJSON; ``grades`` and ``expected`` hold the twelve slots from 00-02 on."""
    forecast = selectors.forecast(actor_of(request), forecast_id)
    return HttpResponse(geojson.collection(forecast), content_type="application/geo+json")
