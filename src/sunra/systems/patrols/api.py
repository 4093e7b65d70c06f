"""Patrol plans for programs: which exist, one as GeoJSON, and confirmed ones as GPX for navigation."""

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router, Schema

from sunra.platform.accounts.actor import actor_of
from sunra.platform.accounts.api import Needs
from sunra.systems.patrols import exports, selectors
from sunra.systems.patrols.models import PlanStatus
from sunra.systems.patrols.rules import VIEW

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
