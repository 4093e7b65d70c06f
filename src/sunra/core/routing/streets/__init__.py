"""Streets as a graph: read from what cities publish, joined, measured, and walked or driven along."""

from sunra.core.routing.streets.errors import Limits, StreetFileError
from sunra.core.routing.streets.graph import Snapped, StreetGraph
from sunra.core.routing.streets.juso import read_juso
from sunra.core.routing.streets.osm import read_osm
from sunra.core.routing.streets.plain import read_edges
from sunra.core.routing.streets.reach import NO_RETURN, NO_STREET, NOT_MAIN, Reach, reach
from sunra.core.routing.streets.report import StreetReport
from sunra.core.routing.streets.seoul import read_seoul_walking

__all__ = [
    "NOT_MAIN",
    "NO_RETURN",
    "NO_STREET",
    "Limits",
    "Reach",
    "Snapped",
    "StreetFileError",
    "StreetGraph",
    "StreetReport",
    "reach",
    "read_edges",
    "read_juso",
    "read_osm",
    "read_seoul_walking",
]
