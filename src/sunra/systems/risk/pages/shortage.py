"""Where a high grade and a missing camera, bell or light meet, with the distance to the nearest."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from sunra.platform.accounts.access import allow
from sunra.platform.places.selectors import dongs
from sunra.platform.ui import chips
from sunra.platform.ui.measures import show_expected, show_rarity
from sunra.platform.ui.tables import Column, Filter, Table
from sunra.systems.risk import selectors
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.pages import common
from sunra.systems.risk.pages.map import cell_url, number_of
from sunra.systems.risk.rules import VIEW
from sunra.systems.risk.selectors import WANTED, Shortage
from sunra.systems.risk.selectors.shortage import HIGH
from sunra.systems.risk.table import nearest_column
from sunra.systems.risk.texts import KINDS


@allow(VIEW)
def shortage(request: HttpRequest) -> HttpResponse:
    """The list, sortable, as CSV too; ``grade`` in the address is the lowest grade looked at."""
    forecast = common.asked(request)
    if forecast is None:
        return common.none(request)
    asked = request.GET.get("grade", "")
    high = int(asked) if asked.isdecimal() and 1 <= int(asked) <= 10 else HIGH
    found = selectors.shortage(forecast, high=high)
    table = _table(request, forecast, found)
    answer = table.response()
    if answer is not None:
        return answer
    return render(
        request,
        "risk/shortage.html",
        {
            **common.frame(request, forecast),
            "found": found,
            "high": high,
            "grades": range(1, 11),
            "table": table,
            "wanted": [(KINDS[kind], f"{metres:.0f}") for kind, metres in WANTED.items()],
            "unknown": [KINDS[kind] for kind in WANTED if kind not in found.known],
        },
    )


def _table(request: HttpRequest, forecast: Forecast, found: Shortage) -> Table:
    names = dict(dongs(district=forecast.district).values_list("code", "name"))
    used = sorted({str(row["dong"]) for row in found.rows if row["dong"]})
    return Table(
        columns=[
            Column(
                "cell", gettext_lazy("Cell"), sort=False, value=number_of, whole=True,
                link=lambda row: cell_url(forecast, row),
            ),
            Column("dong", gettext_lazy("Legal dong"), format=lambda code: names.get(code, code)),
            Column("grade", gettext_lazy("Risk grade"), numeric=True, format=chips.grade)
            if forecast.graded
            else Column("rank", gettext_lazy("Order"), numeric=True),
            Column("expected_day", gettext_lazy("How often"), numeric=True, format=show_rarity),
            Column("naive_day", gettext_lazy("Naive count"), numeric=True, format=show_expected,
                   unit=gettext_lazy("events")),
            Column("lacking", gettext_lazy("Kinds missing"), numeric=True, unit=gettext_lazy("kinds")),
            *(
                Column(
                    nearest_column(kind), gettext_lazy("To the nearest %s") % KINDS[kind], numeric=True,
                    format=_metres(WANTED[kind]),
                )
                for kind in found.known
            ),
        ],
        rows=found.rows,
        request=request,
        name="shortage",
        caption=gettext_lazy("Cells of a high grade that lack something"),
        filters=[
            Filter("dong", gettext_lazy("Legal dong"), [(code, names.get(code, code)) for code in used]),
        ],
        row_id=lambda row: f"{row['cell_e']}-{row['cell_n']}",
        empty_title=gettext_lazy("Nothing is missing here"),
        empty_text=gettext_lazy("No cell of these grades is farther from a kind than wanted."),
    )  # fmt: skip


def _metres(wanted: float) -> Callable[[Any], str]:
    """Whole metres; beyond what is wanted with a mark that is no colour."""

    def show(metres: float | None) -> str:
        if metres is None:
            return "–"
        return f"{metres:,.0f} m{' ●' if round(metres) > wanted else ''}"

    return show
