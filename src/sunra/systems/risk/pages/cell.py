"""The page of one cell: what is expected and why, in sentences with numbers; what is missing there."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.platform.places.selectors import dongs
from sunra.platform.ui.charts import Chart, Series, bar
from sunra.platform.ui.dates import show_date, show_slot
from sunra.platform.ui.measures import show_expected, show_rarity
from sunra.systems.risk import selectors
from sunra.systems.risk.pages import common
from sunra.systems.risk.pages.map import HOURS
from sunra.systems.risk.rules import VIEW
from sunra.systems.risk.selectors import Cell
from sunra.systems.risk.table import SLOTS
from sunra.systems.risk.texts import FAMILIES, KINDS
from sunra.systems.risk.why import missing, reasons


@allow(VIEW)
def cell(request: HttpRequest, forecast_id: UUID, cell_e: int, cell_n: int) -> HttpResponse:
    """One cell: what is expected and why, what stands there and what is missing."""
    found = selectors.cell(actor_of(request), forecast_id, cell_e, cell_n)
    forecast = found.forecast
    request.demo = forecast.demo  # type: ignore[attr-defined]
    order = sorted(range(SLOTS), key=lambda slot: selectors.clock_slot(forecast, slot))
    return render(
        request,
        "risk/cell.html",
        {
            **common.frame(request, forecast),
            "cell": found,
            "dong": dict(dongs(district=forecast.district).values_list("code", "name")).get(found.dong, ""),
            "chart": _chart(found, order),
            "often": show_rarity(found.expected_day),
            "expected": show_expected(found.expected_day),
            "naive": show_expected(found.naive_day),
            "grades": [
                (show_slot(number), int(found.slots[slot]["grade"])) for number, slot in enumerate(order)
            ],
            "families": [
                (FAMILIES.get(code, code), show_rarity(value), show_expected(value))
                for code, value in found.families.items()
                if value
            ],
            "reasons": reasons(found),
            "missing": missing(found),
            "unknown": [KINDS[kind] for kind in found.unknown],
            "no_events": forecast.event_source != "events",
        },
    )


def _chart(found: Cell, order: list[int]) -> Chart:
    return bar(
        _("This cell by slot"),
        [show_slot(number) for number in range(SLOTS)],
        [
            Series(_("Expected count"), [found.slots[slot]["expected"] for slot in order]),
            Series(_("Naive count"), [found.slots[slot]["naive"] for slot in order]),
        ],
        unit=_("events"),
        label_head=_("Time slot"),
        ticks=HOURS,
        axis=_("From hour (two hours each)"),
        period=show_date(found.forecast.day),
    )
