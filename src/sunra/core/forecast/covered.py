"""Whether the counts of a rolling test lie inside the forecasts' 90 % intervals as often as they should.

The spread of each kind of unit (``intervals``) is learnt from the periods of the test that are over, so the
first few are not judged; the randomised transform of every later count is even on 0-1 when the interval is
right. Units: single cells, blocks of ten by ten cells, and all cells together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast import intervals
from sunra.core.forecast.history import History

BLOCK = 10
MOST_CELLS = 20_000
"""A random part of the cells is judged where there are more: enough for a share of 90 % to .1 points."""
LEAST_PERIODS, MOST_LEARNT = 4, 26

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Units:
    """``judged``: int64, cells judged one by one; ``block``: int64 (cells,), number of each cell's block."""

    judged: NDArray[np.int64]
    block: NDArray[np.int64]
    seed: int

    @classmethod
    def of(cls, history: History, *, seed: int) -> "Units":
        """Blocks by position; the judged cells by the seed."""
        place = np.column_stack((history.east // BLOCK, history.north // BLOCK))
        block = np.unique(place, axis=0, return_inverse=True)[1].ravel().astype(np.int64)
        judged = np.arange(history.cells)
        if history.cells > MOST_CELLS:
            judged = np.sort(np.random.default_rng(seed).choice(history.cells, MOST_CELLS, replace=False))
        return cls(judged.astype(np.int64), block, seed)

    def sums(self, values: Numbers) -> dict[str, Numbers]:
        """The values of a period by unit."""
        return {
            "cell": values[self.judged],
            "block": np.bincount(self.block, values).astype(np.float64),
            "all": values.sum(keepdims=True),
        }


@dataclass(eq=False)
class Covered:
    """What one method's intervals held so far. ``inside``, ``judged``: counts by unit."""

    inside: dict[str, int] = field(default_factory=dict)
    judged: dict[str, int] = field(default_factory=dict)
    spread: dict[str, float] = field(default_factory=dict)
    past: dict[str, list[tuple[Numbers, Numbers]]] = field(default_factory=dict)
    periods: int = 0

    def note(self, units: Units, expected: Numbers, events: Numbers) -> None:
        """Judge one period by the spreads learnt so far, then let it count among the known ones."""
        made, came = units.sums(expected), units.sums(events)
        for name in made:
            if name in self.spread:
                even = intervals.pit(
                    made[name], came[name], self.spread[name], seed=units.seed + self.periods
                )
                share, _ = intervals.coverage(even)
                self.inside[name] = self.inside.get(name, 0) + round(share * even.size)
                self.judged[name] = self.judged.get(name, 0) + even.size
            known = self.past.setdefault(name, [])
            known.append((made[name], came[name]))
            del known[:-MOST_LEARNT]
        self.periods += 1
        # Learnt anew whenever twice as much is known: each learning looks at all of it.
        if self.periods >= LEAST_PERIODS and self.periods & (self.periods - 1) == 0:
            for name, known in self.past.items():
                mean, count = (np.concatenate(part) for part in zip(*known, strict=True))
                self.spread[name] = intervals.learn(mean, count)

    def shares(self) -> Mapping[str, tuple[float, float]]:
        """By unit the share of counts inside and its standard error if they were independent."""
        found = {}
        for name, judged in self.judged.items():
            share = self.inside[name] / judged
            found[name] = (share, float(np.sqrt(share * (1 - share) / judged)))
        return found
