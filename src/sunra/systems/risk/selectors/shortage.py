"""Cells of a high grade that lack a camera, a bell or a light: where to look first with a budget."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from sunra.core.geo import cells as geo_cells
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.selectors.cells import WANTED
from sunra.systems.risk.selectors.forecasts import columns_of, table
from sunra.systems.risk.table import SLOTS, nearest_column, slot_column

HIGH = 7
"""The lowest grade (of the night's highest slot) that the list starts with."""
SHARE = 0.05
"""Without grades, this share of the cells by their order."""


@dataclass(frozen=True, eq=False)
class Shortage:
    """One row a cell: ``cell_e cell_n number dong grade expected naive rank lacking`` and metres by kind.

    ``known``: the kinds of which anything is known in reach; of the others nothing can be said.
    """

    rows: list[dict[str, Any]]
    known: tuple[str, ...]
    high: int
    looked: int


def shortage(forecast: Forecast, *, high: int = HIGH) -> Shortage:
    """The cells of grade ``high`` and above that are too far from at least one kind; the caller has asked
    ``forecast`` for it. Worst first: most kinds lacking, then highest expectation.
    """
    there = set(columns_of(forecast))
    known = tuple(kind for kind in WANTED if nearest_column(kind) in there)
    distances = [nearest_column(kind) for kind in known]
    grades = [slot_column("grade", slot) for slot in range(SLOTS)]
    frame = table(
        forecast, ["cell_e", "cell_n", "dong", "rank", "expected_day", "naive_day", *grades, *distances]
    ).with_columns(pl.max_horizontal(grades).alias("grade"))
    if forecast.graded:
        frame = frame.filter(pl.col("grade") >= high)
    else:
        frame = frame.filter(pl.col("rank") <= max(1, round(forecast.cells * SHARE)))
    looked = frame.height
    lacks = [(pl.col(nearest_column(kind)).round() > WANTED[kind]).cast(pl.Int8) for kind in known]
    frame = frame.with_columns(
        pl.sum_horizontal(lacks).alias("lacking") if lacks else pl.lit(0).alias("lacking")
    )
    frame = frame.filter(pl.col("lacking") > 0).sort(
        ["lacking", "expected_day", "cell_e", "cell_n"], descending=[True, True, False, False]
    )
    kept = ["cell_e", "cell_n", "dong", "rank", "grade", "expected_day", "naive_day", "lacking", *distances]
    rows = [
        row | {"number": geo_cells.format_cell(row["cell_e"], row["cell_n"])}
        for row in frame.select(kept).iter_rows(named=True)
    ]
    return Shortage(rows, known, high, looked)
