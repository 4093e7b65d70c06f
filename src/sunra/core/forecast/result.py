"""What comes out: expectation, naive count, chance, grade, and the reasons of a cell as numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sunra.core.forecast.families import COMBINED
from sunra.core.forecast.inputs import Grid, Horizon
from sunra.core.forecast.params import Params

EVENTS, PRIOR = "events", "prior"
FIXED = "empirical_bayes_fixed"


@dataclass(frozen=True)
class Note:
    """Something the reader must know about a forecast: a code and its numbers; the text is made above."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Part:
    """One family's share of a forecast, unweighted.

    ``expected``, ``naive`` (cells, 12) events per slot; ``own``, ``near`` (cells,) events on an average day
    that come from the cell's own past and from its neighbourhood; ``count`` (cells,) events in all history.
    """

    expected: NDArray[np.float64]
    naive: NDArray[np.float64]
    own: NDArray[np.float64]
    near: NDArray[np.float64]
    count: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Why:
    """The reasons of one cell.

    ``own_count``: events in the whole history here; ``own_share`` and ``neighbour_share``: parts of the
    expectation, sum 1 (both 0 without events); ``slot_share`` (12,): share of the day's expectation by slot;
    ``peak_slot``; ``expected``, ``naive``: per day; ``rank``, ``naive_rank``: 1 = highest in the district;
    ``families``: weighted expectation per family and day; ``around``: the covariates of the cell.
    """

    cell: int
    own_count: float
    own_share: float
    neighbour_share: float
    slot_share: NDArray[np.float64]
    peak_slot: int
    expected: float
    naive: float
    rank: int
    naive_rank: int
    families: Mapping[str, float]
    around: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Forecast:
    """Expectation for one day: cells × 12 slots of two hours, from ``horizon.first_hour``.

    ``expected``, ``naive`` float64 (cells, 12): sum over families of weight × events, and the same for the
    count over all history. ``counts`` (cells, 12): unweighted events of the families with a weight above 0.
    ``p_any`` (cells, 12): 1 - exp(-counts), the chance of one event or more (Poisson). ``once_in_nights``
    (cells, 12): 1 / p_any, inf where nothing is expected. ``grade`` uint8 (cells, 12): 1-10 at fixed
    thresholds, 0 = not graded. ``event_source``: "events" or "prior". ``history``: first, last observed day.
    ``methods``: the method of each family; ``FIXED`` where nothing was learnt but the fixed weights used.
    """

    grid: Grid
    horizon: Horizon
    params: Params
    seed: int
    parts: Mapping[str, Part]
    expected: NDArray[np.float64]
    naive: NDArray[np.float64]
    counts: NDArray[np.float64]
    grade: NDArray[np.uint8]
    event_source: str
    events: float
    history: tuple[np.datetime64, np.datetime64] | None
    notes: tuple[Note, ...]
    around: Mapping[str, NDArray[np.float64]]
    methods: Mapping[str, str] = field(default_factory=dict)

    @property
    def by_family(self) -> dict[str, NDArray[np.float64]]:
        """Unweighted expected events (cells, 12) of each family."""
        return {family: part.expected for family, part in self.parts.items()}

    @property
    def p_any(self) -> NDArray[np.float64]:
        """Chance of one event or more, (cells, 12)."""
        return np.asarray(-np.expm1(-self.counts), dtype=np.float64)

    @property
    def once_in_nights(self) -> NDArray[np.float64]:
        """One night with an event in this many, (cells, 12); inf where none is expected."""
        chance = self.p_any
        nights = np.full(chance.shape, np.inf)
        np.divide(1.0, chance, out=nights, where=chance > 0)
        return nights

    def grades_of(self, family: str) -> NDArray[np.uint8]:
        """Grades (cells, 12) of one family alone at its own thresholds; 0 when the forecast is not graded."""
        if not self.grade.any() or family not in self.params.grades:
            return np.zeros_like(self.grade)
        return grades(self.parts[family].expected, self.params.grades[family])

    def order(self, slot: int | None = None) -> NDArray[np.int64]:
        """Cells from highest to lowest expectation, of one slot or of the day; ties by the seed."""
        return ranked(self.expected.sum(1) if slot is None else self.expected[:, slot], self.seed)

    def why(self, cell: int) -> Why:
        """The reasons of the cell at this index, as numbers."""
        weights = self.params.weights
        own = sum(weights[f] * float(part.own[cell]) for f, part in self.parts.items())
        near = sum(weights[f] * float(part.near[cell]) for f, part in self.parts.items())
        day = self.expected.sum(1)
        naive_day = self.naive.sum(1)
        slot_share = self.expected[cell] / day[cell] if day[cell] > 0 else np.zeros(12)
        return Why(
            cell=cell,
            own_count=sum(float(p.count[cell]) for f, p in self.parts.items() if weights[f] > 0),
            own_share=own / (own + near) if own + near > 0 else 0.0,
            neighbour_share=near / (own + near) if own + near > 0 else 0.0,
            slot_share=slot_share,
            peak_slot=int(np.argmax(self.expected[cell])),
            expected=float(day[cell]),
            naive=float(naive_day[cell]),
            rank=int((day > day[cell]).sum()) + 1,
            naive_rank=int((naive_day > naive_day[cell]).sum()) + 1,
            families={f: weights[f] * float(p.expected[cell].sum()) for f, p in self.parts.items()},
            around={name: float(column[cell]) for name, column in self.around.items()},
        )


def grades(expected: NDArray[np.float64], thresholds: tuple[float, ...]) -> NDArray[np.uint8]:
    """1 below the first threshold, 10 at or above the ninth."""
    return (np.searchsorted(np.array(thresholds), expected, side="right") + 1).astype(np.uint8)


def ranked(score: NDArray[np.float64], seed: int) -> NDArray[np.int64]:
    """Indices by falling score; equal scores in a random order fixed by the seed."""
    tie = np.random.default_rng(seed).random(score.size)
    return np.lexsort((-tie, -score)).astype(np.int64)


def combine(
    parts: Mapping[str, Part], params: Params
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Weighted expectation, weighted naive count, unweighted count of the families with a weight."""
    shape = next(iter(parts.values())).expected.shape
    expected, naive, counts = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for family, part in parts.items():
        weight = params.weights[family]
        expected += weight * part.expected
        naive += weight * part.naive
        counts += part.expected * (weight > 0)
    return expected, naive, counts


def graded(expected: NDArray[np.float64], params: Params) -> NDArray[np.uint8]:
    """Grades of the combination."""
    return grades(expected, params.grades[COMBINED])
