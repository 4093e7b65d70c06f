"""Places for programs: the same layers as the map's, by key."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from sunra.platform.accounts.actor import actor_of
from sunra.platform.accounts.api import Needs
from sunra.platform.places import layers

router = Router(tags=["places"])


class LayerQuery(Schema):
    """``bbox``: west,south,east,north in degrees; ``kinds`` with commas; district 5 digits, dong 10."""

    bbox: str = ""
    district: str = ""
    dong: str = ""
    kinds: str = ""


class EventQuery(LayerQuery):
    """``since`` and ``until`` are days (2026-11-22), both included."""

    families: str = ""
    since: str = ""
    until: str = ""


@router.get("/facilities", auth=Needs("places.view_place"), summary="Facilities as GeoJSON")
def facilities(request: HttpRequest, query: Query[LayerQuery]) -> dict[str, Any]:
    """Single facilities, or sums per cell when there are more than 4,000."""
    return layers.facilities(actor_of(request), layers.Asked(**query.dict()))


@router.get("/streets", auth=Needs("places.view_place"), summary="Streets as GeoJSON")
def streets(request: HttpRequest, query: Query[LayerQuery]) -> dict[str, Any]:
    """At most 4,000 pieces of street."""
    return layers.streets(actor_of(request), layers.Asked(**query.dict()))


@router.get("/areas", auth=Needs("places.view_place"), summary="Areas as GeoJSON")
def areas(request: HttpRequest, query: Query[LayerQuery]) -> dict[str, Any]:
    """At most 4,000 areas."""
    return layers.areas(actor_of(request), layers.Asked(**query.dict()))


@router.get("/events", auth=Needs("places.view_event"), summary="Events by cell as GeoJSON")
def events(request: HttpRequest, query: Query[EventQuery]) -> dict[str, Any]:
    """Sums per cell and family; a single event is never given out."""
    return layers.events(actor_of(request), layers.Asked(**query.dict()))
