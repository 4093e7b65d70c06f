"""The cars' guarantee: every point stays within some minutes of a car on duty, whatever the plan.

A scheme that can be proved leg by leg. At any time the points are shared out among the cars then on duty
(sectors); a car serves its sector from wherever it is: at a stop i within t(i, q) minutes of point q, and
on the way from i to j, turning round where that is shorter, within

    min(s + t(i, q), L - s + t(j, q)) <= (L + t(i, q) + t(j, q)) / 2      s minutes driven of L

So a car may use the leg i -> j only where the right side is at most ``minutes`` for its whole sector. It
takes streets that can be driven both ways. A car that is home early waits there until its shift ends.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy
from numpy.typing import NDArray

from sunra.core.routing.network import Floats, as_points, project
from sunra.core.routing.problem import Ints, Problem, Team

_LLOYD = 12


@dataclass(frozen=True, slots=True, eq=False)
class Sectors:
    """By row of the team the rows of the points it answers for, and the points that no car can."""

    of: dict[int, Ints]
    unguarded: tuple[int, ...]


def minutes_to(problem: Problem, team: Team, places: list[tuple[float, float]]) -> Floats:
    """Minutes of a car from each place to each point, (places, points)."""
    response = problem.response
    if response is None or not places:
        return np.zeros((len(places), 0))
    points = np.column_stack([response.lon, response.lat])
    found: Floats = problem.network.matrix(np.array(places), points) / team.metres_per_minute
    return found


def watches(teams: tuple[Team, ...]) -> list[tuple[float, float, list[int]]]:
    """Spans of time with the rows of the cars on duty in them."""
    cars = [row for row, team in enumerate(teams) if team.kind == "car"]
    edges = sorted({edge for row in cars for edge in (teams[row].begin_min, _finish(teams[row]))})
    spans = []
    for begin, end in pairwise(edges):
        on_duty = [row for row in cars if teams[row].begin_min <= begin and _finish(teams[row]) >= end]
        if on_duty:
            spans.append((begin, end, on_duty))
    return spans


def _finish(team: Team) -> float:
    return team.begin_min + team.shift_min


def open_legs(reach: Floats, travel: Floats, minutes: float) -> NDArray[np.bool_]:
    """Legs (nodes, nodes) that keep every point of a sector within ``minutes``; ``reach`` (nodes, points)."""
    worst = np.zeros_like(travel)
    for column in reach.T:
        np.maximum(worst, column[:, None] + column[None, :], out=worst)
    there = reach.max(axis=1, initial=0.0) <= minutes + 1e-9
    legs: NDArray[np.bool_] = (travel + worst) / 2 <= minutes + 1e-9
    open_both: NDArray[np.bool_] = legs & there[:, None] & there[None, :]
    return open_both


def sectors(
    problem: Problem, lines: dict[int, list[int]], reach: dict[int, Floats], travel: dict[int, Floats]
) -> Sectors:
    """Share the points out among the cars of each watch.

    ``lines`` are the nodes that each car passes in any case (start, what is fixed, end), ``reach`` the
    minutes from its nodes to the points, ``travel`` between its nodes. A point goes to a car that keeps it
    in reach on that line; compact sectors come from Lloyd's means over the points.
    """
    response = problem.response
    if response is None:
        return Sectors({}, ())
    spots = project(as_points(np.column_stack([response.lon, response.lat])))
    of: dict[int, set[int]] = {row: set() for row in lines}
    alone: set[int] = set() if watches(problem.teams) else set(range(len(spots)))
    able = {row: _able(reach[row], travel[row], line, response.minutes) for row, line in lines.items()}
    for _begin, _end, cars in watches(problem.teams):
        order = _order(problem, spots, cars)
        for point in range(len(spots)):
            taker = next((car for car in order[point] if able[car][point]), None)
            if taker is None:
                alone.add(point)
            else:
                of[taker].add(point)
    kept = {row: np.array(sorted(points), dtype=np.intp) for row, points in of.items()}
    return Sectors(kept, tuple(sorted(alone)))


def _able(reach: Floats, travel: Floats, line: list[int], minutes: float) -> NDArray[np.bool_]:
    """Which points a car keeps in reach on the line it passes in any case."""
    worst: Floats = reach[line].max(axis=0)
    for a, b in pairwise(line):
        worst = np.maximum(worst, (travel[a, b] + reach[a] + reach[b]) / 2)
    able: NDArray[np.bool_] = worst <= minutes + 1e-9
    return able


def _order(problem: Problem, spots: Floats, cars: list[int]) -> list[list[int]]:
    """For each point the cars on duty, that of its own cluster first, then by the clusters' distance."""
    if len(spots) == 0:
        return []
    bases = project(as_points([problem.teams[car].start for car in cars]))
    centres = _centres(spots, len(cars))
    cost = np.hypot(*(bases[:, None, axis] - centres[None, :, axis] for axis in (0, 1)))
    rows, columns = scipy.optimize.linear_sum_assignment(cost)
    own = np.array([cars[row] for row in rows[np.argsort(columns)]])
    away = np.hypot(*(spots[:, None, axis] - centres[None, :, axis] for axis in (0, 1)))
    return [[int(own[at]) for at in np.argsort(row, kind="stable")] for row in away]


def _centres(spots: Floats, count: int) -> Floats:
    """Lloyd's means, begun with points far from each other; (count, 2)."""
    centres = [spots.mean(axis=0)]
    while len(centres) <= count:
        apart = np.min([np.hypot(*(spots - centre).T) for centre in centres], axis=0)
        centres.append(spots[int(np.argmax(apart))])
    found = np.array(centres[1:])
    for _ in range(_LLOYD):
        near = np.argmin(np.hypot(*(spots[:, None, a] - found[None, :, a] for a in (0, 1))), axis=1)
        for at in range(count):
            if (near == at).any():
                found[at] = spots[near == at].mean(axis=0)
    return found
