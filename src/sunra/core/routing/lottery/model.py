"""What a lottery of plans is told, and what it gives back."""

import secrets
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sunra.core.routing.errors import RoutingError
from sunra.core.routing.problem import Plan, Problem

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
HOUR = 60.0


def secret_seed() -> int:
    """A seed nobody can guess, below 2⁶³; who keeps it can draw the same plan again."""
    return secrets.randbits(63)


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where the problem's stops lie: arrays of their length n.

    ``cell_e``, ``cell_n`` name the 100 m cell, ``dong`` the 10-digit code of the 법정동 ("": none). ``must``
    marks stops that are visited every night, whatever the lot; they are exempt from the cap on repeats.
    """

    cell_e: Rows
    cell_n: Rows
    dong: NDArray[np.str_]
    must: NDArray[np.bool_]

    @classmethod
    def at(
        cls,
        cell_e: NDArray[np.integer],
        cell_n: NDArray[np.integer],
        dong: NDArray[np.str_],
        must: NDArray[np.bool_] | None = None,
    ) -> "Places":
        """Places of equal length. Raises ``RoutingError("bad_places")``."""
        size = len(cell_e)
        flags = np.zeros(size, dtype=np.bool_) if must is None else np.asarray(must, dtype=np.bool_)
        if not size == len(cell_n) == len(dong) == len(flags):
            raise RoutingError("bad_places", field="shape")
        return cls(
            np.asarray(cell_e, np.int64), np.asarray(cell_n, np.int64), np.asarray(dong, np.str_), flags
        )


@dataclass(frozen=True, slots=True, eq=False)
class Night:
    """The stops of one past night, one entry a visit: the cell, its 법정동 and the hour it began in.

    ``hour`` counts from the plan's zero (minutes // 60). ``weekday`` is 0 (Monday) to 6, -1 unknown.
    """

    cell_e: Rows
    cell_n: Rows
    hour: Rows
    dong: NDArray[np.str_]
    weekday: int = -1

    def __len__(self) -> int:
        return len(self.hour)


def visits(problem: Problem, plan: Plan) -> tuple[Rows, Rows]:
    """Rows of the stops visited and the hour each visit began in."""
    rows = np.array([stop for route in plan.routes for stop in route.stop_ids], dtype=np.int64)
    at = np.array([minute for route in plan.routes for minute in route.arrive_min], dtype=np.float64)
    begin = np.maximum(at, problem.stops.open_min[rows]) if rows.size else at
    return rows, np.floor(begin / HOUR + 1e-9).astype(np.int64)


def night_of(problem: Problem, places: Places, plan: Plan, *, weekday: int = -1) -> Night:
    """A plan as an observer in the street sees it."""
    rows, hour = visits(problem, plan)
    return Night(places.cell_e[rows], places.cell_n[rows], hour, places.dong[rows], weekday)


@dataclass(frozen=True, slots=True)
class Policy:
    """How far the lot may go.

    ``loss``: a plan that collects less than (1 - loss) of the best is never drawn. ``plans`` is how many
    different plans it is drawn from. ``cap`` = (r, n): a cell is visited at most r of n nights running.
    ``dong_share`` s: over the last ``nights`` nights and tonight a 법정동 gets at least s times the stops
    that its part of all prizes would give it, rounded down. ``dwell`` redraws the minutes at each stop
    between two bounds, ``late_min`` lets every team begin up to so many minutes later. ``predictable`` is
    the share of (cell, hour) stops that nobody should foresee more of. ``noise`` and ``appointments`` are
    where the perturbation starts; it adapts to the loss. ``floor`` is the part of the lot shared out evenly.
    """

    loss: float = 0.03
    plans: int = 40
    tries: int = 4
    cap: tuple[int, int] = (27, 28)
    nights: int = 28
    dong_share: float = 0.3
    dwell: tuple[float, float] | None = None
    late_min: float = 0.0
    predictable: float = 0.5
    noise: float = 0.3
    appointments: float = 0.3
    floor: float = 0.2
    memory: float = 0.5

    def __post_init__(self) -> None:
        fine = (
            0 < self.loss < 1 and self.plans > 0 and self.tries > 0 and 0 < self.cap[0] <= self.cap[1]
            and 0 <= self.dong_share <= 1 and self.late_min >= 0 and 0 < self.floor <= 1
            and 0 < self.predictable <= 1 and self.nights > 0
        )  # fmt: skip
        if not fine:
            raise RoutingError("bad_policy")


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A plan that the lot chose, and everything that must be stored with it.

    ``problem`` is tonight's (dwell and beginnings drawn); ``loss`` is what the plan collects less than the
    best known one, as a share, ``expected_loss`` the lot's mean; ``price`` is what the rules (caps, 법정동)
    cost before any lot.

    ``probability`` (n,) is each stop's chance of being in tonight's plan and ``by_hour`` (n, hours) of being
    visited in the hour ``first_hour`` + column. Given the ``plans`` that the lot was drawn from, both are
    exact, which is what weighting by them needs. ``error`` (n,) is the Monte-Carlo error: how far another
    set of plans would move the probability. ``predictable`` is the share of tonight's (cell, hour) stops that
    someone would foresee who knew the whole lottery but not the seed. ``unserved`` are 법정동 whose minimum
    no plan could keep.
    """

    plan: Plan
    problem: Problem = field(repr=False)
    seed: int
    loss: float
    expected_loss: float
    price: float
    probability: Floats = field(repr=False)
    by_hour: Floats = field(repr=False)
    first_hour: int
    error: Floats = field(repr=False)
    predictable: float
    plans: int
    effective: float
    tried: int
    owed: dict[str, int]
    unserved: tuple[str, ...] = ()
