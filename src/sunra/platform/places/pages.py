"""Map layers for the pages of people who are signed in."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, JsonResponse

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.places import layers
from sunra.platform.places.layers import Asked

_FIELDS = ("bbox", "district", "dong", "kinds", "families", "since", "until")


def _answer(request: HttpRequest, layer: Callable[[Actor, Asked], dict[str, Any]]) -> JsonResponse:
    asked = Asked(**{name: request.GET.get(name, "") for name in _FIELDS})
    try:
        found, status = layer(actor_of(request), asked), 200
    except UserError as error:
        found, status = {"code": error.code, "message": str(error)}, 400
    kind = "application/geo+json" if status == 200 else "application/json"
    answer = JsonResponse(found, status=status, content_type=kind, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "private, max-age=30"
    return answer


@allow("places.view_place")
def facilities(request: HttpRequest) -> JsonResponse:
    """Facilities in the map's section."""
    return _answer(request, layers.facilities)


@allow("places.view_place")
def streets(request: HttpRequest) -> JsonResponse:
    """Streets in the map's section."""
    return _answer(request, layers.streets)


@allow("places.view_place")
def areas(request: HttpRequest) -> JsonResponse:
    """Areas in the map's section."""
    return _answer(request, layers.areas)


@allow("places.view_event")
def events(request: HttpRequest) -> JsonResponse:
    """Events by cell in the map's section."""
    return _answer(request, layers.events)
