"""Indicators: figures per unit that never mix kinds of units, their intervals, trends and like areas.

Numpy in, numpy out; no Django, no gettext: errors carry a code and parameters.
"""

from sunra.core.indicators.cover import Cover, street_cover
from sunra.core.indicators.errors import (
    BadFigures,
    IndicatorError,
    MixedUnits,
    OverlappingUnits,
    TooShort,
    UnknownUnit,
)
from sunra.core.indicators.peers import Features, Peer, Standing, alike, standing
from sunra.core.indicators.rates import count_interval, mean_interval, ratio_interval
from sunra.core.indicators.trend import Trend, fit
from sunra.core.indicators.units import UNIT_TYPES, Measure, UnitType, regroup

__all__ = [
    "UNIT_TYPES",
    "BadFigures",
    "Cover",
    "Features",
    "IndicatorError",
    "Measure",
    "MixedUnits",
    "OverlappingUnits",
    "Peer",
    "Standing",
    "TooShort",
    "Trend",
    "UnitType",
    "UnknownUnit",
    "alike",
    "count_interval",
    "fit",
    "mean_interval",
    "ratio_interval",
    "regroup",
    "standing",
    "street_cover",
]
