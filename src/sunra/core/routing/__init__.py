"""Street graphs, distances and patrol plans: ``plan(problem, stop, *, seed=0)`` and its ``check``."""

from sunra.core.routing.checks import Violation, check
from sunra.core.routing.errors import RoutingError
from sunra.core.routing.network import Network, StraightLine
from sunra.core.routing.planner import plan
from sunra.core.routing.problem import (
    SPEEDS_KMH,
    Break,
    Plan,
    Problem,
    Route,
    Stop,
    Stops,
    Team,
    draw_dwell,
)
from sunra.core.routing.search import Params, warm
from sunra.core.routing.streets import Snapped, StreetGraph, StreetReport

__all__ = [
    "SPEEDS_KMH",
    "Break",
    "Network",
    "Params",
    "Plan",
    "Problem",
    "Route",
    "RoutingError",
    "Snapped",
    "Stop",
    "Stops",
    "StraightLine",
    "StreetGraph",
    "StreetReport",
    "Team",
    "Violation",
    "check",
    "draw_dwell",
    "plan",
    "warm",
]
