"""하기 › 순찰: the plan of a night with its map and table, and its exports."""

import datetime as dt
import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.core.geo.districts import districts
from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.maps import streets
from sunra.platform.maps.component import Layer, Map
from sunra.platform.ui import chips
from sunra.platform.ui.dates import show_clock
from sunra.platform.ui.measures import show_expected, show_rarity
from sunra.platform.ui.tables import Column, Filter, Table
from sunra.systems.patrols import exports, selectors, services
from sunra.systems.patrols.models import Plan, PlanTeam
from sunra.systems.patrols.orders import FOCUS, order_of
from sunra.systems.patrols.rules import CONFIRM, MAKE, RULE_LOT, VIEW
from sunra.systems.patrols.texts import BRIEF, KINDS, WHY

FEWEST_PLANS = 3
"""A lot of fewer plans is none."""
_MARGIN = 0.002  # degrees, about 200 m


@allow(VIEW)
def latest(request: HttpRequest) -> HttpResponse:
    """The newest plan in reach, by district and day when the address names them."""
    actor = actor_of(request)
    found = selectors.latest(actor, district=request.GET.get("district", ""), day=_day(request))
    if found is None:
        return render(request, "patrols/none.html", {"may_run": actor.may("journeys.run_tonight")})
    return _page(request, actor, found)


@allow(VIEW)
def plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """One plan."""
    actor = actor_of(request)
    return _page(request, actor, selectors.plan(actor, plan_id))


def _page(request: HttpRequest, actor: Actor, found: Plan) -> HttpResponse:
    request.demo = found.demo  # type: ignore[attr-defined]
    teams, order = selectors.routes(actor, found), order_of(found.params.get("order", {}))
    table = stop_table(request, teams)
    answer = table.response()
    if answer is not None:
        return answer
    return render(
        request,
        "patrols/plan.html",
        {
            "plan": found,
            "district": districts().district(found.district),
            "teams": [(team, KINDS[team.kind], len(team.stops.all())) for team in teams],
            "map": Map(
                title=_("Patrol plan"),
                layers=layers(found),
                bounds=bounds(found, teams),
                table_id=table.element_id,
                name="plan",
                streets=streets.address(actor, found.agency_id),
            ),
            "table": table,
            "texts": BRIEF,
            "why": WHY.get(found.params.get("why", ""), ""),
            "may_confirm": actor.may(CONFIRM) and found.status == "draft" and found.agency_id in actor.scope,
            "may_change": actor.may(MAKE) and found.agency_id in actor.scope,
            "may_rule": actor.may(RULE_LOT) and found.agency_id == actor.agency_id,
            "given": order.given,
            "lot": lot_of(found),
            "focus": [FOCUS[one] for one in order.focus] + [name for _cell, name in order.spots if name],
            "others": list(selectors.plans(actor).filter(district=found.district).exclude(id=found.id)[:7]),
        },
    )


def lot_of(found: Plan) -> dict[str, Any]:
    """How the plan was drawn, in whole percent; nothing for plans made before there was a lot."""
    about = found.params.get("lot")
    if not about:
        return {}
    names = {one.code: one.name for one in districts().dongs(found.district)}
    return {
        "plans": about["plans"],
        "loss": f"{100 * about['loss']:.1f}",
        "foreseen": round(100 * about["foreseen"]),
        "rules": _rules(about["policy"]),
        "warn": about["plans"] < FEWEST_PLANS or about["by_hand"] > about["policy"]["predictable"],
        "unserved": [names.get(code, code) for code in about["unserved"]],
    }


def _rules(policy: dict[str, Any]) -> dict[str, str]:
    """The rules that drew a plan, as they were then."""
    visits, running = policy["cap"]
    return {
        "loss": f"{100 * policy['loss']:g}",
        "share": f"{100 * policy['dong_share']:g}",
        "visits": str(visits),
        "running": str(running),
        "nights": str(policy["nights"]),
    }


def layers(found: Plan) -> tuple[Layer, ...]:
    """Routes and stops for a map."""
    address = reverse("patrols:geojson", args=[found.id])
    return (
        Layer("routes", f"{address}?part=route", "line", gettext_lazy("Patrol routes")),
        Layer("stops", f"{address}?part=stop", "point", gettext_lazy("Patrol stops")),
    )


def bounds(found: Plan, teams: list[PlanTeam]) -> tuple[float, float, float, float]:
    """West, south, east, north of the routes shown, with a margin; of the district when there is none."""
    points = [point for team in teams for point in team.line]
    if not points:
        west, south, east, north = districts().district(found.district).polygon.bounds
        return west, south, east, north
    lons, lats = zip(*points, strict=True)
    return min(lons) - _MARGIN, min(lats) - _MARGIN, max(lons) + _MARGIN, max(lats) + _MARGIN


def stop_table(request: HttpRequest, teams: list[PlanTeam]) -> Table:
    """All stops by team and time."""
    rows = [
        {
            "id": f"t{team.order}s{stop.order}",
            "team": team.name,
            "order": stop.order + 1,
            "cell": stop.number,
            "arrive": stop.arrive,
            "leave": stop.leave,
            "grade": stop.grade,
            "expected": stop.expected,
            "events": stop.reason.get("events", 0),
            "asked": stop.reason.get("asked", 0),
        }
        for team in teams
        for stop in team.stops.all()
    ]
    graded = any(row["grade"] for row in rows)
    names = [(team.name, team.name) for team in teams]
    several = [Column("team", gettext_lazy("Team"))] if len(names) > 1 else []
    figures = [
        Column("grade", gettext_lazy("Risk grade"), numeric=True, format=chips.grade),
        Column(
            "rarity",
            gettext_lazy("How often"),
            numeric=True,
            value=lambda row: row["expected"],
            format=show_rarity,
            export=False,
        ),
        Column(
            "expected",
            gettext_lazy("Expected count"),
            numeric=True,
            format=show_expected,
            unit=gettext_lazy("events"),
        ),
        Column(
            "events",
            gettext_lazy("Past events"),
            numeric=True,
            format=lambda value: f"{value:.0f}",
            unit=gettext_lazy("events"),
        ),
    ]
    wishes = Column(
        "asked",
        gettext_lazy("Residents' requests"),
        numeric=True,
        format=lambda value: f"{value}" if value else "–",
        unit=gettext_lazy("requests"),
    )
    return Table(
        columns=[
            Column("cell", gettext_lazy("Patrol stop"), whole=True),
            *several,
            Column("order", gettext_lazy("No."), numeric=True),
            Column("arrive", gettext_lazy("Arrives"), numeric=True, format=show_clock),
            Column("leave", gettext_lazy("Leaves"), numeric=True, format=show_clock),
            *(figures if graded else []),
            *([wishes] if any(row["asked"] for row in rows) else []),
        ],
        rows=rows,
        request=request,
        name="stops",
        caption=_("Patrol stops"),
        filters=[Filter("team", gettext_lazy("Team"), names)] if len(names) > 1 else [],
        row_id=lambda row: row["id"],
        page_size=15,
        empty_title=_("No stop fits into these shifts"),
        empty_text=_("Change the teams' shifts and plan the night again."),
    )


@allow(POST=CONFIRM)
def confirm(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Show the plan to those who walk it."""
    services.confirm(actor=actor_of(request), plan_id=plan_id)
    messages.success(
        request, _("The plan is confirmed. Those who walk it and the agencies it touches see it now.")
    )
    return redirect("patrols:plan_detail", plan_id)


def _parts(request: HttpRequest, plan_id: UUID) -> tuple[Plan, list[PlanTeam]]:
    actor = actor_of(request)
    found = selectors.plan(actor, plan_id)
    return found, selectors.routes(actor, found)


@allow(VIEW)
def geojson(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The plan as GeoJSON; ``part`` (route or stop) for one layer of the map, else a download."""
    found, teams = _parts(request, plan_id)
    collection = exports.geojson(found, teams)
    part = request.GET.get("part", "")
    if part in {"route", "stop"}:
        collection["features"] = [one for one in collection["features"] if one["properties"]["role"] == part]
        text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
        return HttpResponse(text, content_type="application/geo+json")
    return _download(
        found, json.dumps(collection, ensure_ascii=False).encode(), "geojson", "application/geo+json"
    )


@allow(VIEW)
def gpx(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The plan as GPX."""
    found, teams = _parts(request, plan_id)
    return _download(found, exports.gpx(found, teams), "gpx", "application/gpx+xml")


@allow(VIEW)
def pdf(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The one-page brief."""
    found, teams = _parts(request, plan_id)
    return _download(found, exports.pdf(found, teams), "pdf", "application/pdf")


def _download(found: Plan, content: bytes, ending: str, content_type: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="plan-{found.district}-{found.day}.{ending}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _day(request: HttpRequest) -> dt.date | None:
    try:
        return dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None
