"""Map layers as GeoJSON: single things while they are few, sums per cell when they are many."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, QuerySet, Sum

from sunra.core.geo import cells
from sunra.platform.places import words
from sunra.platform.places.models import Area, Facility, PlaceEvent, Street

LIMIT = 4_000
"""The most features that one answer holds."""

Collection = dict[str, Any]


def points(found: QuerySet[Facility]) -> Collection:
    """Facilities as points; beyond ``LIMIT`` as one point per cell and kind with the sum of its units."""
    placed = found.filter(cell_e__isnull=False)
    fields = ("id", "key", "kind", "name", "count", "dong", "lon", "lat", "demo")
    rows = list(placed.order_by("id").values(*fields)[: LIMIT + 1])
    if len(rows) > LIMIT:
        return _by_cell(placed, ("kind",))
    return _collection(_point(row) for row in rows)


def event_cells(found: QuerySet[PlaceEvent]) -> Collection:
    """Events as sums per cell and family: a single event is never drawn."""
    return _by_cell(found.filter(cell_e__isnull=False), ("family",))


def shapes(found: QuerySet[Street] | QuerySet[Area]) -> Collection:
    """Streets as lines, areas as surfaces; ``limited`` when there are more than ``LIMIT``."""
    lines = issubclass(found.model, Street)
    fields = ["id", "key", "kind", "name", "dong", "demo", "geometry", *(["level"] if lines else [])]
    rows = list(found.order_by("id").values(*fields)[: LIMIT + 1])
    features = []
    for row in rows[:LIMIT]:
        outline = row.pop("geometry")
        shape = {"type": "LineString", "coordinates": outline} if lines else outline
        features.append(_feature(shape, row, row["name"] or words.kind(row["kind"])))
    return _collection(features, limited=len(rows) > LIMIT)


def _by_cell(found: QuerySet[Any], by: tuple[str, ...]) -> Collection:
    """Points at the centres of cells with ``rows`` and ``count``, fullest cells first."""
    grouped = found.order_by().values("cell_e", "cell_n", *by).annotate(rows=Count("id"), units=Sum("count"))
    rows = list(grouped.order_by("-units", "cell_e", "cell_n", *by)[: LIMIT + 1])
    kept = rows[:LIMIT]
    lon, lat = cells.center([row["cell_e"] for row in kept], [row["cell_n"] for row in kept])
    features = []
    for row, x, y in zip(kept, lon, lat, strict=True):
        cell = cells.format_cell(row["cell_e"], row["cell_n"])
        what = " ".join(words.kind(row[name]) for name in by)
        properties = {
            **{name: row[name] for name in by},
            "id": f"{row['cell_e']}-{row['cell_n']}-{'-'.join(row[name] for name in by)}",
            "cell_e": row["cell_e"],
            "cell_n": row["cell_n"],
            "cell": cell,
            "rows": row["rows"],
            "count": row["units"],
        }
        where = {"type": "Point", "coordinates": [round(float(x), 6), round(float(y), 6)]}
        features.append(_feature(where, properties, f"{what} {row['units']} · {cell}"))
    return _collection(features, limited=len(rows) > LIMIT, summed=True)


def _point(row: dict[str, Any]) -> dict[str, Any]:
    kind = words.kind(row["kind"])
    where = {"type": "Point", "coordinates": [row.pop("lon"), row.pop("lat")]}
    return _feature(where, row, f"{kind} {row['name']}".strip())


def _feature(geometry: dict[str, Any], properties: dict[str, Any], label: str) -> dict[str, Any]:
    """A feature; ``id`` is the row of the table beside the map, ``label`` what the map says."""
    named = {**properties, "id": str(properties["id"]), "label": label}
    return {"type": "Feature", "id": named["id"], "geometry": geometry, "properties": named}


def _collection(
    features: Iterable[dict[str, Any]], *, limited: bool = False, summed: bool = False
) -> Collection:
    """A FeatureCollection; ``limited``: more exist than are shown, ``summed``: one feature is a cell."""
    return {"type": "FeatureCollection", "limited": limited, "summed": summed, "features": list(features)}
