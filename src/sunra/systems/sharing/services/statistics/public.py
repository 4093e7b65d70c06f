"""What of a run may leave: events of whole calendar years by area and type, protected once and jointly.

Every figure of events that leaves the house, on the public page, in a report for others or to a program, is
one of this table. Years are fixed: windows that overlap could be subtracted from each other. All levels
(dong, station, district, type) are one release, so that none can be computed from another.
"""

import datetime as dt
from uuid import UUID

import polars as pl
from django.utils.translation import gettext_noop

from sunra.platform.accounts.actor import Actor
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.systems.sharing.coarse import Coarse
from sunra.systems.sharing.selectors.statistics.grouping import stations
from sunra.systems.sharing.services.release import protect

SUBJECT = "statistics.events"
TITLE = gettext_noop("Events by area and type")
AREAS = ("district", "station", "dong")
DIMS = [*AREAS, "family", "year"]
_LEVELS = (("district", "station", "dong"), ("station",), ("district",), ())


def publish_areas(
    *, actor: Actor, agency_id: UUID, hours: pl.DataFrame, coarse: Coarse
) -> pl.DataFrame | None:
    """The released years: ``DIMS`` and ``shown``, null where withheld; null in a dimension is its total.

    Only an installation's topmost agency releases: two releases of the same events with different borders
    could be subtracted from each other. None when there is no whole year, or all were refused.
    """
    if actor.agency_id != agency_id or Agency.objects.filter(pk=agency_id, parent__isnull=False).exists():
        return None
    found = []
    for year in whole_years(hours):
        frame = table_of(hours, year, coarse)
        try:
            safe = protect(actor=actor, title=TITLE, frame=frame, dims=DIMS, subject=SUBJECT)
        except UserError:  # with what is public already it would give small counts away: nothing leaves
            continue
        found.append(safe.select(*DIMS, "shown"))
    return pl.concat(found) if found else None


def table_of(hours: pl.DataFrame, year: int, coarse: Coarse) -> pl.DataFrame:
    """One year by all levels and by type, with totals over the types: ``DIMS`` and ``count``.

    A code that says less than a dong is a part beside the dongs: of a station that holds it all, or of none.
    """
    found = sorted(stations().items(), reverse=True)
    owner = {dong: code for code, (_name, dongs) in found for dong in coarse.within(dongs)}
    inside = hours.filter(pl.col("month").dt.year() == year).with_columns(
        pl.col("dong").str.slice(0, 5).alias("district"),
        pl.col("dong").replace_strict(owner, default="", return_dtype=pl.String).alias("station"),
        pl.lit(str(year)).alias("year"),
    )
    parts = []
    for level in _LEVELS:
        for by in ([*level, "family", "year"], [*level, "year"]):
            sums = inside.group_by(by).agg(pl.col("events").sum().cast(pl.Int64).alias("count"))
            absent = [pl.lit(None, pl.String).alias(name) for name in DIMS if name not in by]
            parts.append(sums.with_columns(absent).select(*DIMS, "count"))
    return pl.concat(parts).sort(DIMS, nulls_last=True)


def whole_years(hours: pl.DataFrame) -> list[int]:
    """The calendar years whose every month lies between the first and the last known one, newest first."""
    if hours.is_empty():
        return []
    first, last = hours["month"].min(), hours["month"].max()
    assert isinstance(first, dt.date)  # noqa: S101 - a column of dates
    assert isinstance(last, dt.date)  # noqa: S101
    years = range(last.year, first.year - 1, -1)
    return [year for year in years if first < dt.date(year, 1, 1) and dt.date(year, 12, 1) < last]
