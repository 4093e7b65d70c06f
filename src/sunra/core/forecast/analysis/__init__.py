"""Analysis that officers know: why here, where together, what comes again, and when.

    factors(x, y, counts, places, search=, seed=) -> Terrain        risk terrain: relative risk by factor
    hot_spots(values, weights, fdr=) -> HotSpots                    Getis-Ord Gi*; ``emerging`` over periods
    supports_near_repeat(x, y, moment, ...) -> NearRepeat           Knox, after ``merge_incidents``
    aoristic(start, end) -> Aoristic                                spans over the hours of the week
    hours_of_week(...), months(...) -> Profile                      rates with exact intervals

Every result is a frozen dataclass of numpy arrays; each module states its formula and its source. Nothing
here says that a place causes anything, and no type can hold a person.
"""

from sunra.core.forecast.analysis.aoristic import Aoristic, aoristic
from sunra.core.forecast.analysis.hotspots import (
    PATTERNS,
    Emerging,
    HotSpots,
    band_weights,
    emerging,
    gi_star,
    hot_spots,
    mann_kendall,
    nearest_weights,
)
from sunra.core.forecast.analysis.knox import Incidents, NearRepeat, merge_incidents, supports_near_repeat
from sunra.core.forecast.analysis.layers import DENSE, FAR, NEAR, Places
from sunra.core.forecast.analysis.profiles import Profile, hours_of_week, months, poisson_interval
from sunra.core.forecast.analysis.terrain import Factor, Search, Terrain, factors

__all__ = [
    "DENSE",
    "FAR",
    "NEAR",
    "PATTERNS",
    "Aoristic",
    "Emerging",
    "Factor",
    "HotSpots",
    "Incidents",
    "NearRepeat",
    "Places",
    "Profile",
    "Search",
    "Terrain",
    "aoristic",
    "band_weights",
    "emerging",
    "factors",
    "gi_star",
    "hot_spots",
    "hours_of_week",
    "mann_kendall",
    "merge_incidents",
    "months",
    "nearest_weights",
    "poisson_interval",
    "supports_near_repeat",
]
