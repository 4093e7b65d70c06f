"""Beats: which police unit each cell belongs to.

Where police agencies have their 법정동 on file, those decide; where none has, each cell counts for the
nearest 지구대 or 파출소, which is said wherever it is shown: the borders of beats are not published.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sunra.core.geo import cells, crs
from sunra.platform.accounts.actor import Actor
from sunra.platform.agencies.models import Jurisdiction
from sunra.platform.places import selectors as places

LEVEL = "box"
UNITS = ("police_box", "police_station")


@dataclass(frozen=True, eq=False)
class Beats:
    """The unit of each cell by name, "" for none; ``nearest``: approximated by distance."""

    of: NDArray[np.str_]
    nearest: bool


def beats_of(
    actor: Actor,
    district: str,
    cell_e: NDArray[np.integer],
    cell_n: NDArray[np.integer],
    dong: NDArray[np.str_],
) -> Beats | None:
    """The police unit of each cell; ``None`` when none is known of the district."""
    rows = Jurisdiction.objects.filter(dong__startswith=district, agency__active=True)
    for unit in UNITS:
        found = dict(
            rows.filter(agency__type=unit).order_by("-agency__name").values_list("dong", "agency__name")
        )
        if found:
            return Beats(
                np.array([found.get(code, "") for code in dong.tolist()], dtype=np.str_), nearest=False
            )
    return _nearest(actor, district, cell_e, cell_n)


def _nearest(
    actor: Actor, district: str, cell_e: NDArray[np.integer], cell_n: NDArray[np.integer]
) -> Beats | None:
    rows = places.facilities(actor, district=district, kinds=["police_office"])
    boxes = sorted(
        (name, lon, lat)
        for name, lon, lat, level in rows.values_list("name", "lon", "lat", "attrs__level")
        if level == LEVEL and name and lon is not None
    )
    if not boxes:
        return None
    names, lon, lat = zip(*boxes, strict=True)
    points = np.column_stack(crs.transform(np.array(lon), np.array(lat), 4326, 5179))
    middles = np.column_stack(crs.transform(*cells.center(cell_e, cell_n), 4326, 5179))
    return Beats(np.array(names, dtype=np.str_)[cKDTree(points).query(middles)[1]], nearest=True)
