"""Forecasts by area: 법정동, station beats and school zones; the public's view knows 법정동 alone."""

import bisect
import datetime as dt
import itertools
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import polars as pl
import shapely
from django.db.models import Count, Q
from django.http import Http404

from sunra.core.forecast import FAMILIES
from sunra.core.geo import cells as geo_cells
from sunra.core.geo import codes, crs
from sunra.platform.accounts.actor import Actor
from sunra.platform.agencies.models import Agency, Jurisdiction
from sunra.platform.base.time import SEOUL
from sunra.platform.places import selectors as places
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.selectors.forecasts import table, tonight
from sunra.systems.risk.table import SLOTS, slot_column

DONG, BEAT, ZONE = "dong", "beat", "zone"
ZONE_METRES = 300.0
"""As far as a child protection zone reaches from the main gate where no outline is known
(어린이·노인 및 장애인 보호구역의 지정 및 관리에 관한 규칙 제3조).
"""
MONTHS = 24
_BEATS = ("police_station", "police_box")


@dataclass(frozen=True, slots=True)
class Area:
    """One area with its cells: ``members`` are (east, north) pairs, ``dongs`` instead when it is made of
    whole ones.
    """

    kind: str
    code: str
    name: str
    dongs: frozenset[str] = frozenset()
    members: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, eq=False)
class Summary:
    """An area's night: sums over its cells; ``top`` are its highest cells; ``slots`` by own slot
    (expected, naive).
    """

    area: Area
    cells: int
    expected: float
    naive: float
    peak: int
    grade: int
    slots: tuple[tuple[float, float], ...] = ()
    top: tuple[dict[str, Any], ...] = ()


def areas(actor: Actor, forecast: Forecast, kind: str) -> list[Summary]:
    """Every area of a kind in the forecast's district, highest expectation first; the caller has asked
    ``forecast`` for it.
    """
    frame = _frame(forecast)
    found = [_summary(frame, one) for one in _areas(actor, forecast, kind, frame)]
    return sorted((one for one in found if one.cells), key=lambda one: -one.expected)


def area(actor: Actor, forecast: Forecast, kind: str, code: str) -> Summary:
    """One area with its slots and highest cells; ``Http404`` when the district has no such area."""
    whole = _frame(forecast)
    chosen = next((one for one in _areas(actor, forecast, kind, whole) if one.code == code), None)
    if chosen is None:
        raise Http404
    frame = _within(whole, chosen)
    if frame.is_empty():
        raise Http404
    slots = tuple(
        (float(frame[slot_column("expected", slot)].sum()), float(frame[slot_column("naive", slot)].sum()))
        for slot in range(SLOTS)
    )
    top = frame.sort(["expected_day", "cell_e", "cell_n"], descending=[True, False, False]).head(10)
    rows = tuple(
        {
            "cell_e": row["cell_e"],
            "cell_n": row["cell_n"],
            "number": geo_cells.format_cell(row["cell_e"], row["cell_n"]),
            "grade": row["grade"],
            "expected": row["expected_day"],
            "naive": row["naive_day"],
        }
        for row in top.iter_rows(named=True)
    )
    plain = _summary(frame, chosen)
    return Summary(chosen, plain.cells, plain.expected, plain.naive, plain.peak, plain.grade, slots, rows)


def trend(actor: Actor, forecast: Forecast, chosen: Area) -> list[tuple[dt.date, int]]:
    """Events of each of the last ``MONTHS`` whole months before the night, oldest first."""
    end = forecast.day.replace(day=1)
    year, month = divmod(end.year * 12 + end.month - 1 - MONTHS, 12)
    since = dt.datetime(year, month + 1, 1, tzinfo=SEOUL)
    until = dt.datetime.combine(end, dt.time(), tzinfo=SEOUL)
    found = places.events(actor, district=forecast.district, families=FAMILIES, since=since, until=until)
    months = [dt.date(*_month(since.date(), ahead), 1) for ahead in range(MONTHS + 1)]
    edges = [dt.datetime.combine(one, dt.time(), tzinfo=SEOUL) for one in months]
    if chosen.dongs:
        # Comparing moments is the database's own work; cutting them to months would be done row by row.
        sums = found.filter(dong__in=chosen.dongs).aggregate(
            **{
                f"m{number}": Count("id", filter=Q(time_from__gte=begin, time_from__lt=end))
                for number, (begin, end) in enumerate(itertools.pairwise(edges))
            }
        )
        return [(one, sums[f"m{number}"]) for number, one in enumerate(months[:-1])]
    if not chosen.members:
        return [(one, 0) for one in months[:-1]]
    east, north = zip(*chosen.members, strict=True)
    box = found.filter(cell_e__range=(min(east), max(east)), cell_n__range=(min(north), max(north)))
    inside = [
        moment
        for cell_e, cell_n, moment in box.order_by().values_list("cell_e", "cell_n", "time_from")
        if (cell_e, cell_n) in chosen.members
    ]
    at = [bisect.bisect_right(edges, moment) - 1 for moment in inside]
    return [(one, at.count(number)) for number, one in enumerate(months[:-1])]


def public_districts() -> list[str]:
    """The districts that have something to show to everybody."""
    found = Forecast.objects.filter(graded=True, day__lte=tonight()).order_by()
    return sorted(found.values_list("district", flat=True).distinct())


def public_dongs(district: str) -> tuple[Forecast, list[Summary]] | None:
    """What everybody may see of the present night: sums by 법정동, no cell, nothing while not graded.

    The newest forecast of the district from real or demonstration data; ``None`` when there is none.
    """
    found = (
        Forecast.objects.filter(district=district, day__lte=tonight(), graded=True)
        .order_by("-day", "-updated")
        .first()
    )
    if found is None:
        return None
    frame = _frame(found)
    summaries = [_summary(frame, one) for one in _dongs(frame)]
    return found, sorted((one for one in summaries if one.cells), key=lambda one: -one.expected)


def _frame(forecast: Forecast) -> pl.DataFrame:
    figures = [
        slot_column(figure, slot) for figure in ("expected", "naive", "grade") for slot in range(SLOTS)
    ]
    frame = table(forecast, ["cell_e", "cell_n", "dong", "expected_day", "naive_day", *figures])
    return frame.with_columns(
        pl.max_horizontal([slot_column("grade", slot) for slot in range(SLOTS)]).alias("grade")
    )


def _within(frame: pl.DataFrame, one: Area) -> pl.DataFrame:
    if one.dongs:
        return frame.filter(pl.col("dong").is_in(sorted(one.dongs)))
    if not one.members:
        return frame.clear()
    keys = pl.DataFrame(sorted(one.members), schema={"cell_e": pl.Int32, "cell_n": pl.Int32}, orient="row")
    return frame.join(keys, on=["cell_e", "cell_n"], how="semi")


def _summary(frame: pl.DataFrame, one: Area) -> Summary:
    part = _within(frame, one)
    sums = (
        part.select(slot_column("expected", slot) for slot in range(SLOTS)).sum().row(0)
        if part.height
        else ()
    )
    return Summary(
        area=one,
        cells=part.height,
        expected=float(part["expected_day"].sum()),
        naive=float(part["naive_day"].sum()),
        peak=int(np.argmax(sums)) if sums else 0,
        grade=int(part["grade"].to_numpy().max()) if part.height else 0,
    )


def _areas(actor: Actor, forecast: Forecast, kind: str, frame: pl.DataFrame) -> list[Area]:
    if kind == BEAT:
        return _beats(forecast)
    return _zones(actor, forecast, frame) if kind == ZONE else _dongs(frame)


def _dongs(frame: pl.DataFrame) -> list[Area]:
    known = codes.current()
    return [
        Area(DONG, code, known[code].name if code in known else code, dongs=frozenset({code}))
        for code in sorted(set(frame["dong"].to_list()) - {""})
    ]


def _beats(forecast: Forecast) -> list[Area]:
    """Police stations and boxes with 법정동 of this district; who is responsible where is public."""
    found: dict[UUID, set[str]] = {}
    here = Jurisdiction.objects.filter(
        agency__type__in=_BEATS, agency__active=True, dong__startswith=forecast.district
    )
    for agency_id, dong in here.values_list("agency_id", "dong"):
        found.setdefault(agency_id, set()).add(dong)
    names = dict(Agency.objects.filter(id__in=found).values_list("id", "name"))
    return [Area(BEAT, str(key), names[key], dongs=frozenset(held)) for key, held in found.items()]


def _zones(actor: Actor, forecast: Forecast, frame: pl.DataFrame) -> list[Area]:
    """Child protection zones: their outline where one is published, else 300 m around the gate."""
    lon, lat = geo_cells.center(frame["cell_e"].to_numpy(), frame["cell_n"].to_numpy())
    keys = list(zip(frame["cell_e"].to_list(), frame["cell_n"].to_list(), strict=True))
    middles = shapely.points(lon, lat)
    tree = shapely.STRtree(middles)
    found = []
    for one in places.areas(actor, district=forecast.district, kinds=["child_zone"]).order_by("name", "id"):
        inside = tree.query(shapely.geometry.shape(one.geometry), predicate="intersects")
        found.append(
            Area(ZONE, f"a{one.pk}", one.name or one.key, members=frozenset(keys[i] for i in inside))
        )
    gates = places.facilities(actor, district=forecast.district, kinds=["child_zone"])
    rows = list(
        gates.filter(lon__isnull=False).order_by("name", "id").values_list("id", "name", "key", "lon", "lat")
    )
    if rows:
        metres = np.column_stack(crs.transform(lon, lat, 4326, 5179))
        gate = np.column_stack(
            crs.transform(np.array([row[3] for row in rows]), np.array([row[4] for row in rows]), 4326, 5179)
        )
        for row, point in zip(rows, gate, strict=True):
            inside = np.flatnonzero(np.hypot(*(metres - point).T) <= ZONE_METRES)
            found.append(
                Area(ZONE, f"f{row[0]}", row[1] or row[2], members=frozenset(keys[i] for i in inside))
            )
    return found


def _month(first: dt.date, ahead: int) -> tuple[int, int]:
    year, month = divmod(first.year * 12 + first.month - 1 + ahead, 12)
    return year, month + 1
