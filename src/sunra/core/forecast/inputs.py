"""What goes in: the grid, the events, the day that is asked about, and what stands around.

No type here has room for a person: an event is a cell, a day, an hour, a family and a weight.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sunra.core.forecast.errors import BadEventsError, BadGridError, RefusedFamilyError
from sunra.core.forecast.families import FAMILIES, REFUSED

MAX_CELLS = 2_000_000
UNKNOWN_HOUR = -1
COLUMNS = ("cell_e", "cell_n", "day", "hour", "kind", "weight")


@dataclass(frozen=True, init=False, eq=False)
class Grid:
    """Square cells by integer position.

    ``cell_e``, ``cell_n``: int32 (cells,), position in cells east and north (national grid: EPSG:5179
    metres // 100). ``size_m``: side of a cell in metres. Raises ``BadGridError``.
    """

    cell_e: NDArray[np.int32]
    cell_n: NDArray[np.int32]
    size_m: float

    def __init__(self, cell_e: ArrayLike, cell_n: ArrayLike, size_m: float = 100.0) -> None:
        """Check that the cells are distinct and few enough to hold."""
        east, north = _integers(cell_e, "cell_e"), _integers(cell_n, "cell_n")
        if east.shape != north.shape or east.ndim != 1 or not east.size:
            raise BadGridError("a grid needs two equal, non-empty columns", cells=int(east.size))
        box = (int(np.ptp(east)) + 1) * (int(np.ptp(north)) + 1)
        if east.size > MAX_CELLS or box > 4 * MAX_CELLS:
            raise BadGridError("the grid is too large", cells=int(east.size), box=box, limit=MAX_CELLS)
        if np.unique(np.stack((east, north), 1), axis=0).shape[0] != east.size:
            raise BadGridError("a cell appears twice", cells=int(east.size))
        if not np.isfinite(size_m) or size_m <= 0:
            raise BadGridError("the cell size must be positive", size_m=size_m)
        object.__setattr__(self, "cell_e", east)
        object.__setattr__(self, "cell_n", north)
        object.__setattr__(self, "size_m", float(size_m))

    def __len__(self) -> int:
        """Count the cells."""
        return int(self.cell_e.size)


@dataclass(frozen=True, init=False, eq=False)
class Events:
    """Events as places in time; all columns have length n.

    ``cell_e``, ``cell_n``: int32, cells as in the grid (events beside the grid are welcome: they inform the
    cells at the border). ``day``: datetime64[D], the local day in Asia/Seoul. ``hour``: int8 0-23, or -1 when
    only the day is known. ``family``: str, one of ``families.FAMILIES`` or another that the parameters weigh,
    kept as ``kind`` (int16, position in ``families``). ``weight``: float64 ≥ 0, 1 for a full event. Raises
    ``BadEventsError``, ``RefusedFamilyError``.
    """

    cell_e: NDArray[np.int32]
    cell_n: NDArray[np.int32]
    day: NDArray[np.datetime64]
    hour: NDArray[np.int8]
    kind: NDArray[np.int16]
    weight: NDArray[np.float64]
    families: tuple[str, ...]

    def __init__(
        self,
        cell_e: ArrayLike,
        cell_n: ArrayLike,
        day: ArrayLike,
        hour: ArrayLike,
        family: ArrayLike,
        weight: ArrayLike | None = None,
    ) -> None:
        """Check every column once, so that the methods need not."""
        east, north = _integers(cell_e, "cell_e"), _integers(cell_n, "cell_n")
        days = _days(day)
        hours = _integers(hour, "hour")
        names = np.asarray(family, dtype=np.str_)
        weights = np.ones(east.size) if weight is None else _floats(weight, "weight")
        sizes = {column.shape for column in (east, north, days, hours, names, weights)}
        if len(sizes) != 1 or east.ndim != 1:
            raise BadEventsError("the columns differ in length", shapes=sorted(map(str, sizes)))
        if hours.size and (hours.min() < UNKNOWN_HOUR or hours.max() > 23):
            raise BadEventsError("an hour is not 0-23", row=_first((hours < UNKNOWN_HOUR) | (hours > 23)))
        if (weights < 0).any():
            raise BadEventsError("a weight is negative", row=_first(weights < 0))
        known, kinds = _kinds(names)
        refused = sorted(set(known) & REFUSED)
        if refused:
            raise RefusedFamilyError("home-bound and personal events never enter cells", families=refused)
        columns = (east, north, days, hours.astype(np.int8), kinds, weights)
        for name, column in zip(COLUMNS, columns, strict=True):
            object.__setattr__(self, name, column)
        object.__setattr__(self, "families", known)

    def __len__(self) -> int:
        """Count the events."""
        return int(self.cell_e.size)

    @property
    def family(self) -> NDArray[np.str_]:
        """The family of each event by name."""
        return np.array(self.families, dtype=np.str_)[self.kind]

    def present(self) -> dict[str, int]:
        """The families that occur, by name, with their number in ``kind``."""
        counts = np.bincount(self.kind, minlength=len(self.families))
        return {name: number for number, name in enumerate(self.families) if counts[number]}

    def take(self, mask: NDArray[np.bool_]) -> "Events":
        """The events where the mask is true."""
        chosen = object.__new__(Events)
        for name in COLUMNS:
            object.__setattr__(chosen, name, getattr(self, name)[mask])
        object.__setattr__(chosen, "families", self.families)
        return chosen


@dataclass(frozen=True)
class Horizon:
    """The day that is forecast: 12 slots of two hours from ``first_hour`` (even) of ``day``.

    ``first_hour=0`` is a calendar day, ``first_hour=12`` a night from noon to noon. ``holidays`` are counted
    as Sundays, in the past and in the forecast. ``special``: kinds of days (Seollal, Chuseok, the exam) with
    all their dates, past and coming: where the past shows that a kind has more or fewer events than its
    weekdays would, the forecast follows, the further the more events there were.
    """

    day: dt.date
    first_hour: int = 0
    holidays: frozenset[dt.date] = frozenset()
    special: Mapping[str, frozenset[dt.date]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a start that is not on a slot's border."""
        if self.first_hour not in range(0, 24, 2):
            raise BadEventsError("first_hour must be even, 0-22", first_hour=self.first_hour)

    @property
    def hours(self) -> tuple[int, ...]:
        """The hour of day (0-22) at which each of the 12 slots begins."""
        return tuple((self.first_hour + 2 * slot) % 24 for slot in range(12))

    @property
    def days(self) -> tuple[dt.date, ...]:
        """The local day on which each of the 12 slots begins."""
        return tuple(self.day + dt.timedelta(days=(self.first_hour + 2 * slot) // 24) for slot in range(12))


@dataclass(frozen=True)
class Covariates:
    """What stands in each cell: name → float64 (cells,), counts or densities, finite."""

    values: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    def checked(self, cells: int) -> "Covariates":
        """The same with every column checked against the grid; raises ``BadEventsError``."""
        columns = {name: _floats(column, name) for name, column in self.values.items()}
        for name, column in columns.items():
            if column.shape != (cells,):
                raise BadEventsError("a covariate does not fit the grid", column=name, cells=cells)
        return Covariates(columns)


@dataclass(frozen=True)
class StationCount:
    """Events of one family that a police station counted in ``days`` days.

    ``cells``: indices of the grid cells that belong to the station; None means the whole grid.
    """

    family: str
    count: float
    days: float = 365.0
    cells: NDArray[np.int64] | None = None


def _integers(values: ArrayLike, name: str) -> NDArray[np.int32]:
    array = np.asarray(values)
    if array.size == 0:
        return np.zeros(array.shape, dtype=np.int32)
    if array.dtype.kind == "f":
        bad = ~np.isfinite(array) | (np.abs(array) >= 2**31)
        if bad.any():
            raise BadEventsError("a value is missing", column=name, row=_first(bad))
    elif array.dtype.kind not in "iu":
        raise BadEventsError("a column is not numeric", column=name)
    return array.astype(np.int32)


def _floats(values: ArrayLike, name: str) -> NDArray[np.float64]:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise BadEventsError("a column is not numeric", column=name) from error
    if not np.isfinite(array).all():
        raise BadEventsError("a value is missing", column=name, row=_first(~np.isfinite(array)))
    return array


def _days(values: ArrayLike) -> NDArray[np.datetime64]:
    try:
        array = np.asarray(values, dtype="datetime64[D]")
    except (TypeError, ValueError) as error:
        raise BadEventsError("a day cannot be read", column="day") from error
    if np.isnat(array).any():
        raise BadEventsError("an event has no day", column="day", row=_first(np.isnat(array)))
    return array


def _kinds(names: NDArray[np.str_]) -> tuple[tuple[str, ...], NDArray[np.int16]]:
    """The families that occur and the number of each event's; the usual ones without a sort."""
    kinds = np.full(names.shape, -1, dtype=np.int16)
    known: list[str] = []
    for family in FAMILIES:
        mask = names == family
        if mask.any():
            kinds[mask] = len(known)
            known.append(family)
    rest = kinds < 0
    if rest.any():
        others, number = np.unique(names[rest], return_inverse=True)
        kinds[rest] = number + len(known)
        known += [str(name) for name in others]
    return tuple(known), kinds


def _first(mask: NDArray[np.bool_]) -> int:
    return int(np.flatnonzero(mask)[0])
