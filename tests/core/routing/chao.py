"""Reads public team orienteering files (Chao, Golden, Wasil) as problems on a plane."""

from dataclasses import dataclass

import numpy as np

from sunra.core.routing import Problem, Stops, Team
from sunra.core.routing.network import as_points


@dataclass(frozen=True)
class Plane:
    """Exact Euclidean distances between raw coordinates."""

    turns = False

    def matrix(self, sources, targets):
        """Distances, (n, m)."""
        a, b = as_points(sources), as_points(targets)
        return np.hypot(a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1])

    def path(self, start, end):
        """The two points."""
        return np.vstack([as_points(start), as_points(end)])

    def covers(self, lon, lat, metres):
        """Everything."""
        return np.ones(np.broadcast(lon, lat).shape, dtype=bool)


def read_chao(text):
    """The problem of a file: ``n``, ``m``, ``tmax``, then ``x y prize``, start first and end last."""
    head, rows = text.split("\n")[:3], text.split("\n")[3:]
    teams, budget = int(head[1].split()[1]), float(head[2].split()[1])
    table = np.array([[float(v) for v in row.split()] for row in rows if row.strip()])
    start, end = tuple(table[0, :2].tolist()), tuple(table[-1, :2].tolist())
    stops = Stops.at(table[1:-1, 0], table[1:-1, 1], table[1:-1, 2], dwell_min=0.0)
    crew = tuple(Team(f"t{i}", "foot", start, end, budget, speed_kmh=0.06) for i in range(teams))
    return Problem(stops, crew, Plane())
