"""Months of patrol whose truth is known: levels, forecasts with lasting errors, lotteries, a given effect."""

import numpy as np

from sunra.core.effects import CellNights

CELLS, NIGHTS, STOPS, PLANS = 300, 30, 40, 32


def month(rng: np.random.Generator, *, ratio: float, per_night: float = 12.0) -> tuple[CellNights, float]:
    """One month, and patrolled cells' events after over before (scaled), as a plain before-and-after has it.

    ``ratio`` multiplies events on a cell's patrolled nights. The lot favours cells with many events in the
    month before, so that before-and-after regresses to the mean.
    """
    level = rng.gamma(0.8, size=CELLS)
    level *= per_night / level.sum()
    expected = level * rng.lognormal(0.0, 0.4, CELLS)
    before = rng.poisson(level * NIGHTS)
    score = np.log(expected * NIGHTS + before + 1.0)
    night, chance, visited = [], [], []
    for number in range(NIGHTS):
        noisy = score + rng.gumbel(0.0, 0.8, (PLANS, CELLS))
        plans = np.zeros((PLANS, CELLS), dtype=np.bool_)
        np.put_along_axis(plans, np.argsort(-noisy, axis=1)[:, :STOPS], values=True, axis=1)
        lot = rng.dirichlet(np.full(PLANS, 3.0))
        night.append(np.full(CELLS, number))
        chance.append(np.minimum(lot @ plans, 1.0))
        visited.append(plans[rng.choice(PLANS, p=lot)])
    z = np.array(visited)
    events = rng.poisson(level * np.where(z, ratio, 1.0))
    often = z.mean(axis=0) > 0.3
    fell = events[:, often].sum() / max(before[often].sum(), 1)
    data = CellNights(
        np.concatenate(night),
        np.concatenate(chance),
        z.ravel(),
        events.ravel().astype(np.float64),
        np.tile(expected, NIGHTS),
    )
    return data, float(fell)
