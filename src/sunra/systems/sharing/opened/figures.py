"""Events and tables of figures as counts that may leave: by 법정동 or station, year and category."""

from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db.models import Count
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext_lazy as _

from sunra.core.geo import codes
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import SEOUL
from sunra.platform.places.models import PlaceEvent
from sunra.systems.sharing.models import Dataset, Vintage
from sunra.systems.sharing.services import release
from sunra.systems.sharing.services.imports import source_of

THRESHOLD = 5
"""A figure below it is hidden."""
_BY_DONG, _BY_STATION = ("dong", "year", "category"), ("station", "year", "category")


@dataclass(frozen=True, eq=False)
class Made:
    """Figures ready to leave: a hidden one is None; ``release`` names the subject of disclosure control."""

    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    release: str


def protected(actor: Actor, dataset: Dataset, title: str) -> Made:
    """The dataset's counts after disclosure control; raises ``UserError`` when nothing may leave.

    Every combination is a cell, also the empty ones: a missing row would say zero aloud.
    """
    dims = _BY_STATION if dataset.kind == "crime_table" else _BY_DONG
    counted = _of_table(dataset) if dims == _BY_STATION else _of_events(dataset)
    if counted.is_empty():
        raise UserError(
            "nothing_to_open",
            _("This dataset holds nothing that can be opened."),
            _("Open a dataset of places, or one of events as counts by legal dong."),
        )
    frame = _grid(counted, dims)
    shown = release.protect(
        actor=actor,
        title=title[:200],
        frame=frame,
        dims=list(dims),
        threshold=THRESHOLD,
        subject=dataset.kind,
    )
    rows = shown.sort(dims).select(*dims, pl.col("shown").alias("count")).rows(named=True)
    columns = (*dims, "count")
    if dims == _BY_DONG:
        known = codes.current()
        rows = [
            {
                "dong": row["dong"],
                "dong_name": known[row["dong"]].full_name if row["dong"] in known else "",
                **row,
            }
            for row in rows
        ]
        columns = ("dong", "dong_name", "year", "category", "count")
    return Made(columns, rows, dataset.kind)


def _of_events(dataset: Dataset) -> pl.DataFrame:
    """Events by 법정동, year in Seoul and family; those without a dong are in no figure."""
    events = PlaceEvent.objects.filter(source=source_of(dataset)).exclude(dong="")
    grouped = (
        events.annotate(year=ExtractYear("time_from", tzinfo=SEOUL))
        .values("dong", "year", "family")
        .annotate(number=Count("id"))
        .order_by()
    )
    rows = [(row["dong"], row["year"], row["family"], row["number"]) for row in grouped]
    return pl.DataFrame(rows, schema=[*_BY_DONG, "count"], orient="row")


def _of_table(dataset: Dataset) -> pl.DataFrame:
    """The figures by station of the newest vintage."""
    latest = Vintage.objects.filter(dataset=dataset).order_by("-created").first()
    rows = [
        (
            row.get("station") or "",
            int(row.get("year") or 0),
            row.get("category") or "",
            int(row.get("count") or 0),
        )
        for row in (latest.counts if latest else [])
    ]
    return pl.DataFrame(rows, schema=[*_BY_STATION, "count"], orient="row").group_by(_BY_STATION).agg(
        pl.col("count").sum()
    )  # fmt: skip


def _grid(counted: pl.DataFrame, dims: tuple[str, ...]) -> pl.DataFrame:
    """Every combination of what occurs, zero where nothing was counted."""
    whole = counted.select(pl.col(dims[0]).unique())
    for dim in dims[1:]:
        whole = whole.join(counted.select(pl.col(dim).unique()), how="cross")
    return (
        whole.join(counted, on=list(dims), how="left").with_columns(pl.col("count").fill_null(0)).sort(dims)
    )
