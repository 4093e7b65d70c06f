"""Distances asked once for all the plans of a lottery."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sunra.core.routing.network import Floats, Network, as_points
from sunra.core.routing.problem import Plan, Problem


class Known:
    """The network of one problem with its metres kept: every plan of the pool asks for the same points.

    Ways are drawn as straight lines; only the plan that is drawn needs its real ones (``with_ways``).
    """

    def __init__(self, problem: Problem) -> None:
        stops, teams = problem.stops, problem.teams
        points = [
            *zip(stops.lon.tolist(), stops.lat.tolist(), strict=True),
            *(end for team in teams for end in (team.start, team.end)),
            *(rest.place for team in teams for rest in team.breaks if rest.place is not None),
        ]
        unique = sorted(set(points))
        self._row = {point: row for row, point in enumerate(unique)}
        self._metres = problem.network.matrix(np.array(unique), np.array(unique))
        self._network: Network = problem.network

    @property
    def turns(self) -> bool:
        """Whether the ways that the drawn plan gets follow streets."""
        return self._network.turns

    def _rows(self, points: ArrayLike) -> list[int]:
        return [self._row[(float(lon), float(lat))] for lon, lat in as_points(points)]

    def matrix(self, sources: ArrayLike, targets: ArrayLike) -> Floats:
        """Metres from each source to each target, (n, m); both must be points of the problem."""
        metres: Floats = self._metres[np.ix_(self._rows(sources), self._rows(targets))]
        return metres

    def path(self, start: ArrayLike, end: ArrayLike) -> Floats:
        """The two points."""
        return np.vstack([as_points(start), as_points(end)])

    def covers(self, lon: ArrayLike, lat: ArrayLike, metres: float) -> NDArray[np.bool_]:
        """As the network says."""
        return self._network.covers(lon, lat, metres)


def with_ways(problem: Problem, plan: Plan) -> Plan:
    """The plan with the ways of the problem's own network along its lines."""
    routes = []
    for route in plan.routes:
        legs = [problem.network.path(a, b) for a, b in pairwise(route.line)]
        line = np.vstack([legs[0], *(leg[1:] for leg in legs[1:])]) if legs else route.line
        routes.append(replace(route, line=line))
    return replace(plan, routes=tuple(routes))
