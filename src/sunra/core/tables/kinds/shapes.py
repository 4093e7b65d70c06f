"""What a layer of shapes is: streets, their surfaces, areas, safe routes; by geometry, then columns."""

import numpy as np
import shapely

from sunra.core.tables import headers
from sunra.core.tables.kinds import accident_hotspot, boundary, road, safe_return_route
from sunra.core.tables.kinds.base import Kind
from sunra.core.tables.raw import Raw

_MOST = 0.5
_AREAS = (3, 6)


def kind_of(raw: Raw) -> tuple[Kind, dict[str, int]] | None:
    """The kind and its columns when the shapes themselves tell it; points are told by their columns alone."""
    if raw.geometry is None or not len(raw.geometry):
        return None
    types = shapely.get_type_id(raw.geometry)
    known = types[types >= 0]
    if not len(known):
        return None
    names = {headers.normal(cell) for cell in raw.records[0]}
    if np.isin(known, road.LINES).mean() > _MOST:
        return _found(safe_return_route.KIND if names >= safe_return_route.MARKS else road.KIND, raw)
    if np.isin(known, _AREAS).mean() > _MOST:
        spots = _found(accident_hotspot.KIND, raw)
        if accident_hotspot.KIND.fits(spots[1], raw.file):
            return spots
        return _found(road.KIND if names & road.SURFACES else boundary.KIND, raw)
    return None


def _found(kind: Kind, raw: Raw) -> tuple[Kind, dict[str, int]]:
    return kind, headers.match(raw.records[0], kind.fields)
