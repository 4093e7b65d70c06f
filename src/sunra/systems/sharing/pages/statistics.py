"""통계: map, table and chart of one indicator; the address holds the view; where each number came from."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.core.geo.districts import districts
from sunra.core.indicators import Trend
from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.jobs.services import enqueue
from sunra.platform.ui.charts import Chart, bar, line
from sunra.platform.ui.charts import Series as ChartSeries
from sunra.platform.ui.dates import show_date
from sunra.platform.ui.tables import Column, Table
from sunra.systems.sharing import choropleth, statistics_texts, texts
from sunra.systems.sharing.indicators import (
    FAMILIES,
    INDICATORS,
    family_name,
    unit_name,
)
from sunra.systems.sharing.jobs.statistics import STATISTICS
from sunra.systems.sharing.models import StatisticsRun
from sunra.systems.sharing.rules import MAKE_REPORT, RUN_STATISTICS, VIEW_SMALL_AREAS, VIEW_STATISTICS
from sunra.systems.sharing.selectors import statistics as selectors
from sunra.systems.sharing.selectors.statistics.facts import months, span
from sunra.systems.sharing.selectors.statistics.figures import Figure, Shown
from sunra.systems.sharing.selectors.statistics.likeness import Likeness
from sunra.systems.sharing.selectors.statistics.series import Series
from sunra.systems.sharing.selectors.statistics.view import View
from sunra.systems.sharing.services.statistics.leaving import RELEASED

TOP = 15
"""Bars in a chart of units."""


@allow(VIEW_STATISTICS)
def statistics(request: HttpRequest) -> HttpResponse:
    """One view: what the address asks for."""
    actor = actor_of(request)
    run = selectors.latest(actor)
    may = {"may_run": actor.may(RUN_STATISTICS), "may_report": actor.may(MAKE_REPORT)}
    if run is None:
        return render(request, "sharing/statistics_none.html", may)
    request.demo = run.demo  # type: ignore[attr-defined]
    view = View.read(request.GET)
    try:
        shown = selectors.figures(actor, run, view)
    except UserError as error:
        context = {"run": run, "error": str(error), **_choices(actor, run, view), **may}
        return render(request, "sharing/statistics_page.html", context, status=400)
    table = figure_table(request, shown)
    answer = table.response()
    if answer is not None:
        return answer
    likeness = selectors.likeness(actor, run, view) if shown.rows else None
    series = selectors.series(actor, run, view) if view.what.numerator == "events" else None
    chart = chart_of(shown, series)
    return render(
        request,
        "sharing/statistics_page.html",
        {
            "run": run,
            "shown": shown,
            "view": view,
            "heading": statistics_texts.heading(shown),
            "period": statistics_texts.period(shown),
            "notes": statistics_texts.notes(shown),
            "map": choropleth.draw(shown, chosen=view.unit) if shown.rows else "",
            "legend": choropleth.legend(shown),
            "table": table,
            "chart": chart,
            "trend": _trend_words(series),
            "likeness": _likeness_words(shown, likeness),
            "chosen": shown.of(view.unit),
            "small": selectors.staff_only(view),
            **_for_others(actor, view),
            "all_url": f"?{view.address(unit='')}",
            "query": view.address(),
            "saved": selectors.saved_views(actor)[:20],
            **_choices(actor, run, view),
            **may,
        },
    )


def figure_table(request: HttpRequest, shown: Shown) -> Table:
    """The figures of a view; not taken away as CSV here, since what leaves is protected first."""
    what = shown.view.what
    chosen = shown.of(shown.view.unit)
    marked = chosen.name if chosen else ""
    columns = [
        Column(
            "name", unit_name(shown.view.by),
            format=lambda name: f"● {name}" if name == marked else name,
            link=lambda row: f"?{shown.view.address(unit=row.unit)}",
        ),
        Column(
            "value", what.name, numeric=True, unit=what.unit,
            format=lambda value: statistics_texts.number(value, what.digits),
            link=lambda row: lineage_url(shown, row),
        ),
    ]  # fmt: skip
    if what.interval != "whole":
        columns.append(
            Column(
                "low", gettext_lazy("Interval (95 %)"), numeric=True, sort=False,
                value=lambda row: statistics_texts.interval(row.low, row.high, what.digits),
            )
        )  # fmt: skip
    if what.denominator:
        columns.append(
            Column(
                "numerator",
                gettext_lazy("Made from"),
                numeric=True,
                unit=statistics_texts.fact_unit(what.numerator),
                format=lambda value: statistics_texts.number(value, 0),
            )
        )
    return Table(
        columns=columns,
        rows=list(shown.rows),
        request=request,
        name="figures",
        caption=f"{statistics_texts.heading(shown)} ({statistics_texts.subtitle(shown)})",
        default_sort="" if shown.view.by == "hour" else "-value",
        page_size=24,
        export=False,
        row_id=lambda row: row.unit,
        empty_title=_("No figures"),
        empty_text=statistics_texts.MISSING.get(shown.missing, _("Nothing falls into this view.")),
    )


def lineage_url(shown: Shown, row: Figure) -> str:
    """Where a number came from."""
    address = reverse("sharing:statistics_run", args=[shown.run.id])
    return f"{address}?{shown.view.address(unit=row.unit)}"


def chart_of(shown: Shown, series: Series | None) -> Chart | None:
    """The series with its bands for events; bars for hours, types and what stands."""
    what = shown.view.what
    source = _("published data, computed %(day)s") % {"day": show_date(shown.run.created)}
    if series is not None and shown.view.by not in {"hour", "cell"} and series.starts:
        return _series_chart(shown, series, source)
    rows = [row for row in shown.rows if row.value is not None]
    if not rows or shown.view.by == "cell":
        return None
    if shown.view.by != "hour":
        rows = sorted(rows, key=lambda row: -(row.value or 0))[:TOP]
    return bar(
        statistics_texts.heading(shown),
        [row.name for row in rows],
        [round(row.value or 0, what.digits) for row in rows],
        unit=what.unit,
        period=statistics_texts.period(shown),
        source=source,
        label_head=unit_name(shown.view.by),
        ticks=[row.unit for row in rows] if shown.view.by == "hour" else (),
    )


def _series_chart(shown: Shown, series: Series, source: str) -> Chart:
    labels = [
        f"{start:%Y-%m-%d}" if series.weekly else statistics_texts.month(start) for start in series.starts
    ]
    lines = [ChartSeries(_("Counted"), [float(count) for count in series.counts])]
    note = _("Too short for a trend.")
    if series.trend is not None:
        trend = series.trend
        lines.append(
            ChartSeries(
                _("Expected, with 95 % band") if trend.seasonal else _("Trend, with 95 % band"),
                [round(float(value), 2) for value in trend.expected],
                [round(float(value), 2) for value in trend.low],
                [round(float(value), 2) for value in trend.high],
            )
        )
        note = (
            _("Trend and season by a negative binomial regression.")
            if trend.seasonal
            else _("Trend without season: less than two years, or fewer than 60 events.")
        )
    chosen = shown.of(shown.view.unit)
    where = chosen.name if chosen else _("all together")
    return line(
        _("Events over time: %(where)s") % {"where": where},
        labels,
        lines,
        unit=_("events a week") if series.weekly else _("events a month"),
        period=f"{labels[0]} – {labels[-1]}",
        source=source,
        note=note,
        label_head=_("Week from") if series.weekly else _("Month"),
    )


def _trend_words(series: Series | None) -> dict[str, Any] | None:
    """The change of the level in a year, in per cent with its interval."""
    trend: Trend | None = series.trend if series else None
    if trend is None or not sum(series.counts if series else ()):
        return None
    change, low, high = (100 * (one - 1) for one in (trend.yearly, trend.yearly_low, trend.yearly_high))
    return {
        "change": f"{change:+.0f}",
        "low": f"{low:+.0f}",
        "high": f"{high:+.0f}" if high < 1000 else "…",
        "sure": low > 0 or high < 0,
    }


def _likeness_words(shown: Shown, found: Likeness | None) -> dict[str, Any] | None:
    """Like areas with their features beside those of the area itself, and how it stands among them."""
    if found is None:
        return None
    names = {row.unit: row.name for row in shown.rows}

    def told(unit: str) -> list[str]:
        return [
            f"{statistics_texts.number(found.features[unit][name], 0)} {label}"
            for name, label in statistics_texts.FEATURES.items()
        ]

    stands = found.standing
    return {
        "name": names.get(found.unit, found.unit),
        "own": told(found.unit),
        "peers": [
            {
                "name": names.get(peer.unit, peer.unit),
                "url": f"?{shown.view.address(unit=peer.unit)}",
                "features": told(peer.unit),
                "distance": statistics_texts.number(peer.distance, 2),
            }
            for peer in found.peers
        ],
        "observed": statistics_texts.number(stands.observed, 0),
        "expected": statistics_texts.number(stands.expected, 1),
        "ratio": statistics_texts.number(stands.ratio, 2),
        "low": statistics_texts.number(stands.low, 2),
        "high": statistics_texts.number(stands.high, 2),
        "sure": stands.low > 1 or stands.high < 1,
    }


def _for_others(actor: Actor, view: View) -> dict[str, str]:
    """The address of the files that may be passed on; nothing when there is no release for this view."""
    released = selectors.latest_released(actor)
    if released is None or selectors.staff_only(view):
        return {}
    if view.what.interval == "whole" and view.what.numerator != "patrol_hours":
        return {"others": view.address(**{"for": "others"}), "others_year": ""}
    if view.indicator not in RELEASED:
        return {}
    year = max(selectors.table(released, "public")["year"].to_list())
    address = view.address(since=f"{year}-01", until=f"{year}-12", **{"for": "others"})
    return {"others": address, "others_year": f" ({year})"}


def _choices(actor: Actor, run: StatisticsRun, view: View) -> dict[str, Any]:
    """What the form above the map offers."""
    small = actor.may(VIEW_SMALL_AREAS)
    known = list(months(*span(run, view)))
    reach = sorted({dong[:5] for dong in actor.dongs})
    stock = selectors.table(run, "stock")
    kinds = (
        sorted(stock.filter(stock["measure"] == "facilities")["item"].unique().to_list())
        if not stock.is_empty()
        else []
    )
    return {
        "view": view,
        "indicators": [(one.code, one.name) for one in INDICATORS.values()],
        "units": [
            (code, unit_name(code)) for code in view.what.units if small or code not in {"cell", "hour"}
        ],
        "months": [(f"{month:%Y-%m}", statistics_texts.month(month)) for month in known],
        "families": [(code, family_name(code)) for code in FAMILIES]
        if view.what.numerator.startswith(("events", "response")) and view.by != "type"
        else [],
        "kinds": [(kind, texts.kind(kind)) for kind in kinds] if view.what.numerator == "facilities" else [],
        "reach": [(code, districts().district(code).name) for code in reach] if len(reach) > 1 else [],
        "timed": view.what.timed,
        "has_series": view.what.numerator == "events",
    }


@allow(POST=RUN_STATISTICS)
def compute(request: HttpRequest) -> HttpResponse:
    """Compute now, in the background; the page of the job shows how far it is."""
    actor = actor_of(request)
    if actor.agency_id is None:
        raise PermissionDenied
    job = enqueue(actor=actor, kind=STATISTICS, args={"tell": True}, key=f"statistics:{actor.agency_id}")
    return redirect("jobs:detail", job.id)
