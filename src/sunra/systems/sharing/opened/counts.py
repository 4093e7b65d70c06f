"""Figures by 법정동 or station as features: the outline of the dong, no geometry for a station."""

from functools import lru_cache
from typing import Any

import shapely

from sunra.core.geo.districts import districts
from sunra.core.geo.errors import GeoError
from sunra.systems.sharing.opened.asked import Asked, Box
from sunra.systems.sharing.opened.collection import Collection

_GRID = 1e-7
"""Degrees to which outlines are rounded: a centimetre."""


@lru_cache(maxsize=2_000)
def _outline(code: str) -> Any:
    """The dong's (multi)polygon, or none for a code without borders."""
    try:
        found = {dong.code: dong.polygon for dong in districts().dongs(code[:5])}.get(code)
    except GeoError:
        return None
    return None if found is None else shapely.set_precision(found, _GRID)


@lru_cache(maxsize=2_000)
def _geometry(code: str) -> dict[str, Any] | None:
    outline = _outline(code)
    return None if outline is None else dict(outline.__geo_interface__)


def features(collection: Collection) -> list[dict[str, Any]]:
    """All figures, numbered from 1 in their frozen order."""
    names = [column.name for column in collection.columns]
    return [
        {
            "type": "Feature",
            "id": number,
            "geometry": _geometry(row["dong"]) if row.get("dong") else None,
            "properties": {name: row.get(name) for name in names},
        }
        for number, row in enumerate(collection.rows, start=1)
    ]


def narrow(found: list[dict[str, Any]], asked: Asked) -> list[dict[str, Any]]:
    """The figures that match; figures have no time of their own, so a time matches none."""
    if asked.since or asked.until:
        return []
    kept = [one for one in found if all(_same(one, *pair) for pair in asked.properties.items())]
    return [one for one in kept if _touches(one, asked.box)] if asked.box else kept


def _same(feature: dict[str, Any], name: str, value: str) -> bool:
    held = feature["properties"].get(name)
    if name == "dong":
        return str(held or "").startswith(value) if value else not held
    return held is not None and str(held) == value


def _touches(feature: dict[str, Any], box: Box) -> bool:
    outline = _outline(feature["properties"].get("dong") or "") if feature["geometry"] else None
    if outline is None:
        return False
    if box.west <= box.east:
        return bool(shapely.intersects(outline, shapely.box(box.west, box.south, box.east, box.north)))
    halves = (
        shapely.box(box.west, box.south, 180.0, box.north),
        shapely.box(-180.0, box.south, box.east, box.north),
    )
    return any(shapely.intersects(outline, half) for half in halves)


def extent(collection: Collection) -> tuple[float, float, float, float] | None:
    """West, south, east, north of the dongs counted."""
    codes = {row["dong"] for row in collection.rows if row.get("dong")}
    outlines = [outline for code in codes if (outline := _outline(code)) is not None]
    if not outlines:
        return None
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(outlines))
    return west, south, east, north


def outlines(collection: Collection) -> dict[str, Any]:
    """The dongs as the map draws them, each once, named with its figures."""
    by_dong: dict[str, list[dict[str, Any]]] = {}
    for place, row in enumerate(collection.rows, start=1):
        if row.get("dong"):
            by_dong.setdefault(row["dong"], []).append(row | {"id": place})
    drawn = []
    for code, rows in by_dong.items():
        geometry = _geometry(code)
        if geometry is not None:
            known = sum(row["count"] for row in rows if row["count"] is not None)
            properties = {
                "id": str(rows[0]["id"]),
                "label": f"{rows[0].get('dong_name', code)} {known}",
                "grade": 0,
            }
            drawn.append(
                {"type": "Feature", "id": properties["id"], "geometry": geometry, "properties": properties}
            )
    return {"type": "FeatureCollection", "features": drawn}
