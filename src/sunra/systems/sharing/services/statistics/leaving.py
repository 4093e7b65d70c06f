"""Figures that leave: a view as its readers see it, or as it may be passed on."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
from django.utils.translation import gettext_lazy as _

from sunra.platform.accounts.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.systems.sharing.selectors.statistics.figures import Figure, Shown, figures
from sunra.systems.sharing.selectors.statistics.stored import latest_released, table
from sunra.systems.sharing.selectors.statistics.view import View

RELEASED = ("events", "events_per_1000")


@dataclass(frozen=True, eq=False)
class Leaving:
    """A view on its way into a file: figures of ``hidden`` units are withheld; ``protected``: may go on."""

    shown: Shown
    hidden: frozenset[str]
    protected: bool

    def values(self) -> dict[str, float]:
        """Unit → value of what may be drawn."""
        return {
            row.unit: row.value
            for row in self.shown.rows
            if row.value is not None and row.unit not in self.hidden
        }

    def rows(self) -> list[list[Any]]:
        """Kind of unit, code, name, value, lower, upper, made from, divided by; None = withheld."""
        return [[row.unit_type, row.unit, row.name, *self._figures(row)] for row in self.shown.rows]

    def _figures(self, row: Figure) -> list[Any]:
        if row.unit in self.hidden:
            return [None] * 5
        return [row.value, row.low, row.high, row.numerator, row.denominator]


def inside(shown: Shown) -> Leaving:
    """The view for those who may read it on the page; never for others."""
    return Leaving(shown, frozenset(), protected=False)


def outside(*, actor: Actor, view: View) -> Leaving:
    """The view as it may be passed on: of events only what was released, for one whole calendar year.

    Facilities, streets and areas are public things and pass as they are. Raises ``UserError``
    (``no_statistics``, ``whole_year``, ``not_released``).
    """
    run = latest_released(actor)
    if run is None:
        raise UserError(
            "no_statistics",
            _("Nothing has been released yet."),
            _("Figures are released once a whole calendar year is known; compute the statistics."),
        )
    if view.what.interval == "whole" and view.what.numerator != "patrol_hours":
        return Leaving(figures(actor, run, view), frozenset(), protected=True)
    if view.indicator not in RELEASED:
        raise UserError(
            "not_released",
            _("This indicator is not released to others."),
            _("Choose events, or events per 1,000 residents."),
        )
    released = table(run, "public")
    year = _year(view, sorted(released["year"].unique().to_list()))
    view = replace(view, since=dt.date(int(year), 1, 1), until=dt.date(int(year), 12, 1))
    shown = figures(actor, run, view)
    open_units = _open(released, view, year)
    hidden = frozenset(row.unit for row in shown.rows if row.unit not in open_units and row.numerator)
    return Leaving(shown, hidden | _empty_but_withheld(shown, released, view, year), protected=True)


def _year(view: View, years: list[str]) -> str:
    """The year asked for, the newest when none is; raises ``UserError`` for any other period."""
    if view.since is None and view.until is None:
        return years[-1]
    asked = str(view.since.year) if view.since else ""
    whole = view.since == dt.date(int(asked or 1), 1, 1) and view.until == dt.date(int(asked or 1), 12, 1)
    if not whole or asked not in years:
        raise UserError(
            "whole_year",
            _("Figures leave for whole calendar years only: others could be subtracted from each other."),
            _("Choose January to December of one of: %(years)s.") % {"years": ", ".join(years)},
        )
    return asked


def _level(released: pl.DataFrame, view: View, year: str) -> pl.DataFrame:
    """The released rows at the level of a view: ``unit`` and ``shown``."""
    column = "family" if view.by == "type" else view.by
    finer = {"dong": (), "station": ("dong", "district"), "district": ("dong", "station")}
    null = ("dong", "station", "district") if view.by == "type" else finer[view.by]
    rows = released.filter(pl.col("year") == year, pl.col(column).is_not_null())
    for name in null:
        rows = rows.filter(pl.col(name).is_null())
    if view.by != "type":
        family = pl.col("family")
        rows = rows.filter(family == view.family if view.family else family.is_null())
    return rows.select(pl.col(column).alias("unit"), "shown")


def _open(released: pl.DataFrame, view: View, year: str) -> frozenset[str]:
    """Units whose figure was shown."""
    return frozenset(_level(released, view, year).filter(pl.col("shown").is_not_null())["unit"].to_list())


def _empty_but_withheld(shown: Shown, released: pl.DataFrame, view: View, year: str) -> frozenset[str]:
    """Units counted now with nothing, of which the release withheld a figure: they stay withheld."""
    closed = _level(released, view, year).filter(pl.col("shown").is_null())["unit"].to_list()
    return frozenset(row.unit for row in shown.rows) & frozenset(closed)
