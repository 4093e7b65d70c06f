"""Counts of open events by what anybody chooses, with cell-key noise; nothing small or finer than a dong.

Exact counts of the same events leave elsewhere, as whole years with small ones hidden. So that these answers
cannot be set against those, they are always by month, and a result below ``BELOW`` is not told: a count of
five or less never is, whatever its noise, and one that is not told may be anything from 0 to 13.
"""

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Literal

import polars as pl
from django.utils.translation import gettext_lazy as _

from sunra.core.disclosure import cell_key
from sunra.platform.base.errors import UserError
from sunra.systems.sharing import frames
from sunra.systems.sharing.indicators import FAMILIES
from sunra.systems.sharing.models import Opening
from sunra.systems.sharing.opened import event_cells
from sunra.systems.sharing.opened.event_cells import MODULUS, PARTS, Counted

Area = Literal["", "district", "dong"]
Detail = Literal["", "family", "part"]
AREAS: tuple[str, ...] = ("", "district", "dong")
DETAILS: tuple[str, ...] = ("", "family", "part")
BELOW = 10
"""A result below it is not told; with at most ``cell_key.WIDEST`` of noise, no count below 6 ever is."""
MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: one year by month and by ``area`` and ``detail``; ``district`` narrows to one."""

    area: Area = ""
    detail: Detail = ""
    year: int = 0
    district: str = ""


@dataclass(frozen=True, eq=False)
class Answer:
    """One row a cell: the dimensions and ``count``, None where the result is below ``BELOW``."""

    dims: tuple[str, ...]
    rows: list[dict[str, Any]]
    year: int
    years: tuple[int, ...]
    districts: tuple[str, ...]


def answers(opening: Opening) -> bool:
    """Whether this opening can be asked: it opens events, as figures."""
    return opening.form == Opening.Form.COUNTS and frames.layer_of(opening.dataset.kind) == "event"


def ask(opening: Opening, question: Question) -> Answer:
    """The answer; raises ``UserError`` (``not_counted``, ``finer``, ``no_such_year``, ``no_such_district``,
    ``too_many_cells``).
    """
    if not answers(opening):
        raise UserError(
            "not_counted",
            _("This dataset holds no events to count."),
            _("Ask an open dataset of events, or take the files of this one."),
        )
    if question.area not in AREAS or question.detail not in DETAILS:
        raise UserError(
            "finer",
            _("Counts are given by legal dong or district, by month, and by type or part of the day."),
            _("Choose one area and one more column; cells, addresses, days and hours are never told."),
        )
    counted = event_cells.counted(opening)
    years = tuple(sorted({int(month[:4]) for month in counted.months}, reverse=True))
    reach = tuple(sorted({dong[:5] for dong in counted.dongs}))
    year = question.year or (years[0] if years else 0)
    if year not in years and (years or question.year):
        raise UserError(
            "no_such_year", _("No months of this year are over and known."), _("Choose one of the list.")
        )
    if question.district and question.district not in reach:
        raise UserError(
            "no_such_district", _("This dataset does not cover the district."), _("Choose one of the list.")
        )
    dims = tuple(name for name in (question.area, "month", question.detail) if name)
    grid = _grid(counted, question, dims, year)
    return Answer(dims, _told(counted, grid, dims, question), year, years, reach)


def _grid(counted: Counted, question: Question, dims: tuple[str, ...], year: int) -> pl.DataFrame:
    """Every cell that could be: one left out would say zero aloud."""
    dongs = [dong for dong in counted.dongs if dong.startswith(question.district)]
    values = {
        "district": sorted({dong[:5] for dong in dongs}),
        "dong": dongs,
        "month": [month for month in counted.months if int(month[:4]) == year],
        "family": list(FAMILIES),
        "part": list(PARTS),
    }
    size = prod(len(values[name]) for name in dims)
    if size > MOST_ROWS:
        raise UserError(
            "too_many_cells",
            _("The answer would have more than %(most)s rows.") % {"most": MOST_ROWS},
            _("Choose one district, or a coarser area."),
        )
    rows = list(product(*(values[name] for name in dims)))
    return pl.DataFrame(rows, schema=dict.fromkeys(dims, pl.String), orient="row")


def _told(
    counted: Counted, grid: pl.DataFrame, dims: tuple[str, ...], question: Question
) -> list[dict[str, Any]]:
    inside = counted.cells.filter(pl.col("district").str.starts_with(question.district))
    sums = inside.group_by(dims).agg(pl.col("count").sum(), pl.col("key").sum() % MODULUS)
    whole = grid.join(sums, on=list(dims), how="left").with_columns(
        pl.col("count").fill_null(0), pl.col("key").fill_null(0)
    )
    noised = cell_key.perturb(whole["count"].to_numpy(), whole["key"].to_numpy() / MODULUS)
    told = pl.Series("count", noised, dtype=pl.Int64)
    shown = pl.DataFrame({"count": told}).select(pl.when(pl.col("count") >= BELOW).then(pl.col("count")))
    return whole.select(dims).with_columns(shown["count"]).rows(named=True)
