"""Areas against areas: the weighted displacement difference of Wheeler and Ratcliffe.

With counts before (0) and after (1) in target T, its control C, the belt around the target D and the
control's belt E, each before-count brought to the length of the period after (× k, nights over nights):

    WDD = (T1 - k T0) - (C1 - k C0) + (D1 - k D0) - (E1 - k E0)
    se² = T1 + C1 + D1 + E1 + k² (T0 + C0 + D0 + E0)

counts being Poisson. Negative: fewer events than the controls' change lets one expect, displacement counted
in. Areas and belts should be of like size; belts may be left out (zeros).

Wheeler and Ratcliffe (2018), A simple weighted displacement difference test to evaluate place based crime
interventions, Crime Science 7:11.
"""

import math
from dataclasses import dataclass

from scipy.special import ndtri

from sunra.core.effects.errors import EffectsError

FEWEST_EVENTS = 20
"""The normal approximation of the counts' sum needs about this many."""


@dataclass(frozen=True, slots=True)
class Before:
    """Counts of one area before and after."""

    before: int
    after: int

    def __post_init__(self) -> None:
        if self.before < 0 or self.after < 0:
            raise EffectsError("bad_values", "count")


@dataclass(frozen=True, slots=True)
class Change:
    """Events more (+) or fewer (-) than the controls let one expect, with an interval.

    ``status`` is "" or why nothing can be said ("too_few_events"; by lot also those of ``lots.Effect``):
    then the figures are NaN. ``local`` leaves the belts out, ``displacement`` is theirs alone.
    """

    status: str
    difference: float
    low: float
    high: float
    level: float
    error: float
    local: float
    displacement: float

    @property
    def tells(self) -> bool:
        """Whether the interval excludes "no change"."""
        return not self.status and not self.low <= 0.0 <= self.high


def weighted_displacement_difference(
    target: Before,
    control: Before,
    displaced: Before | None = None,
    control_displaced: Before | None = None,
    *,
    scale: float = 1.0,
    level: float = 0.90,
    fewest_events: int = FEWEST_EVENTS,
) -> Change:
    """The difference; ``scale`` is nights after divided by nights before."""
    if not (math.isfinite(scale) and scale > 0):
        raise EffectsError("bad_values", "scale")
    if (displaced is None) != (control_displaced is None):
        raise EffectsError("bad_values", "belts")
    none = Before(0, 0)
    areas = (target, control, displaced or none, control_displaced or none)
    changes = [area.after - scale * area.before for area in areas]
    local, displacement = changes[0] - changes[1], changes[2] - changes[3]
    nan = math.nan
    if sum(area.before + area.after for area in areas) < fewest_events:
        return Change("too_few_events", nan, nan, nan, level, nan, nan, nan)
    error = math.sqrt(sum(area.after + scale**2 * area.before for area in areas))
    reach = float(ndtri((1 + level) / 2)) * error
    whole = local + displacement
    return Change("", whole, whole - reach, whole + reach, level, error, local, displacement)
