"""How the feature addresses are described in OpenAPI: parameters and answers, once for all."""

from typing import Any

from ninja import Schema

from sunra.systems.sharing.opened.asked import DEFAULT_LIMIT
from sunra.systems.sharing.opened.columns import COUNTED, DICTIONARY

_DAY = (
    r"[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
).replace("[0-9]{4}", "(19|20)[0-9]{2}")
_TIME = rf"{_DAY}(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)?"
_DATETIME = rf"^({_TIME}|(\.\.)?/{_TIME}|{_TIME}/(\.\.)?|{_TIME}/{_TIME})$"
GEOJSON = "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
_TYPES = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "date": "string",
    "date-time": "string",
}


class Link(Schema):
    """A link; ``rel`` says what it leads to."""

    href: str
    rel: str
    type: str = ""
    title: str = ""


class Landing(Schema):
    """Where a program starts."""

    title: str
    description: str
    links: list[Link]


class Conformance(Schema):
    """The parts of the standard that hold here."""

    conformsTo: list[str]  # noqa: N815 - the standard's name


class CollectionOut(Schema):
    """One collection."""

    id: str
    title: str
    description: str
    itemType: str  # noqa: N815 - the standard's name
    crs: list[str]
    extent: dict[str, Any] = {}
    links: list[Link]


class CollectionsOut(Schema):
    """All collections that this reader may read."""

    links: list[Link]
    collections: list[CollectionOut]


class FeatureOut(Schema):
    """One feature as GeoJSON; ``geometry`` is null where only the legal dong is known."""

    type: str
    id: int
    geometry: dict[str, Any] | None
    properties: dict[str, Any]
    links: list[Link] = []


class ItemsOut(Schema):
    """A page of features as GeoJSON."""

    type: str
    features: list[FeatureOut]
    links: list[Link]
    timeStamp: str  # noqa: N815 - the standard's name
    numberMatched: int  # noqa: N815
    numberReturned: int  # noqa: N815


class Problem(Schema):
    """Why an answer is refused."""

    code: str
    message: str = ""
    description: str = ""


def _query(name: str, schema: dict[str, Any], text: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": text, **more}


FORMAT = _query("f", {"type": "string", "enum": ["json", "html"]}, "json (default) or html")
_BBOX = _query(
    "bbox",
    {
        "type": "array",
        "minItems": 4,
        "maxItems": 4,
        "items": {"type": "number", "minimum": -180, "maximum": 180},
    },
    "West, south, east, north in degrees (CRS84): features that touch the box. Heights may stand between.",
    style="form",
    explode=False,
)
_TIMES = _query(
    "datetime",
    {"type": "string", "pattern": _DATETIME},
    "A day or moment, or an interval with a slash and .. for an open end: rows that last changed then.",
)
_LIMIT = _query(
    "limit",
    {"type": "integer", "minimum": 1, "default": DEFAULT_LIMIT},
    "Features on a page; above 10,000 counts as 10,000.",
)
_OFFSET = _query(
    "offset",
    {"type": "integer", "minimum": 0, "default": 0},
    "Features to pass over; follow `next` to go on.",
)
_AFTER = _query(
    "after",
    {"type": "integer", "minimum": 0},
    "Number of the last feature of the page before; part of `next`, so that pages neither skip nor repeat.",
)


PURPOSE = "X-Purpose"
_PURPOSE = _query(
    PURPOSE,
    {"type": "string", "maxLength": 300},
    "What this reading is for, percent-encoded UTF-8; kept in the ledger when the collection is read under an"
    " agreement. The agreed purpose when absent.",
) | {"in": "header"}


def _properties() -> list[dict[str, Any]]:
    both = {**COUNTED, **DICTIONARY}
    return [
        _query(
            name,
            {"type": _TYPES.get(column.type, "string")},
            f"Features with this value. {column.meaning_en}",
        )
        for name, column in both.items()
        if name != "changed"
    ]


def _answers(*kinds: str, schema: str = "") -> dict[int, Any]:
    """The kinds of answer beside plain JSON: a page for people, GeoJSON of the named schema."""
    page = {"text/html": {"schema": {"type": "string"}}}
    same = {"schema": {"$ref": f"#/components/schemas/{schema}"} if schema else {"type": "object"}}
    return {200: {"content": page | dict.fromkeys(kinds, same)}}


def items_extra() -> dict[str, Any]:
    """The parameters and answers of a page of features."""
    return {
        "parameters": [_BBOX, _TIMES, _LIMIT, _OFFSET, _AFTER, FORMAT, _PURPOSE, *_properties()],
        "responses": _answers(GEOJSON, schema="ItemsOut"),
    }


def plain_extra(schema: str = "") -> dict[str, Any]:
    """Those of a document; of a feature with ``schema``."""
    kinds = (GEOJSON,) if schema else ()
    parameters = [FORMAT, _PURPOSE] if schema else [FORMAT]
    return {"parameters": parameters, "responses": _answers(*kinds, schema=schema)}


OPENAPI_EXTRA = {"responses": {200: {"content": {OPENAPI: {"schema": {"type": "object"}}}}}}
JSONLD_EXTRA = {"responses": {200: {"content": {"application/ld+json": {"schema": {"type": "object"}}}}}}
