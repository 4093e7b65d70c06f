"""What past nights ask of tonight: cells near their cap, 법정동 that are owed a visit."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sunra.core.routing.lottery.model import Floats, Night, Places, Policy, Rows

REST = 1.5
"""Rests by lot against those that the cap asks for: somewhat more, for chance clusters them."""


def counts(history: Sequence[Night], places: Places) -> Rows:
    """On how many of these nights each stop's cell was visited, (n,)."""
    found: dict[tuple[int, int], int] = {}
    for night in history:
        for cell in set(zip(night.cell_e.tolist(), night.cell_n.tolist(), strict=True)):
            found[cell] = found.get(cell, 0) + 1
    pairs = zip(places.cell_e.tolist(), places.cell_n.tolist(), strict=True)
    return np.array([found.get(cell, 0) for cell in pairs], dtype=np.int64)


def left_out(history: Sequence[Night], places: Places, policy: Policy, rng: np.random.Generator) -> Floats:
    """The chance with which a cell sits tonight out, (n,): 1 at its cap, rising towards it from 3/4 of it.

    The rise keeps a cell from being visited night after night and then missing for many, which would be
    easy to foresee. Cells visited on half of the nights that their cap allows rest by lot besides, about
    as often as the cap asks in the long run, so that not all reach it on the same night.
    """
    most, window = policy.cap
    if most >= window:
        return np.zeros(len(places.must))
    recent = counts(history[-(window - 1) :] if window > 1 else (), places)
    width = max(1.0, most / 4)
    chance = np.clip((recent - (most - width)) / width, 0.0, 1.0)
    resting = rng.random(len(recent)) < REST * (window - most) / window
    chance[resting & (recent >= most / 2)] = 1.0
    return np.where(places.must, 0.0, chance)


def owed(
    history: Sequence[Night], places: Places, prize: Floats, stops_tonight: int, policy: Policy
) -> dict[str, int]:
    """Visits that each 법정동 must get tonight to keep its minimum over the window; only those owed any."""
    past = history[-(policy.nights - 1) :] if policy.nights > 1 else ()
    seen: dict[str, int] = {}
    for night in past:
        for dong in night.dong.tolist():
            seen[dong] = seen.get(dong, 0) + 1
    total, whole = stops_tonight + sum(map(len, past)), float(prize.sum())
    result = {}
    for dong in sorted(set(places.dong.tolist()) - {""}):
        inside = (places.dong == dong) & (prize > 0)
        if whole <= 0 or not inside.any():
            continue
        due = policy.dong_share * float(prize[inside].sum()) / whole * total
        missing = int(np.floor(due + 1e-9)) - seen.get(dong, 0)
        if missing > 0:
            result[dong] = min(missing, int(inside.sum()))
    return result


def remembered(
    history: Sequence[Night], pair_of: dict[tuple[int, int, int], int], size: int, half_life: float = 7.0
) -> Floats:
    """How often each (cell, hour) was visited lately, as a share of nights with recent ones weighing more."""
    weights = 0.5 ** (np.arange(len(history))[::-1] / half_life)
    found = np.zeros(size)
    for night, weight in zip(history, weights, strict=True):
        triples = zip(night.cell_e.tolist(), night.cell_n.tolist(), night.hour.tolist(), strict=True)
        for triple in set(triples):
            column = pair_of.get(triple)
            if column is not None:
                found[column] += weight
    return found / weights.sum() if len(history) else found


def lot_within(
    dongs: dict[str, int], places: Places, prize: Floats, rng: np.random.Generator, scale: float = 1.0
) -> NDArray[np.intp]:
    """The stops that serve what is owed, drawn within each 법정동 in proportion to their prize.

    A ``scale`` below 1 draws by prize to the power of 1/``scale``: towards 0 the best stops alone are left,
    as ``best_by_rules`` takes them. A night of many 법정동 owes so many visits that stops drawn evenly would
    cost every plan more than the loss allows.
    """
    rows: list[int] = []
    for dong, many in dongs.items():
        inside = np.flatnonzero((places.dong == dong) & (prize > 0))
        # The ``many`` largest of log-weight plus Gumbel noise are a draw without replacement (Efraimidis and
        # Spirakis 2006); unlike drawing one by one it takes weights that differ by hundreds of decades.
        keys = np.log(prize[inside]) / min(scale, 1.0) + rng.gumbel(size=len(inside))
        rows += inside[np.argsort(-keys, kind="stable")[:many]].tolist()
    return np.array(rows, dtype=np.intp)
