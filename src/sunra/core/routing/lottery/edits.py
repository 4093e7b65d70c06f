"""What edits by hand do to the lot: a warning with its measure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sunra.core.routing.lottery.model import Drawn, Floats, Places, Policy
from sunra.core.routing.lottery.model import visits as visits_of
from sunra.core.routing.problem import Plan


@dataclass(frozen=True, slots=True)
class Edits:
    """Rows of stops that a person put in, took out, or moved to an hour of his own."""

    added: frozenset[int] = frozenset()
    removed: frozenset[int] = frozenset()
    moved: frozenset[int] = frozenset()

    @classmethod
    def between(cls, drawn: Drawn, edited: Plan) -> "Edits":
        """What distinguishes the edited plan from the drawn one; a stop is moved when its hour changed."""
        before, after = (
            dict(zip(*(part.tolist() for part in visits_of(drawn.problem, one)), strict=True))
            for one in (drawn.plan, edited)
        )
        both = before.keys() & after.keys()
        return cls(
            frozenset(after.keys() - before.keys()),
            frozenset(before.keys() - after.keys()),
            frozenset(stop for stop in both if before[stop] != after[stop]),
        )


@dataclass(frozen=True, slots=True)
class Randomness:
    """``predictable`` is the share of stops one can foresee after the edits, ``before`` without them.

    ``by_hand`` is the share of stops that no lot decided any more. ``warning`` is a code: "" (fine),
    "predictable" (above the policy's bound) or "repeats" (the same edits as on most of the past nights).
    """

    warning: str
    predictable: float
    before: float
    by_hand: float
    repeated: float


def randomness(
    drawn: Drawn,
    edits: Edits,
    places: Places,
    policy: Policy | None = None,
    *,
    past_edits: Sequence[frozenset[tuple[int, int]]] = (),
) -> Randomness:
    """How much of the lot is left after edits.

    A stop put in or moved by hand counts as foreseen in full: someone who knows what its editor wants knows
    it. The others stay as foreseeable as the lot made them. ``past_edits`` are the cells that were put in or
    moved on past nights: when more than half of tonight's come back on most nights, the edits themselves are
    a pattern.
    """
    policy = policy or Policy()
    rows, _ = visits_of(drawn.problem, drawn.plan)
    left = [row for row in rows.tolist() if row not in edits.removed | edits.moved]
    hand = sorted(edits.added | edits.moved)
    total = len(left) + len(hand)
    if total == 0:
        return Randomness("", 0.0, drawn.predictable, 0.0, 0.0)
    foreseen = (drawn.predictable * len(left) + len(hand)) / total
    repeated = _repeated([(int(places.cell_e[row]), int(places.cell_n[row])) for row in hand], past_edits)
    warning = ""
    if hand and repeated > 0.5:
        warning = "repeats"
    if foreseen > policy.predictable and (hand or edits.removed):
        warning = "predictable"
    return Randomness(warning, foreseen, drawn.predictable, len(hand) / total, repeated)


def _repeated(cells: list[tuple[int, int]], past: Sequence[frozenset[tuple[int, int]]]) -> float:
    """The mean share of past nights on which each of these cells was edited too."""
    if not cells or not past:
        return 0.0
    shares: Floats = np.array([np.mean([cell in night for night in past]) for cell in cells])
    return float(shares.mean())
