"""What the one-page brief of a night says: where, when, why, what changed, and what a grade is not."""

from typing import Any

from django.conf import settings
from django.utils import translation

from sunra.core.geo.districts import districts
from sunra.platform.accounts.actor import Actor
from sunra.platform.documents.services import render
from sunra.platform.ui.dates import show_date, show_datetime, show_slot
from sunra.platform.ui.measures import show_rarity
from sunra.systems.risk import said, selectors
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.selectors import Cell
from sunra.systems.risk.selectors.areas import DONG
from sunra.systems.risk.table import SLOTS
from sunra.systems.risk.texts import BRIEF
from sunra.systems.risk.why import in_short

CELLS, AREAS, CHANGES = 10, 5, 5


def pdf(actor: Actor, forecast: Forecast) -> bytes:
    """The brief as PDF/UA; raises ``UserError`` ``fonts_missing``, ``risk.table_missing``."""
    return render("risk/brief.typ", brief(actor, forecast), one_page=True)


def brief(actor: Actor, forecast: Forecast) -> dict[str, Any]:
    """Everything that the brief prints, in the language of the installation."""
    earlier = selectors.before(actor, forecast)
    with translation.override(settings.LANGUAGE_CODE):
        return {
            "words": {key: str(value) for key, value in BRIEF.items()},
            "title": districts().district(forecast.district).full_name,
            "day": show_date(forecast.day),
            "made": show_datetime(forecast.updated),
            "demo": forecast.demo,
            "graded": forecast.graded,
            "said": [one for one in (said.ungraded(forecast), *said.of_night(forecast)) if one],
            "cells": [_cell(forecast, one) for one in selectors.several(actor, forecast, _top(forecast))],
            "areas": [
                {"name": one.area.name, "often": show_rarity(one.expected), "slot": _slot(forecast, one.peak)}
                for one in selectors.areas(actor, forecast, DONG)[:AREAS]
            ],
            "compared": forecast.graded and bool(earlier and earlier.graded),
            "changes": [
                {"number": row["number"], "was": str(row["was"]), "grade": str(row["grade"])}
                for row in selectors.changed(actor, forecast, CHANGES)
            ],
        }


def _top(forecast: Forecast) -> list[tuple[int, int]]:
    """The cells of the highest expectation over the night."""
    frame = selectors.table(forecast, ["cell_e", "cell_n", "rank", "expected_day"])
    return list(frame.sort(["rank", "cell_e", "cell_n"]).head(CELLS)["cell_e", "cell_n"].iter_rows())


def _cell(forecast: Forecast, found: Cell) -> dict[str, str]:
    peak = max(range(SLOTS), key=lambda slot: found.slots[slot]["expected"])
    grade = max(int(one["grade"]) for one in found.slots)
    return {
        "number": found.number,
        "grade": str(grade or "–"),
        "often": show_rarity(found.expected_day),
        "slot": _slot(forecast, peak),
        "why": in_short(found),
    }


def _slot(forecast: Forecast, slot: int) -> str:
    return show_slot(selectors.clock_slot(forecast, slot))
