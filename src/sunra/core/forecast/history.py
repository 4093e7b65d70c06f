"""Counts by period and cell: what every method learns from, and what it answers.

A method that is handed ``history.before(t)`` cannot look ahead: the later counts are not in the memory it
was given. Methods know squares and periods only, so the same ones serve a night, a week, any grid and any
town.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sunra.core.forecast.errors import BadEventsError
from sunra.core.forecast.inputs import Events, Grid


@dataclass(frozen=True, eq=False)
class History:
    """Counts by period and cell.

    ``counts``: float32 (periods, cells), read-only. ``east``, ``north``: int32 (cells,), position in cells.
    ``size_m``: side of a cell in metres. ``first``: first day of period 0. ``period_days``: length of a
    period. ``covariates``: name → float64 (cells,), what stands in each cell. ``others``: name → float32
    (periods, cells), events of other kinds, which are not forecast but tell of the same places; cut with the
    counts. ``exposure``: float64 (cells,), above 0, what a share of the area is measured in and what events
    spread over where nothing else is known: metres of a road segment; None: all cells are alike. Raises
    ``BadEventsError``.
    """

    counts: NDArray[np.float32]
    east: NDArray[np.int32]
    north: NDArray[np.int32]
    size_m: float
    first: dt.date
    period_days: int
    covariates: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    others: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    exposure: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        """Check the shapes once and lock the counts."""
        counts = np.asarray(self.counts, dtype=np.float32)
        if counts.ndim != 2 or counts.shape[1] != self.east.size or self.east.shape != self.north.shape:
            raise BadEventsError("the counts do not fit the cells", shape=list(counts.shape))
        if self.period_days < 1:
            raise BadEventsError("a period has at least one day", period_days=self.period_days)
        given = self.exposure
        if given is not None and not (
            given.shape == self.east.shape and (np.isfinite(given) & (given > 0)).all()
        ):
            raise BadEventsError("every cell needs an exposure above 0", shape=list(given.shape))
        object.__setattr__(self, "counts", _locked(counts))
        others = {name: np.asarray(other, dtype=np.float32) for name, other in self.others.items()}
        for name, other in others.items():
            if other.shape != counts.shape:
                raise BadEventsError("other events do not fit the counts", name=name, shape=list(other.shape))
        object.__setattr__(self, "others", {name: _locked(other) for name, other in others.items()})

    @classmethod
    def of(
        cls,
        cell_e: ArrayLike,
        cell_n: ArrayLike,
        day: ArrayLike,
        grid: Grid,
        *,
        first: dt.date,
        periods: int,
        period_days: int = 7,
        weight: ArrayLike | None = None,
        covariates: Mapping[str, NDArray[np.float64]] | None = None,
    ) -> "History":
        """Count events (n,) by cell and day; those beside the grid or outside the periods are left out."""
        east, north = np.asarray(cell_e, np.int64), np.asarray(cell_n, np.int64)
        index = _index(grid, east, north)
        since = (np.asarray(day, "datetime64[D]") - np.datetime64(first, "D")).astype(np.int64)
        period = since // period_days
        fits = (index >= 0) & (period >= 0) & (period < periods)
        weights = None if weight is None else np.asarray(weight, np.float64)[fits]
        flat = np.bincount(
            period[fits] * len(grid) + index[fits], weights, minlength=max(periods, 0) * len(grid)
        )
        counts = flat.reshape(periods, len(grid)).astype(np.float32)
        return cls(counts, grid.cell_e, grid.cell_n, grid.size_m, first, period_days, covariates or {})

    @classmethod
    def of_events(
        cls, events: Events, grid: Grid, *, first: dt.date, periods: int, period_days: int = 7
    ) -> "History":
        """The same from checked events, weights kept."""
        return cls.of(
            events.cell_e,
            events.cell_n,
            events.day,
            grid,
            first=first,
            periods=periods,
            period_days=period_days,
            weight=events.weight,
        )

    @property
    def periods(self) -> int:
        """How many periods are known."""
        return int(self.counts.shape[0])

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return int(self.counts.shape[1])

    def starts(self, period: int) -> dt.date:
        """First day of a period; ``starts(periods)`` is the day from which nothing is known."""
        return self.first + dt.timedelta(days=period * self.period_days)

    def before(self, period: int) -> "History":
        """The history that ends where ``period`` begins: a copy, so that nothing later is within reach."""
        if not 0 <= period <= self.periods:
            raise BadEventsError("the history does not reach the period", period=period, periods=self.periods)
        return History(
            self.counts[:period].copy(),
            self.east,
            self.north,
            self.size_m,
            self.first,
            self.period_days,
            self.covariates,
            {name: other[:period].copy() for name, other in self.others.items()},
            self.exposure,
        )


class Trained(Protocol):
    """A method that has learnt from a past and can be asked about any later moment of the same town."""

    def expected(self, past: History) -> NDArray[np.float64]:
        """Expected count (cells,) in the period right after ``past``."""


class Method(Protocol):
    """A way to forecast, not yet trained."""

    @property
    def name(self) -> str:
        """Name in tables, of letters and underscores."""

    def train(self, past: History, *, seed: int) -> Trained:
        """Learn from the past; the same past and seed give the same answers."""


def _locked(counts: NDArray[np.float32]) -> NDArray[np.float32]:
    view = counts.view()
    view.flags.writeable = False
    return view


def _index(grid: Grid, east: NDArray[np.int64], north: NDArray[np.int64]) -> NDArray[np.int64]:
    """Position in the grid of each event's cell; -1 beside the grid."""
    columns, rows = int(np.ptp(grid.cell_e)) + 1, int(np.ptp(grid.cell_n)) + 1
    left, low = int(grid.cell_e.min()), int(grid.cell_n.min())
    table = np.full(columns * rows, -1, dtype=np.int64)
    table[(grid.cell_n.astype(np.int64) - low) * columns + grid.cell_e - left] = np.arange(len(grid))
    column, row = east - left, north - low
    fits = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    return np.where(fits, table[np.where(fits, row * columns + column, 0)], -1)
