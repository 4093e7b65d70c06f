"""Areas against areas by lot: the displacement difference, weighted by the chance of each cell-night.

Wheeler and Ratcliffe's difference (``areas``) asks for controls of like size and level. The lot makes them:
for a cell-night i with chance p_i, visited z_i, events y_i during and b_i in the same hours of k earlier
nights, and the same counts Y_i, B_i of the belt around it (the neighbours that were no candidates, each
shared out among the candidates it touches),

    x_i = (y_i - b_i / k) + (Y_i - B_i / k)          change here, and change next door
    difference = s [ mean of x weighted z_i / p_i - mean of x weighted (1 - z_i) / (1 - p_i) ]

is how many events more or fewer there are, here and next door together, for every s visits. Both means stand
for the same cell-nights, so that what falls back after a bad month falls in both. Cell-nights on which the
lot decides nothing are left out, the interval is by linearisation, clustered by night: as in ``lots``.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from sunra.core.effects.areas import Change
from sunra.core.effects.errors import EffectsError
from sunra.core.effects.lots import FEWEST_EVENTS, FEWEST_NIGHTS, LEAST_CHANCE, CellNights, Floats

PER_VISITS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Around:
    """Beside ``CellNights``, arrays of its length: events of the same hours on ``nights`` earlier nights, and
    the belt's events of the night (``belt``) and of those before (``belt_before``).
    """

    nights: int
    before: Floats
    belt: Floats
    belt_before: Floats

    def __post_init__(self) -> None:
        if self.nights < 1:
            raise EffectsError("bad_values", "nights")
        for name in ("before", "belt", "belt_before"):
            part = getattr(self, name)
            if len(part) != len(self.before):
                raise EffectsError("bad_shape")
            if not (np.isfinite(part) & (part >= 0)).all():
                raise EffectsError("bad_values", name)


def displacement_by_lot(
    data: CellNights,
    around: Around,
    *,
    per: float = PER_VISITS,
    level: float = 0.90,
    least: float = LEAST_CHANCE,
    fewest_events: int = FEWEST_EVENTS,
    fewest_nights: int = FEWEST_NIGHTS,
) -> Change:
    """Events more (+) or fewer (-) for every ``per`` visits; its status as that of ``lots.effect``."""
    if len(around.before) != len(data.chance):
        raise EffectsError("bad_shape")
    inside = (data.chance >= least) & (data.chance <= 1 - least)
    z, p = data.visited[inside], data.chance[inside]
    here = data.events[inside] - around.before[inside] / around.nights
    next_door = around.belt[inside] - around.belt_before[inside] / around.nights
    names, night = np.unique(data.night[inside], return_inverse=True)
    count = len(names)
    seen = min(data.events[inside][z].sum(), data.events[inside][~z].sum())
    status = (
        "no_overlap" if not z.any() or z.all()
        else "too_few_nights" if count < fewest_nights
        else "too_few_events" if seen < fewest_events
        else ""
    )  # fmt: skip
    if status:
        nan = math.nan
        return Change(status, nan, nan, nan, level, nan, nan, nan)
    whole = here + next_door
    influence = np.zeros(count)
    found = np.zeros(3)
    for sign, weighed in ((1.0, np.where(z, 1 / p, 0.0)), (-1.0, np.where(z, 0.0, 1 / (1 - p)))):
        weight = weighed / weighed.sum()
        means = np.array([weight @ part for part in (whole, here, next_door)])
        found += sign * means
        influence += sign * np.bincount(night, weight * (whole - means[0]), count)
    error = per * math.sqrt(count / (count - 1) * float((influence**2).sum()))
    reach = float(stdtrit(count - 1, (1 + level) / 2)) * error
    difference, local, displacement = (per * float(value) for value in found)
    return Change("", difference, difference - reach, difference + reach, level, error, local, displacement)
