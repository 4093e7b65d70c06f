"""Factors and hot spots, for analysts: what stands where events are frequent, where they lie together."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.core.geo.districts import districts
from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.platform.jobs.services import enqueue
from sunra.platform.maps import streets
from sunra.platform.maps.component import Layer, Map
from sunra.platform.places.selectors import dongs
from sunra.platform.ui.dates import show_date
from sunra.platform.ui.tables import Column, Filter, Table
from sunra.systems.risk import selectors as forecasts
from sunra.systems.risk.judged_jobs import FACTORS as JOB
from sunra.systems.risk.judged_texts import FACTORS, FORMS, LEVELS, NO_CAUSE, PATTERN_NAMES, POST_CHOICE
from sunra.systems.risk.models import Forecast, Report
from sunra.systems.risk.pages.honesty import interval_of, number, percent, ratio
from sunra.systems.risk.rules import MAKE, VIEW
from sunra.systems.risk.selectors import fairness as reports
from sunra.systems.risk.selectors import hotspots as spots
from sunra.systems.risk.texts import FAMILIES, NO_GROUND

ALL = "combined"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: the newest forecast names district and agency, ``family`` "" is all."""

    forecast: Forecast
    family: str

    @property
    def query(self) -> str:
        """The same as an address."""
        return f"?district={self.forecast.district}" + (f"&family={self.family}" if self.family else "")


def _asked(request: HttpRequest) -> Asked | None:
    given = request.POST if request.method == "POST" else request.GET
    forecast = forecasts.latest(actor_of(request), district=given.get("district", ""))
    family = given.get("family", "")
    return Asked(forecast, family if family in FAMILIES and family != ALL else "") if forecast else None


def _common(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    codes = forecasts.forecasts(actor_of(request)).order_by().values_list("district", flat=True).distinct()
    found = sorted(set(codes))
    return {
        "asked": asked,
        "district": districts().district(asked.forecast.district).name,
        "reach": [(code, districts().district(code).name) for code in found] if len(found) > 1 else [],
        "families": [(code, name) for code, name in FAMILIES.items() if code != ALL],
        "may": actor_of(request).may(MAKE),
        "no_ground": NO_GROUND,
    }


@allow(VIEW)
def factors(request: HttpRequest) -> HttpResponse:
    """The factors of a district's events with distance, relative risk, interval and stability."""
    asked = _asked(request)
    if asked is None:
        return render(request, "risk/none.html", {})
    report = reports.report(
        actor_of(request), Report.Kind.FACTORS, district=asked.forecast.district, family=asked.family
    )
    found = _common(request, asked) | {"report": report, "no_cause": NO_CAUSE, "post_choice": POST_CHOICE}
    if report is None:
        return render(request, "risk/factors.html", found)
    request.demo = report.demo  # type: ignore[attr-defined]
    table = _factors(request, report)
    chosen = sum(row["chosen"] for row in report.figures["factors"])
    return table.response() or render(
        request, "risk/factors.html", found | {"table": table, "figures": report.figures, "chosen": chosen}
    )


def _factors(request: HttpRequest, report: Report) -> Table:
    def where(row: dict[str, Any]) -> str:
        return f"{FORMS[row['form']]} {row['metres']:.0f} m" if row["chosen"] else "–"

    return Table(
        columns=[
            Column("name", gettext_lazy("Kind of place"), format=lambda code: FACTORS.get(code, code)),
            Column("places", gettext_lazy("Places"), numeric=True),
            Column("form", gettext_lazy("Influence"), value=where, sort=False, whole=True),
            Column("cells", gettext_lazy("Share of cells"), numeric=True, format=percent),
            Column("relative_risk", gettext_lazy("Relative risk"), numeric=True, format=ratio),
            Column("interval", gettext_lazy("95 % interval"), sort=False, whole=True,
                   value=lambda row: interval_of(row["low"], row["high"])),
            Column("stability", gettext_lazy("Chosen in resamples"), numeric=True, format=percent),
        ],
        rows=report.figures["factors"],
        request=request,
        name="factors",
        caption=_("Factors"),
        page_size=30,
    )  # fmt: skip


@allow(POST=MAKE)
def compute(request: HttpRequest) -> HttpResponse:
    """Search now, in the background."""
    actor = actor_of(request)
    asked = _asked(request)
    if actor.agency_id is None or asked is None:
        raise Http404
    args = {"district": asked.forecast.district, "family": asked.family}
    job = enqueue(actor=actor, kind=JOB, args=args, key=f"factors:{args['district']}:{args['family']}")
    return redirect("jobs:detail", job.id)


@allow(VIEW)
def hotspots(request: HttpRequest) -> HttpResponse:
    """Cells of Gi* with their level and what became of them over a year, map and table."""
    asked = _asked(request)
    if asked is None:
        return render(request, "risk/none.html", {})
    actor = actor_of(request)
    found = spots.hot_spots(actor, asked.forecast.district, asked.family)
    request.demo = found.demo  # type: ignore[attr-defined]
    names = dict(dongs(district=asked.forecast.district).values_list("code", "name"))
    table = Table(
        columns=[
            Column("number", gettext_lazy("Cell"), sort=False, whole=True),
            Column("dong", gettext_lazy("Legal dong"), format=lambda code: names.get(code, code)),
            Column("count", gettext_lazy("Events in the year"), numeric=True, format=number),
            Column("z", gettext_lazy("Gi* (z)"), numeric=True),
            Column("p", gettext_lazy("p"), numeric=True, format=_chance),
            Column("level", gettext_lazy("Confidence"), format=lambda one: LEVELS[one], whole=True),
            Column("pattern", gettext_lazy("Over twelve months"), format=lambda one: PATTERN_NAMES[one]),
        ],
        rows=found.rows,
        request=request,
        name="spots",
        caption=_("Hot spots"),
        filters=[
            Filter("pattern", gettext_lazy("Over twelve months"),
                   [(code, name) for code, name in PATTERN_NAMES.items() if code != "none"]),
        ],
        row_id=lambda row: f"{row['cell_e']}-{row['cell_n']}",
        page_size=15,
        empty_title=_("No hot spot"),
        empty_text=_("High counts stand together nowhere by more than chance."),
    )  # fmt: skip
    answer = table.response()
    if answer:
        return answer
    return render(
        request,
        "risk/hotspots.html",
        _common(request, asked)
        | {
            "found": found,
            "table": table,
            "map": _map(request, asked, table.element_id),
            "period": f"{show_date(found.since)} – {show_date(found.until - dt.timedelta(days=1))}",
        },
    )


def _chance(p: float) -> str:
    return "< 0.0001" if p < 0.0001 else f"{p:.4f}"


def _map(request: HttpRequest, asked: Asked, table_id: str) -> Map:
    west, south, east, north = districts().district(asked.forecast.district).polygon.bounds
    url = reverse("risk:hotspots_cells") + asked.query
    return Map(
        title=_("Hot spots"),
        layers=[Layer("hotspots", url, "point", _("Hot spots (middle of the cell)"), legend=NO_GROUND)],
        bounds=(west, south, east, north),
        table_id=table_id,
        streets=streets.address(actor_of(request), asked.forecast.agency_id),
    )


@allow(VIEW)
def hotspots_cells(request: HttpRequest) -> HttpResponse:
    """The middles of the hot cells for the map."""
    asked = _asked(request)
    rows = spots.hot_spots(actor_of(request), asked.forecast.district, asked.family).rows if asked else []
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
            "properties": {
                "id": f"{row['cell_e']}-{row['cell_n']}",
                "label": f"{row['number']} · {LEVELS[row['level']]}",
            },
        }
        for row in rows
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    return HttpResponse(text, content_type="application/geo+json")
