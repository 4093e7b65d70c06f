"""Small invented histories for the tests of the forecast."""

import datetime as dt

import numpy as np

from sunra.core.forecast import Events, Grid

TODAY = dt.date(2026, 11, 22)


def square(side: int = 20) -> Grid:
    """A square of cells of 100 m."""
    north, east = np.divmod(np.arange(side * side), side)
    return Grid(east + 9500, north + 19500)


def history(
    n: int = 4000, *, seed: int = 1, days: int = 700, family: str = "theft", side: int = 20
) -> Events:
    """Events around one hot corner, mostly in the evening, more on Saturdays, before TODAY."""
    rng = np.random.default_rng(seed)
    corner = np.clip(rng.exponential(4, (n, 2)), 0, side - 1).astype(int)
    ago = rng.integers(1, days + 1, n)
    day = np.datetime64(TODAY) - ago
    saturday = (day.astype(int) + 3) % 7 == 5
    keep = saturday | (rng.random(n) < 0.6)
    hour = np.where(rng.random(n) < 0.6, rng.integers(20, 24, n), rng.integers(0, 24, n))
    made = Events(corner[:, 0] + 9500, corner[:, 1] + 19500, day, hour, np.full(n, family))
    return made.take(keep)


def joined(*many: Events) -> Events:
    """Several histories as one."""
    columns = ("cell_e", "cell_n", "day", "hour", "family", "weight")
    return Events(*(np.concatenate([getattr(part, name) for part in many]) for name in columns))


def one(
    day: dt.date, *, hour: int = 22, family: str = "theft", east: int = 9510, north: int = 19510, n: int = 1
) -> Events:
    """The same event n times."""
    return Events([east] * n, [north] * n, [day] * n, [hour] * n, [family] * n)
