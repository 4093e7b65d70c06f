"""Hot spots of a district's past year, and what became of them month by month."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sunra.core.forecast.analysis import band_weights, emerging
from sunra.core.forecast.analysis import hot_spots as gi_spots
from sunra.core.geo import cells as geo_cells
from sunra.core.geo.districts import districts
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.time import SEOUL, seoul_today
from sunra.systems.risk import happened
from sunra.systems.risk.gather import grid_of
from sunra.systems.risk.rules import VIEW
from sunra.systems.risk.services.weights import params_for

METRES: Final = 300.0
"""Cells whose middles lie within it are neighbours: 29 with the cell itself."""
PERIODS: Final = 12
PERIOD: Final = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class HotSpots:
    """``rows``: hot cells, highest z first, as ``cell_e cell_n number lon lat dong count z p level
    pattern``.
    """

    rows: list[dict[str, Any]]
    events: float
    cells: int
    since: dt.date
    until: dt.date
    metres: float
    demo: bool


def hot_spots(actor: Actor, district: str, family: str = "", *, until: dt.date | None = None) -> HotSpots:
    """Gi* over the reported events of twelve times thirty days before ``until`` (default: today).

    Real events, or where there is none the demonstration's. Raises ``PermissionDenied``.
    """
    require(actor, VIEW)
    end = until or seoul_today()
    since = end - PERIODS * PERIOD
    grid = grid_of(district)
    index = happened.index_of(grid.cell_e, grid.cell_n)
    weights = {family: 1.0} if family else dict(params_for(district).weights)
    start, stop = (dt.datetime.combine(day, dt.time(), tzinfo=SEOUL) for day in (since, end))
    found = happened.events(actor, district, demo=False, since=start, until=stop)
    demo = not found.exists()
    if demo:
        found = happened.events(actor, district, demo=True, since=start, until=stop)
    counts = np.zeros((PERIODS, len(index)))
    for east, north, moment, name, weight in found.values_list(
        "cell_e", "cell_n", "time_from", "family", "weight"
    ):
        row = index.get((east, north))
        if row is not None:
            period = min((moment - start) // PERIOD, PERIODS - 1)
            counts[period, row] += weight * weights.get(name, 0.0)
    # Positions in cells are metres of the national grid: no projection is needed for distances.
    near = band_weights(grid.cell_e * 100.0, grid.cell_n * 100.0, METRES)
    whole = gi_spots(counts.sum(0), near)
    patterns = emerging(counts, near).pattern
    hot = np.flatnonzero(whole.level > 0)
    order = hot[np.argsort(-whole.z[hot], kind="stable")]
    lon, lat = geo_cells.center(grid.cell_e[order], grid.cell_n[order])
    dong = districts().locate(lon, lat)
    rows = [
        {
            "cell_e": int(grid.cell_e[i]), "cell_n": int(grid.cell_n[i]),
            "number": geo_cells.format_cell(int(grid.cell_e[i]), int(grid.cell_n[i])),
            "lon": float(x), "lat": float(y), "dong": str(code), "count": float(counts[:, i].sum()),
            "z": float(whole.z[i]), "p": float(whole.p[i]), "level": int(whole.level[i]),
            "pattern": str(patterns[i]),
        }
        for i, x, y, code in zip(order.tolist(), lon, lat, dong, strict=True)
    ]  # fmt: skip
    return HotSpots(rows, float(counts.sum()), len(index), since, end, METRES, demo and bool(rows))
