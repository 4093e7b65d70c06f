"""Prizes earned by passing through a place: what a walk is worth between its stops.

A team that enters a cell earns the cell's prize, and each later pass, by whichever team, ``decay`` times as
much as the one before: K passes are worth p (1 + decay + ... + decay^(K-1)). A leg passes the cells that it
enters after the one where it begins, each once.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sunra.core.routing.errors import RoutingError
from sunra.core.routing.network import Floats, Network, as_points, cells_along

Ints = NDArray[np.int64]
Point = tuple[float, float]
NEIGHBOURS = 16
"""Legs to so many nearest nodes are walked beforehand; the search takes longer legs to pass nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Walks:
    """``prize`` (n) of the national 100 m cells ``cell_e``, ``cell_n`` (n); ``decay`` from 0 to below 1."""

    cell_e: NDArray[Any]
    cell_n: NDArray[Any]
    prize: Floats
    decay: float = 0.5

    def __post_init__(self) -> None:
        prize = np.asarray(self.prize, dtype=np.float64)
        same = prize.shape == np.shape(self.cell_e) == np.shape(self.cell_n) and prize.ndim == 1
        if not (same and np.isfinite(prize).all() and (prize >= 0).all() and 0 <= self.decay < 1):
            raise RoutingError("bad_walks", decay=self.decay)
        if len(
            set(zip(np.asarray(self.cell_e).tolist(), np.asarray(self.cell_n).tolist(), strict=True))
        ) < len(prize):
            raise RoutingError("bad_walks", decay=self.decay)

    @property
    def most(self) -> float:
        """No number of passes earns more than this."""
        return float(self.prize.sum() / (1 - self.decay))

    def worth(self, passes: ArrayLike) -> float:
        """What so many passes of each cell (n) earn together."""
        times = np.asarray(passes, dtype=np.float64)
        return float((self.prize * (1 - self.decay**times) / (1 - self.decay)).sum())

    def rows(self) -> dict[tuple[int, int], int]:
        """Row of each cell."""
        pairs = zip(np.asarray(self.cell_e).tolist(), np.asarray(self.cell_n).tolist(), strict=True)
        return {cell: row for row, cell in enumerate(pairs)}

    def passes(self, ways: Iterable[ArrayLike]) -> Ints:
        """How often legs, each (k, 2) of longitude and latitude, pass each cell, (n,)."""
        rows, count = self.rows(), np.zeros(len(self.prize), np.int64)
        for way in ways:
            count[_passed(way, rows)] += 1
        return count


@dataclass(frozen=True, slots=True, eq=False)
class Legs:
    """Which cells a leg passes, for the compiled search: ``of`` (layouts, n+2, n+2) is a row or -1; its
    cells are ``cells[starts[row] : starts[row + 1]]``; ``prize`` (cells) and ``decay`` as in ``Walks``.
    """

    of: NDArray[np.int32]
    starts: Ints
    cells: NDArray[np.int32]
    prize: Floats
    decay: float

    @classmethod
    def none(cls) -> "Legs":
        """No prize for passing."""
        empty = np.zeros(0, np.int32)
        return cls(np.zeros((1, 1, 1), np.int32), np.zeros(1, np.int64), empty, np.zeros(0), 0.0)


class Pathways(Protocol):
    """A network that finds many ways at once."""

    def paths(self, starts: Floats, ends: Floats) -> list[Floats]:
        """The ways from each start to the end of its row."""
        ...


def legs(walks: Walks, network: Network, lines: Sequence[tuple[Sequence[Point], Floats]]) -> Legs:
    """Walk every leg between near nodes once.

    ``lines``: for each layout its points, stops first, start and end last, and the metres between them.
    """
    rows = walks.rows()
    wanted: dict[tuple[Point, Point], int] = {}
    of = []
    for points, metres in lines:
        table = np.full(metres.shape, -1, np.int32)
        for a, b in _near(metres):
            table[a, b] = wanted.setdefault((points[a], points[b]), len(wanted))
        of.append(table)
    cells = [_passed(way, rows) for way in _ways(network, list(wanted))]
    starts = np.concatenate([[0], np.cumsum([len(some) for some in cells])]).astype(np.int64)
    flat = np.concatenate([*cells, np.zeros(0, np.int64)]).astype(np.int32)
    return Legs(np.array(of), starts, flat, np.asarray(walks.prize, np.float64), walks.decay)


def _near(metres: Floats) -> list[tuple[int, int]]:
    """Legs to each node's nearest, and all from the start and to the end; never into a start."""
    size = len(metres) - 2
    pairs = {(size, size + 1)}
    for a in range(size):
        pairs.update(((size, a), (a, size + 1)))
        for b in np.argsort(metres[a, :size], kind="stable")[: NEIGHBOURS + 1].tolist():
            if a != b:
                pairs.update(((a, b), (b, a)))
    return sorted(pairs)


def _ways(network: Any, pairs: list[tuple[Point, Point]]) -> list[Floats]:
    if not pairs:
        return []
    starts, ends = (as_points([pair[side] for pair in pairs]) for side in (0, 1))
    if hasattr(network, "paths"):
        found: list[Floats] = network.paths(starts, ends)
        return found
    return [network.path(a, b) for a, b in zip(starts, ends, strict=True)]


def _passed(way: ArrayLike, rows: dict[tuple[int, int], int]) -> Ints:
    """Rows of the cells with a prize that a leg enters after its first, each once."""
    line = as_points(way)
    if len(line) < 2 or math.isclose(float(np.ptp(line, axis=0).sum()), 0.0, abs_tol=1e-12):
        return np.zeros(0, np.int64)
    east, north = cells_along(line)
    first = (int(east[0]), int(north[0]))
    entered = set(zip(east.tolist(), north.tolist(), strict=True)) - {first}
    return np.array(sorted(rows[cell] for cell in entered if cell in rows), dtype=np.int64)
