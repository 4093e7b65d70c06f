"""The table of a forecast: one row per cell, twelve columns for each figure by slot."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from sunra.core.forecast import Forecast
from sunra.core.geo import cells
from sunra.core.geo.districts import districts

SLOTS = 12
BY_SLOT = ("expected", "naive", "p_any", "grade")


def slot_column(figure: str, slot: int) -> str:
    """The column of ``figure`` in ``slot`` (0-11)."""
    return f"{figure}_{slot:02d}"


def frame(result: Forecast, dongs: list[str] | None = None) -> pl.DataFrame:
    """The forecast as a wide table; ``own`` and ``near`` are events a day, ``around_*`` units in the cell.

    ``dongs`` are the codes of the cells' 법정동, when they are known already.
    """
    grid = result.grid
    if dongs is None:
        lon, lat = cells.center(grid.cell_e, grid.cell_n)
        dongs = [str(code) for code in districts().locate(lon, lat)]
    weights = result.params.weights
    own = sum((weights[name] * part.own for name, part in result.parts.items()), np.zeros(len(grid)))
    near = sum((weights[name] * part.near for name, part in result.parts.items()), np.zeros(len(grid)))
    count = sum((part.count for name, part in result.parts.items() if weights[name] > 0), np.zeros(len(grid)))
    day, naive_day = result.expected.sum(1), result.naive.sum(1)
    columns: dict[str, object] = {
        "cell_e": grid.cell_e,
        "cell_n": grid.cell_n,
        "dong": dongs,
        "count": count,
        "own": own,
        "near": near,
        "expected_day": day,
        "naive_day": naive_day,
        "rank": _rank(day),
        "naive_rank": _rank(naive_day),
    }
    figures: tuple[np.ndarray, ...] = (result.expected, result.naive, result.p_any, result.grade)
    for figure, values in zip(BY_SLOT, figures, strict=True):
        columns |= {slot_column(figure, slot): values[:, slot] for slot in range(SLOTS)}
    for family, part in result.parts.items():
        columns[f"family_{family}"] = weights[family] * part.expected.sum(1)
    for name, column in result.around.items():
        columns[f"around_{name}"] = column
    return pl.DataFrame(columns)


def nearest_column(kind: str) -> str:
    """The column of the metres to the nearest facility of ``kind``."""
    return f"nearest_{kind}"


def with_nearest(cells_of_night: pl.DataFrame, metres: Mapping[str, np.ndarray]) -> pl.DataFrame:
    """The table with the metres from each cell, in the grid's order, to the nearest of some kinds."""
    return cells_of_night.with_columns(
        pl.Series(nearest_column(kind), column) for kind, column in sorted(metres.items())
    )


def _rank(values: np.ndarray) -> np.ndarray:
    """1 for the highest; equal values share the better rank."""
    ordered = np.sort(-values)
    return np.searchsorted(ordered, -values, side="left").astype(np.int32) + 1
