"""The coordinate system of areas, verified by how well they cover the true districts."""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from sunra.core.geo import crs
from sunra.core.geo.districts import districts
from sunra.core.geo.errors import GeoError
from sunra.core.tables.coordinates import PROJECTED, in_korea
from sunra.core.tables.work import Work

_TRIED = 8
_FITS = 0.6
"""Overlap (intersection over union) from which an area is taken for a district or dong at all."""
_WELL = 0.9
_BETTER = 0.03
_GAP = 0.08
Shapes = NDArray[np.object_]


def settle(work: Work, shapes: Shapes, groups: Sequence[str]) -> None:
    """Sets ``work.crs`` to the system in which the areas best cover districts and legal dongs.

    What the file says is believed unless another system fits clearly better (``crs_differs``). Systems that
    differ by 250 m keep nearly all points in their district: only the outlines tell them apart. Where nothing
    fits well the file is flagged (``crs_doubtful``); areas that are no districts leave the choice to others.
    """
    if not len(shapes):
        return
    named = work.crs
    unions = _unions(shapes, groups)
    tried = unions[:: max(1, len(unions) // _TRIED)][:_TRIED]
    degrees = bool(np.abs(np.array([union.bounds for union in tried])).max() <= 360)
    choices: tuple[int, ...] = (4326,) if degrees else PROJECTED
    if named is not None and named in choices:
        choices = (named, *(epsg for epsg in choices if epsg != named))
    scores = {epsg: float(np.mean([_overlap(union, epsg) for union in tried])) for epsg in choices}
    best = max(scores, key=lambda epsg: scores[epsg] + (_BETTER if epsg == named else 0))
    if scores[best] < _FITS:
        work.crs = named if named in choices else None
        return
    work.flag("crs_differs", int(named is not None and best != named))
    work.flag("crs_doubtful", int(scores[best] < _WELL))
    work.crs = best
    work.flag("outline_gaps", _gaps(unions, best) if scores[best] >= _WELL else 0)


def turned(shapes: Shapes, source: int, target: int) -> Shapes:
    """The shapes in another system."""
    if source == target:
        return shapes
    return np.asarray(
        shapely.transform(
            shapes, lambda xy: np.column_stack(crs.transform(xy[:, 0], xy[:, 1], source, target))
        )
    )


def _unions(shapes: Shapes, groups: Sequence[str]) -> list[Any]:
    rows: dict[str, list[int]] = defaultdict(list)
    for row, group in enumerate(groups):
        rows[group].append(row)
    valid = shapely.make_valid(shapes)
    return [shapely.union_all(valid[part]) for _, part in sorted(rows.items())]


def _overlap(union: Any, epsg: int) -> float:
    """Intersection over union with the district, or the legal dong, that the middle of the area lies in."""
    area, code = _placed(union, epsg)
    if not code:
        return 0.0
    return max(_share(area, true) for true in _true(code))


def _share(area: Any, true: Any) -> float:
    common = shapely.area(shapely.intersection(area, true))
    whole = shapely.area(area) + shapely.area(true) - common
    return float(common / whole) if whole > 0 else 0.0


def _placed(union: Any, epsg: int) -> tuple[Any, str]:
    """The area in degrees and the legal dong of a point in it, "" when it lies nowhere in Korea."""
    area = turned(np.array([union], dtype=object), epsg, 4326)[0]
    if not np.isfinite(area.bounds).all():
        return area, ""
    area = shapely.make_valid(area)
    inner = shapely.point_on_surface(area)
    lon, lat = np.array([shapely.get_x(inner)]), np.array([shapely.get_y(inner)])
    if not in_korea(lon, lat)[0]:
        return area, ""
    return area, str(districts().locate(lon, lat)[0])


@lru_cache(maxsize=256)
def _true(code: str) -> tuple[Any, ...]:
    """The polygons of a legal dong and its district."""
    try:
        return (
            districts().district(code[:5]).polygon,
            *(dong.polygon for dong in districts().dongs(code[:5]) if dong.code == code),
        )
    except GeoError:
        return ()


def _gaps(unions: list[Any], epsg: int) -> int:
    """Districts of which more than a twelfth lies in none of the areas."""
    open_ = 0
    for union in unions:
        area, code = _placed(union, epsg)
        true = _true(code) if code else ()
        if true and _share(area, true[0]) >= _FITS:
            covered = shapely.area(shapely.intersection(area, true[0])) / shapely.area(true[0])
            open_ += bool(covered < 1 - _GAP)
    return open_
