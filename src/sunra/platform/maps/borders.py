"""Borders between neighbouring areas, each drawn once.

Neighbours in the border file do not share their vertices: drawn from the areas, every border would be two
lines a few metres apart. Here a piece of line is kept only where no earlier area has drawn one nearby.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely


def once(areas: Sequence[Any], width: float, drawn: Sequence[Any] = ()) -> list[Any]:
    """Border lines of ``areas`` (polygons in degrees), none within ``width`` of another's or of ``drawn``.

    Pieces shorter than three widths are left out: they are what remains where two lines part for a moment.
    """
    rings, owner = shapely.get_parts(shapely.boundary(np.asarray(areas, dtype=object)), return_index=True)
    lines = np.concatenate([np.asarray(list(drawn), dtype=object), rings])
    owner = np.concatenate([np.full(len(drawn), -1), owner])
    earlier, later = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=width)
    ordered = owner[earlier] < owner[later]
    earlier, later = earlier[ordered], later[ordered]
    used = np.unique(earlier)
    wide = dict(
        zip(
            used,
            shapely.buffer(lines[used], width, quad_segs=1, cap_style="flat", join_style="mitre"),
            strict=True,
        )
    )
    near: dict[int, list[int]] = defaultdict(list)
    for first, second in zip(earlier, later, strict=True):
        near[second].append(first)
    kept: list[Any] = []
    for number in range(len(drawn), len(lines)):
        line = lines[number]
        for other in near.get(number, ()):
            line = shapely.difference(line, wide[other])
        kept += [part for part in shapely.get_parts(line) if part.length > 3 * width]
    return kept
