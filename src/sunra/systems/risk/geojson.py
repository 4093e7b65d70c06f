"""Cells for the map: one answer holds all twelve slots, so that the slider asks for nothing."""

import gzip
from functools import lru_cache

from sunra.core.geo import cells as geo_cells
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.selectors import clock_slot, night
from sunra.systems.risk.table import SLOTS, slot_column

TOP_SHARE = 0.1
"""Without grades only this share of the cells is drawn, by order;
a colour for each would look like a grade.
"""


@lru_cache(maxsize=16)
def collection(forecast: Forecast, *, figures: bool = True) -> str:
    """The cells as a GeoJSON text; ``grades`` and, with ``figures``, ``expected`` by clock slot (0 = 00-02).

    Ask ``selectors.forecast`` first. A stored forecast never changes, so the text is kept in memory.
    """
    frame = night(forecast)
    if not forecast.graded:
        frame = frame.sort("rank").head(max(1, int(frame.height * TOP_SHARE)))
    order = sorted(range(SLOTS), key=lambda slot: clock_slot(forecast, slot))
    grades = frame.select(slot_column("grade", slot) for slot in order).to_numpy().astype(int).tolist()
    expected = frame.select(slot_column("expected", slot) for slot in order).to_numpy().tolist()
    corners = geo_cells.corners(frame["cell_e"].to_numpy(), frame["cell_n"].to_numpy()).tolist()
    features = (
        _feature(east, north, rank, ring, row, counts if figures else None)
        for east, north, rank, ring, row, counts in zip(
            frame["cell_e"], frame["cell_n"], frame["rank"], corners, grades, expected, strict=True
        )
    )
    graded = str(forecast.graded).lower()
    return f'{{"type":"FeatureCollection","graded":{graded},"features":[{",".join(features)}]}}'


@lru_cache(maxsize=16)
def packed(forecast: Forecast) -> bytes:
    """What the map needs, gzipped once: the file is the same for all who may see it and holds no secret."""
    return gzip.compress(collection(forecast, figures=False).encode(), compresslevel=6, mtime=0)


def _feature(
    east: int, north: int, rank: int, ring: list[list[float]], grades: list[int], expected: list[float] | None
) -> str:
    """One cell, written by hand: a tenth of the time of the json module for thousands of them."""
    points = ",".join(f"[{lon:.5f},{lat:.5f}]" for lon, lat in ring)
    counts = f',"expected":[{",".join(f"{value:.3g}" for value in expected)}]' if expected else ""
    return (
        f'{{"type":"Feature","id":"{east}-{north}","geometry":{{"type":"Polygon","coordinates":[[{points}]]}},'
        f'"properties":{{"id":"{east}-{north}","label":"{geo_cells.format_cell(east, north)}","rank":{rank},'
        f'"grades":[{",".join(map(str, grades))}]{counts}}}}}'
    )
