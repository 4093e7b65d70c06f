"""What is hidden now, and which hidden cells are known to be safe."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sunra.core.disclosure.programs import EPSILON
from sunra.core.disclosure.system import System

Secondary = Literal["full", "width"]
_DEAR = 20.0
_ROUNDS = 4
"""So often sums of sums are looked through for what is known."""


@dataclass(frozen=True, slots=True)
class Way:
    """How repairs choose: they pay ``(1 + count) ** power`` for each unit by which a cell moves, begin with
    the smallest or just anywhere, and do ``at_once`` of them between two programs for all.
    """

    power: float
    smallest_first: bool
    at_once: int = 8


@dataclass(eq=False)
class State:
    """One suppression on its way."""

    system: System
    threshold: int
    secondary: Secondary
    hidden: np.ndarray
    earlier: np.ndarray
    """Nodes whose value was published before (or is a known zero): they may not move."""
    movable: np.ndarray
    """Nodes that only the new tables show."""
    low: np.ndarray
    high: np.ndarray
    """Whether an x is known in which the node is low or high enough."""
    floor: np.ndarray
    optional: np.ndarray
    """Nodes that are hidden for the sake of others alone, if at all."""
    price: np.ndarray
    """What it costs to hide a node, per unit by which a program moves it."""
    before: int
    """How many tables were published earlier."""
    way: Way
    solved: int = 0

    def shown(self) -> np.ndarray:
        """Nodes whose value is public."""
        return np.asarray(self.earlier | (self.movable & ~self.hidden))

    def target(self) -> np.ndarray:
        """How low each hidden node must be able to be."""
        truth = self.system.truth
        if self.secondary == "full":
            return self.floor
        large = truth >= self.threshold
        return np.asarray(np.maximum(self.floor, np.where(large, truth - self.threshold, 0.0)))

    def reach(self) -> np.ndarray:
        """How high each hidden node must be able to be."""
        return self.floor + self.threshold

    def certify(self, nodes: np.ndarray, values: np.ndarray) -> int:
        """Note what a possible x proves; returns how much was new."""
        before = int(self.low.sum() + self.high.sum())
        self.low[nodes] |= values <= self.target()[nodes] + EPSILON
        self.high[nodes] |= values >= self.reach()[nodes] - EPSILON
        return int(self.low.sum() + self.high.sum()) - before


def prices(system: System, was_shown: np.ndarray, power: float) -> np.ndarray:
    """What published counts tell to be no zero costs a multiple: it cannot have the whole interval."""
    known = least_known(system, was_shown) > 0
    return np.asarray((1.0 + system.truth) ** power * np.where(known, _DEAR, 1.0))


def least_known(system: System, was_shown: np.ndarray) -> np.ndarray:
    """What published counts say of each node at least: it holds their sum, or has grown from them."""
    least = np.zeros(system.width)
    least[: len(was_shown)] = np.where(was_shown, system.truth, 0.0)
    for matrix in (system.equal, system.order) * _ROUNDS:
        if not matrix.shape[0]:
            continue
        parts = (-matrix).maximum(0) @ least
        owners = matrix.maximum(0).tocoo().coords
        np.maximum.at(least, owners[1], parts[owners[0]])
    return least[: len(was_shown)]
