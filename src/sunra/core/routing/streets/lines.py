"""What every street file becomes first: polylines with what is known of each, in arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sunra.core.routing.errors import RoutingError
from sunra.core.routing.network import Floats, as_points, project

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# What a street is, with the kilometres an hour a car makes on it in a city (signals included).
KINDS: dict[str, float] = {
    "road": 25.0, "motorway": 70.0, "trunk": 45.0, "primary": 35.0, "secondary": 30.0, "tertiary": 27.0,
    "residential": 18.0, "service": 12.0, "living": 10.0, "path": 8.0, "crossing": 8.0, "indoor": 5.0,
    "steps": 5.0,
}  # fmt: skip
KIND_NAMES = tuple(KINDS)
KIND_ROW = {name: row for row, name in enumerate(KIND_NAMES)}
SHORTEST = 0.1


@dataclass(frozen=True, eq=False, slots=True)
class Lines:
    """Polylines in EPSG:5179 metres; ``begin`` (lines + 1) says where each one's points start.

    ``key`` (points) joins points of the same number and no others; None joins by place, and then ``planar``
    lines join where they cross on the same ``level``. ``oneway`` is 1 along the line, -1 against it, 0 both
    (cars only). ``kmh`` 0 means: by kind. ``metres`` (lines) is the length the file states, nan where none.
    """

    xy: Floats
    begin: Ints
    kind: NDArray[np.uint8]
    level: NDArray[np.int8]
    foot: Flags
    drive: Flags
    oneway: NDArray[np.int8]
    kmh: Floats
    name: NDArray[np.str_]
    metres: Floats
    key: Ints | None = None
    planar: bool = True

    def __len__(self) -> int:
        return len(self.begin) - 1

    @property
    def owner(self) -> Ints:
        """The line of each point."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.begin))


def make(
    xy: Floats,
    begin: ArrayLike,
    *,
    kind: ArrayLike | None = None,
    level: ArrayLike | None = None,
    foot: ArrayLike | None = None,
    drive: ArrayLike | None = None,
    oneway: ArrayLike | None = None,
    kmh: ArrayLike | None = None,
    name: Sequence[str] | NDArray[np.str_] | None = None,
    metres: ArrayLike | None = None,
    key: Ints | None = None,
    planar: bool = True,
) -> Lines:
    """``Lines`` with ordinary streets of level 0 open to all wherever nothing else is said."""
    starts = np.asarray(begin, dtype=np.int64)
    count = len(starts) - 1
    return Lines(
        xy=np.asarray(xy, dtype=np.float64).reshape(-1, 2),
        begin=starts,
        kind=np.zeros(count, np.uint8) if kind is None else np.asarray(kind, np.uint8),
        level=np.zeros(count, np.int8) if level is None else np.asarray(level, np.int8),
        foot=np.ones(count, np.bool_) if foot is None else np.asarray(foot, np.bool_),
        drive=np.ones(count, np.bool_) if drive is None else np.asarray(drive, np.bool_),
        oneway=np.zeros(count, np.int8) if oneway is None else np.asarray(oneway, np.int8),
        kmh=np.zeros(count) if kmh is None else np.asarray(kmh, np.float64),
        name=np.full(count, "") if name is None else np.asarray(name, dtype=np.str_),
        metres=np.full(count, np.nan) if metres is None else np.asarray(metres, np.float64),
        key=key,
        planar=planar,
    )


def of_polylines(lines: Iterable[ArrayLike]) -> Lines:
    """Polylines (k, 2) of WGS84 longitude and latitude, those without a length left out.

    Raises ``RoutingError("no_streets")`` when nothing is left.
    """
    shapes = [shape for shape in map(as_points, lines) if len(shape) > 1]
    if not shapes:
        raise RoutingError("no_streets")
    begin = np.concatenate([[0], np.cumsum([len(shape) for shape in shapes])])
    return with_length(make(project(np.vstack(shapes)), begin))


def with_length(lines: Lines) -> Lines:
    """The lines that are longer than 0.1 m and have numbers only. Raises ``RoutingError("no_streets")``."""
    if not len(lines):
        raise RoutingError("no_streets")
    starts = lines.begin[:-1]
    sane = np.isfinite(lines.xy).all(axis=1)
    fine = np.logical_and.reduceat(sane, starts) & (np.diff(lines.begin) > 1)
    with np.errstate(invalid="ignore"):
        span = np.maximum.reduceat(lines.xy, starts) - np.minimum.reduceat(lines.xy, starts)
        fine &= span.max(axis=1) > SHORTEST
    return lines if fine.all() else pick(lines, fine)


def pick(lines: Lines, chosen: Flags) -> Lines:
    """These lines only. Raises ``RoutingError("no_streets")`` when there are none."""
    if not chosen.any():
        raise RoutingError("no_streets")
    points = chosen[lines.owner]
    begin = np.concatenate([[0], np.cumsum(np.diff(lines.begin)[chosen])])
    return Lines(
        lines.xy[points], begin, lines.kind[chosen], lines.level[chosen], lines.foot[chosen],
        lines.drive[chosen], lines.oneway[chosen], lines.kmh[chosen], lines.name[chosen],
        lines.metres[chosen], None if lines.key is None else lines.key[points], lines.planar,
    )  # fmt: skip
