"""The open catalogue for programs: DCAT-AP in JSON-LD."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router

from sunra.platform.accounts.access import PUBLIC
from sunra.platform.accounts.api import Needs
from sunra.platform.accounts.limits import guarded
from sunra.systems.sharing.api.described import JSONLD_EXTRA, Problem
from sunra.systems.sharing.opened import dcat

router = Router(tags=["open data"], auth=Needs(PUBLIC))


def answer(request: HttpRequest) -> HttpResponse:
    """The catalogue as JSON-LD; also what ``/open/catalog.jsonld`` gives."""
    found = JsonResponse(dcat.catalogue(request), json_dumps_params={"ensure_ascii": False, "indent": 1})
    found["Content-Type"] = "application/ld+json"
    found["Access-Control-Allow-Origin"] = "*"
    return found


@router.get(
    "/catalogue",
    url_name="open_catalogue",
    response={200: dict[str, Any], 429: Problem},
    openapi_extra=JSONLD_EXTRA,
)
@guarded("open", "PUBLIC_CALLS")
def catalogue(request: HttpRequest) -> HttpResponse:
    """Everything open, as DCAT-AP."""
    return answer(request)
