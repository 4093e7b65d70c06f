"""The same feeds for people who take a file along: CSV and GPX of a forecast."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.systems.risk import feeds, selectors
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.pages.map import wanted_slot
from sunra.systems.risk.rules import VIEW


@allow(VIEW)
def csv(request: HttpRequest, forecast_id: UUID) -> HttpResponse:
    """Every cell and slot."""
    found = selectors.forecast(actor_of(request), forecast_id)
    return _file(found, "\ufeff" + feeds.csv_text(found), "csv", "text/csv; charset=utf-8")


@allow(VIEW)
def gpx(request: HttpRequest, forecast_id: UUID) -> HttpResponse:
    """The highest cells of the slot in the address, for a car's navigation."""
    found = selectors.forecast(actor_of(request), forecast_id)
    slot = wanted_slot(request, found)
    return _file(found, feeds.gpx(found, clock=slot), "gpx", "application/gpx+xml")


def _file(found: Forecast, content: str | bytes, ending: str, content_type: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=content_type)
    name = f"risk-{found.district}-{found.day}.{ending}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
