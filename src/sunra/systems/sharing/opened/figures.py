"""Events and tables of figures as counts that may leave: by 법정동 or station, year and category.

Events leave once, in the nightly statistics' own release: a second table of the same events with other
borders could be subtracted from it. An open dataset of events therefore gives that release, narrowed to the
owner's dongs, and nothing computed anew.
"""

from dataclasses import dataclass
from typing import Any

import polars as pl
from django.utils.translation import gettext_lazy as _

from sunra.core.geo import codes
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.systems.sharing.models import Dataset, Vintage
from sunra.systems.sharing.selectors.statistics import area_figures
from sunra.systems.sharing.services import release

THRESHOLD = 5
"""A figure below it is hidden."""
ALL = "all"
"""The category of a total over all categories."""
_BY_STATION = ("station", "year", "category")


@dataclass(frozen=True, eq=False)
class Made:
    """Figures ready to leave: a hidden one is None; ``release`` names what they rest on."""

    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    release: str


def protected(actor: Actor, dataset: Dataset, title: str) -> Made:
    """The dataset's counts after disclosure control; raises ``UserError`` when nothing may leave."""
    return _stations(actor, dataset, title) if dataset.kind == "crime_table" else _dongs(actor)


def _dongs(actor: Actor) -> Made:
    """The released figures of the dongs in the actor's jurisdiction."""
    found = area_figures()
    areas = [one for one in found.areas if one.dong in actor.dongs] if found else []
    if found is None or not areas:
        raise UserError(
            "nothing_released",
            _("No figures of events have been released for these legal dongs yet."),
            _("They are released with the nightly statistics, once a whole year is there."),
        )
    known = codes.current()
    rows = [
        {
            "dong": area.dong,
            "dong_name": known[area.dong].full_name if area.dong in known else area.name,
            "year": int(found.year),
            "category": category,
            "count": count,
        }
        for area in areas
        for category, count in sorted((area.families | {ALL: area.total}).items())
    ]
    return Made(("dong", "dong_name", "year", "category", "count"), rows, str(found.run.id))


def _stations(actor: Actor, dataset: Dataset, title: str) -> Made:
    """A table by station, each combination a cell: a missing row would say zero aloud."""
    counted = _of_table(dataset)
    if counted.is_empty():
        raise UserError(
            "nothing_to_open",
            _("This dataset holds nothing that can be opened."),
            _("Open a dataset of places, or one of events as counts by legal dong."),
        )
    shown = release.protect(
        actor=actor,
        title=title[:200],
        frame=_grid(counted),
        dims=list(_BY_STATION),
        threshold=THRESHOLD,
        subject=dataset.kind,
    )
    rows = shown.sort(_BY_STATION).select(*_BY_STATION, pl.col("shown").alias("count")).rows(named=True)
    return Made((*_BY_STATION, "count"), rows, dataset.kind)


def _of_table(dataset: Dataset) -> pl.DataFrame:
    """The figures by station of the newest vintage."""
    latest = Vintage.objects.filter(dataset=dataset).order_by("-created").first()
    rows = [
        (
            str(row.get("station") or ""),
            int(row.get("year") or 0),
            str(row.get("category") or ""),
            int(row.get("count") or 0),
        )
        for row in (latest.counts if latest else [])
    ]
    frame = pl.DataFrame(rows, schema=[*_BY_STATION, "count"], orient="row")
    return frame.group_by(_BY_STATION).agg(pl.col("count").sum())


def _grid(counted: pl.DataFrame) -> pl.DataFrame:
    """Every combination of what occurs, zero where nothing was counted."""
    whole = counted.select(pl.col("station").unique())
    for name in _BY_STATION[1:]:
        whole = whole.join(counted.select(pl.col(name).unique()), how="cross")
    return whole.join(counted, on=list(_BY_STATION), how="left").with_columns(pl.col("count").fill_null(0))
