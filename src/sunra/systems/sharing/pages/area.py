"""우리 동네 안전: what everybody may read of the statistics, by dong, after disclosure control."""

import datetime as dt
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.core.geo.districts import districts
from sunra.platform.accounts.access import public
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.ui.charts import Chart, bar
from sunra.platform.ui.tables import Column, Filter, Table
from sunra.systems.sharing import statistics_texts
from sunra.systems.sharing.indicators import FAMILIES, family_name
from sunra.systems.sharing.rules import VIEW_STATISTICS
from sunra.systems.sharing.selectors.statistics import Area, AreaFigures, View, area_figures, runs


@public
def area(request: HttpRequest) -> HttpResponse:
    """Figures of every dong; the address may name one (``dong``) for a closer look."""
    found = area_figures()
    if found is None:
        return render(request, "sharing/statistics_area.html", {})
    request.demo = found.run.demo  # type: ignore[attr-defined]
    table = _table(request, found, _origins(actor_of(request), found))
    chosen = next((one for one in found.areas if one.dong == request.GET.get("dong", "")), None)
    return table.response() or render(
        request,
        "sharing/statistics_area.html",
        {
            "figures": found,
            "table": table,
            "chosen": chosen,
            "chart": _chart(chosen, found) if chosen else None,
            "withheld": statistics_texts.WITHHELD_FAMILIES,
            "sources": sorted({one["title"] for one in found.run.lineage if one["layer"] == "event"}),
        },
    )


def _origins(actor: Actor, found: AreaFigures) -> Callable[[Area, str], str]:
    """Where a figure came from, for staff who may see its run; nowhere for everybody else."""
    may = actor.signed_in and actor.may(VIEW_STATISTICS) and runs(actor).filter(id=found.run.id).exists()
    address = reverse("sharing:statistics_run", args=[found.run.id])
    view = View(since=dt.date(int(found.year), 1, 1), until=dt.date(int(found.year), 12, 1))

    def origin(area: Area, family: str) -> str:
        shown = area.families.get(family) if family else area.total
        if not may or shown is None or area.dong not in actor.dongs:
            return ""
        return f"{address}?{view.address(unit=area.dong, family=family)}"

    return origin


def _table(request: HttpRequest, found: AreaFigures, origin: Callable[[Area, str], str]) -> Table:
    reach = sorted({one.district for one in found.areas})
    names = {code: districts().district(code).name for code in reach}
    families = [code for code in FAMILIES if any(code in one.families for one in found.areas)]
    columns = [
        Column("name", gettext_lazy("Legal dong"), link=lambda one: f"?dong={one.dong}"),
        Column("total", gettext_lazy("Events"), numeric=True, link=lambda one: origin(one, "")),
        *(
            Column(
                code, family_name(code), numeric=True,
                value=lambda one, code=code: one.families.get(code),  # type: ignore[misc]
                link=lambda one, code=code: origin(one, code),  # type: ignore[misc]
            )
            for code in families
        ),
    ]  # fmt: skip
    return Table(
        columns=columns,
        rows=list(found.areas),
        request=request,
        name="area",
        caption=_("Events by legal dong, %(year)s") % {"year": found.year},
        filters=[Filter("district", gettext_lazy("District"), [(code, names[code]) for code in reach])]
        if len(reach) > 1
        else [],
        page_size=50,
    )


def _chart(chosen: Area, found: AreaFigures) -> Chart:
    known = [(code, count) for code, count in chosen.families.items() if count is not None]
    return bar(
        _("%(name)s by type") % {"name": chosen.name},
        [family_name(code) for code, _count in known],
        [count for _code, count in known],
        unit=_("events"),
        period=found.year,
        label_head=_("Type"),
        note=_("Withheld types are left out."),
    )
