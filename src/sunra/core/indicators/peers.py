"""Areas that are alike, and how one stands beside them.

Likeness is the distance between standardised features: each feature is taken as its logarithm (sizes differ
by factors), divided by its standard deviation over all areas; the distance is the root mean square of the
differences. One area is compared with the pooled rate of the ``k`` nearest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sunra.core.indicators.errors import BadFigures, UnknownUnit
from sunra.core.indicators.rates import ratio_interval
from sunra.core.indicators.units import Measure, UnitType

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Features:
    """What areas are compared by: ``values`` (areas, features), positive or 0, of units of one kind."""

    unit_type: UnitType
    units: tuple[str, ...]
    names: tuple[str, ...]
    values: Floats = field(repr=False)

    def __post_init__(self) -> None:
        values = np.asarray(self.values, dtype=np.float64)
        if values.shape != (len(self.units), len(self.names)):
            raise BadFigures("one row per area, one column per feature")
        if not np.isfinite(values).all() or (values < 0).any():
            raise BadFigures("features must be finite and not negative")
        object.__setattr__(self, "values", values)

    @classmethod
    def of(cls, **measures: Measure) -> "Features":
        """Features from measures of one kind of unit; raises ``MixedUnits`` for two kinds."""
        first, *others = measures.values()
        for other in others:
            first.same(other)
        columns = [one.at(first.units) for one in measures.values()]
        return cls(first.unit_type, first.units, tuple(measures), np.column_stack(columns))


@dataclass(frozen=True, slots=True)
class Peer:
    """A like area: its distance, and by how many standard deviations it differs in each feature."""

    unit: str
    distance: float
    differences: tuple[tuple[str, float], ...]


def alike(features: Features, unit: str, *, count: int = 5) -> tuple[Peer, ...]:
    """The ``count`` areas nearest to ``unit``, the nearest first. Raises ``UnknownUnit``."""
    if unit not in features.units:
        raise UnknownUnit("no such area", unit=unit)
    place = features.units.index(unit)
    scaled = np.log1p(features.values)
    spread = scaled.std(axis=0, ddof=1) if len(features.units) > 1 else np.ones(len(features.names))
    scaled = scaled / np.where(spread > 0, spread, 1.0)
    difference = scaled - scaled[place]
    distance = np.sqrt((difference**2).mean(axis=1))
    order = [int(row) for row in np.lexsort((features.units, distance)) if row != place][:count]
    return tuple(
        Peer(
            features.units[row],
            float(distance[row]),
            tuple(zip(features.names, difference[row].tolist(), strict=True)),
        )
        for row in order
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """An area beside its like areas: events seen, events expected at their rate, the ratio with bounds."""

    observed: float
    expected: float
    ratio: float
    low: float
    high: float
    peers: tuple[str, ...]


def standing(
    counts: Measure, exposure: Measure, unit: str, peers: Sequence[str], *, level: float = 0.95
) -> Standing:
    """How the rate of ``unit`` stands to the pooled rate of ``peers``.

    The bounds carry the chance in both. Raises ``MixedUnits`` when counts and exposure are of two kinds of
    units, ``BadFigures`` when an exposure is 0.
    """
    counts.same(exposure)
    seen, spent = float(counts.at([unit])[0]), float(exposure.at([unit])[0])
    theirs, their_time = float(counts.at(peers).sum()), float(exposure.at(peers).sum())
    if spent <= 0 or their_time <= 0:
        raise BadFigures("a comparison needs an exposure on both sides", unit=unit)
    expected = theirs / their_time * spent
    low, high = ratio_interval(seen, spent, theirs, their_time, level=level)
    ratio = seen / expected if expected else float("inf") if seen else 1.0
    return Standing(seen, expected, ratio, low, high, tuple(peers))
