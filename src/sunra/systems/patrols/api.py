"""Patrols for programs: plans as lists, GeoJSON and GPX for navigation, and what was said of their effect."""

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router, Schema

from sunra.platform.accounts.actor import actor_of
from sunra.platform.accounts.api import Needs
from sunra.systems.patrols import exports, selectors
from sunra.systems.patrols.models import PlanStatus
from sunra.systems.patrols.rules import VIEW, VIEW_EFFECT
from sunra.systems.patrols.selectors.effects import effect_months

router = Router(tags=["patrols"], auth=Needs(VIEW))


class PlanOut(Schema):
    """A plan without its routes."""

    id: UUID
    district: str
    day: str
    status: str
    distance_source: str
    teams_source: str
    demo: bool


class Estimate(Schema):
    """A figure and its interval; with a ``status`` nothing can be said, and what cannot be said is null."""

    status: str
    value: float | None
    low: float | None
    high: float | None


class Span(Schema):
    """What can be said of a span of confirmed nights, with intervals of ``level``.

    ``same_night`` and ``three_days``: events where patrols went by those at the like places (1: no change).
    ``moved``: events more or fewer for 100 visits, here and next door together. ``walked``: the share of
    planned stops; ``risk_per_hour``: expected events at walked stops for each hour of a team.
    """

    nights: int
    judged: int
    level: float
    same_night: Estimate
    three_days: Estimate
    moved: Estimate
    walked: Estimate
    risk_per_hour: Estimate


class EffectOut(Schema):
    """A judged month of a district's patrols, and the year that ends with it."""

    agency: UUID
    district: str
    month: str
    demo: bool
    code_version: str
    of_month: Span
    of_year: Span


@router.get("/effects", response=list[EffectOut], auth=Needs(VIEW_EFFECT))
def effects(request: HttpRequest, district: str = "", limit: int = 24) -> list[EffectOut]:
    """Judged months in reach, newest first, at most 100; never a figure without its interval."""
    found = effect_months(actor_of(request)).order_by("-month", "district", "agency_id", "demo")
    if district:
        found = found.filter(district=district)
    return [
        EffectOut(
            agency=row.agency_id, district=row.district, month=f"{row.month:%Y-%m}", demo=row.demo,
            code_version=row.code_version, of_month=_span(row.figures["month"]),
            of_year=_span(row.figures["year"]),
        )
        for row in found[: max(1, min(limit, 100))]
    ]  # fmt: skip


def _span(said: dict[str, Any]) -> Span:
    night, days, moved, walked = said["night"], said["days"], said["displacement"], said["walked"]
    return Span(
        nights=said["nights"], judged=said["judged"], level=said["level"],
        same_night=_estimate(night["status"], night["ratio"], night["low"], night["high"]),
        three_days=_estimate(days["status"], days["ratio"], days["low"], days["high"]),
        moved=_estimate(moved["status"], moved["difference"], moved["low"], moved["high"]),
        walked=_estimate(walked["status"], walked["share"], *walked["share_interval"]),
        risk_per_hour=_estimate(walked["status"], walked["risk_per_hour"], *walked["risk_interval"]),
    )  # fmt: skip


def _estimate(status: str, value: float | None, low: float | None, high: float | None) -> Estimate:
    """A figure goes out only together with its interval."""
    if status or low is None or high is None:
        value = low = high = None
    return Estimate(status=status, value=value, low=low, high=high)


@router.get("/plans", response=list[PlanOut])
def plans(
    request: HttpRequest,
    district: str = "",
    day: dt.date | None = None,
    status: Literal["", "draft", "confirmed"] = "",
    limit: int = 30,
) -> list[PlanOut]:
    """Plans in reach, newest first, at most 100; ``day`` is that on which the night begins."""
    found = selectors.plans(actor_of(request))
    wanted = {"district": district, "day": day, "status": status}
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    return [
        PlanOut(
            id=row.id, district=row.district, day=str(row.day), status=row.status,
            distance_source=row.distance_source, teams_source=row.teams_source, demo=row.demo,
        )
        for row in found[: max(1, min(limit, 100))]
    ]  # fmt: skip


@router.get("/plans/{plan_id}/plan.gpx", summary="A confirmed plan as GPX")
def plan_gpx(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Each team's stops as a route, its way as a track where it follows streets; not of a draft."""
    actor = actor_of(request)
    found = selectors.plan(actor, plan_id)
    if found.status != PlanStatus.CONFIRMED:
        raise Http404("not found")
    content = exports.gpx(found, selectors.routes(actor, found))
    return HttpResponse(content, content_type="application/gpx+xml")


@router.get("/plans/{plan_id}", response=dict[str, Any])
def plan(request: HttpRequest, plan_id: UUID) -> dict[str, Any]:
    """One plan as GeoJSON: routes as lines, stops as points."""
    actor = actor_of(request)
    found = selectors.plan(actor, plan_id)
    return exports.geojson(found, selectors.routes(actor, found))
