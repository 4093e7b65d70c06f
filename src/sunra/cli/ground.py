"""What events are counted on in a back-test: squares of a grid, or pieces of road."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from sunra.core.forecast import NoEventsError, layout, segments
from sunra.core.forecast.history import History

Numbers = NDArray[np.float64]
Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Time:
    """``periods`` periods of ``period_days`` days from ``first`` on."""

    first: dt.date
    periods: int
    period_days: int


class Ground(Protocol):
    """Where events can lie; coordinates in units of the projected system."""

    @property
    def cells(self) -> int:
        """How many cells there are."""

    def history(self, x: Numbers, y: Numbers, day: Days, time: Time) -> History:
        """Counts by period and cell; events elsewhere are left out."""

    def about(self) -> dict[str, Any]:
        """What was laid, for the answer."""


@dataclass(frozen=True, eq=False)
class Squares:
    """A grid."""

    laid: layout.Layout

    @classmethod
    def of(
        cls,
        *,
        cell: float,
        unit: float,
        boundary: Path | None,
        system: tuple[int, int],
        corner: tuple[tuple[float, float] | None, tuple[int, int] | None],
        known: tuple[Numbers, Numbers],
    ) -> "Squares":
        """By origin and shape (``corner``), over a boundary, or over the hull of the ``known`` events.

        ``system``: EPSG codes of the cells and of a boundary that names none.
        """
        origin, shape = corner
        area: shapely.Geometry | None = None
        if boundary is not None:
            area = layout.boundary(boundary, target=system[0], missing=system[1])
        elif origin is None:
            if not known[0].size:
                raise NoEventsError("no event lies before the first scored period: nothing to learn from")
            area = layout.hull(*known, cell)
        return cls(layout.lay(cell=cell, unit_m=unit, area=area, origin=origin, shape=shape))

    @property
    def cells(self) -> int:
        """Squares in the area."""
        return len(self.laid.grid)

    def history(self, x: Numbers, y: Numbers, day: Days, time: Time) -> History:
        """Each event in its square."""
        return History.of(
            *self.laid.cells_of(x, y), day, self.laid.grid,
            first=time.first, periods=time.periods, period_days=time.period_days,
        )  # fmt: skip

    def about(self) -> dict[str, Any]:
        """Corner, columns and rows."""
        return {
            "kind": "squares",
            "origin": list(self.laid.origin),
            "shape": list(self.laid.shape),
            "cells": self.cells,
        }


@dataclass(frozen=True, eq=False)
class Roads:
    """Pieces of road. ``unit``: metres in a unit of the projected system; ``within_m``: reach of a road."""

    laid: segments.Segments
    unit: float
    within_m: float

    @classmethod
    def of(
        cls, path: Path, *, longest: float, within: float, unit: float, system: tuple[int, int]
    ) -> "Roads":
        """The lines of a file; ``longest`` and ``within`` in units of the projected system."""
        lines = segments.read(path, target=system[0], missing=system[1])
        cut = segments.cut([line * unit for line in lines], longest_m=longest * unit)
        return cls(cut, unit, within * unit)

    @property
    def cells(self) -> int:
        """Pieces."""
        return len(self.laid)

    def history(self, x: Numbers, y: Numbers, day: Days, time: Time) -> History:
        """Each event on the nearest piece."""
        piece = self.laid.nearest(x * self.unit, y * self.unit, within_m=self.within_m)
        return self.laid.history(
            piece, day, first=time.first, periods=time.periods, period_days=time.period_days
        )

    def about(self) -> dict[str, Any]:
        """How much road."""
        return {
            "kind": "roads",
            "kilometres": round(float(self.laid.length_m.sum()) / 1000, 3),
            "drawn_twice": self.laid.same_way,
            "within_m": self.within_m,
            "cells": self.cells,
        }
