"""Statistics for programs: what exists, figures and series of one indicator, as they may leave."""

from typing import Any, Literal

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.accounts.api import Needs
from sunra.systems.sharing.indicators import INDICATORS, SMALL
from sunra.systems.sharing.models import StatisticsRun
from sunra.systems.sharing.rules import VIEW_STATISTICS
from sunra.systems.sharing.selectors import statistics as selectors
from sunra.systems.sharing.selectors.statistics.view import View
from sunra.systems.sharing.services.statistics.leaving import outside

router = Router(tags=["statistics"], auth=Needs(VIEW_STATISTICS))

Unit = Literal["dong", "station", "district", "type"]
"""Kinds of units that programs may ask for; cells and hours stay on the page of staff."""
Code = Literal[
    "events", "events_per_1000", "response", "facilities_per_km2", "facilities_per_1000", "light_cover",
    "camera_cover", "patrol_hours",
]  # fmt: skip


class IndicatorOut(Schema):
    """One indicator: ``value = factor × numerator / denominator``."""

    code: str
    name_ko: str
    name_en: str
    unit: str
    numerator: str
    denominator: str
    factor: float
    interval: str
    units: list[str]
    about: str


class Asked(Schema):
    """Which figures; ``year`` is a whole calendar year, the newest released when 0."""

    indicator: Code = "events"
    by: Unit = "dong"
    year: int = Field(0, ge=0, le=9999)
    family: str = Field("", max_length=40)
    kind: str = Field("", max_length=40)
    district: str = Field("", pattern=r"^(\d{5})?$")


class FigureOut(Schema):
    """One number; ``unit_type`` says which kind of unit it belongs to. Withheld: all numbers null."""

    unit_type: str
    unit: str
    name: str
    value: float | None
    low: float | None
    high: float | None
    numerator: float | None
    denominator: float | None
    withheld: bool


class FiguresOut(Schema):
    """Figures with all that a number needs beside it: unit, period, source, interval."""

    indicator: str
    unit: str
    unit_type: str
    since: str | None
    until: str | None
    interval: str
    missing: str
    computed: str
    run: str
    demo: bool
    figures: list[FigureOut]


class SourceOut(Schema):
    """One source of a run: dataset, vintage and file, with the rows used."""

    layer: str
    kind: str
    title: str
    file: str
    sha256: str
    reference_date: str
    rows: int
    used: int
    demo: bool


@router.get("/indicators", response=list[IndicatorOut], summary="The indicators and how they are computed")
def indicators(request: HttpRequest) -> list[dict[str, Any]]:  # noqa: ARG001 - ninja hands it
    """Definitions only; no figure."""
    return [
        {
            "code": one.code, "name_ko": one.name_ko, "name_en": one.name_en, "unit": one.unit_en,
            "numerator": one.numerator, "denominator": one.denominator, "factor": one.factor,
            "interval": one.interval, "units": [unit for unit in one.units if unit not in SMALL],
            "about": one.about,
        }
        for one in INDICATORS.values()
    ]  # fmt: skip


@router.get("/figures", response=FiguresOut, summary="Figures of one indicator by unit")
def figures(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
    """Events as they were released: for a whole calendar year, small counts withheld."""
    actor = actor_of(request)
    months = {"since": f"{asked.year:04d}-01", "until": f"{asked.year:04d}-12"} if asked.year else {}
    view = View.read(asked.dict() | months)
    found = outside(actor=actor, view=view)
    shown, run = found.shown, found.shown.run
    rows = [
        {
            "unit_type": unit_type, "unit": unit, "name": name, "value": value, "low": low, "high": high,
            "numerator": above, "denominator": below, "withheld": unit in found.hidden,
        }
        for unit_type, unit, name, value, low, high, above, below in found.rows()
    ]  # fmt: skip
    timed = view.what.timed
    return {
        "indicator": view.indicator, "unit": view.what.unit_en, "unit_type": view.by,
        "since": str(shown.since) if timed and shown.since else None,
        "until": str(shown.until) if timed and shown.until else None,
        "interval": view.what.interval, "missing": shown.missing, "computed": run.created.isoformat(),
        "run": str(run.id), "demo": run.demo, "figures": rows,
    }  # fmt: skip


@router.get("/sources", response=list[SourceOut], summary="Where the newest figures come from")
def sources(request: HttpRequest) -> list[dict[str, Any]]:
    """Datasets, vintages and files of the newest run."""
    return list(_run(actor_of(request)).lineage)


def _run(actor: Actor) -> StatisticsRun:
    run = selectors.latest(actor)
    if run is None:
        raise Http404
    return run
