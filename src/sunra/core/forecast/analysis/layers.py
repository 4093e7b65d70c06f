"""Factors laid out as candidates: near a place of the kind, or where such places are dense.

Risk terrain modelling asks of every kind of place at which distance its influence, if any, ends (Caplan and
Kennedy, Risk Terrain Modeling, 2016): *near* is 1 for cells whose centre lies within the distance of such a
place; *dense* is 1 for cells whose kernel density (quartic, that bandwidth) lies more than two standard
deviations above the district's mean; *far* is 1 for cells further away than the distance, for what
protects by standing there: "dark" is far from every light.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from sunra.core.forecast.errors import BadEventsError, BadParamsError

NEAR, DENSE, FAR = "near", "dense", "far"
Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Places:
    """Where the places of one factor lie: ``x``, ``y`` metres (n,), in the coordinates of the cells.

    ``forms``: which operationalisations are tried, of ``near``, ``dense``, ``far``.
    """

    x: Numbers
    y: Numbers
    forms: tuple[str, ...] = (NEAR, DENSE)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Columns ``values`` bool (cells, candidates) with their ``factor``, ``form`` and ``metres``."""

    values: NDArray[np.bool_]
    factor: tuple[str, ...]
    form: tuple[str, ...]
    metres: tuple[float, ...]


def candidates(
    x: ArrayLike, y: ArrayLike, places: Mapping[str, Places], metres: Sequence[float], *, least: float = 0.005
) -> Candidates:
    """All factors in all forms at all distances, without those true of fewer than ``least`` of the cells
    or of all but that, and without a copy of an earlier column of the same factor.

    ``x``, ``y``: (cells,) centres in metres. Raises ``BadEventsError``, ``BadParamsError``.
    """
    points = np.column_stack((np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)))
    if not metres or min(metres) <= 0:
        raise BadParamsError("distances must be positive", name="metres")
    columns: list[NDArray[np.bool_]] = []
    names: list[tuple[str, str, float]] = []
    for factor, place in sorted(places.items()):
        seen: set[bytes] = set()
        for form, distance, column in _forms(points, factor, place, metres):
            share = column.mean()
            if least <= share <= 1 - least and column.tobytes() not in seen:
                seen.add(column.tobytes())
                columns.append(column)
                names.append((factor, form, distance))
    values = np.column_stack(columns) if columns else np.zeros((len(points), 0), dtype=bool)
    factors, forms, distances = zip(*names, strict=True) if names else ((), (), ())
    return Candidates(values, tuple(factors), tuple(forms), tuple(distances))


def _forms(
    points: Numbers, factor: str, place: Places, metres: Sequence[float]
) -> list[tuple[str, float, NDArray[np.bool_]]]:
    at = np.column_stack((place.x, place.y)).astype(np.float64)
    if not np.isfinite(at).all():
        raise BadEventsError("a place has no position", factor=factor)
    if not len(at):
        return []
    tree = cKDTree(at)
    nearest = tree.query(points)[0]
    made = []
    for distance in metres:
        within = nearest <= distance * (1 + 1e-9)
        if NEAR in place.forms:
            made.append((NEAR, float(distance), within))
        if FAR in place.forms:
            made.append((FAR, float(distance), ~within))
        if DENSE in place.forms:
            density = _density(points, tree, float(distance))
            made.append((DENSE, float(distance), density > density.mean() + 2 * density.std()))
    return made


def _density(points: Numbers, tree: cKDTree, bandwidth: float) -> Numbers:
    """Quartic kernel sum at each point: sum of (1 - (d / bandwidth)²)² over the places within."""
    matrix = cKDTree(points).sparse_distance_matrix(tree, bandwidth, output_type="coo_matrix")
    share = (1 - (matrix.data / bandwidth) ** 2) ** 2
    return np.bincount(matrix.row, share, minlength=len(points)).astype(np.float64)
