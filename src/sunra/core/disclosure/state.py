"""What is hidden now, and which hidden cells are known to be safe."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sunra.core.disclosure.programs import EPSILON
from sunra.core.disclosure.system import System

Secondary = Literal["full", "width"]


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
