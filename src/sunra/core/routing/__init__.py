"""Street graphs, distances and patrol plans: ``plan(problem, stop, *, seed=0)`` and its ``check``."""

from sunra.core.routing.checks import Violation, check
from sunra.core.routing.errors import RoutingError
from sunra.core.routing.network import CellNetwork, Network, StraightLine
from sunra.core.routing.planner import plan
from sunra.core.routing.problem import (
    SPEEDS_KMH,
    Break,
    Plan,
    Problem,
    Response,
    Route,
    Stop,
    Stops,
    Team,
    draw_dwell,
)
from sunra.core.routing.search import Params, warm
from sunra.core.routing.streets import (
    Limits,
    Reach,
    Snapped,
    StreetFileError,
    StreetGraph,
    StreetReport,
    reach,
    read_edges,
    read_juso,
    read_osm,
    read_seoul_walking,
)
from sunra.core.routing.walks import Walks

__all__ = [
    "SPEEDS_KMH",
    "Break",
    "CellNetwork",
    "Limits",
    "Network",
    "Params",
    "Plan",
    "Problem",
    "Reach",
    "Response",
    "Route",
    "RoutingError",
    "Snapped",
    "Stop",
    "Stops",
    "StraightLine",
    "StreetFileError",
    "StreetGraph",
    "StreetReport",
    "Team",
    "Violation",
    "Walks",
    "check",
    "draw_dwell",
    "plan",
    "reach",
    "read_edges",
    "read_juso",
    "read_osm",
    "read_seoul_walking",
    "warm",
]
