"""What of a run may leave for everybody: events of a whole calendar year by dong and type, protected."""

import datetime as dt
from uuid import UUID

import polars as pl
from django.utils.translation import gettext_noop

from sunra.platform.accounts.actor import Actor
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.systems.sharing.services.release import protect

SUBJECT = "statistics.events"
TITLE = gettext_noop("Events by legal dong and type")
DIMS = ["dong", "family", "year"]


def publish_areas(*, actor: Actor, agency_id: UUID, hours: pl.DataFrame) -> pl.DataFrame | None:
    """The newest whole calendar year by dong and family, with ``shown`` null where withheld.

    Fixed years, never a moving window: two windows that overlap could be subtracted from each other. For the
    same reason only an installation's topmost agency speaks to the public. None when there is no whole year,
    or when the release was refused: then nothing leaves.
    """
    if actor.agency_id != agency_id or Agency.objects.filter(pk=agency_id, parent__isnull=False).exists():
        return None
    year = whole_year(hours)
    if year is None:
        return None
    inside = hours.filter(pl.col("month").dt.year() == year)
    by_family = inside.group_by("dong", "family").agg(pl.col("events").sum().alias("count"))
    totals = (
        by_family.group_by("dong").agg(pl.col("count").sum()).with_columns(family=pl.lit(None, pl.String))
    )
    frame = (
        pl.concat([by_family.select("dong", "family", "count"), totals.select("dong", "family", "count")])
        .with_columns(pl.col("count").cast(pl.Int64), year=pl.lit(str(year)))
        .sort("dong", "family", nulls_last=True)
    )
    try:
        safe = protect(actor=actor, title=TITLE, frame=frame, dims=DIMS, subject=SUBJECT)
    except UserError:
        return None
    return safe.select("dong", "family", "year", "shown")


def whole_year(hours: pl.DataFrame) -> int | None:
    """The newest calendar year whose every month lies between the first and the last known one."""
    if hours.is_empty():
        return None
    first, last = hours["month"].min(), hours["month"].max()
    assert isinstance(first, dt.date)  # noqa: S101 - a column of dates
    assert isinstance(last, dt.date)  # noqa: S101
    for year in range(last.year, first.year - 1, -1):
        if first < dt.date(year, 1, 1) and dt.date(year, 12, 1) < last:
            return year
    return None
