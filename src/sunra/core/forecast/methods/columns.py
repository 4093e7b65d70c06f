"""What the methods see of a past: where the events of several memories and widths lie.

A column is a density over the cells that sums to 1: the counts of the past, faded with a half-life, either as
they are or smoothed by a Gaussian kernel; the same of events of other kinds, which are not forecast; the
smoothed covariates; and "even", the same everywhere. Density at the grid's border is divided by the part of
the kernel that lies inside, or the border would look safer than it is (Diggle, Applied Statistics 34, 1985).
Where cells have an exposure (metres of road), a kernel gives events per exposure, and each cell its share.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from sunra.core.forecast.history import History

HALF_LIVES = (182.0, 730.0, 1460.0, math.inf)
OTHER_HALF_LIVES = (730.0, math.inf)
WIDTHS = (100.0, 175.0, 300.0, 550.0, 1000.0, 2000.0)
AROUND_METRES = 300.0
LEAST_WIDTH = 0.6
"""In cells: a narrower kernel sees nothing but its own cell."""
TARGET_DAYS = 56
"""Counts of eight weeks are learnt at a time: the places hardly change within them, and rows are saved."""
TRAIN_DAYS = 1096
MOST_ROWS = 150_000

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Plane:
    """The box around the cells. ``where``: int64 (cells,), flat position of each; several may share one."""

    shape: tuple[int, int]
    where: NDArray[np.int64]

    @classmethod
    def of(cls, past: History) -> "Plane":
        """The smallest box that holds every cell."""
        column = past.east.astype(np.int64) - int(past.east.min())
        row = past.north.astype(np.int64) - int(past.north.min())
        shape = (int(row.max()) + 1, int(column.max()) + 1)
        return cls(shape, row * shape[1] + column)

    def smooth(self, values: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
        """Gaussian mean over ``sigma`` cells, (cells,); nothing is taken to lie outside the grid."""
        size = self.shape[0] * self.shape[1]
        box = np.bincount(self.where, values, minlength=size).astype(np.float32)
        blurred = gaussian_filter(box.reshape(self.shape), sigma, mode="constant", truncate=3.0)
        return np.asarray(blurred, dtype=np.float32).ravel()[self.where]

    def inside(self, exposure: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
        """Exposure within the kernel at each cell over the cell's own, above 0, (cells,).

        Where all cells are alike it is the part of the kernel that lies inside the grid.
        """
        within = self.smooth(exposure, sigma) / exposure
        return np.asarray(np.maximum(within, 1e-6), dtype=np.float32)


def fading(periods: int, period_days: int, half_life: float) -> NDArray[np.float32]:
    """How much each past period counts, (periods,), 1 for one that has just ended."""
    age = (periods - 1 - np.arange(periods)) * period_days
    return np.asarray(0.5 ** (age / half_life), dtype=np.float32)


def widths(size_m: float) -> tuple[float, ...]:
    """The kernels' bandwidths in metres that a grid of this cell size can show."""
    found = tuple(metres for metres in WIDTHS if metres >= LEAST_WIDTH * size_m)
    return found or (1.2 * size_m, 3 * size_m)


def names(past: History) -> tuple[str, ...]:
    """What each column of ``columns`` is."""
    made = _names(past.size_m, HALF_LIVES)
    for other in sorted(past.others):
        made += [f"{other}_{name}" for name in _names(past.size_m, OTHER_HALF_LIVES)]
    return (*made, *(f"around_{name}" for name in sorted(past.covariates)), "even")


def _names(size_m: float, half_lives: Sequence[float]) -> list[str]:
    made = []
    for half_life in half_lives:
        memory = "all" if math.isinf(half_life) else f"{half_life:.0f}d"
        made += [f"count_{memory}", *(f"kernel_{metres:.0f}m_{memory}" for metres in widths(size_m))]
    return made


def columns(past: History) -> Numbers:
    """The densities that a past gives, float64 (cells, columns), each sums to 1."""
    plane = Plane.of(past)
    counts = _faded(past, past.counts, HALF_LIVES)
    for other in sorted(past.others):
        counts += _faded(past, past.others[other], OTHER_HALF_LIVES)
    exposure = _exposure(past)
    sigmas = [metres / past.size_m for metres in widths(past.size_m)]
    kernels = [(sigma, plane.inside(exposure, sigma)) for sigma in sigmas]
    found: list[NDArray[np.float32]] = []
    for count in counts:
        found.append(count)
        found += [plane.smooth(count, sigma) / inside for sigma, inside in kernels]
    for name in sorted(past.covariates):
        around = np.maximum(past.covariates[name], 0).astype(np.float32)
        sigma = max(AROUND_METRES / past.size_m, LEAST_WIDTH)
        found.append(plane.smooth(around, sigma) / plane.inside(exposure, sigma))
    found.append(exposure)
    table = np.maximum(np.column_stack(found).astype(np.float64), 0)
    total = table.sum(0)
    table[:, total <= 0] = 1
    return np.asarray(table / table.sum(0), dtype=np.float64)


def _exposure(past: History) -> NDArray[np.float32]:
    """Of each cell, mean 1, (cells,)."""
    if past.exposure is None:
        return np.ones(past.cells, dtype=np.float32)
    return np.asarray(past.exposure / past.exposure.mean(), dtype=np.float32)


def _faded(
    past: History, counts: NDArray[np.float32], half_lives: Sequence[float]
) -> list[NDArray[np.float32]]:
    fades = np.stack([fading(past.periods, past.period_days, half_life) for half_life in half_lives])
    return list(fades @ counts)


@dataclass(frozen=True, eq=False)
class Rows:
    """What was seen and what came: one row per cell and origin.

    ``seen``: float64 (rows, columns); ``came``: float64 (rows,), events in the time after the origin;
    ``expected``: (rows,), events if all cells were alike; ``weight``: (rows,), how many rows each stands for
    (above 1 where quiet cells were thinned out); ``origin``: int64 (rows,), which moment.
    """

    seen: Numbers
    came: Numbers
    expected: Numbers
    weight: Numbers
    origin: NDArray[np.int64]


def origins(past: History, days: int = TRAIN_DAYS) -> list[int]:
    """Periods within the last ``days`` after which a whole target lies in the past, earliest first."""
    step = max(1, round(TARGET_DAYS / past.period_days))
    half = past.periods // 2
    earliest = max(half, past.periods - max(1, days // past.period_days))
    return sorted(range(past.periods - step, max(earliest, 1) - 1, -step))


def rows(past: History, *, seed: int, most: int = MOST_ROWS) -> Rows:
    """Rows from all origins; at most about ``most``: cells with events all, the others a random part."""
    random = np.random.default_rng(seed)
    step = max(1, round(TARGET_DAYS / past.period_days))
    found = origins(past)
    keep = min(1.0, most / max(1, len(found) * past.cells))
    blocks = []
    for number, origin in enumerate(found):
        came = past.counts[origin : origin + step].sum(0, dtype=np.float64)
        if not came.any():
            continue
        kept = (came > 0) | (random.random(past.cells) < keep)
        weight = np.where(came > 0, 1.0, 1.0 / keep)[kept]
        alike = np.full(weight.size, came.sum() / past.cells)
        seen = columns(past.before(origin))[kept]
        blocks.append((seen, came[kept], alike, weight, np.full(weight.size, number, dtype=np.int64)))
    if not blocks:
        nothing = np.zeros(0)
        return Rows(np.zeros((0, len(names(past)))), nothing, nothing, nothing, nothing.astype(np.int64))
    return Rows(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))
