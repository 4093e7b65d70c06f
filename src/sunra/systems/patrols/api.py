"""Patrol plans for programs: which exist, and one as GeoJSON."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from sunra.platform.accounts.actor import actor_of
from sunra.platform.accounts.api import Needs
from sunra.systems.patrols import exports, selectors
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
def plans(request: HttpRequest, district: str = "", limit: int = 30) -> list[PlanOut]:
    """Plans in reach, newest first, at most 100."""
    found = selectors.plans(actor_of(request))
    if district:
        found = found.filter(district=district)
    return [
        PlanOut(
            id=row.id, district=row.district, day=str(row.day), status=row.status,
            distance_source=row.distance_source, teams_source=row.teams_source, demo=row.demo,
        )
        for row in found[: max(1, min(limit, 100))]
    ]  # fmt: skip


@router.get("/plans/{plan_id}", response=dict[str, Any])
def plan(request: HttpRequest, plan_id: UUID) -> dict[str, Any]:
    """One plan as GeoJSON: routes as lines, stops as points."""
    actor = actor_of(request)
    found = selectors.plan(actor, plan_id)
    return exports.geojson(found, selectors.routes(actor, found))
