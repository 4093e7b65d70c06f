"""One run: everything counted by dong, month, hour, type and cell, written as Parquet with its lineage."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
from django.db import transaction

from sunra import __version__
from sunra.core.indicators import street_cover
from sunra.engine import store
from sunra.platform.accounts.access import Denied, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.home import folder, home
from sunra.systems.sharing.indicators import CAMERA_REACH, CAMERAS, LIGHT_REACH, LIGHTS
from sunra.systems.sharing.models import Dataset, Report, StatisticsRun
from sunra.systems.sharing.rules import RUN_STATISTICS
from sunra.systems.sharing.services.statistics import queries
from sunra.systems.sharing.services.statistics.gather import Gathered, gather, metres
from sunra.systems.sharing.services.statistics.lineage import lineage_of
from sunra.systems.sharing.services.statistics.public import publish_areas
from sunra.systems.sharing.services.vintages import source_of

Progress = Callable[[int, int, str], None]
STEPS = 6
_LAYERS = {"locate_events": "event", "locate_facilities": "facility"}
KEPT = 30
"""Runs kept for each agency; older ones stay only while a report stands on them."""


@dataclass(frozen=True, eq=False)
class Draft:
    """A computed run whose tables are written and which is not in the database yet."""

    agency_id: UUID
    values: dict[str, Any] = field(default_factory=dict)


def make(*, actor: Actor, agency_id: UUID, progress: Progress | None = None) -> StatisticsRun:
    """Compute and keep in one go; see ``compute`` and ``keep``."""
    return keep(actor=actor, draft=compute(actor=actor, agency_id=agency_id, progress=progress))


def compute(*, actor: Actor, agency_id: UUID, progress: Progress | None = None) -> Draft:
    """Count everything that the agency and those below it have published; nothing in the database yet.

    Raises ``PermissionDenied``.
    """
    require(actor, RUN_STATISTICS)
    if agency_id not in actor.scope:
        raise Denied(RUN_STATISTICS)
    tell = progress or (lambda _done, _total, _note: None)
    began = time.perf_counter()
    tell(0, STEPS, "")
    found = gather(actor)
    tell(1, STEPS, "")
    tables = _tables(actor, found, tell)
    place = folder("statistics") / str(agency_id) / uuid.uuid4().hex
    released = publish_areas(actor=actor, agency_id=agency_id, hours=tables["hours"], coarse=found.coarse)
    if released is not None:
        tables["public"] = released
    kept = {name: _write(place / f"{name}.parquet", frame) for name, frame in tables.items()}
    months = tables["hours"]["month"]
    values = {
        "folder": str(place.relative_to(home())),
        "tables": kept,
        "since": months.min(),
        "until": months.max(),
        "events": int(tables["hours"]["events"].sum() or 0),
        "dongs": found.dongs.height,
        "lineage": lineage_of(found),
        "missing": _missing(found, tables),
        "seconds": round(time.perf_counter() - began, 3),
        "released": released is not None,
        "code_version": __version__,
        "made_by": (actor.label or actor.id)[:120],
        "demo": found.demo,
    }
    tell(STEPS, STEPS, "")
    return Draft(agency_id, values)


@transaction.atomic
def keep(*, actor: Actor, draft: Draft) -> StatisticsRun:
    """Store a computed run, which becomes the newest, and forget the ones that nobody needs."""
    require(actor, RUN_STATISTICS)
    run = StatisticsRun.objects.create(agency_id=draft.agency_id, **draft.values)
    old = StatisticsRun.objects.filter(agency_id=draft.agency_id).order_by("-created")[KEPT:]
    for one in StatisticsRun.objects.filter(id__in=[row.id for row in old]).exclude(
        id__in=_standing_under_reports()
    ):
        _forget(home() / one.folder)
        one.delete()
    return run


def _standing_under_reports() -> list[UUID]:
    return list(Report.objects.values_list("run_id", flat=True).distinct())


def _forget(place: Path) -> None:
    for path in place.glob("*.parquet"):
        path.unlink(missing_ok=True)
    if place.is_dir():
        place.rmdir()


def _write(path: Path, frame: pl.DataFrame) -> dict[str, Any]:
    stored = store.write(path, frame, {"kind": "statistics", "table": path.stem, "code": __version__})
    return {"sha256": stored.sha256, "rows": stored.rows}


def _tables(actor: Actor, found: Gathered, tell: Progress) -> dict[str, pl.DataFrame]:
    """The run's tables: hours, weeks, cells, patrols, stock, and the codes that say less than a dong."""
    events = _in_dongs(actor, "locate_events", found.events, found)
    tell(2, STEPS, "")
    facilities = _in_dongs(actor, "locate_facilities", found.facilities, found)
    tell(3, STEPS, "")
    happened = events.filter(~pl.col("patrol")).drop("patrol", "hours")
    walked = events.filter(pl.col("patrol"))
    held = {"events": _datasets(found, "event")}
    hours = queries.ask(actor, "hours", queries.BY_HOUR, {"events": happened}, holds=held)
    weeks = queries.ask(actor, "weeks", queries.BY_WEEK, {"events": happened}, holds=held)
    cells = queries.ask(actor, "cells", queries.BY_CELL, {"events": happened}, holds=held)
    tell(4, STEPS, "")
    held = {"facilities": _datasets(found, "facility")}
    kinds = queries.ask(actor, "facilities", queries.BY_KIND, {"facilities": facilities}, holds=held)
    stock = _stock(found, kinds)
    tell(5, STEPS, "")
    patrols = walked.group_by("dong", "month", "hour").agg(pl.col("hours").sum())
    order = {
        "hours": ("dong", "month", "hour", "family"), "weeks": ("dong", "week", "family"),
        "cells": ("cell_e", "cell_n", "month", "family"), "patrols": ("dong", "month", "hour"),
        "stock": ("measure", "item", "dong"), "coarse": ("area", "dong"),
    }  # fmt: skip
    made = {"hours": hours, "weeks": weeks, "cells": cells, "patrols": patrols, "stock": stock}
    made["coarse"] = found.coarse.table()
    return {name: frame.sort(order[name]) for name, frame in made.items()}


def _datasets(found: Gathered, layer: str) -> frozenset[UUID]:
    """The datasets that the rows of a layer come from."""
    sources = {source for held, source, *_rest in found.used if held == layer}
    return frozenset(row.id for row in Dataset.objects.only("id") if source_of(row) in sources)


def _in_dongs(actor: Actor, step: str, rows: pl.DataFrame, found: Gathered) -> pl.DataFrame:
    """``rows`` with ``dong``: of the polygon they lie in, else the code that their source states.

    Polygons overlap by a few metres at some borders; the smaller code wins there, as everywhere. A stated
    code that says less than a dong stays as it is, unless it can mean one dong only.
    """
    stated = found.coarse.settled(rows["stated"]).alias("stated")
    rows = rows.with_columns(stated).rename({"row": "nr"})
    points = rows.filter(pl.col("lon").is_not_null()).select("nr", "lon", "lat")
    if points.is_empty() or found.dongs.is_empty():
        return rows.rename({"stated": "dong"}).filter(pl.col("dong") != "")
    tables = {"points": points, "dongs": found.dongs.select("dong", "geometry")}
    holds = {"points": _datasets(found, _LAYERS[step])}
    located = queries.ask(actor, step, queries.LOCATE, tables, holds=holds)
    one = located.group_by("nr").agg(pl.col("dong").min())
    joined = rows.join(one, on="nr", how="left")
    named = joined.with_columns(pl.coalesce("dong", "stated").alias("dong")).drop("stated")
    return named.filter(pl.col("dong") != "")


def _stock(found: Gathered, kinds: pl.DataFrame) -> pl.DataFrame:
    """What stands rather than happens: dong, measure, item, value."""
    columns = {"dong": pl.String, "measure": pl.String, "item": pl.String, "value": pl.Float64}
    lived = found.residents.with_columns(found.coarse.settled(found.residents["dong"]))
    residents = lived.group_by("dong").agg(pl.col("residents").sum())
    parts = [
        found.dongs.select("dong", measure=pl.lit("area_km2"), item=pl.lit(""), value="area_km2"),
        residents.select("dong", measure=pl.lit("residents"), item=pl.lit(""), value="residents"),
        kinds.select("dong", measure=pl.lit("facilities"), item="kind", value="units"),
        _cover(found),
    ]
    return pl.concat([part.cast(columns) for part in parts])  # type: ignore[arg-type]


def _cover(found: Gathered) -> pl.DataFrame:
    """Metres of street, lit and seen, by the dong in which each street's middle lies."""
    rows = {"dong": list(found.street_dongs)}
    for name, kinds, reach in (("lit_m", LIGHTS, LIGHT_REACH), ("seen_m", CAMERAS, CAMERA_REACH)):
        there = found.facilities.filter(pl.col("kind").is_in(kinds) & pl.col("lon").is_not_null())
        cover = street_cover(found.streets, metres(there.select("lon", "lat").to_numpy()), reach=reach)
        rows["street_m"] = cover.metres.tolist()
        rows[name] = cover.covered.tolist()
    schema = {"dong": pl.String, "street_m": pl.Float64, "lit_m": pl.Float64, "seen_m": pl.Float64}
    sums = pl.DataFrame(rows, schema=schema).group_by("dong").agg(pl.all().sum())
    return sums.unpivot(index="dong", variable_name="measure", value_name="value").select(
        "dong", "measure", item=pl.lit(""), value="value"
    )


def _missing(found: Gathered, tables: dict[str, pl.DataFrame]) -> list[str]:
    """Codes of the facts that no source gave."""
    kinds = set(found.facilities["kind"].unique().to_list())
    absent = {
        "no_events": found.events.filter(~pl.col("patrol")).is_empty(),
        "no_residents": found.residents.is_empty(),
        "no_response": not (tables["hours"]["response_n"].sum() or 0),
        "no_facilities": found.facilities.is_empty(),
        "no_streets": not found.streets,
        "no_lights": not found.streets or not kinds.intersection(LIGHTS),
        "no_cameras": not found.streets or not kinds.intersection(CAMERAS),
        "no_patrols": tables["patrols"].is_empty(),
    }
    return [code for code, yes in absent.items() if yes]
