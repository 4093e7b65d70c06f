"""From a read table to what is published: inside the district, without withheld families, by layer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import shapely

from sunra.core.geo.districts import districts
from sunra.core.tables import TableRead
from sunra.core.tables.kinds import KINDS
from sunra.core.tables.kinds.base import COLUMNS
from sunra.platform.places.families import is_withheld
from sunra.platform.places.services import LayerName

LAYER_OF: dict[str, LayerName] = {
    "road": "street",
    "boundary": "area",
    "call112": "event",
    "accident_event": "event",
}
NOT_PLACES = frozenset({"unknown", "crime_table", "accident_table", "population"})


def _facility_columns() -> tuple[str, ...]:
    """Common columns, then all that any kind of facility has of its own; shapes stay with their layers."""
    own = [name for kind in KINDS if layer_of(kind.name) == "facility" for name in kind.columns]
    return tuple(dict.fromkeys(name for name in (*COLUMNS, *own, *_ROUTE) if name != "geometry"))


def layer_of(kind: str) -> LayerName | None:
    """The layer that a kind of table is published to; none for tables that hold no places."""
    return None if kind in NOT_PLACES else LAYER_OF.get(kind, "facility")


_STREET_COLUMNS = ("line", "key", "name", "dong", "geometry", "level")
_AREA_COLUMNS = ("line", "key", "name", "dong", "geometry", "code", "level", "category", "km2")
_EVENT_COLUMNS = (
    "line", "key", "lon", "lat", "dong", "time_from", "time_to", "category", "family", "weight", "precision",
    "response_minutes",
)  # fmt: skip
_ALONG = {"bells": "route_bells", "cameras": "route_cameras", "lamps": "route_lamps"}
"""What stands along a safe route; under their own names these columns count what the row is."""
_ROUTE = ("count", *_ALONG.values(), "length", "signs", "markings", "report_signs")
_COLUMNS = {
    "facility": _facility_columns(),
    "street": _STREET_COLUMNS,
    "area": _AREA_COLUMNS,
    "event": _EVENT_COLUMNS,
}


@dataclass(frozen=True, eq=False)
class Sorted:
    """What of a table may be published: ``frame``; rows that lie ``elsewhere``;
    rows ``withheld`` by family.
    """

    layer: LayerName | None
    frame: pl.DataFrame
    published: int
    elsewhere: int
    withheld: int


def sort(read: TableRead, *, district: str, wide: bool = False) -> Sorted:
    """Divide the accepted rows of ``read``; ``district`` (5 digits) narrows to it, "" keeps all located
    rows. ``wide``: rows of a divided city's 구 even when the code itself has rows (one part of a file cannot
    know what the others hold).
    """
    layer = layer_of(read.kind)
    if layer is None or read.table.is_empty():
        return Sorted(layer, nothing(layer or "facility"), 0, 0, 0)
    table = _with_dong(_shaped(_lines(read.table) if layer == "street" else read.table), layer)
    withheld = 0
    if layer == "event":
        table, withheld = _without_withheld(table)
    kept = table.filter(_inside(table, district, wide=wide))
    names = [name for name in _COLUMNS[layer] if name in kept.columns]
    published = rows_of(kept)
    return Sorted(layer, kept.select(names), published, rows_of(table) - published, withheld)


def rows_of(table: pl.DataFrame) -> int:
    """How many rows of the file a table stands for: one row may hold a street of several lines."""
    return int(table["line"].n_unique())


def nothing(layer: LayerName) -> pl.DataFrame:
    """A frame without rows."""
    return pl.DataFrame(schema=dict.fromkeys(_COLUMNS[layer], pl.String))


def patrols(stays: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Planned stays of patrol teams (team, dong, since, until) as rows of the layer of events."""
    schema = {"team": pl.Int64, "dong": pl.String, "since": pl.String, "until": pl.String}
    table = pl.DataFrame([{name: stay[name] for name in schema} for stay in stays], schema=schema)
    return table.with_row_index("line").select(
        pl.format("{}-{}", "team", "line").alias("key"),
        "dong",
        pl.col("since").str.to_datetime(time_unit="us", time_zone="UTC").alias("time_from"),
        pl.col("until").str.to_datetime(time_unit="us", time_zone="UTC").alias("time_to"),
        pl.lit("patrol").alias("family"),
        pl.lit("").alias("category"),
        pl.lit("dong").alias("precision"),
    )


def _lines(table: pl.DataFrame) -> pl.DataFrame:
    """Streets without the outlines of their surfaces: those would double lengths and tangle paths."""
    return table.filter(pl.col("level").fill_null("") != "surface")


def _shaped(table: pl.DataFrame) -> pl.DataFrame:
    """Outlines as GeoJSON text, and safe routes as one thing each, whatever stands along them."""
    if "wkb" in table.columns:
        outlines = shapely.to_geojson(shapely.from_wkb(table["wkb"].to_numpy()))
        return table.with_columns(pl.Series("geometry", outlines.tolist(), dtype=pl.String))
    if "route_id" in table.columns and "count" not in table.columns:
        return table.rename(_ALONG).with_columns(pl.lit(1).alias("count"))
    return table


def _with_dong(table: pl.DataFrame, layer: str) -> pl.DataFrame:
    """The 법정동 of where the row lies; a stated dong stays only where there is no point."""
    if layer == "street":
        lon, lat = _middles(table["geometry"])
    else:
        lon, lat = (
            table[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for name in ("lon", "lat")
        )
    located = pl.Series("located", [str(code) for code in districts().locate(lon, lat)], dtype=pl.String)
    stated = table["dong"].cast(pl.String).fill_null("") if "dong" in table.columns else pl.lit("")
    return table.with_columns(
        pl.when(pl.Series(values=np.isfinite(lon))).then(located).otherwise(stated).alias("dong")
    )


def _middles(geometry: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    """The middle vertex of each line: enough to say in which dong a street lies."""
    points = [line[len(line) // 2] if line else (np.nan, np.nan) for line in geometry.to_list()]
    pairs = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _inside(table: pl.DataFrame, district: str, *, wide: bool) -> pl.Series:
    """Rows with a dong in the district; a divided city's code ends in 0 and covers its 구."""
    divided = district.endswith("0") and (wide or not _has_rows(table, district))
    prefix = district[:4] if divided else district
    return table.select((pl.col("dong") != "") & pl.col("dong").str.starts_with(prefix)).to_series()


def _has_rows(table: pl.DataFrame, district: str) -> bool:
    return bool(table.select(pl.col("dong").str.starts_with(district).any()).item())


def _without_withheld(table: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """The table without families that point at homes and persons, and how many rows they were."""
    pairs = table.select("family", "category").unique().fill_null("")
    refused = pairs.filter(
        pl.Series(
            values=[is_withheld(family, category) for family, category in pairs.iter_rows()], dtype=pl.Boolean
        )
    )
    kept = table.with_columns(pl.col("family", "category").fill_null("")).join(
        refused, on=["family", "category"], how="anti"
    )
    return kept, rows_of(table) - rows_of(kept)
