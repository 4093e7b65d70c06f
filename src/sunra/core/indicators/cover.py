"""How much of a street's length lies near a light or a camera.

Streets are cut into pieces of at most ``step`` metres; a piece counts as covered when its middle lies within
``reach`` metres of a point. The error per street is at most one step at each end of a covered part.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cover:
    """Metres of each line (n,), and metres of it that are covered (n,)."""

    metres: Floats = field(repr=False)
    covered: Floats = field(repr=False)


def street_cover(lines: Sequence[Floats], points: Floats, *, reach: float, step: float = 10.0) -> Cover:
    """The covered length of each of ``lines`` ((m, 2) metres each) by ``points`` ((k, 2) metres).

    ``reach`` and ``step`` in metres; coordinates in one metric system (EPSG:5179).
    """
    count = len(lines)
    metres: Floats = np.zeros(count)
    covered: Floats = np.zeros(count)
    middles, lengths, owners = _pieces(lines, step)
    if not len(lengths):
        return Cover(metres, covered)
    metres = np.bincount(owners, weights=lengths, minlength=count).astype(np.float64)
    if len(points):
        distance, _nearest = cKDTree(points).query(middles, distance_upper_bound=reach)
        near = np.isfinite(distance)
        covered = np.bincount(owners[near], weights=lengths[near], minlength=count).astype(np.float64)
    return Cover(metres, covered)


def _pieces(lines: Sequence[Floats], step: float) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Middles (p, 2), lengths (p,) and line numbers (p,) of pieces no longer than ``step``."""
    starts, ends, owners = [], [], []
    for number, line in enumerate(lines):
        points = np.asarray(line, dtype=np.float64).reshape(-1, 2)
        starts.append(points[:-1])
        ends.append(points[1:])
        owners.append(np.full(max(len(points) - 1, 0), number))
    if not starts:
        return np.empty((0, 2)), np.empty(0), np.empty(0, dtype=np.intp)
    start, end, owner = np.concatenate(starts), np.concatenate(ends), np.concatenate(owners).astype(np.intp)
    length = np.hypot(*(end - start).T)
    parts = np.maximum(np.ceil(length / step).astype(np.intp), 1)
    row = np.repeat(np.arange(len(parts)), parts)
    within = np.arange(len(row)) - np.repeat(np.cumsum(parts) - parts, parts)
    share = ((within + 0.5) / parts[row])[:, None]
    return start[row] + share * (end - start)[row], (length / parts)[row], owner[row]
