"""The catalogue of open data as DCAT-AP 3.0 in JSON-LD.

Classes and properties: https://semiceu.github.io/DCAT-AP/releases/3.0.0/ (mandatory and recommended ones).
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from sunra.platform.base.time import SEOUL
from sunra.systems.sharing import texts
from sunra.systems.sharing.models import Opening
from sunra.systems.sharing.opened import features
from sunra.systems.sharing.opened.collection import of_opening
from sunra.systems.sharing.opened.licences import licence
from sunra.systems.sharing.selectors import opendata

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "locn": "http://www.w3.org/ns/locn#",
    "geosparql": "http://www.opengis.net/ont/geosparql#",
}
_LANGUAGES = [
    {"@id": f"http://publications.europa.eu/resource/authority/language/{code}"} for code in ("KOR", "ENG")
]
_THEME = {"@id": "http://publications.europa.eu/resource/authority/data-theme/JUST"}
_FILES = {
    "csv": ("text/csv", "CSV"),
    "geojson": ("application/geo+json", "GEOJSON"),
    "parquet": ("application/vnd.apache.parquet", "PARQUET"),
    "pmtiles": ("application/vnd.pmtiles", "PMTILES"),
}
_IANA = "http://www.iana.org/assignments/media-types/"
_FORMATS = "http://publications.europa.eu/resource/authority/file-type/"
_KNOWN_FORMATS = frozenset({"CSV", "GEOJSON", "PARQUET"})


def catalogue(request: HttpRequest) -> dict[str, Any]:
    """Everything open, as one JSON-LD document; addresses are those of ``request``'s host."""
    rows = list(opendata.openings())
    found = [_dataset(request, row) for row in rows]
    document: dict[str, Any] = {
        "@context": CONTEXT,
        "@id": _url(request, "open:jsonld"),
        "@type": "dcat:Catalog",
        "dct:title": [_text("열린 안전 데이터", "ko"), _text("Open public-safety data", "en")],
        "dct:description": [
            _text("기관이 누구나 쓸 수 있게 개방한 안전시설과 통계입니다.", "ko"),
            _text("Safety facilities and statistics that agencies have opened to everybody.", "en"),
        ],
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": settings.SITE_NAME},
        "dct:language": _LANGUAGES,
        "dcat:themeTaxonomy": {"@id": "http://publications.europa.eu/resource/authority/data-theme"},
        "foaf:homepage": {"@id": _url(request, "open:catalogue")},
        "dcat:service": _service(request, rows),
        "dcat:dataset": found,
    }
    if rows:
        document["dct:modified"] = _moment(max(row.made or row.created for row in rows))
        document["dct:issued"] = _moment(min(row.created for row in rows))
    return document


def _service(request: HttpRequest, rows: list[Opening]) -> dict[str, Any]:
    return {
        "@id": _url(request, "api:ogc_landing"),
        "@type": "dcat:DataService",
        "dct:title": _text("OGC API – Features", "en"),
        "dcat:endpointURL": {"@id": _url(request, "api:ogc_landing")},
        "dcat:endpointDescription": {"@id": _url(request, "api:ogc_openapi")},
        "dct:conformsTo": {"@id": "http://www.opengis.net/spec/ogcapi-features-1/1.0"},
        "dcat:servesDataset": [{"@id": _id(request, row)} for row in rows],
    }


def _dataset(request: HttpRequest, row: Opening) -> dict[str, Any]:
    collection = of_opening(row)
    quality = opendata.quality(row.dataset)
    titles = [_text(row.title, "ko")] + ([_text(row.title_en, "en")] if row.title_en else [])
    about = row.description or f"{row.agency.name} {texts.kind(row.dataset.kind)}"
    if row.dataset.demo:
        about = f"시연용으로 만든 데이터입니다. {about}"
    found: dict[str, Any] = {
        "@id": _id(request, row),
        "@type": "dcat:Dataset",
        "dct:identifier": str(row.dataset_id),
        "dct:title": titles,
        "dct:description": [_text(about, "ko")],
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": row.agency.name},
        "dcat:contactPoint": {
            "@type": "vcard:Organization",
            "vcard:fn": row.agency.name,
            "vcard:hasURL": {"@id": _id(request, row)},
        },
        "dcat:keyword": [_text(str(texts.kind(row.dataset.kind)), "ko"), _text(row.dataset.kind, "en")],
        "dcat:theme": _THEME,
        "dct:language": _LANGUAGES[:1],
        "dct:issued": _moment(row.created),
        "dct:modified": _moment(row.made or row.created),
        "dct:accessRights": {"@id": "http://publications.europa.eu/resource/authority/access-right/PUBLIC"},
        "dcat:landingPage": {"@id": _id(request, row)},
        "dcat:distribution": _distributions(request, row),
    }
    if quality and quality.reference_date:
        found["dct:temporal"] = {
            "@type": "dct:PeriodOfTime",
            "dcat:endDate": {"@value": str(quality.reference_date), "@type": "xsd:date"},
        }
    edges = features.extent(collection)
    if edges:
        west, south, east, north = edges
        ring = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
        box = {"@value": f"POLYGON(({ring}))", "@type": "geosparql:wktLiteral"}
        found["dct:spatial"] = {"@type": "dct:Location", "dcat:bbox": box}
    return found


def _distributions(request: HttpRequest, row: Opening) -> list[dict[str, Any]]:
    """The files that exist, and the API."""
    terms = {"@id": licence(row.licence).url}
    items = _url(request, "api:ogc_items", collection_id=str(row.dataset_id))
    found: list[dict[str, Any]] = [
        {
            "@id": items,
            "@type": "dcat:Distribution",
            "dct:title": _text("OGC API – Features", "en"),
            "dcat:accessURL": {"@id": items},
            "dcat:accessService": {"@id": _url(request, "api:ogc_landing")},
            "dcat:mediaType": {"@id": f"{_IANA}application/geo+json"},
            "dct:format": {"@id": f"{_FORMATS}GEOJSON"},
            "dct:license": terms,
        }
    ]
    for ending, size in row.files.items():
        media, name = _FILES[ending]
        address = _url(request, "open:file", dataset_id=row.dataset_id, ending=ending)
        form: Any = {"@id": f"{_FORMATS}{name}"} if name in _KNOWN_FORMATS else _text(name, "en")
        found.append(
            {
                "@id": address,
                "@type": "dcat:Distribution",
                "dct:title": _text(name, "en"),
                "dcat:accessURL": {"@id": _id(request, row)},
                "dcat:downloadURL": {"@id": address},
                "dcat:mediaType": {"@id": f"{_IANA}{media}"},
                "dct:format": form,
                "dcat:byteSize": {"@value": str(size), "@type": "xsd:nonNegativeInteger"},
                "dct:license": terms,
            }
        )
    return found


def _id(request: HttpRequest, row: Opening) -> str:
    return _url(request, "open:dataset", dataset_id=row.dataset_id)


def _url(request: HttpRequest, name: str, **arguments: Any) -> str:
    return request.build_absolute_uri(reverse(name, kwargs=arguments or None))


def _text(value: str, language: str) -> dict[str, str]:
    return {"@value": value, "@language": language}


def _moment(value: Any) -> dict[str, str]:
    return {"@value": value.astimezone(SEOUL).isoformat(timespec="seconds"), "@type": "xsd:dateTime"}
