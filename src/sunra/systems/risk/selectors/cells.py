"""One cell of a forecast with its reasons: what happened there, what stands around, what is missing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

import numpy as np
import polars as pl
from django.db.models import Q, Sum
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


Place = tuple[int, int]


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
    found = several(actor, forecast(actor, forecast_id), [(cell_e, cell_n)])
    if not found:
        raise Http404
    return found[0]


def several(actor: Actor, found: Forecast, wanted: Sequence[Place]) -> list[Cell]:
    """Some cells of a forecast with their reasons, in the order asked for, without those that it does not
    have; the caller has asked ``forecast`` for it.
    """
    frame = table(found)
    keys = pl.DataFrame(list(wanted), schema={"cell_e": pl.Int32, "cell_n": pl.Int32}, orient="row")
    rows = {
        (row["cell_e"], row["cell_n"]): row
        for row in frame.join(keys, on=["cell_e", "cell_n"], how="semi").iter_rows(named=True)
    }
    past, around = _past(actor, found, wanted), _around(actor, wanted)
    return [
        _cell(found, place, rows[place], frame.height, past.get(place, {}), around[place])
        for place in wanted
        if place in rows
    ]


def _cell(
    found: Forecast,
    place: Place,
    row: dict[str, Any],
    cells: int,
    past: dict[str, float],
    stands: tuple[tuple[Around, ...], float | None],
) -> Cell:
    lon, lat = (float(value) for value in geo_cells.center(*place))
    rate = row["own"] + row["near"]
    nearest = {kind: row[nearest_column(kind)] for kind in WANTED if nearest_column(kind) in row}
    return Cell(
        forecast=found,
        cell_e=place[0],
        cell_n=place[1],
        number=geo_cells.format_cell(*place),
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
        cells=cells,
        slots=tuple({figure: row[slot_column(figure, slot)] for figure in BY_SLOT} for slot in range(SLOTS)),
        families={name.removeprefix("family_"): row[name] for name in row if name.startswith("family_")},
        past=past,
        around=stands[0],
        spacing=stands[1],
        nearest=nearest,
        missing=tuple(kind for kind, metres in nearest.items() if round(metres) > WANTED[kind]),
        unknown=tuple(kind for kind in WANTED if kind not in nearest),
    )


def _past(actor: Actor, found: Forecast, wanted: Sequence[Place]) -> dict[Place, dict[str, float]]:
    """Events of each family in each cell in the two years before the forecast, most first."""
    until = dt.datetime.combine(found.known_until or found.day, dt.time(), tzinfo=SEOUL)
    since = until - dt.timedelta(days=round(365.25 * PAST_YEARS))
    here = [Q(cell_e=cell_e, cell_n=cell_n) for cell_e, cell_n in wanted]
    rows = (
        places.events(actor, district=found.district, families=FAMILIES, since=since, until=until)
        .filter(reduce(or_, here))
        .order_by()
        .values_list("cell_e", "cell_n", "family")
        .annotate(weight=Sum("weight"))
    )
    by: dict[Place, dict[str, float]] = {}
    for cell_e, cell_n, family, weight in sorted(rows, key=lambda row: -row[3]):
        by.setdefault((cell_e, cell_n), {})[family] = weight
    return by


def _around(actor: Actor, wanted: Sequence[Place]) -> dict[Place, tuple[tuple[Around, ...], float | None]]:
    """Of each cell the units of each kind within ``RADIUS``, and how far a security light there is from the
    next.
    """
    near = [
        Q(cell_e__range=(cell_e - BESIDE, cell_e + BESIDE), cell_n__range=(cell_n - BESIDE, cell_n + BESIDE))
        for cell_e, cell_n in wanted
    ]
    rows: Any = (
        places.facilities(actor)
        .filter(OPEN, reduce(or_, near), lon__isnull=False, lat__isnull=False)
        .order_by()
        .values_list("kind", "count", "lon", "lat", "attrs__business", "attrs__trade")
    )
    found = list(rows)
    if not found:
        return dict.fromkeys(wanted, ((), None))
    metres = _metres([row[2] for row in found], [row[3] for row in found])
    lights = np.array([row[0] == "security_light" for row in found])
    middles = _metres(*geo_cells.center(*np.array(wanted).T))
    return {
        place: _standing(found, metres - middle, lights)
        for place, middle in zip(wanted, middles, strict=True)
    }


def _standing(
    found: list[Any], away: NDArray[np.float64], lights: NDArray[np.bool_]
) -> tuple[tuple[Around, ...], float | None]:
    """What stands around one cell; ``away`` (n, 2): metres from its middle."""
    close = np.hypot(*away.T) <= RADIUS
    units: dict[tuple[str, str], int] = {}
    for number in np.flatnonzero(close):
        kind, count, _lon, _lat, business, trade = found[number]
        named = (kind, str(business or trade or "") if kind == "licence" else "")
        units[named] = units.get(named, 0) + count
    around = tuple(Around(*named, count) for named, count in sorted(units.items(), key=lambda one: -one[1]))
    reach = (np.abs(away) <= 100.0 * (BESIDE + 1)).all(axis=1)
    return around, _spacing(away[lights & reach], close[lights & reach])


def _spacing(lights: NDArray[np.float64], close: NDArray[np.bool_]) -> float | None:
    """Mean metres from each light within the radius to its next one; poles nearer than 1 m are one."""
    poles, first = np.unique(lights.round(), axis=0, return_index=True)
    near = close[first]
    if len(poles) < 2 or not near.any():
        return None
    return float(cKDTree(poles).query(poles[near], k=2)[0][:, 1].mean())


def _metres(lon: Any, lat: Any) -> NDArray[np.float64]:
    return np.column_stack(crs.transform(np.asarray(lon), np.asarray(lat), 4326, 5179))
