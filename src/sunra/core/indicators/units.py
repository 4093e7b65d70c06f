"""Figures per unit, with the kind of unit on every one of them.

A police station's jurisdiction and an administrative district are both sets of legal dongs, yet they are not
the same sets: a figure of one never stands beside or inside a figure of the other by mistake. Whatever
combines figures here refuses two kinds (``MixedUnits``); the only road from one kind to another is
``regroup``, from legal dongs upwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sunra.core.indicators.errors import BadFigures, MixedUnits, OverlappingUnits, UnknownUnit

UnitType = Literal["dong", "station", "district", "cell", "hour", "type"]
UNIT_TYPES: tuple[UnitType, ...] = get_args(UnitType)
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Measure:
    """A quantity per unit: ``values`` (n,) for ``units`` (n, unique), all of one ``unit_type``.

    Raises ``BadFigures`` for columns of different lengths, repeated units, NaN, infinite or negative values,
    ``UnknownUnit`` for a kind of unit that does not exist.
    """

    unit_type: UnitType
    units: tuple[str, ...]
    values: Floats = field(repr=False)

    def __post_init__(self) -> None:
        if self.unit_type not in UNIT_TYPES:
            raise UnknownUnit("no such kind of unit", unit_type=self.unit_type)
        values = np.asarray(self.values, dtype=np.float64)
        if values.shape != (len(self.units),) or len(set(self.units)) != len(self.units):
            raise BadFigures("one value per unit, each unit once", unit_type=self.unit_type)
        if not np.isfinite(values).all() or (values < 0).any():
            raise BadFigures("values must be finite and not negative", unit_type=self.unit_type)
        object.__setattr__(self, "values", values)

    @classmethod
    def of(cls, unit_type: UnitType, values: Mapping[str, float]) -> "Measure":
        """The measure of a mapping unit → value, units in order."""
        units = tuple(sorted(values))
        return cls(unit_type, units, np.array([values[unit] for unit in units], dtype=np.float64))

    def as_dict(self) -> dict[str, float]:
        """Unit → value."""
        return dict(zip(self.units, self.values.tolist(), strict=True))

    def at(self, units: Sequence[str]) -> Floats:
        """The values of ``units``, 0 for a unit that is not there."""
        known = self.as_dict()
        return np.array([known.get(unit, 0.0) for unit in units], dtype=np.float64)

    def __add__(self, other: "Measure") -> "Measure":
        """Unit by unit over all units of both; raises ``MixedUnits``."""
        self.same(other)
        units = tuple(sorted({*self.units, *other.units}))
        return Measure(self.unit_type, units, self.at(units) + other.at(units))

    def per(self, other: "Measure", *, factor: float = 1.0) -> "Floats":
        """``factor`` × self / other for self's units (n,), NaN where other is 0. Raises ``MixedUnits``."""
        self.same(other)
        below = other.at(self.units)
        out: Floats = np.full(len(self.units), np.nan)
        np.divide(factor * self.values, below, out=out, where=below > 0)
        return out

    def total(self) -> float:
        """The sum over all units."""
        return float(self.values.sum())

    def same(self, other: "Measure") -> None:
        """Raise ``MixedUnits`` unless both are figures of one kind of unit."""
        if self.unit_type != other.unit_type:
            raise MixedUnits(
                f"{self.unit_type} and {other.unit_type} are different units",
                left=self.unit_type,
                right=other.unit_type,
            )


@dataclass(frozen=True, eq=False)
class Regrouped:
    """Sums per group, and the members (and their sum) that no group claims: nothing is lost silently."""

    measure: Measure
    outside: tuple[str, ...]
    outside_total: float


def regroup(measure: Measure, groups: Mapping[str, frozenset[str]], to: UnitType) -> Regrouped:
    """Sums of a measure of legal dongs over sets of dongs: a station's jurisdiction, a district.

    Raises ``MixedUnits`` when ``measure`` is not of dongs, ``OverlappingUnits`` when two groups share a dong.
    """
    if measure.unit_type != "dong" or to not in {"station", "district"}:
        raise MixedUnits(
            "only dongs are summed, into stations or districts", left=measure.unit_type, right=to
        )
    owner: dict[str, str] = {}
    for group, members in sorted(groups.items()):
        for member in sorted(members):
            if owner.setdefault(member, group) != group:
                raise OverlappingUnits("two groups share a dong", dong=member, groups=(owner[member], group))
    sums = dict.fromkeys(groups, 0.0)
    outside = []
    lost = 0.0
    for unit, value in zip(measure.units, measure.values.tolist(), strict=True):
        if unit in owner:
            sums[owner[unit]] += value
        else:
            outside.append(unit)
            lost += value
    return Regrouped(Measure.of(to, sums), tuple(outside), lost)


def as_floats(values: ArrayLike) -> Floats:
    """A one-dimensional float array; raises ``BadFigures`` for NaN, infinity or negative values."""
    found = np.asarray(values, dtype=np.float64).ravel()
    if not np.isfinite(found).all() or (found < 0).any():
        raise BadFigures("values must be finite and not negative")
    return found
