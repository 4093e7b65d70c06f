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
    ``first_hour``. ``asked`` (cells, 12): how many residents asked for a patrol there, beside the forecast
    and never in it; all requests together hold at most ``request_share`` of what a plan can gain.
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
    asked: NDArray[np.float64] | None = None
    request_share: float = 0.0

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

    def asked_during(self, begin: float, end: float) -> NDArray[np.float64]:
        """How many asked for each cell in any slot between two minutes: the most of them at one time."""
        if self.asked is None:
            return np.zeros(len(self.cell_e))
        edges = np.arange(self.asked.shape[1]) * SLOT_MINUTES
        touched = (edges < end) & (edges + SLOT_MINUTES > begin)
        return np.asarray(self.asked[:, touched].max(axis=1, initial=0.0), dtype=np.float64)

    def slot_at(self, minute: float) -> int:
        """The slot (0-11) that holds a minute."""
        return int(np.clip(minute // SLOT_MINUTES, 0, self.expected.shape[1] - 1))


def stops_wanted(teams: int) -> int:
    """How many places are considered for so many teams."""
    return max(FEWEST_STOPS, STOPS_PER_TEAM * teams)


def request_prize(
    value: NDArray[np.float64], asked: NDArray[np.float64], share: float, *, teams: int
) -> NDArray[np.float64]:
    """What residents' requests add to each cell, in units of ``value``, which stays as it is.

    All together: ``share`` of the whole, the other part being the ``stops_wanted`` highest cells; by the
    number of askers, and none above the highest cell of the forecast. Nothing at share 0.
    """
    if share <= 0 or not asked.any() or not value.size:
        return np.zeros_like(value)
    usual = np.sort(value)[-stops_wanted(teams) :].sum()
    prize = share / (1 - share) * usual * asked / asked.sum()
    return np.minimum(prize, value.max())


def candidates(value: NDArray[np.float64], risk: NightRisk, *, teams: int) -> NDArray[np.intp]:
    """Rows of the cells worth a stop, best first: no two are neighbours, for a stop is seen from next door
    too.
    """
    wanted = stops_wanted(teams)
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
