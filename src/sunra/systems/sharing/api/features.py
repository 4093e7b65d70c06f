"""OGC API – Features, Part 1 (Core, GeoJSON, HTML, OpenAPI 3.0) over open data, an agency's own places and
what it was granted by agreement.

Without a key everybody reads what is open; with a key also what its agency may see. Rows under an agreement
come through ``services.access``: the ledger first, the granted fields alone. Standard: OGC 17-069r4.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import unquote, urlencode

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Router

from sunra.platform.accounts.access import PUBLIC
from sunra.platform.accounts.actor import actor_of
from sunra.platform.accounts.api import Needs
from sunra.platform.accounts.limits import guarded
from sunra.platform.base.time import now
from sunra.systems.sharing.api import described, openapi
from sunra.systems.sharing.api.described import GEOJSON, OPENAPI, PURPOSE, items_extra
from sunra.systems.sharing.opened import asked, features, shared
from sunra.systems.sharing.opened.collection import Collection
from sunra.systems.sharing.opened.columns import Column
from sunra.systems.sharing.opened.licences import licence
from sunra.systems.sharing.selectors import opendata
from sunra.systems.sharing.services import access

router = Router(tags=["features"], auth=Needs(PUBLIC))

_SPEC = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
CONFORMS = [f"{_SPEC}/{part}" for part in ("core", "geojson", "html", "oas30")]
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
JSON, HTML = "application/json", "text/html"
ITEMS_PAGE = "sharing/open_api_items.html"
_TITLES = {
    "self": gettext_lazy("This document"),
    "alternate": gettext_lazy("This document as a page"),
}
_REFUSALS = {400: described.Problem, 404: described.Problem, 429: described.Problem}

Operation = TypeVar("Operation", bound=Callable[..., Any])


def _get(path: str, name: str, schema: Any, extra: dict[str, Any]) -> Callable[[Operation], Operation]:
    """An operation for everybody, guarded by address, described with its refusals."""

    def decorate(operation: Operation) -> Operation:
        answers = {200: schema, **_REFUSALS}
        register = router.get(path, url_name=name, response=answers, openapi_extra=extra, by_alias=True)
        register(guarded("open", "PUBLIC_CALLS")(operation))
        return operation

    return decorate


def _url(request: HttpRequest, name: str, **arguments: Any) -> str:
    return request.build_absolute_uri(reverse(f"api:{name}", kwargs=arguments or None))


def _link(href: str, rel: str, kind: str, title: str = "") -> dict[str, str]:
    return {"href": href, "rel": rel, "type": kind, "title": title or str(_TITLES.get(rel, ""))}


def _both(request: HttpRequest, kind: str = JSON) -> list[dict[str, str]]:
    """The document itself and the same for people."""
    here = request.build_absolute_uri(request.path)
    kept = {key: value for key, value in request.GET.items() if key != "f"}
    query = urlencode(kept)
    page = urlencode(kept | {"f": "html"})
    return [
        _link(f"{here}?{query}" if query else here, "self", kind),
        _link(f"{here}?{page}", "alternate", HTML),
    ]


def _answer(
    request: HttpRequest, body: dict[str, Any], kind: str = JSON, template: str = "", **more: Any
) -> HttpResponse:
    """JSON, or a page for people who ask for one with ``f=html`` or their browser's ``Accept``."""
    wanted = request.GET.get("f", "")
    if wanted not in {"", "json", "html"}:
        raise asked.BadParameter("f", _("Choose json or html."))
    if wanted == "html" or (not wanted and request.get_preferred_type([JSON, GEOJSON, HTML]) == HTML):
        answer = render(request, template or "sharing/open_api.html", {"body": body, **more})
    else:
        answer = JsonResponse(body, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})
        answer["Content-Type"] = kind
        answer["Access-Control-Allow-Origin"] = "*"
    answer["Vary"] = "Accept, Authorization, Cookie"
    if actor_of(request).signed_in:
        answer["Cache-Control"] = "private, no-store"
    return answer


def _only(request: HttpRequest, *names: str) -> None:
    """Refuse parameters that an address does not have."""
    for name in request.GET:
        if name not in {"f", *names}:
            raise asked.BadParameter(
                name, _("Use only the parameters that the description of the API names.")
            )


@_get("/", "ogc_landing", described.Landing, described.plain_extra())
def landing(request: HttpRequest) -> HttpResponse:
    """Where a program starts: links to everything else."""
    _only(request)
    body = {
        "title": _("Open public-safety data"),
        "description": _("Places and figures that agencies have opened, as OGC API – Features."),
        "links": [
            *_both(request),
            _link(_url(request, "ogc_openapi"), "service-desc", OPENAPI, "OpenAPI"),
            _link(request.build_absolute_uri(reverse("open:catalogue")), "service-doc", HTML, _("Open data")),
            _link(_url(request, "ogc_conformance"), "conformance", JSON, _("Conformance")),
            _link(_url(request, "ogc_collections"), "data", JSON, _("Collections")),
        ],
    }
    return _answer(request, body, title=body["title"])


@_get("/conformance", "ogc_conformance", described.Conformance, described.plain_extra())
def conformance(request: HttpRequest) -> HttpResponse:
    """The parts of the standard that hold here."""
    _only(request)
    return _answer(request, {"conformsTo": CONFORMS}, title=_("Conformance"))


@router.get(
    "/api",
    url_name="ogc_openapi",
    response={200: dict[str, Any], **_REFUSALS},
    openapi_extra=described.OPENAPI_EXTRA,
)
@guarded("open", "PUBLIC_CALLS")
def description(request: HttpRequest) -> HttpResponse:
    """These addresses in OpenAPI 3.0."""
    _only(request)
    answer = JsonResponse(openapi.description(request))
    answer["Content-Type"] = OPENAPI
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@_get("/collections", "ogc_collections", described.CollectionsOut, described.plain_extra())
def collections(request: HttpRequest) -> HttpResponse:
    """What can be read: everything open, and with a key what its agency may see."""
    _only(request)
    found = [_described(request, one) for one in opendata.collections(actor_of(request))]
    body = {"links": _both(request), "collections": found}
    return _answer(request, body, title=_("Collections"), template="sharing/open_api_collections.html")


@_get("/collections/{collection_id}", "ogc_collection", described.CollectionOut, described.plain_extra())
def collection(request: HttpRequest, collection_id: str) -> HttpResponse:
    """One collection: extent, licence, links to its features and files."""
    _only(request)
    found = opendata.collection(actor_of(request), collection_id)
    body = _described(request, found)
    body["links"] = [*_both(request), *body["links"]]
    return _answer(request, body, title=found.title, columns=found.columns)


@_get("/collections/{collection_id}/items", "ogc_items", described.ItemsOut, items_extra())
def items(request: HttpRequest, collection_id: str) -> HttpResponse:
    """A page of features."""
    found = opendata.collection(actor_of(request), collection_id)
    question = asked.read(request.GET.dict(), found.columns)
    page = _shared_page(request, found, question) if found.agreement else features.page(found, question)
    body = {
        "type": "FeatureCollection",
        "features": page.features,
        "links": [*_both(request, GEOJSON), *_pages(request, question, page), _parent(request, found)],
        "timeStamp": now().isoformat(timespec="seconds").replace("+00:00", "Z"),
        "numberMatched": page.matched,
        "numberReturned": len(page.features),
    }
    return _answer(
        request,
        body,
        GEOJSON,
        title=found.title,
        columns=_heads(found, page),
        template="sharing/open_api_items.html",
    )


def _heads(found: Collection, page: features.Page) -> list[Column]:
    """The columns that features have as properties, for people: coordinates are their geometry."""
    there = page.features[0]["properties"] if page.features else {}
    return [column for column in found.columns if column.name in there]


@_get(
    "/collections/{collection_id}/items/{feature_id}",
    "ogc_item",
    described.FeatureOut,
    described.plain_extra("FeatureOut"),
)
def item(request: HttpRequest, collection_id: str, feature_id: str) -> HttpResponse:
    """One feature."""
    _only(request)
    found = opendata.collection(actor_of(request), collection_id)
    number = (
        int(feature_id) if feature_id.isascii() and feature_id.isdecimal() and len(feature_id) < 20 else -1
    )
    feature = _shared_one(request, found, number) if found.agreement else features.one(found, number)
    if feature is None:
        raise Http404("not found")
    body = feature | {"links": [*_both(request, GEOJSON), _parent(request, found)]}
    return _answer(
        request,
        body,
        GEOJSON,
        title=found.title,
        columns=found.columns,
        template="sharing/open_api_items.html",
    )


def _shared_page(request: HttpRequest, found: Collection, question: asked.Asked) -> features.Page:
    wanted = shared.Wanted(question)
    return wanted.page(_read(request, found, wanted), found)


def _shared_one(request: HttpRequest, found: Collection, number: int) -> features.Feature | None:
    if number < 1:
        return None
    frame = _read(request, found, shared.Wanted(number=number))
    return next(iter(shared.features(frame, found)), None)


def _read(request: HttpRequest, found: Collection, wanted: shared.Wanted) -> pl.DataFrame:
    """The chosen rows under the agreement, on record before one of them is touched."""
    said = unquote(request.headers.get(PURPOSE, ""), errors="replace")
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in said).split())
    agreed = found.agreement.purpose if found.agreement else ""
    return access.read(
        actor=actor_of(request),
        dataset_id=found.dataset.id,
        purpose=plain[:300] or agreed,
        choose=wanted,
    ).frame


def _parent(request: HttpRequest, found: Collection) -> dict[str, str]:
    return _link(_url(request, "ogc_collection", collection_id=found.id), "collection", JSON, found.title)


def _pages(request: HttpRequest, question: asked.Asked, page: features.Page) -> list[dict[str, str]]:
    """Links to the page after and before."""
    here = request.build_absolute_uri(request.path)
    kept = {key: value for key, value in request.GET.items() if key not in {"offset", "after"}}
    links = []
    if page.after is not None:
        more = kept | {"offset": question.offset + len(page.features), "after": page.after}
        links.append(_link(f"{here}?{urlencode(more)}", "next", GEOJSON, _("Next page")))
    if question.offset > 0:
        less = kept | {"offset": max(0, question.offset - question.limit)}
        links.append(_link(f"{here}?{urlencode(less)}", "prev", GEOJSON, _("Page before")))
    return links


def _described(request: HttpRequest, found: Collection) -> dict[str, Any]:
    """A collection as the standard describes one."""
    body: dict[str, Any] = {
        "id": found.id,
        "title": found.title,
        "description": _text(found),
        "itemType": "feature",
        "crs": [CRS84],
        "links": _collection_links(request, found),
    }
    edges = None if found.agreement else features.extent(found)  # an extent is made of rows
    if edges is not None:
        body["extent"] = {"spatial": {"bbox": [list(edges)], "crs": CRS84}}
    return body


def _text(found: Collection) -> str:
    parts = [found.opening.description if found.opening else "", found.dataset.agency.name]
    if found.agreement:
        parts.append(
            _("By agreement until %(day)s; each reading is on record.") % {"day": found.agreement.ends}
        )
    if found.dataset.demo:
        parts.insert(0, _("Demonstration data, made by a generator."))
    return " ".join(part for part in parts if part)


def _collection_links(request: HttpRequest, found: Collection) -> list[dict[str, str]]:
    here = _url(request, "ogc_items", collection_id=found.id)
    links = [
        _link(here, "items", GEOJSON, _("Features")),
        _link(f"{here}?f=html", "items", HTML, _("Features as a page")),
    ]
    if found.agreement:
        terms_page = request.build_absolute_uri(reverse("sharing:agreement", args=[found.agreement.id]))
        return [*links, _link(terms_page, "describedby", HTML, _("Sharing agreement"))]
    if found.opening is None:
        return links
    terms = licence(found.opening.licence)
    about = request.build_absolute_uri(reverse("open:dataset", args=[found.id]))
    links += [
        _link(terms.url, "license", HTML, str(terms.name)),
        _link(about, "describedby", HTML, _("Data dictionary and quality")),
    ]
    for ending, (kind, title) in _FILES.items():
        if ending in found.opening.files:
            file = request.build_absolute_uri(reverse("open:file", args=[found.id, ending]))
            links.append(_link(file, "enclosure", kind, str(title)))
    if "pmtiles" in found.opening.files:
        tiles = request.build_absolute_uri(reverse("open:tiles", args=[found.id]))
        links.append(_link(tiles, "describedby", JSON, _("How to draw the vector tiles (TileJSON)")))
    return links


_FILES = {
    "csv": ("text/csv", "CSV"),
    "geojson": (GEOJSON, "GeoJSON"),
    "parquet": ("application/vnd.apache.parquet", "GeoParquet"),
    "pmtiles": ("application/vnd.pmtiles", gettext_lazy("Vector tiles (PMTiles)")),
}
