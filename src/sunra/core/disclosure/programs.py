"""The linear programs of suppression: what hidden cells could be, and what else must be hidden.

Stated in x, the possible values of all nodes. Cells that are shown are held at their count; in the repair
program they may move at a cost, and those that move are what must be hidden as well (the linear relaxation
of the cell suppression problem: M. Fischetti, J.-J. Salazar-González, Mathematical Programming 84, 1999).
"""

from dataclasses import dataclass

import numpy as np
import scipy
from scipy.sparse import csr_array, hstack, identity, vstack
from scipy.sparse.csgraph import connected_components

from sunra.core.disclosure.system import System

EPSILON = 1e-6
OPTIMAL, INFEASIBLE = 0, 2


class Unsolved(RuntimeError):  # noqa: N818
    """The solver gave up; nothing may be published on its word."""


@dataclass(eq=False)
class Free:
    """The system with everything shown put in: only unknown nodes are left, in their connected parts."""

    columns: np.ndarray
    equal: csr_array
    equal_rest: np.ndarray
    order: csr_array
    order_rest: np.ndarray
    part: np.ndarray
    """Number of the connected part of each column."""

    def within(self, part: int | None) -> "Free":
        """One connected part, or everything."""
        if part is None:
            return self
        chosen = np.flatnonzero(self.part == part)
        equal, rows = _rows_with(self.equal, chosen)
        order, lines = _rows_with(self.order, chosen)
        return Free(
            self.columns[chosen], equal, self.equal_rest[rows], order, self.order_rest[lines],
            np.zeros(len(chosen), dtype=np.int64),
        )  # fmt: skip


def free(system: System, shown: np.ndarray) -> Free:
    """``shown``: bool per node. Raises nothing; what contradicts shows when solved."""
    fixed = np.zeros(system.width, dtype=bool)
    fixed[: len(shown)] = shown
    value = np.zeros(system.width)
    value[: len(shown)] = np.where(shown, system.truth, 0.0)
    columns = np.flatnonzero(~fixed)
    equal, kept = _rows_with(system.equal, columns)
    order, lines = _rows_with(system.order, columns)
    rest = -(system.equal @ value)[kept]
    least = -(system.order @ value)[lines]
    both = vstack([equal, order]) if order.shape[0] else equal
    links = (abs(both).T @ abs(both)).tocsr()
    _count, part = connected_components(links, directed=False)
    return Free(columns, equal, rest, order, least, part)


def _rows_with(matrix: csr_array, columns: np.ndarray) -> tuple[csr_array, np.ndarray]:
    """The rows that touch the columns, cut down to them; and which rows they were."""
    cut = matrix[:, columns]
    rows = np.flatnonzero(np.diff(cut.indptr))
    return cut[rows], rows


def possible(space: Free, cost: np.ndarray, most: np.ndarray | None = None) -> np.ndarray:
    """A possible x ≤ ``most`` of the free columns with the least ``cost``, which must have an end."""
    done = scipy.optimize.linprog(
        cost,
        A_ub=-space.order if space.order.shape[0] else None,
        b_ub=-space.order_rest if space.order.shape[0] else None,
        A_eq=space.equal if space.equal.shape[0] else None,
        b_eq=space.equal_rest if space.equal.shape[0] else None,
        bounds=(0, None) if most is None else np.column_stack([np.zeros(len(most)), most]),
        method="highs",
    )
    if done.status != OPTIMAL:
        raise Unsolved(done.message)
    return np.asarray(done.x)


def towards_five(space: Free, wanted: np.ndarray, threshold: float) -> np.ndarray:
    """A possible x in which as many of the ``wanted`` columns as can be reach the threshold together."""
    size, extra = len(space.columns), len(wanted)
    reach = csr_array((np.full(extra, -1.0), (np.arange(extra), wanted)), shape=(extra, size))  # t - x <= 0
    upper = hstack([reach, identity(extra, format="csr")])
    limits = np.zeros(extra)
    if space.order.shape[0]:
        upper = vstack([upper, hstack([-space.order, csr_array((space.order.shape[0], extra))])])
        limits = np.concatenate([limits, -space.order_rest])
    equal = hstack([space.equal, csr_array((space.equal.shape[0], extra))])
    bounds = [(0, None)] * size + [(0, threshold)] * extra
    done = scipy.optimize.linprog(
        np.concatenate([np.zeros(size), -np.ones(extra)]),
        A_ub=upper, b_ub=limits, A_eq=equal if equal.shape[0] else None,
        b_eq=space.equal_rest if equal.shape[0] else None, bounds=bounds, method="highs",
    )  # fmt: skip
    if done.status != OPTIMAL:
        raise Unsolved(done.message)
    return np.asarray(done.x[:size])


def repair(
    system: System, *, held: np.ndarray, price: np.ndarray, node: int, low: float | None, high: float | None
) -> np.ndarray | None:
    """The cheapest x in which ``node`` is at most ``low`` or at least ``high``.

    ``held``: bool per node, may not move; ``price`` per node for each unit by which it moves (0 for hidden
    ones). None when there is no such x.
    """
    count, width = len(system.truth), system.width
    space = free(system, held)
    names = space.columns
    nodes = names < count
    paying = np.flatnonzero(nodes & (np.where(nodes, price[np.minimum(names, count - 1)], 0.0) > 0))
    size, extra = len(names), len(paying)
    home = system.truth[names[paying]]
    # |x - a| <= t for the cells that pay
    pick = csr_array((np.ones(extra), (np.arange(extra), paying)), shape=(extra, size))
    one = identity(extra, format="csr")
    upper = vstack([hstack([pick, -one]), hstack([-pick, -one])])
    limits = np.concatenate([home, -home])
    if space.order.shape[0]:
        upper = vstack([upper, hstack([-space.order, csr_array((space.order.shape[0], extra))])])
        limits = np.concatenate([limits, -space.order_rest])
    equal = hstack([space.equal, csr_array((space.equal.shape[0], extra))])
    least, most = np.zeros(size + extra), np.full(size + extra, np.inf)
    at = int(np.searchsorted(names, node))
    if low is not None:
        most[at] = low
    if high is not None:
        least[at] = high
    done = scipy.optimize.linprog(
        np.concatenate([np.zeros(size), price[names[paying]]]),
        A_ub=upper, b_ub=limits, A_eq=equal if equal.shape[0] else None,
        b_eq=space.equal_rest if equal.shape[0] else None,
        bounds=np.column_stack([least, most]), method="highs",
    )  # fmt: skip
    if done.status == INFEASIBLE:
        return None
    if done.status != OPTIMAL:
        raise Unsolved(done.message)
    whole = np.zeros(width)
    whole[:count] = system.truth
    whole[names] = done.x[:size]
    return whole
