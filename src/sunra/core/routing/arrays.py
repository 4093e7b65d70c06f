"""A problem laid out for the compiled search, and a solution as it changes there."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sunra.core.routing.network import Floats
from sunra.core.routing.problem import Ints
from sunra.core.routing.walks import Legs

FAR = 1e7
"""Minutes of a way that is closed."""
_EVEN = 1e-5
"""Minutes by which a way back may differ and still count as long as the way there."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrays:
    """The problem of one search, n nodes to visit and m teams; times in minutes.

    ``kind`` (m) numbers classes of equal teams; ``travel`` (classes, n+2, n+2) with start and end as n and
    n+1; ``allowed`` (m, n); ``pinned`` (n) stay where ``fixed`` put them; ``legs`` by class.
    """

    kind: Ints
    travel: Floats
    dwell: Floats
    opens: Floats
    closes: Floats
    firsts: Floats
    lasts: Floats
    allowed: NDArray[np.bool_]
    pinned: NDArray[np.bool_]
    prize: Floats
    fixed: tuple[tuple[int, ...], ...]
    legs: Legs = field(default_factory=Legs.none)

    @property
    def usual(self) -> float:
        """What a usual node is worth: the median of all that are worth something; 0 when none is."""
        worth = self.prize[self.prize > 0]
        return float(np.median(worth)) if len(worth) else 0.0

    @property
    def free_hours(self) -> bool:
        """No stop has a window that matters and ways are as long back: the shift alone bounds visits."""
        return bool(
            (self.opens <= self.firsts.min()).all()
            and (self.closes >= self.lasts.max()).all()
            and (self.travel < FAR).all()
            and all(np.abs(one[:-2, :-2] - one[:-2, :-2].T).max(initial=0.0) <= _EVEN for one in self.travel)
        )


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Routes as rows of node numbers with their lengths, and the team of each node (-1: none)."""

    routes: Ints
    lengths: Ints
    team_of: Ints

    def copy(self) -> "State":
        """An independent copy."""
        return State(self.routes.copy(), self.lengths.copy(), self.team_of.copy())

    def nodes(self, team: int) -> list[int]:
        """The nodes that a team visits, in order."""
        return [int(node) for node in self.routes[team, 1 : self.lengths[team] - 1]]


def empty(arrays: Arrays) -> State:
    """Routes from start to end through what is fixed."""
    size, teams = len(arrays.prize), len(arrays.kind)
    routes = np.zeros((teams, size + 2), np.int64)
    lengths, team_of = np.zeros(teams, np.int64), np.full(size, -1, np.int64)
    for team in range(teams):
        line = [size, *arrays.fixed[team], size + 1]
        routes[team, : len(line)], lengths[team] = line, len(line)
        team_of[list(arrays.fixed[team])] = team
    return State(routes, lengths, team_of)
