"""Figures of one indicator, per unit: value, what it was made from, and the interval around it."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from django.utils.translation import gettext_lazy as _

from sunra.core.geo import cells as geo_cells
from sunra.core.indicators import (
    Measure,
    OverlappingUnits,
    UnitType,
    count_interval,
    mean_interval,
    regroup,
)
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.places import selectors as places
from sunra.systems.sharing.indicators import SMALL, family_name
from sunra.systems.sharing.models import StatisticsRun
from sunra.systems.sharing.rules import VIEW_SMALL_AREAS, VIEW_STATISTICS
from sunra.systems.sharing.selectors.statistics.facts import Facts, facts
from sunra.systems.sharing.selectors.statistics.grouping import Groups, groups
from sunra.systems.sharing.selectors.statistics.view import View

Dongs = Callable[[str], Measure]
"""A fact (``events``, ``residents`` …) by dong."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its kind of unit; ``value`` is None when there is nothing to divide by.

    ``low``/``high`` bound it (95 %), None where everything was counted.
    """

    unit_type: UnitType
    unit: str
    name: str
    value: float | None
    low: float | None
    high: float | None
    numerator: float
    denominator: float | None


@dataclass(frozen=True, eq=False)
class Shown:
    """The figures of a view: the period they stand for, and which units were seen only in part."""

    run: StatisticsRun
    view: View
    rows: tuple[Figure, ...]
    since: dt.date | None
    until: dt.date | None
    dongs: tuple[str, ...]
    partial: tuple[str, ...] = ()
    missing: str = ""
    silent: tuple[str, ...] = ()
    beyond: int = 0
    """How much of the count is known only to an 행정동 or a district, and is in none of the figures."""
    unrated: tuple[str, ...] = ()
    """Units without a figure because their residents are known only together with others."""

    def of(self, unit: str) -> Figure | None:
        """The figure of one unit."""
        return next((row for row in self.rows if row.unit == unit), None)


def staff_only(view: View) -> bool:
    """Whether a view shows units that only staff may see."""
    return view.by in SMALL


def figures(actor: Actor, run: StatisticsRun, view: View) -> Shown:
    """The figures of a view; cells and hours need a permission of their own.

    Raises ``PermissionDenied`` and ``UserError`` (``overlapping_units``: two stations claim one dong).
    """
    require(actor, VIEW_SMALL_AREAS if staff_only(view) else VIEW_STATISTICS)
    found = facts(actor, run, view)
    missing = view.what.needs if view.what.needs in run.missing else ""
    if not missing and view.what.denominator == "street_m" and "no_streets" in run.missing:
        missing = "no_streets"
    shown = Shown(run, view, (), found.since, found.until, found.dongs, missing=missing, silent=found.silent)
    if missing:
        return shown
    if view.by in {"dong", "station", "district"}:
        return _by_area(shown, found, view)
    return replace(shown, rows=_OTHER[view.by](actor, found, view))


def _by_area(shown: Shown, found: Facts, view: View) -> Shown:
    """By dong, or by sets of dongs; a rate needs the residents of the whole unit and of nobody else."""
    if view.by == "dong":
        names = dict(places.dongs().filter(code__in=found.dongs).values_list("code", "name"))
        sets = Groups({dong: frozenset({dong}) for dong in found.dongs}, names, ())
    else:
        sets = groups(view.by, found.dongs, found.coarse)
    rated = view.what.denominator in {"residents", "resident_years"}
    unrated = {unit for unit, members in sets.members.items() if rated and found.lived_in_part(members)}

    def grouped(fact: str) -> Measure:
        measure = found.measure(fact, view)
        if view.by != "dong":
            measure = _regrouped(measure, sets, view.by)
        if fact == view.what.denominator and unrated:
            known = {unit: value for unit, value in measure.as_dict().items() if unit not in unrated}
            measure = Measure.of(view.by, known)
        return measure

    counted = frozenset[str]().union(*sets.members.values())
    return replace(
        shown,
        rows=_rows(view, grouped, sets.names, tuple(sorted(sets.members))),
        partial=sets.partial,
        beyond=found.beyond(view, counted),
        unrated=tuple(sorted(sets.names.get(unit, unit) for unit in unrated)),
    )


def _regrouped(measure: Measure, sets: Groups, to: UnitType) -> Measure:
    try:
        return regroup(measure, sets.members, to).measure
    except OverlappingUnits as error:
        raise UserError(
            "overlapping_units",
            _("Two police stations claim the same legal dong."),
            _("Correct the jurisdictions under Agencies: their figures cannot be added up."),
            (str(error.params["dong"]),),
        ) from None


def _rows(view: View, of: Dongs, names: Mapping[str, str], units: tuple[str, ...]) -> tuple[Figure, ...]:
    """Value and interval of each unit, the facts coming from ``of``."""
    what = view.what
    above = of(what.numerator)
    below = of(what.denominator) if what.denominator else None
    top = above.at(units)
    if below is not None:
        above.same(below)
    bottom = np.ones(len(units)) if below is None else below.at(units)
    low, high = _bounds(view, of, units, top, bottom)
    rows = []
    for place, unit in enumerate(units):
        divided = bottom[place] > 0
        rows.append(
            Figure(
                view.by,
                unit,
                names.get(unit, unit),
                float(what.factor * top[place] / bottom[place]) if divided else None,
                _number(low[place]) if divided else None,
                _number(high[place]) if divided else None,
                float(top[place]),
                None if below is None else float(bottom[place]),
            )
        )
    return tuple(rows)


def _bounds(
    view: View, of: Dongs, units: tuple[str, ...], top: np.ndarray, bottom: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper bounds; NaN where everything was counted."""
    if view.what.interval == "count":
        low, high = count_interval(top)
        share = view.what.factor / np.where(bottom > 0, bottom, np.nan)
        return low * share, high * share
    if view.what.interval == "mean":
        _mean, low, high = mean_interval(top, of("response_sq").at(units), bottom)
        return low, high
    return np.full(len(units), np.nan), np.full(len(units), np.nan)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _by_hour(_actor: Actor, found: Facts, view: View) -> tuple[Figure, ...]:
    """The 24 hours of the day, over all dongs of the actor."""
    frame = found.patrols() if view.indicator == "patrol_hours" else found.hours(view.family)
    units = tuple(f"{hour:02d}" for hour in range(24))

    def of(fact: str) -> Measure:
        column = "hours" if fact == "patrol_hours" else fact
        return _sums(frame, "hour", column, "hour", units, lambda value: f"{value:02d}")

    return _rows(view, of, {unit: f"{unit}–{(int(unit) + 1) % 24:02d}" for unit in units}, units)


def _by_type(_actor: Actor, found: Facts, view: View) -> tuple[Figure, ...]:
    """The families of events, over all dongs of the actor."""
    frame = found.hours()
    units = tuple(sorted(frame["family"].unique().to_list())) if not frame.is_empty() else ()

    def of(fact: str) -> Measure:
        return _sums(frame, "family", fact, "type", units, str)

    return _rows(view, of, {unit: family_name(unit) for unit in units}, units)


def _by_cell(_actor: Actor, found: Facts, view: View) -> tuple[Figure, ...]:
    """Cells in which something happened; a cell is named by its national point number."""
    frame = found.cells(view.family)
    if frame.is_empty():
        return ()
    sums = frame.group_by("cell_e", "cell_n").agg(pl.col("events").sum())
    counts = {f"{east}-{north}": float(events) for east, north, events in sums.iter_rows()}
    names = {
        f"{east}-{north}": geo_cells.format_cell(east, north) for east, north, _events in sums.iter_rows()
    }
    measure = Measure.of("cell", counts)
    return _rows(view, lambda _fact: measure, names, measure.units)


def _sums(
    frame: pl.DataFrame,
    by: str,
    column: str,
    unit_type: UnitType,
    units: tuple[str, ...],
    named: Callable[[int], str] | Callable[[str], str],
) -> Measure:
    sums = dict.fromkeys(units, 0.0)
    if not frame.is_empty():
        rows = frame.group_by(by).agg(pl.col(column).sum().cast(pl.Float64)).iter_rows()
        sums |= {named(key): value or 0.0 for key, value in rows}
    return Measure.of(unit_type, sums)


_OTHER: dict[str, Callable[[Actor, Facts, View], tuple[Figure, ...]]] = {
    "hour": _by_hour,
    "type": _by_type,
    "cell": _by_cell,
}
