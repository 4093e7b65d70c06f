"""Places no one walks: risk and residents' requests against planned and walked coverage.

A cell's uncovered count over the last N nights is expected-per-night × (N - nights someone was there); what
residents asked for weighs as ``request_weight`` events a request. Cells where someone was on at most
``most_covered`` of the nights, and where something is expected or asked, are weak; those that touch, corners
included, are one area. Areas are ranked by their sum.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from sunra.core.effects.errors import EffectsError
from sunra.core.geo import cells

Floats = NDArray[np.float64]
NEVER = np.datetime64("NaT", "D")


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """Cells of a district over the last ``nights``, arrays of one length.

    ``expected`` events a night, ``asked`` open requests, ``dong`` 10-digit codes; ``planned`` and ``walked``
    count the nights on which a plan stopped there or someone was there; ``last_planned``, ``last_walked``
    are days (NaT: never). ``has_walked`` says whether walks were recorded at all: without, planned stops
    stand in for them.
    """

    nights: int
    cell_e: NDArray[np.int64]
    cell_n: NDArray[np.int64]
    dong: NDArray[np.str_]
    expected: Floats
    asked: Floats
    planned: NDArray[np.int64]
    walked: NDArray[np.int64]
    last_planned: NDArray[np.datetime64]
    last_walked: NDArray[np.datetime64]
    has_walked: bool

    def __post_init__(self) -> None:
        parts = (
            self.cell_e, self.cell_n, self.dong, self.expected, self.asked, self.planned, self.walked,
            self.last_planned, self.last_walked,
        )  # fmt: skip
        if len({len(part) for part in parts}) > 1 or self.nights < 1:
            raise EffectsError("bad_shape")
        for name, part in (("expected", self.expected), ("asked", self.asked)):
            if not (np.isfinite(part) & (part >= 0)).all():
                raise EffectsError("bad_values", name)


@dataclass(frozen=True, slots=True)
class WeakArea:
    """One place no one walks: its cells (worst first) and why it is listed.

    ``missed`` is the expected count of the nights nobody was there, ``asked`` the requests within; ``score``
    ranks. ``last_walked`` and ``last_planned`` are the latest of its cells (None: not in these nights).
    """

    rank: int
    cells: tuple[tuple[int, int], ...]
    dong: str
    lon: float
    lat: float
    missed: float
    asked: float
    score: float
    planned: int
    walked: int
    last_planned: np.datetime64 | None
    last_walked: np.datetime64 | None


def weak_areas(
    data: Coverage,
    *,
    most_covered: float = 0.1,
    share: float = 0.1,
    request_weight: float = 1.0,
    most: int = 50,
) -> tuple[WeakArea, ...]:
    """The areas, worst first, at most ``most``.

    Of the cells hardly covered, those with a request and the ``share`` of the district's cells with the
    highest uncovered counts are taken, so that quiet hills do not join into one area.
    """
    there = data.walked if data.has_walked else data.planned
    missed = data.expected * np.maximum(data.nights - there, 0)
    score = missed + request_weight * data.asked
    bare = (there <= most_covered * data.nights) & (score > 0)
    many = int(np.ceil(share * len(score)))
    order = np.lexsort((data.cell_n, data.cell_e, -score))
    top = np.zeros(len(score), dtype=np.bool_)
    top[order[:many]] = True
    rows = order[(bare & (top | (data.asked > 0)))[order]]
    groups = _joined(rows, data)
    found = [_area(group, data, missed, score) for group in groups]
    found.sort(key=lambda area: (-area.score, area.cells[0]))
    return tuple(WeakArea(rank, *_fields(area)) for rank, area in enumerate(found[:most], start=1))


def _fields(area: WeakArea) -> tuple[Any, ...]:
    return tuple(getattr(area, name) for name in list(area.__dataclass_fields__)[1:])


def _joined(rows: NDArray[np.intp], data: Coverage) -> list[list[int]]:
    """Rows of touching cells together, in the order given."""
    at = {(int(data.cell_e[row]), int(data.cell_n[row])): int(row) for row in rows}
    groups: list[list[int]] = []
    for start in list(at):
        if start not in at:
            continue
        group, open_cells = [], [start]
        group.append(at.pop(start))
        while open_cells:
            east, north = open_cells.pop()
            for cell in ((east + i, north + j) for i in (-1, 0, 1) for j in (-1, 0, 1)):
                if cell in at:
                    group.append(at.pop(cell))
                    open_cells.append(cell)
        groups.append(group)
    return groups


def _area(group: list[int], data: Coverage, missed: Floats, score: Floats) -> WeakArea:
    rows = np.array(sorted(group, key=lambda row: (-score[row], row)))
    lon, lat = cells.center(data.cell_e[rows], data.cell_n[rows])
    weight = score[rows] / score[rows].sum()
    dongs: Counter[str] = Counter()
    for dong, value in zip(data.dong[rows].tolist(), score[rows].tolist(), strict=True):
        dongs[dong] += value
    return WeakArea(
        rank=0,
        cells=tuple(zip(data.cell_e[rows].tolist(), data.cell_n[rows].tolist(), strict=True)),
        dong=max(sorted(dongs), key=lambda code: dongs[code]),
        lon=float(lon @ weight),
        lat=float(lat @ weight),
        missed=float(missed[rows].sum()),
        asked=float(data.asked[rows].sum()),
        score=float(score[rows].sum()),
        planned=int(data.planned[rows].max()),
        walked=int(data.walked[rows].max()),
        last_planned=_latest(data.last_planned[rows]),
        last_walked=_latest(data.last_walked[rows]),
    )


def _latest(days: NDArray[np.datetime64]) -> np.datetime64 | None:
    known = days[~np.isnat(days)]
    return np.datetime64(known.max(), "D") if known.size else None


def geojson(areas: tuple[WeakArea, ...]) -> dict[str, Any]:
    """A FeatureCollection of the areas' outlines, the figures as properties, ``rank`` as id."""
    features = []
    for area in areas:
        east, north = np.array(area.cells).T
        shape = shapely.union_all(shapely.polygons(np.round(cells.corners(east, north), 7)))
        features.append(
            {
                "type": "Feature",
                "id": area.rank,
                "geometry": shapely.geometry.mapping(shape),
                "properties": {
                    "rank": area.rank,
                    "dong": area.dong,
                    "cells": len(area.cells),
                    "missed": round(area.missed, 3),
                    "asked": area.asked,
                    "planned": area.planned,
                    "walked": area.walked,
                    "last_planned": None if area.last_planned is None else str(area.last_planned),
                    "last_walked": None if area.last_walked is None else str(area.last_walked),
                },
            }
        )
    return {"type": "FeatureCollection", "features": features}
