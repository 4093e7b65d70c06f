"""A series of events over months or weeks, with trend, season and bands."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from sunra.core.indicators import TooShort, Trend, fit
from sunra.platform.accounts.actor import Actor
from sunra.systems.sharing.models import StatisticsRun
from sunra.systems.sharing.selectors.statistics.facts import Facts, after, facts, months, whole_months
from sunra.systems.sharing.selectors.statistics.grouping import groups
from sunra.systems.sharing.selectors.statistics.view import View

WEEK = dt.timedelta(days=7)
WEEKS_A_YEAR = 365.25 / 7


@dataclass(frozen=True, eq=False)
class Series:
    """Counts of whole periods (their first days) and the trend through them; none when too short."""

    starts: tuple[dt.date, ...]
    counts: tuple[int, ...]
    weekly: bool
    trend: Trend | None


def series(actor: Actor, run: StatisticsRun, view: View) -> Series:
    """Events over all known whole months or weeks, of the unit looked at or of all dongs of the view.

    Only events have a series; other indicators show the events behind them.
    """
    found = facts(actor, run, view)
    chosen = _dongs(found, view)
    weekly = view.grain == "week"
    name, column = ("weeks", "week") if weekly else ("hours", "month")
    family = view.unit if view.by == "type" and view.unit else view.family
    frame = found.series(name, family)
    codes = list(found.coarse.within(chosen))
    frame = frame.filter(pl.col("dong").is_in(codes)) if not frame.is_empty() else frame
    starts = _weeks(run) if weekly else tuple(months(*whole_months(run)))
    sums = (
        dict(frame.group_by(column).agg(pl.col("events").sum()).iter_rows()) if not frame.is_empty() else {}
    )
    counts = tuple(int(sums.get(start, 0)) for start in starts)
    return Series(starts, counts, weekly, _trend(starts, counts, weekly=weekly))


def _dongs(found: Facts, view: View) -> tuple[str, ...]:
    """The dongs behind the unit looked at; all when there is none."""
    if not view.unit:
        return found.dongs
    if view.by == "dong":
        return tuple(dong for dong in found.dongs if dong == view.unit)
    if view.by in {"station", "district"}:
        members = groups(view.by, found.dongs).members.get(view.unit, frozenset())
        return tuple(sorted(members))
    return found.dongs


def _weeks(run: StatisticsRun) -> tuple[dt.date, ...]:
    """The Mondays of the whole weeks inside the whole months."""
    first, last = whole_months(run)
    if first is None or last is None:
        return ()
    end = after(last)
    monday = first + dt.timedelta(days=-first.weekday() % 7)
    found = []
    while monday + WEEK <= end:
        found.append(monday)
        monday += WEEK
    return tuple(found)


def _trend(starts: tuple[dt.date, ...], counts: tuple[int, ...], *, weekly: bool) -> Trend | None:
    days = np.array([7 if weekly else (after(start) - start).days for start in starts], dtype=np.float64)
    try:
        return fit(counts, periods_a_year=WEEKS_A_YEAR if weekly else 12, exposure=days)
    except TooShort:
        return None
