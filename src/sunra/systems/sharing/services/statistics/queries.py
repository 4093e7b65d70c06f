"""The SQL of a run: points into dongs, then sums by unit; the same text on one machine and on a cluster."""

from collections.abc import Collection, Mapping
from itertools import combinations, product
from typing import Any
from uuid import UUID

import polars as pl
from django.utils.translation import gettext_noop

from sunra.engine.query import Query
from sunra.platform.accounts.actor import Actor
from sunra.platform.runs.services import run
from sunra.systems.sharing.services.persons import may_join

LOCATE = Query(
    sql=(
        "SELECT p.nr AS nr, d.dong AS dong FROM points p JOIN dongs d"
        " ON ST_Intersects(ST_GeomFromWKB(d.geometry), ST_Point(p.lon, p.lat))"
    ),
    partition="points",
    broadcast=("dongs",),
)
BY_HOUR = Query(
    sql=(
        "SELECT dong, month, hour, family, COUNT(*) AS events, COUNT(minutes) AS response_n,"
        " SUM(minutes) AS response_sum, SUM(minutes * minutes) AS response_sq"
        " FROM events GROUP BY dong, month, hour, family"
    ),
    partition="events",
    combine=(
        "SELECT dong, month, hour, family, SUM(events) AS events, SUM(response_n) AS response_n,"
        " SUM(response_sum) AS response_sum, SUM(response_sq) AS response_sq"
        " FROM partials GROUP BY dong, month, hour, family"
    ),
)
BY_WEEK = Query(
    sql="SELECT dong, week, family, COUNT(*) AS events FROM events GROUP BY dong, week, family",
    partition="events",
    combine="SELECT dong, week, family, SUM(events) AS events FROM partials GROUP BY dong, week, family",
)
BY_CELL = Query(
    sql=(
        "SELECT cell_e, cell_n, dong, month, family, COUNT(*) AS events FROM events"
        " WHERE cell_e IS NOT NULL GROUP BY cell_e, cell_n, dong, month, family"
    ),
    partition="events",
    combine=(
        "SELECT cell_e, cell_n, dong, month, family, SUM(events) AS events FROM partials"
        " GROUP BY cell_e, cell_n, dong, month, family"
    ),
)
BY_KIND = Query(
    sql="SELECT dong, kind, SUM(units) AS units FROM facilities GROUP BY dong, kind",
    partition="facilities",
    combine="SELECT dong, kind, SUM(units) AS units FROM partials GROUP BY dong, kind",
)

TITLES = {
    "locate_events": gettext_noop("Statistics: events into legal dongs"),
    "locate_facilities": gettext_noop("Statistics: facilities into legal dongs"),
    "hours": gettext_noop("Statistics: events by dong, month, hour and type"),
    "weeks": gettext_noop("Statistics: events by dong and week"),
    "cells": gettext_noop("Statistics: events by cell"),
    "facilities": gettext_noop("Statistics: facilities by dong and kind"),
}


def ask(
    actor: Actor,
    step: str,
    query: Query,
    tables: Mapping[str, Any],
    *,
    holds: Mapping[str, Collection[UUID]],
) -> pl.DataFrame:
    """The result of one step, as a frame; the platform keeps where it ran and how long.

    ``holds`` says from which datasets the rows of each table come, so that pseudonymised sets of different
    controllers never meet in one query (PIPA 28-3). Every query of sharing goes through here. Raises
    ``UserError`` ``pseudonyms_not_joined``, and then nothing has run.
    """
    for (_name, rows), (_other, others) in combinations(holds.items(), 2):
        for pair in product(rows, others):
            may_join(pair)
    found = run(actor=actor, title=TITLES[step], query=query, tables=dict(tables))
    frame = pl.from_arrow(found)
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a table becomes a frame
    return frame
