"""What a run counts: published events, facilities and streets, residents, and the dongs as polygons."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import shapely
from django.db.models import Q

from sunra.core.geo import crs
from sunra.core.geo.districts import districts
from sunra.core.geo.errors import GeoError
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.time import SEOUL
from sunra.platform.places import selectors as places
from sunra.platform.places.families import is_withheld
from sunra.systems.sharing.coarse import Coarse
from sunra.systems.sharing.indicators import PATROL_KIND, PATROL_SOURCE
from sunra.systems.sharing.models import DongResidents

EVENT_SCHEMA = {
    "row": pl.Int64, "lon": pl.Float64, "lat": pl.Float64, "stated": pl.String, "month": pl.Date,
    "week": pl.Date, "hour": pl.Int32, "family": pl.String, "cell_e": pl.Int32, "cell_n": pl.Int32,
    "minutes": pl.Float64, "hours": pl.Float64, "patrol": pl.Boolean,
}  # fmt: skip
FACILITY_SCHEMA = {
    "row": pl.Int64, "lon": pl.Float64, "lat": pl.Float64, "stated": pl.String, "kind": pl.String,
    "units": pl.Int64,
}  # fmt: skip
_CHUNK = 20_000


@dataclass(frozen=True, eq=False)
class Gathered:
    """Everything a run needs, read once.

    ``dongs``: dong, geometry (WKB, degrees), area_km2. ``streets``: metres (n, 2) of each and their dong.
    ``used``: (layer, source, vintage, kind, demo) → rows. ``coarse``: codes that say less than a 법정동.
    """

    dongs: pl.DataFrame
    coarse: Coarse
    events: pl.DataFrame
    facilities: pl.DataFrame
    streets: tuple[np.ndarray, ...]
    street_dongs: tuple[str, ...]
    residents: pl.DataFrame
    resident_sources: tuple[dict[str, Any], ...]
    used: dict[tuple[str, str, str, str, bool], int]
    withheld: int

    @property
    def demo(self) -> bool:
        """Whether any row is of a demonstration."""
        return any(demo for *_rest, demo in self.used) or any(one["demo"] for one in self.resident_sources)


def gather(actor: Actor) -> Gathered:
    """All that the actor's agencies have published, and what lies in the dongs of its jurisdiction."""
    used: dict[tuple[str, str, str, str, bool], int] = {}
    events, withheld = _events(actor, used)
    facilities = _facilities(actor, used)
    lines, owners = _streets(actor, used)
    residents, sources = _residents(actor)
    seen = {*events["stated"].unique().to_list(), *facilities["stated"].unique().to_list(), *owners}
    dongs = polygons({*actor.dongs, *(code for code in seen if code)})
    coarse = Coarse.of({*seen, *residents["dong"].to_list()})
    return Gathered(dongs, coarse, events, facilities, lines, owners, residents, sources, used, withheld)


def polygons(codes: Iterable[str]) -> pl.DataFrame:
    """The dongs of every district that one of ``codes`` lies in: dong, geometry, area_km2."""
    rows: list[dict[str, Any]] = []
    for district in sorted({code[:5] for code in codes}):
        try:
            found = districts().dongs(district)
        except GeoError:  # a code of a district that no longer exists has no polygon
            continue
        rows += [
            {"dong": one.code, "geometry": shapely.to_wkb(one.polygon), "area_km2": area_km2(one.polygon)}
            for one in found
        ]
    return pl.DataFrame(rows, schema={"dong": pl.String, "geometry": pl.Binary, "area_km2": pl.Float64})


def area_km2(polygon: Any) -> float:
    """The area of a polygon in degrees."""
    metric = shapely.transform(polygon, metres)
    return float(metric.area) / 1e6


def metres(lonlat: np.ndarray) -> np.ndarray:
    return np.column_stack(crs.transform(lonlat[:, 0], lonlat[:, 1], 4326, 5179))


def _events(actor: Actor, used: dict[tuple[str, str, str, str, bool], int]) -> tuple[pl.DataFrame, int]:
    """Events without withheld families, and how many rows of such families were met (there should be 0)."""
    columns = (
        "id", "kind", "source", "vintage", "demo", "lon", "lat", "dong", "time_from", "time_to", "family",
        "category", "cell_e", "cell_n", "attrs",
    )  # fmt: skip
    frames: list[pl.DataFrame] = []
    withheld = 0
    batch: list[tuple[Any, ...]] = []
    for row in places.events(actor).values_list(*columns).iterator(chunk_size=_CHUNK):
        key, kind, source, vintage, demo, lon, lat, dong, start, end, family, category, *cell, attrs = row
        if is_withheld(family, category):
            withheld += 1
            continue
        patrol = kind == PATROL_KIND
        # Every night of patrols is a source of its own: they are one in the list of sources.
        mark = ("patrol", PATROL_SOURCE, "", kind, demo) if patrol else ("event", source, vintage, kind, demo)
        used[mark] = used.get(mark, 0) + 1
        local = start.astimezone(SEOUL)
        day = local.date()
        hours = (end - start).total_seconds() / 3600 if patrol and end else None
        batch.append(
            (
                key, lon, lat, dong, day.replace(day=1), day - dt.timedelta(days=day.weekday()), local.hour,
                family, *cell, _minutes(attrs), hours, patrol,
            )
        )  # fmt: skip
        if len(batch) >= _CHUNK:
            frames.append(pl.DataFrame(batch, schema=EVENT_SCHEMA, orient="row"))
            batch = []
    frames.append(pl.DataFrame(batch, schema=EVENT_SCHEMA, orient="row"))
    return pl.concat(frames), withheld


def _minutes(attrs: dict[str, Any]) -> float | None:
    """Minutes from call to arrival, when the export gave them and they are possible (below a day)."""
    value = attrs.get("response_minutes")
    return float(value) if isinstance(value, int | float) and 0 <= value < 24 * 60 else None


def _facilities(actor: Actor, used: dict[tuple[str, str, str, str, bool], int]) -> pl.DataFrame:
    columns = ("id", "kind", "source", "vintage", "demo", "lon", "lat", "dong", "count")
    rows = []
    for key, kind, source, vintage, demo, lon, lat, dong, count in (
        places.facilities(actor).values_list(*columns).iterator(chunk_size=_CHUNK)
    ):
        mark = ("facility", source, vintage, kind, demo)
        used[mark] = used.get(mark, 0) + 1
        rows.append((key, lon, lat, dong, kind, count))
    return pl.DataFrame(rows, schema=FACILITY_SCHEMA, orient="row")


def _streets(
    actor: Actor, used: dict[tuple[str, str, str, str, bool], int]
) -> tuple[tuple[np.ndarray, ...], tuple[str, ...]]:
    """Streets in metres, each with the dong in which its middle lies."""
    parts: list[np.ndarray] = []
    owners: list[str] = []
    for kind, source, vintage, demo, dong, geometry in (
        places.streets(actor).exclude(dong="")
        .values_list("kind", "source", "vintage", "demo", "dong", "geometry").iterator(chunk_size=_CHUNK)
    ):  # fmt: skip
        mark = ("street", source, vintage, kind, demo)
        used[mark] = used.get(mark, 0) + 1
        parts.append(np.asarray(geometry, dtype=np.float64))
        owners.append(dong)
    if not parts:
        return (), ()
    metric = metres(np.concatenate(parts))
    return tuple(np.split(metric, np.cumsum([len(part) for part in parts])[:-1])), tuple(owners)


def _residents(actor: Actor) -> tuple[pl.DataFrame, tuple[dict[str, Any], ...]]:
    """Residents by dong, of the newest source where several speak of one; never added over sources."""
    rows = DongResidents.objects.filter(Q(dong__in=actor.dongs) | Q(agency_id__in=actor.scope))
    by_district: dict[str, list[DongResidents]] = {}
    for row in rows.order_by("created"):
        by_district.setdefault(row.dong[:5], []).append(row)
    chosen = [one for found in by_district.values() for one in chosen_residents(found)]
    frame = pl.DataFrame(
        sorted((row.dong, row.residents) for row in chosen),
        schema={"dong": pl.String, "residents": pl.Int64},
        orient="row",
    )
    sources: dict[str, dict[str, Any]] = {}
    for row in chosen:
        entry = sources.setdefault(
            row.source, {"source": row.source, "as_of": row.as_of, "demo": row.demo, "rows": 0}
        )
        entry["rows"] += 1
    return frame, tuple(sources.values())


def chosen_residents(rows: list[DongResidents]) -> list[DongResidents]:
    """Of all that is said about one district, in the order in which it came, what is counted.

    Real figures go before invented ones and small areas before the district's total. Of sources by 법정동 the
    newest that speaks of a dong counts; one by 행정동 overlaps them, so it counts alone or not at all.
    """
    rows = [row for row in rows if not row.demo] or rows
    rows = [row for row in rows if row.dong[5:] != "00000"] or rows
    rows = sorted(rows, key=lambda row: row.as_of or dt.date.min)
    coarse = Coarse.of({row.dong for row in rows}).parts
    rough = {(row.agency_id, row.source) for row in rows if row.dong in coarse}
    newest = (rows[-1].agency_id, rows[-1].source)
    if newest in rough:
        return [row for row in rows if (row.agency_id, row.source) == newest]
    return list({row.dong: row for row in rows if (row.agency_id, row.source) not in rough}.values())
