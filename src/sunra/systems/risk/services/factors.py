"""Factor analysis of a district: which kinds of places stand where events are frequent."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.core.exceptions import PermissionDenied
from numpy.typing import NDArray

from sunra import __version__
from sunra.core.forecast import BadEventsError
from sunra.core.forecast.analysis import FAR, Places, Search, Terrain, factors
from sunra.core.geo import cells, crs
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now
from sunra.platform.places import selectors as places
from sunra.systems.risk import happened
from sunra.systems.risk.gather import grid_of
from sunra.systems.risk.judged_texts import TOO_FEW_EVENTS, TOO_FEW_EVENTS_REMEDY
from sunra.systems.risk.models import Report
from sunra.systems.risk.rules import MAKE
from sunra.systems.risk.services.audits import tidy
from sunra.systems.risk.services.weights import params_for

HISTORY: Final = dt.timedelta(days=3 * 365)
BESIDE: Final = 5
"""Cells around the district whose places still reach into it."""
DARK: Final = "dark"
LIGHTS: Final = ("security_light", "street_lamp")
TRADES: Final[Mapping[str, str]] = {
    "bar": r"유흥|단란|호프|소주방|주점|감성|라이브",
    "convenience_store": r"편의점",
    "karaoke": r"노래",
    "game_room": r"PC방|인터넷컴퓨터게임|게임",
    "lodging": r"숙박|여관|여인숙|모텔",
}
"""Kinds of licensed premises by the words of their licence (업태, 업종)."""
LEFT_OUT: Final = ("child_zone", "police_office", "enforcement_camera")
"""Not a kind of place that people visit or are watched at; child zones lie where schools do."""
SEARCH: Final = Search()


def make_factors(
    *,
    actor: Actor,
    agency_id: UUID,
    district: str,
    family: str = "",
    search: Search = SEARCH,
    moment: dt.datetime | None = None,
) -> Report:
    """Search for the factors of a family's events (default: all, as the district weighs them) and keep them.

    Three years of reported events; real ones, or where there is none the demonstration's. Raises
    ``PermissionDenied``, ``UserError`` ``too_few_events``, ``unknown_district``.
    """
    require(actor, MAKE)
    if agency_id not in actor.scope:
        raise PermissionDenied
    at = moment or now()
    grid = grid_of(district)
    index = happened.index_of(grid.cell_e, grid.cell_n)
    weights = {family: 1.0} if family else dict(params_for(district).weights)
    found = happened.events(actor, district, demo=False, since=at - HISTORY, until=at)
    demo = not found.exists()
    if demo:
        found = happened.events(actor, district, demo=True, since=at - HISTORY, until=at)
    counts = happened.counted(found, index, weights)
    around, invented = _places(actor, grid.cell_e, grid.cell_n)
    middles = np.column_stack(crs.transform(*cells.center(grid.cell_e, grid.cell_n), 4326, 5179))
    try:
        result = factors(middles[:, 0], middles[:, 1], counts, around, search=search, seed=0)
    except BadEventsError as error:
        asked = (str(round(float(counts.sum()))), str(error.params.get("needed", "")))
        raise UserError("too_few_events", TOO_FEW_EVENTS, TOO_FEW_EVENTS_REMEDY, asked) from error
    return Report.objects.update_or_create(
        agency_id=agency_id, kind=Report.Kind.FACTORS, district=district, family=family, until=at.date(),
        defaults={
            "since": (at - HISTORY).date(), "figures": _figures(result, around, search),
            "vintages": happened.origins(found), "code_version": __version__,
            "made_by": actor.label or actor.id, "demo": demo or invented,
        },
    )[0]  # fmt: skip


def _figures(result: Terrain, around: Mapping[str, Places], search: Search) -> dict[str, Any]:
    made: dict[str, Any] = tidy(
        {
            "factors": [asdict(one) | {"places": int(around[one.name].x.size)} for one in result.factors],
            "events": result.events, "blocks": result.blocks, "tried": result.tried,
            "cells": int(result.score.size), "search": asdict(search),
            "highest": float(result.score.max()),
        }
    )  # fmt: skip
    return made


def _places(
    actor: Actor, cell_e: NDArray[np.int32], cell_n: NDArray[np.int32]
) -> tuple[dict[str, Places], bool]:
    """The points of every factor in and just beyond the district, and whether any of them is invented."""
    rows = places.facilities(actor).filter(
        cell_e__range=(int(cell_e.min()) - BESIDE, int(cell_e.max()) + BESIDE),
        cell_n__range=(int(cell_n.min()) - BESIDE, int(cell_n.max()) + BESIDE),
        lon__isnull=False,
    )
    points: dict[str, list[tuple[float, float]]] = {}
    invented = False
    for kind, lon, lat, demo, attrs in rows.order_by("id").values_list("kind", "lon", "lat", "demo", "attrs"):
        factor = factor_of(kind, attrs)
        if factor and lon is not None and lat is not None:
            points.setdefault(factor, []).append((lon, lat))
            invented = invented or demo
    made = {}
    for factor, found in points.items():
        lon, lat = np.array(found).T
        x, y = crs.transform(lon, lat, 4326, 5179)
        made[factor] = Places(x, y, (FAR,)) if factor == DARK else Places(x, y)
    return made, invented


def factor_of(kind: str, attrs: Mapping[str, Any]) -> str:
    """Which factor a facility is; "" when none. Lights count by where they are not; closed shops are gone."""
    if kind in LIGHTS:
        return DARK
    if kind in LEFT_OUT:
        return ""
    if kind != "licence":
        return kind
    if attrs.get("state") not in (None, "", "open"):
        return ""
    words = f"{attrs.get('business') or ''} {attrs.get('trade') or ''}"
    return next((name for name, pattern in TRADES.items() if re.search(pattern, words)), "")
