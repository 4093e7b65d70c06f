"""아무도 걷지 않는 곳: risk and residents' requests against where plans stopped in the last four weeks."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import numpy as np
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.core.effects import Coverage, WeakArea, geojson, weak_areas
from sunra.core.geo import cells
from sunra.core.geo.districts import districts
from sunra.journeys.bridge import night_with_requests
from sunra.journeys.rules import RUN
from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.maps import streets
from sunra.platform.maps.component import Layer, Map
from sunra.platform.ui.tables import Column, Table
from sunra.systems.patrols import selectors as patrols
from sunra.systems.patrols.models import Plan
from sunra.systems.patrols.night import NightRisk
from sunra.systems.patrols.texts import BRIEF
from sunra.systems.risk import selectors as risk

NIGHTS, MOST = 28, 30
_NEVER = np.datetime64("NaT", "D")


@dataclass(frozen=True, slots=True)
class Unwalked:
    """The areas of a plan's district, and on how many nights there was a plan at all."""

    areas: tuple[WeakArea, ...]
    planned: int


def unwalked(actor: Actor, plan: Plan) -> Unwalked | None:
    """Places that plans of the last four weeks did not look after; None without the night's forecast.

    Nights without a plan do not count, or everything would look unwalked after a holiday. A stop looks after
    its cell and the eight around it; where phones reported, only what was walked counts. Risk is that of the
    plan's night during its shifts, taken for every night.
    """
    forecast = risk.forecasts(actor).filter(id=plan.forecast).first()
    if forecast is None:
        return None
    nights = patrols.stops_by_night(actor, plan, NIGHTS)
    night = night_with_requests(actor, forecast)
    return Unwalked(weak_areas(_coverage(actor, plan, night, nights), most=MOST), len(nights))


def _coverage(
    actor: Actor, plan: Plan, night: NightRisk, nights: dict[dt.date, frozenset[tuple[int, int]]]
) -> Coverage:
    row_of = {cell: row for row, cell in enumerate(zip(night.cell_e, night.cell_n, strict=True))}
    count = np.zeros(len(night.cell_e), np.int64)
    last = np.full(len(night.cell_e), _NEVER)
    for day, stops in sorted(nights.items()):
        around = {(east + i, north + j) for east, north in stops for i in (-1, 0, 1) for j in (-1, 0, 1)}
        rows = [row_of[cell] for cell in around if cell in row_of]
        count[rows] += 1
        last[rows] = np.datetime64(day, "D")
    begin, end = _shifts(actor, plan, night)
    return Coverage(
        max(1, len(nights)), night.cell_e.astype(np.int64), night.cell_n.astype(np.int64),
        np.array(night.dong, np.str_),
        night.during(begin, end), night.asked_during(begin, end), count, np.zeros_like(count), last,
        np.full(len(count), _NEVER), has_walked=False,
    )  # fmt: skip


def _shifts(actor: Actor, plan: Plan, night: NightRisk) -> tuple[float, float]:
    """Minutes of the night at which its first team leaves and its last comes home."""
    spans = [
        ((team.starts - night.zero).total_seconds() / 60, team.minutes)
        for team in patrols.routes(actor, plan)
    ]
    if not spans:
        return 0.0, 24 * 60.0
    return min(begin for begin, _ in spans), max(begin + minutes for begin, minutes in spans)


@allow(RUN)
def page(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The places beside a plan, each with the way to put it into the night."""
    actor = actor_of(request)
    plan = _own(actor, plan_id)
    request.demo = plan.demo  # type: ignore[attr-defined]
    found = unwalked(actor, plan)
    context: dict[str, Any] = {"plan": plan, "found": found, "district": districts().district(plan.district)}
    if found is None:
        return render(request, "journeys/unwalked.html", context)
    table = _table(request, plan, found.areas)
    context |= {"table": table, "map": _map(actor, plan, table), "texts": BRIEF, "nights": NIGHTS}
    return table.response() or render(request, "journeys/unwalked.html", context)


@allow(RUN)
def shapes(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The same as GeoJSON: outlines, or with ``?part=point`` the middles for the map."""
    actor = actor_of(request)
    found = unwalked(actor, _own(actor, plan_id))
    areas = found.areas if found else ()
    if request.GET.get("part") != "point":
        return JsonResponse(geojson(areas), content_type="application/geo+json")
    points = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(area.lon, 6), round(area.lat, 6)]},
            "properties": {"id": f"u{area.rank}", "label": cells.format_cell(*area.cells[0])},
        }
        for area in areas
    ]
    return JsonResponse(
        {"type": "FeatureCollection", "features": points}, content_type="application/geo+json"
    )


def _own(actor: Actor, plan_id: UUID) -> Plan:
    """A plan of the actor's own agencies: another's nights are not theirs to judge."""
    plan = patrols.plan(actor, plan_id)
    if plan.agency_id not in actor.scope:
        raise Http404
    return plan


def _table(request: HttpRequest, plan: Plan, areas: tuple[WeakArea, ...]) -> Table:
    names = {one.code: one.name for one in districts().dongs(plan.district)}
    change = reverse("tonight_change", args=[plan.id])
    rows = [
        {
            "id": f"u{area.rank}",
            "rank": area.rank,
            "place": cells.format_cell(*area.cells[0]),
            "dong": names.get(area.dong, area.dong),
            "cells": len(area.cells),
            "missed": area.missed,
            "asked": area.asked,
            "planned": area.planned,
            "last": area.last_planned.item() if area.last_planned is not None else None,
            "add": _("Add to this night"),
        }
        for area in areas
    ]

    def add(row: Any) -> str:
        return f"{change}?{urlencode({'number': row['place']})}"

    return Table(
        columns=[
            Column("rank", gettext_lazy("No."), numeric=True),
            Column("place", gettext_lazy("Worst cell"), whole=True),
            Column("dong", gettext_lazy("법정동")),
            Column("add", gettext_lazy("What can be done"), sort=False, link=add, export=False),
            Column("cells", gettext_lazy("Cells"), numeric=True),
            Column(
                "missed",
                gettext_lazy("Expected and missed"),
                numeric=True,
                format=lambda value: f"{value:.1f}",
            ),
            Column(
                "asked",
                gettext_lazy("Residents' requests"),
                numeric=True,
                format=lambda value: f"{value:.0f}",
            ),
            Column("planned", gettext_lazy("Nights visited"), numeric=True),
            Column("last", gettext_lazy("Last visit")),
        ],
        rows=rows,
        request=request,
        name="unwalked",
        caption=_("Places no one walks"),
    )


def _map(actor: Actor, plan: Plan, table: Table) -> Map:
    west, south, east, north = districts().district(plan.district).polygon.bounds
    address = reverse("tonight_unwalked_shapes", args=[plan.id])
    return Map(
        title=_("Places no one walks"),
        layers=(
            Layer("unwalked", f"{address}?part=point", "point", gettext_lazy("Places no one walks")),
            Layer(
                "stops", f"{reverse('patrols:geojson', args=[plan.id])}?part=stop", "point",
                gettext_lazy("Patrol stops"), series=2,
            ),
        ),
        bounds=(west, south, east, north),
        table_id=table.element_id,
        name="unwalked",
        streets=streets.address(actor, plan.agency_id),
    )  # fmt: skip
