"""Counts on a raster around the grid, and their smoothing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from sunra.core.forecast.inputs import Events, Grid

TRUNCATE = 4.0


@dataclass(frozen=True, eq=False)
class Raster:
    """A box around the grid with a margin as wide as the kernel reaches; ``size_m``: side of a cell.

    ``where``: int64 (cells,), flat position of each grid cell. ``inside``: bool (rows * columns,).
    """

    east: int
    north: int
    rows: int
    columns: int
    where: NDArray[np.int64]
    inside: NDArray[np.bool_]
    size_m: float

    @classmethod
    def around(cls, grid: Grid, reach_m: float) -> "Raster":
        """Lay the raster; ``reach_m`` is the kernel's bandwidth in metres."""
        pad = int(np.ceil(TRUNCATE * reach_m / grid.size_m))
        east, north = int(grid.cell_e.min()) - pad, int(grid.cell_n.min()) - pad
        columns = int(grid.cell_e.max()) - east + pad + 1
        rows = int(grid.cell_n.max()) - north + pad + 1
        where = (grid.cell_n.astype(np.int64) - north) * columns + (grid.cell_e.astype(np.int64) - east)
        inside = np.zeros(rows * columns, dtype=bool)
        inside[where] = True
        return cls(east, north, rows, columns, where, inside, grid.size_m)

    def place(self, events: Events) -> NDArray[np.int64]:
        """Flat position of each event; -1 outside the box."""
        column = events.cell_e.astype(np.int64) - self.east
        row = events.cell_n.astype(np.int64) - self.north
        fits = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        return np.where(fits, row * self.columns + column, -1)

    def count(self, place: NDArray[np.int64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weighted count per raster cell, flat; places of -1 are left out."""
        known = place >= 0
        size = self.rows * self.columns
        return np.bincount(place[known], weight[known], minlength=size).astype(np.float64)

    def count_by_slot(
        self, place: NDArray[np.int64], hour: NDArray[np.int8], weight: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Weighted count per raster cell and two-hour slot (cells, 12) of the events with a known hour."""
        known = (place >= 0) & (hour >= 0)
        index = place[known] * 12 + hour[known] // 2
        size = self.rows * self.columns * 12
        return np.bincount(index, weight[known], minlength=size).astype(np.float64).reshape(-1, 12)

    def smooth(self, counts: NDArray[np.float64], sigma_cells: float) -> NDArray[np.float64]:
        """Gaussian mean of the counts (events per cell) at the grid's cells: float64 (cells,)."""
        box = counts.reshape(self.rows, self.columns)
        smoothed = gaussian_filter(box, sigma_cells, mode="constant", truncate=TRUNCATE)
        return np.asarray(smoothed, dtype=np.float64).ravel()[self.where]
