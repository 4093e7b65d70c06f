"""One cell of a forecast with its reasons: what happened there, what stands around, what is missing."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import polars as pl
from django.db.models import Sum
from django.http import Http404
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sunra.core.forecast import FAMILIES
from sunra.core.geo import cells as geo_cells
from sunra.core.geo import crs
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.time import SEOUL
from sunra.platform.places import selectors as places
from sunra.systems.risk.gather import OPEN
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.selectors.forecasts import forecast, table
from sunra.systems.risk.table import BY_SLOT, SLOTS, nearest_column, slot_column

RADIUS = 100.0
"""Metres around the middle of a cell in which things are counted as standing there."""
PAST_YEARS = 2
BESIDE = 3
"""Cells around in which the next security light is looked for."""
WANTED: dict[str, float] = {"cctv": 100.0, "security_light": 50.0, "emergency_bell": 200.0}
"""What a place of a high grade should have, within how many metres: a camera's sight, a light's reach, a run
to a bell. Opinions that the page shows beside every finding.
"""


@dataclass(frozen=True, slots=True)
class Around:
    """Facilities of one kind within ``RADIUS``, in units; licensed premises by their own class (``name``)."""

    kind: str
    name: str
    units: int


@dataclass(frozen=True, eq=False)
class Cell:
    """One cell of a forecast with its reasons.

    ``slots``: ``expected naive p_any grade`` of each of 12. ``past``: events by family in the ``PAST_YEARS``
    before the forecast. ``spacing``: metres between a security light and the next, ``None`` with fewer than
    two. ``nearest``: metres to the nearest of each kind of ``WANTED``; a kind of which nothing is known is
    absent. ``missing``: those that are known and too far.
    """

    forecast: Forecast
    cell_e: int
    cell_n: int
    number: str
    lon: float
    lat: float
    dong: str
    count: float
    own_share: float
    near_share: float
    expected_day: float
    naive_day: float
    rank: int
    naive_rank: int
    cells: int
    slots: tuple[dict[str, float], ...]
    families: dict[str, float]
    past: dict[str, float]
    around: tuple[Around, ...]
    spacing: float | None
    nearest: dict[str, float]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]


def cell(actor: Actor, forecast_id: UUID, cell_e: int, cell_n: int) -> Cell:
    """One cell with its reasons; ``Http404`` when the forecast has no such cell."""
    found = forecast(actor, forecast_id)
    frame = table(found)
    rows = frame.filter((pl.col("cell_e") == cell_e) & (pl.col("cell_n") == cell_n))
    if rows.is_empty():
        raise Http404
    row = rows.row(0, named=True)
    lon, lat = (float(value) for value in geo_cells.center(cell_e, cell_n))
    rate = row["own"] + row["near"]
    around, spacing = _around(actor, cell_e, cell_n, lon, lat)
    nearest = {kind: row[nearest_column(kind)] for kind in WANTED if nearest_column(kind) in row}
    return Cell(
        forecast=found,
        cell_e=cell_e,
        cell_n=cell_n,
        number=geo_cells.format_cell(cell_e, cell_n),
        lon=lon,
        lat=lat,
        dong=row["dong"],
        count=row["count"],
        own_share=row["own"] / rate if rate else 0.0,
        near_share=row["near"] / rate if rate else 0.0,
        expected_day=row["expected_day"],
        naive_day=row["naive_day"],
        rank=row["rank"],
        naive_rank=row["naive_rank"],
        cells=frame.height,
        slots=tuple({figure: row[slot_column(figure, slot)] for figure in BY_SLOT} for slot in range(SLOTS)),
        families={
            name.removeprefix("family_"): row[name] for name in frame.columns if name.startswith("family_")
        },
        past=_past(actor, found, cell_e, cell_n),
        around=around,
        spacing=spacing,
        nearest=nearest,
        missing=tuple(kind for kind, metres in nearest.items() if round(metres) > WANTED[kind]),
        unknown=tuple(kind for kind in WANTED if kind not in nearest),
    )


def _past(actor: Actor, found: Forecast, cell_e: int, cell_n: int) -> dict[str, float]:
    """Events of each family in the cell in the two years before the forecast, most first."""
    until = dt.datetime.combine(found.known_until or found.day, dt.time(), tzinfo=SEOUL)
    since = until - dt.timedelta(days=round(365.25 * PAST_YEARS))
    rows = (
        places.events(actor, district=found.district, families=FAMILIES, since=since, until=until)
        .filter(cell_e=cell_e, cell_n=cell_n)
        .order_by()
        .values_list("family")
        .annotate(weight=Sum("weight"))
    )
    return dict(sorted(rows, key=lambda row: -row[1]))


def _around(
    actor: Actor, cell_e: int, cell_n: int, lon: float, lat: float
) -> tuple[tuple[Around, ...], float | None]:
    """Units of each kind within ``RADIUS``, and how far a security light there is from the next."""
    rows: Any = (
        places.facilities(actor)
        .filter(
            OPEN,
            cell_e__range=(cell_e - BESIDE, cell_e + BESIDE),
            cell_n__range=(cell_n - BESIDE, cell_n + BESIDE),
        )
        .order_by()
        .values_list("kind", "count", "lon", "lat", "attrs__business", "attrs__trade")
    )
    found = [row for row in rows if row[2] is not None]
    if not found:
        return (), None
    metres = _metres([row[2] for row in found], [row[3] for row in found])
    close = np.hypot(*(metres - _metres([lon], [lat])).T) <= RADIUS
    units: dict[tuple[str, str], int] = {}
    for (kind, count, _x, _y, business, trade), here in zip(found, close, strict=True):
        if here:
            named = (kind, str(business or trade or "") if kind == "licence" else "")
            units[named] = units.get(named, 0) + count
    lights = np.array([row[0] == "security_light" for row in found])
    around = tuple(Around(*named, count) for named, count in sorted(units.items(), key=lambda one: -one[1]))
    return around, _spacing(metres[lights], close[lights])


def _spacing(lights: NDArray[np.float64], close: NDArray[np.bool_]) -> float | None:
    """Mean metres from each light within the radius to its next one; poles nearer than 1 m are one."""
    poles, first = np.unique(lights.round(), axis=0, return_index=True)
    near = close[first]
    if len(poles) < 2 or not near.any():
        return None
    return float(cKDTree(poles).query(poles[near], k=2)[0][:, 1].mean())


def _metres(lon: Any, lat: Any) -> NDArray[np.float64]:
    return np.column_stack(crs.transform(np.asarray(lon), np.asarray(lat), 4326, 5179))
