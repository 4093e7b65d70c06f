"""What is to be planned, what came out, and when to stop. Times are minutes after the plan's zero hour."""

import math
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sunra.core.routing.errors import RoutingError
from sunra.core.routing.network import Floats, Network, StraightLine
from sunra.core.routing.walks import Walks

Kind = Literal["car", "foot", "dog"]
SPEEDS_KMH: dict[Kind, float] = {"car": 18.0, "foot": 4.0, "dog": 3.5}
"""Usual patrol speeds; a car slows down where it looks."""


@dataclass(frozen=True, slots=True)
class Stops:
    """Places to visit, arrays of one length n; make them with ``at``.

    ``prize`` is what a visit is worth, ``dwell_min`` the minutes spent; the visit must begin between
    ``open_min`` and ``close_min`` (a team may wait for the opening). ``must`` marks places that may not be
    left out; a plan that cannot serve one says so.
    """

    lon: Floats
    lat: Floats
    prize: Floats
    dwell_min: Floats
    open_min: Floats
    close_min: Floats
    must: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.lon)

    @classmethod
    def at(
        cls,
        lon: ArrayLike,
        lat: ArrayLike,
        prize: ArrayLike,
        *,
        dwell_min: ArrayLike = 13.0,
        open_min: ArrayLike = 0.0,
        close_min: ArrayLike = math.inf,
        must: ArrayLike = False,
    ) -> "Stops":
        """Stops from arrays or scalars. Raises ``RoutingError("bad_stops")`` with the field that is wrong."""
        values = [np.asarray(v, dtype=np.float64) for v in (lon, lat, prize, dwell_min, open_min, close_min)]
        try:
            arrays = [np.broadcast_to(value, values[0].shape).astype(np.float64) for value in values]
        except ValueError as cause:
            raise RoutingError("bad_stops", field="shape") from cause
        needed = np.broadcast_to(np.asarray(must, dtype=np.bool_), values[0].shape).reshape(-1).copy()
        east, north, worth, dwell, opens, closes = (array.reshape(-1) for array in arrays)
        stops = cls(east, north, worth, dwell, opens, closes, needed)
        for name, bad in (
            ("lon", ~np.isfinite(stops.lon)),
            ("lat", ~np.isfinite(stops.lat)),
            ("prize", ~(np.isfinite(stops.prize) & (stops.prize >= 0))),
            ("dwell_min", ~(np.isfinite(stops.dwell_min) & (stops.dwell_min >= 0))),
            ("close_min", ~(stops.open_min <= stops.close_min)),
        ):
            if bad.any():
                raise RoutingError("bad_stops", field=name, rows=tuple(np.flatnonzero(bad).tolist()))
        return stops


def draw_dwell(count: int, *, low: float = 11.0, high: float = 15.0, seed: int = 0) -> Floats:
    """Minutes to stay at each of ``count`` stops, drawn evenly from [low, high].

    Eleven to fifteen minutes held the longest calm at crime hot spots (Koper 1995); replication is mixed,
    so the bounds are parameters, and the draw keeps patrols hard to predict.
    """
    return np.random.default_rng(seed).uniform(low, high, count)


@dataclass(frozen=True, slots=True)
class Break:
    """A rest of ``minutes`` that begins between ``open_min`` and ``close_min``, at ``place`` (lon, lat).

    Without a place it is taken where the team started.
    """

    minutes: float
    open_min: float
    close_min: float
    place: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if not (0 <= self.minutes < math.inf and self.open_min <= self.close_min):
            raise RoutingError("bad_break", minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Team:
    """A team that leaves ``start`` at ``begin_min`` and reaches ``end`` at most ``shift_min`` later.

    Both are (lon, lat). A speed of 0 stands for the usual one of its kind. ``forbidden`` are rows of stops
    that it may not visit; its ``breaks`` are kept like appointments.
    """

    name: str
    kind: Kind
    start: tuple[float, float]
    end: tuple[float, float]
    shift_min: float
    speed_kmh: float = 0.0
    begin_min: float = 0.0
    forbidden: frozenset[int] = frozenset()
    breaks: tuple[Break, ...] = ()

    def __post_init__(self) -> None:
        if self.speed_kmh == 0 and self.kind in SPEEDS_KMH:
            object.__setattr__(self, "speed_kmh", SPEEDS_KMH[self.kind])
        numbers = (*self.start, *self.end, self.begin_min, self.shift_min, self.speed_kmh)
        if not (all(map(math.isfinite, numbers)) and self.speed_kmh > 0 and self.shift_min >= 0):
            raise RoutingError("bad_team", team=self.name)

    @property
    def metres_per_minute(self) -> float:
        """The speed in the plan's units."""
        return self.speed_kmh * 1000 / 60


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """A guarantee: every point (lon, lat) lies at all times within ``minutes`` of a car on duty."""

    lon: Floats
    lat: Floats
    minutes: float

    def __post_init__(self) -> None:
        numbers = np.concatenate([np.atleast_1d(self.lon), np.atleast_1d(self.lat), [self.minutes]])
        if len(self.lon) != len(self.lat) or not np.isfinite(numbers).all() or self.minutes <= 0:
            raise RoutingError("bad_response", minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Problem:
    """Stops, teams and what they move on.

    ``fixed`` keeps stops with a team, by its name: rows in the order of visit. The search puts others
    between them and never takes them out. ``response`` is the cars' guarantee, if there is one; ``walks``
    what passing through places is worth, if anything.
    """

    stops: Stops
    teams: tuple[Team, ...]
    network: Network = field(default_factory=StraightLine)
    fixed: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    response: Response | None = None
    walks: Walks | None = None

    def __post_init__(self) -> None:
        names = [team.name for team in self.teams]
        if not names or len(set(names)) != len(names):
            raise RoutingError("bad_team", team=names)
        kept = [stop for rows in self.fixed.values() for stop in rows]
        known = all(0 <= stop < len(self.stops) for stop in kept)
        if not set(self.fixed) <= set(names) or len(set(kept)) != len(kept) or not known:
            raise RoutingError("bad_fixed", teams=sorted(self.fixed))


@dataclass(frozen=True, slots=True)
class Route:
    """One team's night: ``stop_ids`` are rows of the stops in the order of visit, times per stop.

    A visit begins at ``arrive_min`` or when the stop opens, and lasts its dwell until ``leave_min``.
    ``minutes`` run from the team's beginning to its arrival at the end; ``line`` is the way as longitude
    and latitude, (k, 2). ``rests`` are the breaks as they come: (stops visited before, from, to).
    """

    team: str
    stop_ids: tuple[int, ...]
    arrive_min: tuple[float, ...]
    leave_min: tuple[float, ...]
    minutes: float
    metres: float
    line: Floats = field(repr=False)
    rests: tuple[tuple[int, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Routes in the order of the teams, the prize they collect together, and how the search went.

    ``walked`` is the part of the prize earned between the stops. No plan collects more than ``bound``.
    ``unserved`` are the stops that must be visited and are not. ``price`` is the prize that the cars'
    guarantee costs, against a plan made without it in as much time; ``unguarded`` are the rows of its
    points that no car can keep in reach, even when it only waits.
    """

    routes: tuple[Route, ...]
    prize: float
    iterations: int
    seconds: float
    bound: float = math.inf
    unserved: tuple[int, ...] = ()
    price: float = 0.0
    unguarded: tuple[int, ...] = ()
    walked: float = 0.0


@dataclass(frozen=True, slots=True)
class Stop:
    """When the search ends: after ``seconds`` or ``iterations``, or within ``gap`` of the bound.

    Whichever comes first; with ``cpu`` the seconds are the process's own time. With iterations alone, the
    same seed gives the same plan on every machine.
    """

    seconds: float = math.inf
    iterations: int = sys.maxsize
    gap: float = 0.0
    cpu: bool = False

    def half(self) -> "Stop":
        """Half the time and half the steps, for one of two searches."""
        steps = self.iterations if self.iterations == sys.maxsize else self.iterations // 2
        return replace(self, seconds=self.seconds / 2, iterations=steps)

    def clock(self, bound: float = math.inf) -> "Clock":
        """A clock that starts now."""
        return Clock(self, self.now(), bound)

    def now(self) -> float:
        """Seconds on the wall, or of this process's processor time."""
        return time.process_time() if self.cpu else time.perf_counter()


@dataclass(frozen=True, slots=True)
class Clock:
    """A running stop; ``fraction`` goes from 0 to 1, where the search ends."""

    stop: Stop
    started: float
    bound: float = math.inf

    @property
    def paced(self) -> bool:
        """Time ends the search, not a count of steps."""
        return self.stop.iterations == sys.maxsize

    def near(self, prize: float) -> bool:
        """The prize lies within the gap of the bound."""
        return prize >= self.bound * (1 - self.stop.gap) - 1e-9

    def elapsed(self) -> float:
        """Seconds since the start."""
        return self.stop.now() - self.started

    def fraction(self, iteration: int) -> float:
        """How much of the search is over."""
        done = iteration / self.stop.iterations if self.stop.iterations > 0 else 1.0
        if math.isfinite(self.stop.seconds):
            done = max(done, self.elapsed() / self.stop.seconds if self.stop.seconds > 0 else 1.0)
        return min(done, 1.0)


Ints = NDArray[np.intp]
