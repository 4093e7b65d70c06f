"""The page of published facilities, on this floor because it is map, table and places in one."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Max, Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from sunra.core.geo.cells import format_cell
from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.platform.maps.component import Layer, Map
from sunra.platform.places import origins, selectors, words
from sunra.platform.places.models import Facility, LegalDong
from sunra.platform.ui.tables import Column, Filter, Table

_MARGIN = 0.002
"""Degrees around the outermost facility."""


@allow("places.view_place")
def page(request: HttpRequest) -> HttpResponse:
    """Facilities within the reader's reach, by kind and 법정동."""
    actor = actor_of(request)
    found = selectors.facilities(actor)
    table = _table(request, found, selectors.kinds(actor))
    answer = table.response()
    if answer is not None:
        return answer
    request.demo = found.filter(demo=True).exists()  # type: ignore[attr-defined]
    bounds = _bounds(table.chosen)
    context = {
        "table": table,
        "map": _map(table, bounds) if bounds else None,
        "title": words.FACILITIES,
        "lead": words.FACILITIES_LEAD,
    }
    return render(request, "places/facilities.html", context)


def _table(request: HttpRequest, found: QuerySet[Facility], kinds: list[dict[str, Any]]) -> Table:
    used = found.exclude(dong="").order_by("dong").values_list("dong", flat=True).distinct()
    names = dict(LegalDong.objects.filter(code__in=list(used)).values_list("code", "name"))
    actor = actor_of(request)

    def origin(row: Facility) -> str:
        return origins.address_of(actor, "facility", row.source, row.key)

    return Table(
        columns=[
            Column("name", words.NAME, value=_name, order="name"),
            Column("kind", words.KIND, format=words.kind),
            Column("count", words.COUNT, numeric=True),
            Column("dong", words.DONG, format=lambda code: names.get(code, code) or "–"),
            Column("cell", words.CELL, sort=False, value=_cell),
            Column("published", words.PUBLISHED, link=origin),
        ],
        rows=found,
        request=request,
        name="facilities",
        caption=words.FACILITIES,
        filters=[
            Filter("kind", words.KIND, [(row["kind"], words.kind(row["kind"])) for row in kinds]),
            Filter("dong", words.DONG, [(code, names.get(code, code)) for code in used]),
        ],
        row_id=lambda row: str(row.pk),
        default_sort="kind",
        empty_title=words.EMPTY,
        empty_text=words.EMPTY_TEXT,
    )


def _name(row: Facility) -> str:
    return row.name or row.key


def _cell(row: Facility) -> str:
    return "" if row.cell_e is None or row.cell_n is None else format_cell(row.cell_e, row.cell_n)


def _bounds(found: QuerySet[Facility]) -> tuple[float, float, float, float] | None:
    """The rectangle that holds what the table shows."""
    edge = found.order_by().aggregate(w=Min("lon"), s=Min("lat"), e=Max("lon"), n=Max("lat"))
    if edge["w"] is None:
        return None
    return edge["w"] - _MARGIN, edge["s"] - _MARGIN, edge["e"] + _MARGIN, edge["n"] + _MARGIN


def _map(table: Table, bounds: tuple[float, float, float, float]) -> Map:
    """The same facilities as the table's filters leave."""
    asked = {"kinds": table.asked("kind"), "dong": table.asked("dong")}
    query = urlencode({key: value for key, value in asked.items() if value})
    url = reverse("places:facilities") + (f"?{query}" if query else "")
    return Map(
        title=words.FACILITIES,
        layers=[Layer("facilities", url, "point", words.FACILITIES)],
        bounds=bounds,
        table_id=table.element_id,
    )
