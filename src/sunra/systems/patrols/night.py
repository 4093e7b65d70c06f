"""What a plan needs to know of the risk of a night, and which cells are worth a stop."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from sunra.platform.base.time import SEOUL

SLOT_MINUTES = 120.0
STOPS_PER_TEAM, FEWEST_STOPS = 25, 40


@dataclass(frozen=True, eq=False)
class NightRisk:
    """A forecast as the planner sees it: ``expected`` (cells, 12) and ``grade`` (cells, 12) from
    ``first_hour``.
    """

    forecast_id: UUID
    district: str
    day: dt.date
    first_hour: int
    event_source: str
    graded: bool
    demo: bool
    cell_e: NDArray[np.int32]
    cell_n: NDArray[np.int32]
    dong: tuple[str, ...]
    count: NDArray[np.float64]
    expected: NDArray[np.float64]
    grade: NDArray[np.uint8]

    @property
    def zero(self) -> dt.datetime:
        """The moment at which minute 0 of the plan lies."""
        return dt.datetime.combine(self.day, dt.time(self.first_hour), tzinfo=SEOUL)

    def during(self, begin: float, end: float) -> NDArray[np.float64]:
        """Expected count of each cell between two minutes; a slot counts by the part of it that lies
        inside.
        """
        edges = np.arange(self.expected.shape[1]) * SLOT_MINUTES
        inside = np.minimum(edges + SLOT_MINUTES, end) - np.maximum(edges, begin)
        return np.asarray(self.expected @ (np.clip(inside, 0, None) / SLOT_MINUTES), dtype=np.float64)

    def slot_at(self, minute: float) -> int:
        """The slot (0-11) that holds a minute."""
        return int(np.clip(minute // SLOT_MINUTES, 0, self.expected.shape[1] - 1))


def candidates(value: NDArray[np.float64], risk: NightRisk, *, teams: int) -> NDArray[np.intp]:
    """Rows of the cells worth a stop, best first: no two are neighbours, for a stop is seen from next door
    too.
    """
    wanted = max(FEWEST_STOPS, STOPS_PER_TEAM * teams)
    taken: set[tuple[int, int]] = set()
    chosen: list[int] = []
    for row in np.lexsort((risk.cell_n, risk.cell_e, -value)):
        east, north = int(risk.cell_e[row]), int(risk.cell_n[row])
        if value[row] <= 0 or len(chosen) == wanted:
            break
        if (east, north) in taken:
            continue
        chosen.append(int(row))
        taken.update((east + i, north + j) for i in (-1, 0, 1) for j in (-1, 0, 1))
    return np.array(chosen, dtype=np.intp)
