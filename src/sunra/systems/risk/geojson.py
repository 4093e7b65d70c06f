"""Cells for the map: rings are drawn once per district, a slot only adds its figures."""

from functools import lru_cache

import numpy as np
import polars as pl

from sunra.core.geo import cells as geo_cells
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.selectors import cells


@lru_cache(maxsize=8)
def _rings(district: str, sha256: str, numbers: tuple[tuple[int, int], ...]) -> dict[tuple[int, int], str]:
    """Each cell's ring as GeoJSON text, to about a metre; the key keeps districts and versions apart."""
    east, north = np.array(numbers, dtype=np.int64).T
    corners = geo_cells.corners(east, north)
    return {
        cell: "[[" + ",".join(f"[{lon:.5f},{lat:.5f}]" for lon, lat in ring) + "]]"
        for cell, ring in zip(numbers, corners.tolist(), strict=True)
    }


@lru_cache(maxsize=32)
def _text(path: str, sha256: str, district: str, slot: int, forecast: Forecast) -> str:
    frame = cells(forecast, slot)
    ordered = frame.sort(["cell_e", "cell_n"])
    numbers = tuple(zip(ordered["cell_e"].to_list(), ordered["cell_n"].to_list(), strict=True))
    rings = _rings(district, sha256, numbers)
    places = {cell: place for place, cell in enumerate(zip(frame["cell_e"], frame["cell_n"], strict=True), start=1)}
    features = (
        f'{{"type":"Feature","id":"{e}-{n}","geometry":{{"type":"Polygon","coordinates":{rings[e, n]}}},'
        f'"properties":{{"id":"{e}-{n}","grade":{grade},"rank":{places[e, n]},"share":{share:.3f},'
        f'"expected":{expected:.5g},"naive":{naive:.5g}}}}}'
        for e, n, grade, expected, naive, share in _figures(ordered)
    )
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'


def _figures(frame: pl.DataFrame) -> list[tuple[int, int, int, float, float, float]]:
    """Rows to write; ``share``: part of the cells with a lower expectation, for maps without grades."""
    lower = (frame["expected"].rank("min") - 1) / max(frame.height - 1, 1)
    return list(frame.select("cell_e", "cell_n", "grade", "expected", "naive").with_columns(lower.alias("share")).iter_rows())


def collection(forecast: Forecast, slot: int) -> str:
    """The slot's cells as a GeoJSON text; the caller has asked ``selectors.forecast`` for it."""
    return _text(forecast.path, forecast.sha256, forecast.district, slot, forecast)
