"""The features of a collection: a page of them, one of them, all of them.

A box is two integer ranges on the cells, made exact by the coordinates; for lines and surfaces by their
outline. The order is that of the rows' numbers, so that a page can go on after the last feature seen,
whatever came or went meanwhile.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from django.db.models import F, Max, Min, Q, QuerySet
from shapely.geometry import shape

from sunra.core.geo import cells
from sunra.core.geo.errors import GeoError
from sunra.platform.places import selectors as places
from sunra.platform.places.models import Facility, Place, Street
from sunra.systems.sharing.models import Vintage
from sunra.systems.sharing.opened import counts
from sunra.systems.sharing.opened.asked import Asked, Box
from sunra.systems.sharing.opened.collection import Collection
from sunra.systems.sharing.opened.columns import DICTIONARY

Feature = dict[str, Any]
_KOREA = (120.0, 30.0, 140.0, 45.0)
_FIELDS = (
    "id",
    "key",
    "kind",
    "name",
    "count",
    "dong",
    "lon",
    "lat",
    "cell_e",
    "cell_n",
    "attrs",
    "published",
)
_CHUNK = 5_000
_LARGEST = 2.0**53
"""Numbers from here on are not exact in JSON, and no column holds them."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some features, how many match in all, and the number to go on after (none on the last page)."""

    features: list[Feature]
    matched: int
    after: int | None


def page(collection: Collection, asked: Asked) -> Page:
    """The page asked for."""
    if asked.nowhere:
        return Page([], 0, None)
    if collection.counted:
        found = counts.narrow(counts.features(collection), asked)
        start = asked.offset
        chosen, more = found[start : start + asked.limit], len(found) > start + asked.limit
        return Page(chosen, len(found), chosen[-1]["id"] if more and chosen else None)
    if not asked.narrowed:
        return _straight(collection, asked)
    rows = _matching(collection, asked)
    if asked.properties:  # a look into each row's attributes costs: once is enough
        ids = list(rows.order_by("id").values_list("id", flat=True))
        start = asked.offset if asked.after is None else bisect_right(ids, asked.after)
        return _page(collection, ids[start : start + asked.limit + 1], asked.limit, len(ids))
    # Sorted by a sum, the database finds the rows by box first and does not walk all rows in order.
    numbered = rows.annotate(number=F("id") + 0).order_by("number").values("id")
    if asked.after is None:
        wanted = numbered[asked.offset : asked.offset + asked.limit + 1]
    else:
        wanted = numbered.filter(number__gt=asked.after)[: asked.limit + 1]
    return _page(collection, wanted, asked.limit, rows.count())


def _page(collection: Collection, ids: Any, limit: int, matched: int) -> Page:
    """The features of ``ids`` (or of a query for them), of which the last is only a sign that more follow."""
    return _made(collection, _rows(collection).filter(id__in=ids).order_by("id"), limit, matched)


def _made(collection: Collection, rows: QuerySet[Place], limit: int, matched: int) -> Page:
    values = list(_values(collection, rows))
    made = [_feature(collection, row) for row in values[:limit]]
    return Page(made, matched, made[-1]["id"] if len(values) > len(made) else None)


def _straight(collection: Collection, asked: Asked) -> Page:
    """The page of all features: the index gives it without looking at others."""
    rows = _rows(collection).order_by("id")
    matched = rows.count()
    if asked.after is not None:
        found = rows.filter(id__gt=asked.after)[: asked.limit + 1]
    else:
        found = rows[min(asked.offset, matched) : min(asked.offset, matched) + asked.limit + 1]
    return _made(collection, found, asked.limit, matched)


def one(collection: Collection, number: int) -> Feature | None:
    """The feature of that number, or none."""
    if collection.counted:
        return next((found for found in counts.features(collection) if found["id"] == number), None)
    if not 0 <= number < 2**63:
        return None
    row = next(iter(_values(collection, _rows(collection).filter(id=number))), None)
    return _feature(collection, row) if row else None


def every(collection: Collection) -> Iterator[Feature]:
    """All features, in order, in bounded memory."""
    if collection.counted:
        yield from counts.features(collection)
        return
    rows = _rows(collection).order_by("id")
    for row in _values(collection, rows).iterator(_CHUNK):
        yield _feature(collection, row)


def extent(collection: Collection) -> tuple[float, float, float, float] | None:
    """West, south, east, north of all features, for descriptions; none when nothing has a place."""
    if collection.counted:
        return counts.extent(collection)
    latest = Vintage.objects.filter(dataset=collection.dataset).order_by("-created")
    return _extent(collection.layer, collection.source, str(latest.values_list("id", "updated").first()))


@lru_cache(maxsize=512)
def _extent(layer: str, source: str, _vintage: str) -> tuple[float, float, float, float] | None:
    from sunra.systems.sharing.opened.collection import MODELS

    rows: QuerySet[Any] = QuerySet(MODELS[layer]).filter(source=source)
    if layer == "facility":
        edge = rows.aggregate(w=Min("lon"), s=Min("lat"), e=Max("lon"), n=Max("lat"))
        return None if edge["w"] is None else (edge["w"], edge["s"], edge["e"], edge["n"])
    outlines = [
        _outline(layer, geometry) for geometry in rows.values_list("geometry", flat=True).iterator(_CHUNK)
    ]
    if not outlines:
        return None
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(outlines))
    return west, south, east, north


def _outline(layer: str, geometry: Any) -> Any:
    return shapely.LineString(geometry) if layer == "street" else shape(geometry)


def queryset(collection: Collection) -> QuerySet[Any]:
    """The rows behind the features of a collection of places, for tables and maps."""
    return _rows(collection).order_by("id")


def cell_text(row: Any) -> str | None:
    """The printed number of a place's cell."""
    return None if row.cell_e is None else _cell(row.cell_e, row.cell_n)


def _rows(collection: Collection) -> QuerySet[Place]:
    return QuerySet(collection.model).filter(source=collection.source)


def _values(collection: Collection, rows: QuerySet[Place]) -> QuerySet[Any, Any]:
    more = () if collection.model is Facility else ("geometry",)
    level = ("level",) if collection.model is Street else ()
    return rows.values_list(*_FIELDS, *more, *level)


def _feature(collection: Collection, row: Sequence[Any]) -> Feature:
    number, key, kind, name, count, dong, lon, lat, cell_e, cell_n, attrs, changed = row[:12]
    if collection.model is Facility:
        geometry = None if lon is None else {"type": "Point", "coordinates": [lon, lat]}
        level = attrs.get("level")
    elif collection.model is Street:
        geometry, level = {"type": "LineString", "coordinates": row[12]}, row[13]
    else:
        geometry, level = row[12], attrs.get("level")
    fields = {
        "key": key, "kind": kind, "name": name, "count": count, "dong": dong, "level": level,
        "changed": _moment(changed),
    }  # fmt: skip
    properties: dict[str, Any] = {}
    for column in collection.columns:
        if column.name == "cell":
            properties["cell"] = None if cell_e is None else _cell(cell_e, cell_n)
        elif column.name in fields:
            properties[column.name] = fields[column.name]
        else:
            properties[column.name] = attrs.get(column.name)
    return {"type": "Feature", "id": number, "geometry": geometry, "properties": properties}


@lru_cache(maxsize=10_000)
def _moment(changed: datetime) -> str:
    return changed.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@lru_cache(maxsize=100_000)
def _cell(cell_e: int, cell_n: int) -> str | None:
    try:
        return cells.format_cell(cell_e, cell_n)
    except GeoError:
        return None


def _matching(collection: Collection, asked: Asked) -> QuerySet[Place]:
    """All rows that match."""
    rows = _rows(collection)
    if asked.since:
        rows = rows.filter(published__gte=asked.since)
    if asked.until:
        rows = rows.filter(published__lte=asked.until)
    for name, value in asked.properties.items():
        rows = _with_property(rows, name, value)
    return rows.filter(_touching(collection, rows, asked.box)) if asked.box else rows


def _with_property(rows: QuerySet[Place], name: str, value: str) -> QuerySet[Place]:
    asked = _condition(rows.model, name, value)
    return rows.none() if asked is None else rows.filter(**asked)


def _condition(model: type[Place], name: str, value: str) -> dict[str, Any] | None:
    """What a property's value means for the rows; none when no row can have it."""
    number = int(value) if name == "count" else 0
    if "\x00" in value or not 0 <= number < 2**31:
        return None
    if name == "cell":
        try:
            return dict(zip(("cell_e", "cell_n"), cells.parse_cell(value), strict=True))
        except GeoError:
            return None
    if name == "dong":  # the first digits name the district or the province
        return {"dong__startswith": value} if value else {"dong": ""}
    if name in {"key", "kind", "name", "count"} or (name == "level" and model is Street):
        return {name: value}
    typed = _typed(name, value)
    return None if typed is None else {f"attrs__{name}": typed}


def _typed(name: str, value: str) -> str | float | bool | None:
    """The value as attributes hold it; none for a number that no row can hold."""
    kind = DICTIONARY[name].type if name in DICTIONARY else "string"
    if kind == "boolean":
        return value == "true"
    if kind not in {"integer", "number"}:
        return value
    number = float(value)
    if not abs(number) < _LARGEST:
        return None
    return int(value) if kind == "integer" else number


def _touching(collection: Collection, rows: QuerySet[Place], box: Box) -> Q:
    """Which rows the box touches; one across the antimeridian is two."""
    if box.west <= box.east:
        return _in_plain_box(collection, rows, box)
    east, west = Box(box.west, box.south, 180.0, box.north), Box(-180.0, box.south, box.east, box.north)
    return _in_plain_box(collection, rows, east) | _in_plain_box(collection, rows, west)


def _in_plain_box(collection: Collection, rows: QuerySet[Any], box: Box) -> Q:
    west, south = max(box.west, _KOREA[0]), max(box.south, _KOREA[1])
    east, north = min(box.east, _KOREA[2]), min(box.north, _KOREA[3])
    if west > east or south > north:
        return Q(id__in=[])
    if (west, south, east, north) == _KOREA:
        return Q(lon__isnull=False)
    e_min, e_max, n_min, n_max = places.Box(west, south, east, north).cells()
    inside = Q(lon__range=(west, east), lat__range=(south, north))
    if collection.model is Facility:
        return Q(cell_e__range=(e_min, e_max), cell_n__range=(n_min, n_max)) & inside
    near = rows.filter(e_min__lte=e_max, e_max__gte=e_min, n_min__lte=n_max, n_max__gte=n_min)
    sure = inside if collection.model is Street else Q(id__in=[])  # a street's point is one of its own
    outlines = [
        (number, _outline(collection.layer, geometry))
        for number, geometry in near.exclude(sure).values_list("id", "geometry")
    ]
    shapes = np.array([outline for _number, outline in outlines], dtype=object)
    touched = shapely.intersects(shapes, shapely.box(west, south, east, north))
    return sure | Q(id__in=[number for (number, _shape), hit in zip(outlines, touched, strict=True) if hit])
