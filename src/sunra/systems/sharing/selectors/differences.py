"""What changed between a vintage and the one before it, as rows for a table and points for a map."""

import json
from typing import Any

import polars as pl

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.systems.sharing import comparison, shelf
from sunra.systems.sharing.models import Vintage
from sunra.systems.sharing.rules import VIEW

MOST_DRAWN = 20_000
"""Points of one kind on a map: beyond this the table says it better."""


def differences(actor: Actor, vintage: Vintage) -> list[dict[str, Any]]:
    """Every row that differs, with ``id`` for the map; empty without a comparison."""
    require(actor, VIEW)
    table = shelf.changes(vintage)
    if table is None:
        return []
    return [{"id": f"d{number}", **row} for number, row in enumerate(table.iter_rows(named=True))]


def bounds(actor: Actor, vintage: Vintage) -> tuple[float, float, float, float] | None:
    """West, south, east, north of all that differs and has a point."""
    require(actor, VIEW)
    table = shelf.changes(vintage)
    if table is None:
        return None
    lon = pl.concat([table["lon"], table["old_lon"]]).drop_nulls()
    lat = pl.concat([table["lat"], table["old_lat"]]).drop_nulls()
    if lon.is_empty():
        return None
    west, south, east, north = (
        float(value)  # type: ignore[arg-type]
        for value in (lon.min(), lat.min(), lon.max(), lat.max())
    )
    return west, south, east, north


def drawn(actor: Actor, vintage: Vintage, state: str) -> str:
    """GeoJSON text of one of the four kinds: a point each, for what moved a line from there to here."""
    require(actor, VIEW)
    table = shelf.changes(vintage)
    features: list[dict[str, Any]] = []
    if table is not None:
        numbered = table.with_row_index("number").filter(pl.col("state") == state).head(MOST_DRAWN)
        features = [feature for row in numbered.iter_rows(named=True) if (feature := _feature(row))]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def _feature(row: dict[str, Any]) -> dict[str, Any] | None:
    here, there = (row["lon"], row["lat"]), (row["old_lon"], row["old_lat"])
    point = there if row["state"] == "gone" else here
    if point[0] is None:
        return None
    geometry: dict[str, Any] = {"type": "Point", "coordinates": point}
    if row["state"] == "moved":
        geometry = {"type": "LineString", "coordinates": [there, here]}
    label = row["name"] or row["address"] or row["key"]
    properties = {
        "id": f"d{row['number']}",
        "label": label,
        "series": 1 + comparison.KINDS.index(row["state"]),
    }
    return {"type": "Feature", "geometry": geometry, "properties": properties}
