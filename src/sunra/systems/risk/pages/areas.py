"""The night by area: 법정동, beats and school zones; one area with its trend; and the public's view."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.core.geo.districts import districts
from sunra.core.geo.errors import UnknownDistrict
from sunra.platform.accounts.access import allow, public
from sunra.platform.accounts.actor import actor_of
from sunra.platform.base.errors import Text
from sunra.platform.ui import chips
from sunra.platform.ui.charts import Chart, Series, bar, line
from sunra.platform.ui.dates import show_date, show_slot
from sunra.platform.ui.measures import show_expected, show_rarity
from sunra.platform.ui.tables import Column, Table
from sunra.systems.risk import selectors
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.pages import common
from sunra.systems.risk.pages.map import HOURS, cell_url
from sunra.systems.risk.rules import VIEW
from sunra.systems.risk.selectors import Summary
from sunra.systems.risk.selectors.areas import BEAT, DONG, ZONE
from sunra.systems.risk.table import SLOTS
from sunra.systems.risk.texts import AREAS, NO_GROUND


@allow(VIEW)
def areas(request: HttpRequest) -> HttpResponse:
    """Areas of one kind (``kind`` in the address), highest expectation first."""
    forecast = common.asked(request)
    if forecast is None:
        return common.none(request)
    kind = request.GET.get("kind", DONG)
    if kind not in AREAS:
        raise Http404
    table = _table(request, forecast, kind, selectors.areas(actor_of(request), forecast, kind))
    answer = table.response()
    if answer is not None:
        return answer
    kinds = [(code, label, code == kind) for code, label in AREAS.items()]
    return render(
        request,
        "risk/areas.html",
        {**common.frame(request, forecast), "kinds": kinds, "kind": kind, "table": table},
    )


@allow(VIEW)
def area(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """One area: its night by slot, its events by month, its highest cells."""
    forecast = common.asked(request)
    if forecast is None or kind not in AREAS:
        raise Http404
    actor = actor_of(request)
    found = selectors.area(actor, forecast, kind, code)
    months = selectors.trend(actor, forecast, found.area) if actor.may("places.view_event") else []
    return render(
        request,
        "risk/area.html",
        {
            **common.frame(request, forecast),
            "found": found,
            "kind": kind,
            "kind_name": AREAS[kind],
            "often": show_rarity(found.expected),
            "expected": show_expected(found.expected),
            "naive": show_expected(found.naive),
            "peak": show_slot(selectors.clock_slot(forecast, found.peak)),
            "top": [
                (row["number"], cell_url(forecast, row), row["grade"], show_rarity(row["expected"]))
                for row in found.top
            ],
            "chart": _by_slot(forecast, found),
            "trend": _trend(months) if any(count for _month, count in months) else None,
        },
    )


@public
def around_here(request: HttpRequest) -> HttpResponse:
    """What everybody may see: the present night's expectation by 법정동, never a cell."""
    shown = selectors.public_districts()
    district = request.GET.get("district", "") or next(iter(shown), "")
    try:
        found = districts().district(district) if district else None
    except UnknownDistrict:
        raise Http404 from None
    answer = selectors.public_dongs(district) if district in shown else None
    table = None
    if answer is not None:
        request.demo = answer[0].demo  # type: ignore[attr-defined]
        table = _public_table(request, answer[0], answer[1])
        response = table.response()
        if response is not None:
            return response
    return render(
        request,
        "risk/public.html",
        {
            "district": found,
            "others": [(code, districts().district(code).name) for code in shown],
            "forecast": answer[0] if answer else None,
            "table": table,
            "no_ground": NO_GROUND,
        },
    )


def _table(request: HttpRequest, forecast: Forecast, kind: str, rows: list[Summary]) -> Table:
    query = f"?district={forecast.district}&day={forecast.day}"
    return Table(
        columns=[
            Column(
                "area.name", AREAS[kind],
                link=lambda row: reverse("risk:area", args=[kind, row.area.code]) + query,
            ),
            Column("expected", gettext_lazy("How often"), numeric=True, format=show_rarity),
            Column("count", gettext_lazy("Expected count"), numeric=True, value=lambda row: row.expected,
                   format=show_expected, unit=gettext_lazy("events")),
            Column("naive", gettext_lazy("Naive count"), numeric=True, format=show_expected,
                   unit=gettext_lazy("events")),
            *([Column("grade", gettext_lazy("Highest grade"), numeric=True, format=chips.grade)]
              if forecast.graded else []),
            Column("peak", gettext_lazy("Highest slot"), sort=False, value=lambda row: show_slot(
                selectors.clock_slot(forecast, row.peak)), whole=True),
            Column("cells", gettext_lazy("Cells"), numeric=True),
        ],
        rows=rows,
        request=request,
        name="areas",
        caption=AREAS[kind],
        empty_title=gettext_lazy("No area of this kind is known here"),
        empty_text=_EMPTY[kind],
    )  # fmt: skip


_EMPTY: dict[str, Text] = {
    DONG: "",
    BEAT: gettext_lazy("Beats come from the jurisdictions of police stations and boxes."),
    ZONE: gettext_lazy("School zones come from published files of child protection zones."),
}


def _public_table(request: HttpRequest, forecast: Forecast, rows: list[Summary]) -> Table:
    return Table(
        columns=[
            Column("area.name", AREAS[DONG]),
            Column("expected", gettext_lazy("How often"), numeric=True, format=show_rarity),
            Column("count", gettext_lazy("Expected count"), numeric=True,
                   value=lambda row: round(row.expected, 2), format=show_expected,
                   unit=gettext_lazy("events")),
            Column("naive", gettext_lazy("Naive count"), numeric=True,
                   value=lambda row: round(row.naive, 2), format=show_expected,
                   unit=gettext_lazy("events")),
            Column("peak", gettext_lazy("Highest slot"), sort=False, value=lambda row: show_slot(
                selectors.clock_slot(forecast, row.peak)), whole=True),
        ],
        rows=rows,
        request=request,
        name="dongs",
        caption=AREAS[DONG],
        page_size=50,
    )  # fmt: skip


def _by_slot(forecast: Forecast, found: Summary) -> Chart:
    order = sorted(range(SLOTS), key=lambda slot: selectors.clock_slot(forecast, slot))
    series = [Series(_("Expected count"), [found.slots[slot][0] for slot in order])]
    if forecast.graded:
        series.append(Series(_("Naive count"), [found.slots[slot][1] for slot in order]))
    return bar(
        _("The area by slot"),
        [show_slot(number) for number in range(SLOTS)],
        series,
        unit=_("events"),
        label_head=_("Time slot"),
        ticks=HOURS,
        axis=_("From hour (two hours each)"),
        period=show_date(forecast.day),
    )


def _trend(months: list[tuple[Any, int]]) -> Chart:
    return line(
        _("Reported events by month"),
        [f"{month:%Y-%m}" for month, _count in months],
        [Series(_("Events"), [float(count) for _month, count in months])],
        unit=_("events"),
        label_head=_("Month"),
    )
