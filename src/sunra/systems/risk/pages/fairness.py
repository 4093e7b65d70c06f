"""Who is flagged: the audit for staff, shares by 법정동 for everybody."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.core.geo.districts import districts
from sunra.platform.accounts.access import allow, public
from sunra.platform.accounts.actor import actor_of
from sunra.platform.jobs.services import enqueue
from sunra.platform.places.selectors import dongs
from sunra.platform.ui.charts import Chart, Series, bar, line
from sunra.platform.ui.tables import Column, Table
from sunra.systems.risk import selectors as forecasts
from sunra.systems.risk.judged_jobs import AUDIT
from sunra.systems.risk.judged_texts import ALARM_MEANINGS, ALARM_NAMES, CAP_NOTE, EVENT_KINDS, NEAREST_BOX
from sunra.systems.risk.models import Alarm, Report
from sunra.systems.risk.pages.honesty import (
    interval_of,
    number,
    percent,
    ratio,
    signed_percent,
    vintage,
    with_interval,
)
from sunra.systems.risk.rules import MAKE, VIEW
from sunra.systems.risk.selectors import fairness as selectors
from sunra.systems.risk.texts import NO_GROUND


@allow(VIEW)
def fairness(request: HttpRequest) -> HttpResponse:
    """Flags against events and residents, repeats, caps, the loop of finds, alarms."""
    actor = actor_of(request)
    report = selectors.report(actor, Report.Kind.FAIRNESS, district=request.GET.get("district", ""))
    may = actor.may(MAKE)
    if report is None:
        newest = forecasts.latest(actor, district=request.GET.get("district", ""))
        may = may and newest is not None and newest.agency_id in actor.scope
        found = {"may": may, "forecast": newest, "no_ground": NO_GROUND}
        return render(request, "risk/fairness_none.html", found)
    request.demo = report.demo  # type: ignore[attr-defined]
    figures = report.figures
    names = _names(figures)
    tables = [_areas(request, figures["dongs"]["rows"], "dong", _("By legal dong"), names)]
    if figures["beats"]:
        tables.append(_areas(request, figures["beats"]["rows"], "beat", _("By beat"), {}))
    for table in tables:
        answer = table.response()
        if answer:
            return answer
    return render(
        request,
        "risk/fairness.html",
        {
            "report": report,
            "district_code": report.district,
            "figures": figures,
            "inputs": [
                {
                    "kind": EVENT_KINDS.get(one["kind"], one["kind"]),
                    "rows": one["rows"],
                    "vintage": vintage(one),
                }
                for one in report.vintages
            ],
            "district": districts().district(report.district).name,
            "reach": _reach(actor),
            "tables": tables,
            "nearest": NEAREST_BOX if figures["beats"] and figures["beats"]["nearest"] else "",
            "alarms": _alarms(
                request,
                selectors.alarms(actor, report.district),
                names,
                scored=selectors.scored(report.district),
            ),
            "caps": _caps(request, figures["caps"]) if figures["caps"] else None,
            "cap_note": CAP_NOTE,
            "times": _times(figures),
            "loop": _loop(figures["feedback"]) if figures["feedback"] else None,
            "loop_area": names.get((figures["feedback"] or {}).get("area", ""), ""),
            "shown": {name: percent(figures[name]) for name in ("never", "ever", "always")}
            | {"share": percent(figures["share"]), "discovered": percent(_discovered(figures))},
            "jaccard": ratio(figures["jaccard"]),
            "equal": _equal(figures["dongs"]["equal_hits_p"]),
            "may": may and report.agency_id in actor.scope,
            "no_ground": NO_GROUND,
        },
    )


def _names(figures: dict[str, Any]) -> dict[str, str]:
    """The 법정동 of a report by code; cells on the border may lie in one of the next district."""
    codes = [row["area"] for row in figures["dongs"]["rows"]]
    return dict(dongs(current=False).filter(code__in=codes).values_list("code", "name"))


def _reach(actor: Any) -> list[tuple[str, str]]:
    """Districts with an audit in reach, when there is more than one."""
    found = selectors.reports(actor, Report.Kind.FAIRNESS).order_by()
    codes = sorted(set(found.values_list("district", flat=True)))
    return [(code, districts().district(code).name) for code in codes] if len(codes) > 1 else []


def _discovered(figures: dict[str, Any]) -> float | None:
    total = figures["provenance"]["reported"] + figures["provenance"]["discovered"]
    return figures["provenance"]["discovered"] / total if total else None


def _equal(p: float | None) -> str:
    """Whether hits per flag differ between areas by more than chance, in words."""
    if p is None:
        return _("Too few hits to compare what a flag finds from area to area.")
    if p < 0.05:
        return _("A flag finds more in some areas than in others, beyond chance (p %(p)s).") % {
            "p": f"{p:.3f}"
        }
    return _("What a flag finds differs between areas by no more than chance (p %(p)s).") % {"p": f"{p:.3f}"}


def _areas(
    request: HttpRequest, rows: list[dict[str, Any]], name: str, caption: str, names: dict[str, str]
) -> Table:
    columns = [
        Column("area", gettext_lazy("Area"), format=lambda code: names.get(code, code)),
        Column("flagged", gettext_lazy("Share of flags"), numeric=True, format=percent),
        Column("events", gettext_lazy("Share of events"), numeric=True, format=percent),
        Column("cells", gettext_lazy("Share of the area"), numeric=True, format=percent),
        Column("ratio", gettext_lazy("Flags / events"), numeric=True,
               value=lambda row: with_interval(row["ratio"], row["ratio_low"], row["ratio_high"])),
        Column("hits", gettext_lazy("Hits"), numeric=True, format=number),
        Column("flags", gettext_lazy("Flags"), numeric=True),
        Column("per_flag", gettext_lazy("Hits per flag"), numeric=True,
               value=lambda row: with_interval(row["per_flag"], row["per_flag_low"],
                                               row["per_flag_high"], 3)),
    ]  # fmt: skip
    if any(row["population"] is not None for row in rows):
        residents = gettext_lazy("Share of residents")
        columns.insert(3, Column("population", residents, numeric=True, format=percent))
    return Table(columns=columns, rows=rows, request=request, name=name, caption=caption, page_size=30)


def _alarms(request: HttpRequest, rows: Any, names: dict[str, str], *, scored: bool) -> Table:
    def meaning(row: Alarm) -> str:
        where = names.get(row.where, row.where)
        return f"{ALARM_MEANINGS[row.kind]} ({where})" if where else str(ALARM_MEANINGS[row.kind])

    return Table(
        columns=[
            Column("week", gettext_lazy("Week from")),
            Column("kind", gettext_lazy("Alarm"), format=lambda kind: ALARM_NAMES[kind], whole=True),
            Column("meaning", gettext_lazy("What it says"), value=meaning, sort=False),
            Column("value", gettext_lazy("Value"), numeric=True),
            Column("bound", gettext_lazy("Bound"), numeric=True),
            Column("interval", gettext_lazy("Interval"), sort=False, whole=True,
                   value=lambda row: interval_of(row.low, row.high)),
        ],
        rows=rows,
        request=request,
        name="alarms",
        caption=_("Alarms"),
        page_size=10,
        empty_title=_("No alarm"),
        empty_text=_("Nothing has passed its bound in the weeks that were scored.")
        if scored
        else _("No week has been scored so far, so nothing could raise one."),
    )  # fmt: skip


def _caps(request: HttpRequest, rows: list[dict[str, Any]]) -> Table:
    def name(row: dict[str, Any]) -> str:
        return _("%(most)d of %(window)d nights at most") % {"most": row["most"], "window": row["window"]}

    return Table(
        columns=[
            Column("most", gettext_lazy("Cap"), value=name, sort=False, whole=True),
            Column("free_hits", gettext_lazy("Hits without"), numeric=True, format=number),
            Column("hits", gettext_lazy("Hits with the cap"), numeric=True, format=number),
            Column("cost", gettext_lazy("Hits given up"), numeric=True, format=signed_percent),
            Column("cost_se", gettext_lazy("Standard error"), numeric=True, format=percent),
            Column("never", gettext_lazy("Never flagged"), numeric=True, format=percent),
            Column("jaccard", gettext_lazy("Night to night (Jaccard)"), numeric=True, format=ratio),
        ],
        rows=rows,
        request=request,
        name="caps",
        caption=_("Caps on repeated flags"),
    )  # fmt: skip


def _times(figures: dict[str, Any]) -> Chart:
    """Cells by the number of nights in which they were flagged, once at least."""
    times = figures["times"]
    return bar(
        _("How often the same cells"),
        [str(number) for number in range(1, len(times))],
        [Series(_("Cells"), times[1:])],
        unit=_("cells"),
        label_head=_("Nights flagged"),
        axis=_("Nights flagged"),
    )


def _loop(figures: dict[str, Any]) -> Chart:
    """Share of flags in the area over the simulated weeks, quarter by quarter."""
    step = max(1, figures["weeks"] // 13)
    weeks = list(range(0, figures["weeks"], step))

    def thinned(name: str) -> list[float | None]:
        series = figures["series"][name]
        return [100 * sum(series[at : at + step]) / len(series[at : at + step]) for at in weeks]

    return line(
        _("If patrols' own finds were counted"),
        [_("week %(number)d") % {"number": week + 1} for week in weeks],
        [
            Series(_("Finds counted"), thinned("apparent")),
            Series(_("Finds left out"), thinned("excluded")),
            Series(_("Finds reweighted"), thinned("reweighted")),
            Series(_("By the true rates"), [100 * figures["true"]] * len(weeks)),
        ],
        unit="%",
        label_head=_("Week"),
    )


@allow(POST=MAKE)
def compute(request: HttpRequest) -> HttpResponse:
    """Audit now, in the background."""
    actor = actor_of(request)
    forecast = forecasts.latest(actor, district=request.POST.get("district", ""))
    if actor.agency_id is None or forecast is None or forecast.agency_id not in actor.scope:
        raise Http404
    job = enqueue(
        actor=actor, kind=AUDIT, args={"district": forecast.district}, key=f"audit:{forecast.district}"
    )
    return redirect("jobs:detail", job.id)


@public
def open_fairness(request: HttpRequest) -> HttpResponse:
    """Shares by 법정동 in whole percent, for everybody."""
    codes = selectors.audited()
    asked = request.GET.get("district", "")
    code = asked if asked in codes else codes[0] if codes else ""
    report = selectors.open_report(code) if code else None
    if report is None:
        return render(request, "risk/fairness_open.html", {"no_ground": NO_GROUND})
    request.demo = report.demo  # type: ignore[attr-defined]
    names = _names(report.figures)
    rows = selectors.open_rows(report.figures)
    residents = [Column("population", gettext_lazy("Share of residents"), numeric=True, unit="%")]
    if all(row.population is None for row in rows):
        residents = []
    table = Table(
        columns=[
            Column("code", gettext_lazy("Legal dong"), sort=False,
                   format=lambda one: names.get(one, one),
                   value=lambda row: row.code or _("Those with few events, together")),
            Column("flagged", gettext_lazy("Share of flags"), numeric=True, unit="%"),
            Column("events", gettext_lazy("Share of events"), numeric=True, unit="%"),
            Column("cells", gettext_lazy("Share of the area"), numeric=True, unit="%"),
            *residents,
        ],
        rows=rows,
        request=request,
        name="dongs",
        caption=_("By legal dong"),
        page_size=60,
    )  # fmt: skip
    return table.response() or render(
        request,
        "risk/fairness_open.html",
        {
            "report": report,
            "district_code": code,
            "district": districts().district(code).name,
            "reach": [(one, districts().district(one).name) for one in codes],
            "table": table,
            "never": percent(report.figures["never"]),
            "share": percent(report.figures["share"]),
            "no_ground": NO_GROUND,
        },
    )
