"""Two nights beside each other: the map of what changed, and the table that says it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.core.geo import cells as geo_cells
from sunra.core.geo.districts import districts
from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.maps import streets
from sunra.platform.maps.component import Layer, Map
from sunra.platform.places.selectors import dongs
from sunra.platform.ui import chips
from sunra.platform.ui.dates import show_date
from sunra.platform.ui.measures import show_expected
from sunra.platform.ui.tables import Column, Table
from sunra.systems.risk import selectors
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.pages import common
from sunra.systems.risk.pages.map import cell_url, number_of
from sunra.systems.risk.rules import VIEW
from sunra.systems.risk.texts import NO_GROUND

UP, DOWN = "up", "down"


@allow(VIEW)
def compare(request: HttpRequest) -> HttpResponse:
    """Cells whose highest grade of the night changed between two nights of a district."""
    actor = actor_of(request)
    later = common.asked(request)
    if later is None:
        return common.none(request)
    earlier = _earlier(actor, request, later)
    rows = selectors.changes(later, earlier) if earlier else []
    table = _table(request, later, rows)
    answer = table.response()
    if answer is not None:
        return answer
    return render(
        request,
        "risk/compare.html",
        {
            **common.frame(request, later),
            "earlier": earlier,
            "days": [(day, show_date(day)) for day in selectors.nights(actor, later.district)],
            "risen": sum(row["grade"] > row["was"] for row in rows),
            "fallen": sum(row["grade"] < row["was"] for row in rows),
            "unchanged": later.cells - len(rows),
            "map": _map(actor, later, earlier, table.element_id) if earlier and rows else None,
            "table": table,
        },
    )


@allow(VIEW)
def changes(request: HttpRequest) -> HttpResponse:
    """The changed cells of one direction as GeoJSON, coloured by the later grade."""
    actor = actor_of(request)
    later = common.asked(request)
    earlier = _earlier(actor, request, later) if later else None
    if later is None or earlier is None:
        raise Http404
    up = request.GET.get("direction") != DOWN
    rows = [row for row in selectors.changes(later, earlier) if (row["grade"] > row["was"]) == up]
    rings = geo_cells.corners([row["cell_e"] for row in rows], [row["cell_n"] for row in rows])
    features = [
        {
            "type": "Feature",
            "id": _id(row),
            "geometry": {"type": "Polygon", "coordinates": [ring.round(5).tolist()]},
            "properties": {
                "id": _id(row),
                "label": f"{row['number']} {row['was']} → {row['grade']}",
                "grade": row["grade"],
                "was": row["was"],
            },
        }
        for row, ring in zip(rows, rings, strict=True)
    ]
    answer = JsonResponse(
        {"type": "FeatureCollection", "features": features}, content_type="application/geo+json"
    )
    answer["Cache-Control"] = "private, max-age=300"
    return answer


def _earlier(actor: Actor, request: HttpRequest, later: Forecast) -> Forecast | None:
    """The night to compare with: that of the address, by default the one before."""
    day = common.day_of(request.GET.get("with", ""))
    found = (
        selectors.latest(actor, district=later.district, day=day) if day else selectors.before(actor, later)
    )
    return found if found and found.id != later.id else None


def _map(actor: Actor, later: Forecast, earlier: Forecast, table_id: str) -> Map:
    address = f"{reverse('risk:changes')}?district={later.district}&day={later.day}&with={earlier.day}"
    return Map(
        title=_("Cells whose grade changed"),
        layers=[
            Layer(UP, f"{address}&direction={UP}", "cell", _("Grade risen"), legend=NO_GROUND),
            Layer(DOWN, f"{address}&direction={DOWN}", "cell", _("Grade fallen")),
        ],
        bounds=districts().district(later.district).polygon.bounds,
        table_id=table_id,
        note=_("The colour is the grade of the later night."),
        streets=streets.address(actor, later.agency_id),
    )


def _table(request: HttpRequest, later: Forecast, rows: list[dict[str, Any]]) -> Table:
    names = dict(dongs(district=later.district).values_list("code", "name"))
    return Table(
        columns=[
            Column(
                "cell", gettext_lazy("Cell"), sort=False, value=number_of, whole=True,
                link=lambda row: cell_url(later, row),
            ),
            Column("dong", gettext_lazy("Legal dong"), format=lambda code: names.get(code, code)),
            Column("was", gettext_lazy("Grade before"), numeric=True, format=chips.grade),
            Column("grade", gettext_lazy("Grade now"), numeric=True, format=chips.grade),
            Column(
                "step", gettext_lazy("Difference"), numeric=True, value=lambda row: row["grade"] - row["was"],
                format=lambda step: f"{step:+d}",
            ),
            Column("expected_was", gettext_lazy("Expected before"), numeric=True, format=show_expected),
            Column("expected", gettext_lazy("Expected now"), numeric=True, format=show_expected),
        ],
        rows=rows,
        request=request,
        name="changes",
        caption=gettext_lazy("Cells whose grade changed"),
        row_id=_id,
        page_size=15,
        empty_title=gettext_lazy("No cell changed its grade"),
        empty_text=gettext_lazy("Choose another night to compare with."),
    )  # fmt: skip


def _id(row: dict[str, Any]) -> str:
    return f"{row['cell_e']}-{row['cell_n']}"
