"""Did it work: patrolled against unpatrolled by stored chances, areas against areas; where no one walks."""

from sunra.core.effects.areas import Before, Change, weighted_displacement_difference
from sunra.core.effects.belts import Shares, belts
from sunra.core.effects.displaced import Around, displacement_by_lot
from sunra.core.effects.errors import EffectsError
from sunra.core.effects.lots import CellNights, Effect, effect
from sunra.core.effects.walked import Covered, Walked, covered
from sunra.core.effects.weak import Coverage, WeakArea, geojson, weak_areas

__all__ = [
    "Around",
    "Before",
    "CellNights",
    "Change",
    "Coverage",
    "Covered",
    "Effect",
    "EffectsError",
    "Shares",
    "Walked",
    "WeakArea",
    "belts",
    "covered",
    "displacement_by_lot",
    "effect",
    "geojson",
    "weak_areas",
    "weighted_displacement_difference",
]
