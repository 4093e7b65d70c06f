"""From a figure back to the rows that it was computed from: which sources, how many rows, which ones."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import ExtractHour
from django.http import Http404

from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.time import SEOUL
from sunra.platform.places import selectors as places
from sunra.systems.sharing.indicators import CAMERAS, LIGHTS
from sunra.systems.sharing.models import StatisticsRun
from sunra.systems.sharing.rules import VIEW_SMALL_AREAS, VIEW_STATISTICS
from sunra.systems.sharing.selectors.statistics.facts import after, facts
from sunra.systems.sharing.selectors.statistics.figures import staff_only
from sunra.systems.sharing.selectors.statistics.grouping import groups
from sunra.systems.sharing.selectors.statistics.view import View

_LAYERS: Mapping[str, tuple[str, ...]] = {
    "events": ("event",),
    "response_sum": ("event",),
    "patrol_hours": ("patrol",),
    "facilities": ("facility",),
    "lit_m": ("facility", "street"),
    "seen_m": ("facility", "street"),
    "street_m": ("street",),
    "residents": ("residents",),
    "resident_years": ("residents",),
}
_STANDING: Mapping[str, tuple[str, ...]] = {"lit_m": LIGHTS, "seen_m": CAMERAS}


@dataclass(frozen=True, slots=True)
class Part:
    """The part of the published rows behind one figure: where, when, which."""

    dongs: frozenset[str]
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    cell: tuple[int, int] | None = None
    hour: int | None = None
    family: str = ""


def sources(run: StatisticsRun, view: View) -> list[dict[str, Any]]:
    """The entries of a run's lineage that the figures of ``view`` stand on."""
    facts_used = (view.what.numerator, view.what.denominator)
    layers = {layer for fact in facts_used for layer in _LAYERS.get(fact, ())}
    return [one for one in run.lineage if one["layer"] in layers and _counts(one, view)]


def _counts(one: Mapping[str, Any], view: View) -> bool:
    if one["layer"] == "facility":
        kinds = _STANDING.get(view.what.numerator, (view.kind,) if view.kind else ())
        return not kinds or one["kind"] in kinds
    return True


def part(actor: Actor, run: StatisticsRun, view: View) -> Part:
    """The part behind the figure of ``view.unit``, or behind all figures of the view without one.

    Raises ``PermissionDenied``; ``Http404`` for a unit that the actor has no figure of.
    """
    require(actor, VIEW_SMALL_AREAS if staff_only(view) else VIEW_STATISTICS)
    found = facts(actor, run, view)
    timed = view.what.timed
    since = _midnight(found.since) if timed else None
    until = _midnight(after(found.until)) if timed and found.until else None
    dongs, unit = found.coarse.within(found.dongs), view.unit
    if not unit:
        return Part(dongs, since, until, family=view.family)
    if view.by == "cell":
        return Part(dongs, since, until, cell=_cell(unit), family=view.family)
    if view.by == "hour":
        return Part(dongs, since, until, hour=_number(unit), family=view.family)
    if view.by == "type":
        return Part(dongs, since, until, family=unit)
    members = frozenset({unit}) if view.by == "dong" else groups(view.by, found.dongs).members.get(unit)
    if not members or not members <= frozenset(found.dongs):
        raise Http404
    return Part(found.coarse.within(members), since, until, family=view.family)


def rows(actor: Actor, one: Mapping[str, Any], wanted: Part) -> QuerySet[Any]:
    """The rows of one source that lie in a part, as published now; what the actor may see of them."""
    kinds = (one["kind"],)
    found: QuerySet[Any]
    if one["layer"] in {"event", "patrol"}:
        families = (wanted.family,) if wanted.family else None
        found = places.events(actor, kinds=kinds, families=families, since=wanted.since, until=wanted.until)
        if wanted.hour is not None:
            local = ExtractHour("time_from", tzinfo=SEOUL)
            found = found.annotate(local_hour=local).filter(local_hour=wanted.hour)
        if wanted.cell is not None:
            found = found.filter(cell_e=wanted.cell[0], cell_n=wanted.cell[1])
    elif one["layer"] in {"facility", "street"}:
        choose = places.facilities if one["layer"] == "facility" else places.streets
        found = choose(actor, kinds=kinds)
    else:
        return places.facilities(actor).none()
    found = found.filter(dong__in=wanted.dongs)
    if one["layer"] == "patrol":
        return found.filter(source__startswith=f"{one['source']}/")
    found = found.filter(source=one["source"])
    return found.filter(vintage=one["vintage"]) if one["vintage"] else found


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time(), SEOUL) if day else None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 8):
        raise Http404
    return int(text)


def _cell(text: str) -> tuple[int, int]:
    east, _dash, north = text.partition("-")
    return _number(east), _number(north)
