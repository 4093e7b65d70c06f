"""Chooses the best disjoint set of routes met on the way: set packing, exact but for its limits.

The linear relaxation over all routes prices each of them. One whose reduced cost is worse than the distance
between the relaxation and the plan at hand is in no better plan, so that few routes are left to choose from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy.sparse import csc_array

from sunra.core.routing.arrays import Arrays
from sunra.core.routing.network import Floats
from sunra.core.routing.problem import Clock

Key = tuple[int, tuple[int, ...]]
"""A route that was met: its class of teams, and its nodes by number."""
SHARE = 0.04
"""A packing ends by nodes of its tree, and by its share of the time only where time ends the search."""
_NODES, _COLUMNS, _COLUMNS_IN_TIME = 50, 500, 1500
"""Where no clock ends a packing fewer routes are chosen from: the tree's root takes seconds with 1,500."""
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Limits:
    """When a packing ends: at ``seconds``, at ``nodes`` of its tree; ``columns`` are chosen from."""

    seconds: float = float("inf")
    nodes: int = _NODES
    columns: int = _COLUMNS

    @classmethod
    def of(cls, clock: Clock) -> "Limits":
        """What a running search can spare."""
        if not clock.paced:
            return cls()
        left = 0.6 * (clock.stop.seconds - clock.elapsed())  # the rest goes into laying the packing out
        return cls(max(0.01, min(clock.stop.seconds * SHARE, left)), columns=_COLUMNS_IN_TIME)

    def half(self) -> dict[str, float]:
        """For each of the two solutions, as HiGHS calls it."""
        return {"time_limit": self.seconds / 2} if np.isfinite(self.seconds) else {}


def evenly(worth: Mapping[Key, float], arrays: Arrays, most: int) -> list[Key]:
    """The routes worth most, of each class as many as its teams' share: far bases have some, too."""
    kinds, teams = np.unique(arrays.kind, return_counts=True)
    left = {
        int(kind): most * int(count) // len(arrays.kind) for kind, count in zip(kinds, teams, strict=True)
    }
    kept = []
    for key in sorted(worth, key=lambda key: (-worth[key], key)):
        left[key[0]] -= 1
        if left[key[0]] >= 0:
            kept.append(key)
    return kept


def pack(worth: Mapping[Key, float], arrays: Arrays, above: float, limits: Limits) -> list[Key] | None:
    """Routes worth more than ``above`` together, or None: no node twice, of no class more than its teams."""
    keys = list(worth)
    values = np.array([worth[key] for key in keys])
    matrix, most = _matrix(keys, arrays)
    relaxed: Any = scipy.optimize.linprog(
        -values, A_ub=matrix, b_ub=most, bounds=(0, None), method="highs", options=limits.half()
    )
    if relaxed.status != 0 or -relaxed.fun <= above + _TINY:
        return None
    reduced: Floats = values + matrix.T @ relaxed.ineqlin.marginals
    order: NDArray[np.intp] = np.argsort(-reduced, kind="stable")
    columns = order[: int(np.searchsorted(-reduced[order], -relaxed.fun - above + _TINY))][: limits.columns]
    found: Any = scipy.optimize.milp(
        -values[columns],
        constraints=scipy.optimize.LinearConstraint(matrix[:, columns], -np.inf, most),
        integrality=np.ones(len(columns)),
        bounds=scipy.optimize.Bounds(0, 1),
        options={"node_limit": limits.nodes, **limits.half()},
    )
    if found.x is None or -found.fun <= above + _TINY:
        return None
    return [keys[columns[at]] for at in np.flatnonzero(found.x > 0.5)]


def _matrix(keys: list[Key], arrays: Arrays) -> tuple[csc_array, Floats]:
    """Which nodes and which class each route takes, and how many of each there are."""
    size = len(arrays.prize)
    kinds, teams = np.unique(arrays.kind, return_counts=True)
    place = {int(kind): size + row for row, kind in enumerate(kinds)}
    rows = [row for kind, nodes in keys for row in (*nodes, place[kind])]
    ends = np.concatenate([[0], np.cumsum([len(nodes) + 1 for _, nodes in keys])])
    matrix = csc_array((np.ones(len(rows)), rows, ends), shape=(size + len(kinds), len(keys)))
    return matrix, np.concatenate([np.ones(size), teams.astype(np.float64)])
