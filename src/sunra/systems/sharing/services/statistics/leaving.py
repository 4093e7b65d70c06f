"""Figures that leave the page: counts of events pass the disclosure control first."""

from dataclasses import dataclass
from typing import Any

import polars as pl
from django.utils.translation import gettext_noop

from sunra.platform.accounts.actor import Actor
from sunra.systems.sharing.selectors.statistics.figures import Figure, Shown
from sunra.systems.sharing.services.release import protect
from sunra.systems.sharing.services.statistics.public import SUBJECT

TITLE = gettext_noop("Statistics that left in a report")


@dataclass(frozen=True, eq=False)
class Leaving:
    """A view as it may leave: figures of ``hidden`` units are withheld, ``protected`` whether control ran."""

    shown: Shown
    hidden: frozenset[str]
    protected: bool

    def of(self, row: Figure) -> Figure | None:
        """The figure, or None when it is withheld."""
        return None if row.unit in self.hidden else row

    def values(self) -> dict[str, float]:
        """Unit → value of what may be drawn."""
        return {
            row.unit: row.value
            for row in self.shown.rows
            if row.value is not None and row.unit not in self.hidden
        }

    def rows(self) -> list[list[Any]]:
        """Kind of unit, code, name, value, lower, upper, made from, divided by; None = withheld."""
        made = []
        for row in self.shown.rows:
            figures: list[Any] = [None] * 5
            if row.unit not in self.hidden:
                figures = [row.value, row.low, row.high, row.numerator, row.denominator]
            made.append([row.unit_type, row.unit, row.name, *figures])
        return made


def leaving(*, actor: Actor, shown: Shown) -> Leaving:
    """The figures of ``shown`` with small counts of events withheld, and others so that none can be computed.

    Facilities, areas and streets are public things and pass as they are.
    """
    if shown.view.what.interval == "whole" or not shown.rows:
        return Leaving(shown, frozenset(), protected=False)
    what = shown.view.what
    frame = pl.DataFrame(
        {
            shown.view.by: [row.unit for row in shown.rows],
            "family": [shown.view.family or None] * len(shown.rows),
            "period": [f"{shown.since:%Y-%m}/{shown.until:%Y-%m}"] * len(shown.rows),
            "count": [_count(row, shown) for row in shown.rows],
        },
        schema={shown.view.by: pl.String, "family": pl.String, "period": pl.String, "count": pl.Int64},
    )
    dims = [name for name in frame.columns if name != "count"]
    if shown.view.by == "type":
        frame, dims = frame.drop("family").rename({"type": "family"}), ["family", "period"]
    subject = f"{SUBJECT}.response" if what.interval == "mean" else SUBJECT
    safe = protect(actor=actor, title=TITLE, frame=frame, dims=dims, subject=subject)
    unit = dims[0]
    return Leaving(shown, frozenset(safe.filter("suppressed")[unit].to_list()), protected=True)


def _count(row: Figure, shown: Shown) -> int:
    """How many events stand behind a figure: of a mean its number, else what was counted."""
    number = row.denominator if shown.view.what.interval == "mean" else row.numerator
    return round(number or 0)
