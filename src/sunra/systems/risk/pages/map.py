"""The risk map by slot and night with its table, and the button that forecasts anew."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.core.geo import cells as geo_cells
from sunra.core.geo.districts import districts
from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.jobs.services import enqueue
from sunra.platform.maps import streets
from sunra.platform.maps.component import Layer, Map
from sunra.platform.places.selectors import dongs
from sunra.platform.ui import chips
from sunra.platform.ui.charts import Series, bar
from sunra.platform.ui.dates import show_date, show_slot
from sunra.platform.ui.measures import nights_between, show_expected, show_nights
from sunra.platform.ui.tables import Column, Filter, Table
from sunra.systems.risk import geojson, said, selectors
from sunra.systems.risk.jobs import NIGHTLY
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.pages import common
from sunra.systems.risk.pages.overrides import override_layer
from sunra.systems.risk.pages.requests import request_layer
from sunra.systems.risk.rules import MAKE, VIEW, VIEW_REQUEST
from sunra.systems.risk.table import SLOTS
from sunra.systems.risk.texts import NO_GROUND

TABLE = "cells"
HOURS = [f"{2 * number:02d}" for number in range(SLOTS)]
"""The first hour of each slot, for the axis of a chart."""


def wanted_slot(request: HttpRequest, forecast: Forecast) -> int:
    """The slot by the clock that the address asks for, else the present one."""
    asked = request.GET.get("map-slot", "")
    return int(asked) if asked.isdecimal() and int(asked) < SLOTS else selectors.current_slot(forecast)


def map_of(
    actor: Actor, forecast: Forecast, slot: int, table_id: str = "", more: tuple[Layer, ...] = ()
) -> Map:
    """The map of a forecast, for this page and for others that show it with their own layers."""
    label = _("Risk grade") if forecast.graded else _("Most expected tenth of the cells")
    layer = Layer(
        "risk",
        reverse("risk:cells", args=[forecast.id]),
        "cell",
        label,
        slots=forecast.graded,
        legend=NO_GROUND,
    )
    west, south, east, north = districts().district(forecast.district).polygon.bounds
    return Map(
        title=_("Risk by cell"),
        layers=[layer, *more],
        bounds=(west, south, east, north),
        table_id=table_id,
        slot=slot if forecast.graded else None,
        note=said.ungraded(forecast),
        streets=streets.address(actor, forecast.agency_id),
    )


def beside(actor: Actor, forecast: Forecast) -> tuple[Layer, ...]:
    """What people said beside the forecast and never in it: officers' overrides, residents' requests."""
    found = (override_layer(actor, forecast),)
    return (*found, request_layer(actor, forecast)) if actor.may(VIEW_REQUEST) else found


@allow(VIEW)
def risk_map(request: HttpRequest) -> HttpResponse:
    """Cells of one slot, map and table; the address holds district, day and slot."""
    actor = actor_of(request)
    forecast = common.asked(request)
    if forecast is None:
        return common.none(request)
    slot = wanted_slot(request, forecast)
    table = cell_table(request, forecast, slot)
    answer = table.response()
    if answer is not None:
        return answer
    days = selectors.nights(actor, forecast.district)
    return render(
        request,
        "risk/map.html",
        {
            **common.frame(request, forecast),
            "slot": slot,
            "slots": [(number, show_slot(number)) for number in range(SLOTS)],
            "days": [(day, show_date(day)) for day in days],
            "day_at": days.index(forecast.day) if forecast.day in days else 0,
            "map": map_of(actor, forecast, slot, table.element_id, beside(actor, forecast)),
            "table": table,
            "chart": _by_slot(forecast),
            "versions": selectors.versions(actor, forecast)[1:],
            "weights": common.weights(forecast),
            "methods": common.methods(forecast),
            "notes": common.notes(forecast),
            "may_make": actor.may(MAKE),
        },
    )


@allow(POST=MAKE)
def make(request: HttpRequest) -> HttpResponse:
    """Forecast the coming nights of a district now; the work goes on in the background."""
    actor = actor_of(request)
    district = request.POST.get("district", "")
    if not any(dong.startswith(district) for dong in actor.dongs) or len(district) != 5:
        raise Http404
    args = {"districts": [district], "day": str(selectors.tonight())}
    job = enqueue(actor=actor, kind=NIGHTLY, args=args, key=f"{actor.agency_id}:{district}")
    return redirect("jobs:detail", job.id)


def cell_table(request: HttpRequest, forecast: Forecast, slot: int) -> Table:
    """The cells of a slot, highest expectation first, with the naive count beside."""
    names = dict(dongs(district=forecast.district).values_list("code", "name"))
    rows = selectors.cells(forecast, selectors.own_slot(forecast, slot)).to_dicts()
    columns = [
        Column(
            "cell",
            gettext_lazy("Cell"),
            sort=False,
            value=number_of,
            whole=True,
            link=lambda row: cell_url(forecast, row),
        ),
        Column("dong", gettext_lazy("Legal dong"), format=lambda code: names.get(code, code)),
        Column("grade", gettext_lazy("Risk grade"), numeric=True, format=chips.grade),
        Column("once", gettext_lazy("How often"), numeric=True, value=nights, format=show_nights),
        Column(
            "expected",
            gettext_lazy("Expected count"),
            numeric=True,
            format=show_expected,
            unit=gettext_lazy("events"),
        ),
        Column(
            "naive",
            gettext_lazy("Naive count"),
            numeric=True,
            format=show_expected,
            unit=gettext_lazy("events"),
        ),
    ]
    if not forecast.graded:
        columns = [*columns[:2], Column("rank", gettext_lazy("Order"), numeric=True), columns[4]]
    used = sorted({row["dong"] for row in rows if row["dong"]})
    return Table(
        columns=columns,
        rows=rows,
        request=request,
        name=TABLE,
        caption=_("Cells, %(slot)s") % {"slot": show_slot(slot)},
        filters=[
            Filter("dong", gettext_lazy("Legal dong"), [(code, names.get(code, code)) for code in used])
        ],
        row_id=lambda row: f"{row['cell_e']}-{row['cell_n']}",
        page_size=15,
    )


def number_of(row: dict[str, Any]) -> str:
    """The printed number of a cell."""
    return geo_cells.format_cell(row["cell_e"], row["cell_n"])


def cell_url(forecast: Forecast, row: dict[str, Any]) -> str:
    """The page of a cell."""
    return reverse("risk:cell", args=[forecast.id, row["cell_e"], row["cell_n"]])


def nights(row: dict[str, Any]) -> int | None:
    """One night with an event in this many; nothing when it would be more than ten years."""
    return nights_between(row["expected"])


def _by_slot(forecast: Forecast) -> Any:
    sums = selectors.by_slot(forecast)
    order = sorted(range(SLOTS), key=lambda slot: selectors.clock_slot(forecast, slot))
    series = [Series(_("Expected count"), [sums[slot]["expected"] for slot in order])]
    if forecast.graded:
        series.append(Series(_("Naive count"), [sums[slot]["naive"] for slot in order]))
    return bar(
        _("The district by slot"),
        [show_slot(number) for number in range(SLOTS)],
        series,
        unit=_("events"),
        label_head=_("Time slot"),
        ticks=HOURS,
        axis=_("From hour (two hours each)"),
        period=show_date(forecast.day),
    )


@allow(VIEW)
def cells(request: HttpRequest, forecast_id: UUID) -> HttpResponse:
    """The cells for the map; a forecast never changes, so the browser may keep it."""
    forecast = selectors.forecast(actor_of(request), forecast_id)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        answer = HttpResponse(geojson.packed(forecast), content_type="application/geo+json")
        answer["Content-Encoding"] = "gzip"
    else:
        text = geojson.collection(forecast, figures=False)
        answer = HttpResponse(text, content_type="application/geo+json")
    patch_vary_headers(answer, ["Accept-Encoding"])
    answer["Cache-Control"] = "private, max-age=3600"
    return answer
