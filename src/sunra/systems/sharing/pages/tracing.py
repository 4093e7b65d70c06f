"""Where a number of the statistics came from: its datasets, vintages and files, and the rows in them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.core.geo import cells
from sunra.platform.accounts.access import NotVisible, allow, require
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.base.access import Refused
from sunra.platform.base.errors import UserError
from sunra.platform.ledger.services import Act, record
from sunra.platform.places import origins
from sunra.platform.ui.tables import Column, Table
from sunra.systems.sharing import shelf, statistics_texts, texts
from sunra.systems.sharing.indicators import family_name
from sunra.systems.sharing.models import StatisticsRun, Vintage
from sunra.systems.sharing.rules import VIEW, VIEW_STATISTICS
from sunra.systems.sharing.selectors import statistics as selectors
from sunra.systems.sharing.selectors.statistics import tracing
from sunra.systems.sharing.selectors.statistics.figures import Figure
from sunra.systems.sharing.selectors.statistics.view import View

SUBJECT = "places.PlaceEvent"
_EVENTS = "places.view_event"


@allow(VIEW_STATISTICS)
def run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Where the numbers of a run came from, narrowed to one view or one figure by the address."""
    actor = actor_of(request)
    found = selectors.run(actor, run_id)
    request.demo = found.demo  # type: ignore[attr-defined]
    view = View.read(request.GET) if "indicator" in request.GET else None
    figure = selectors.figures(actor, found, view).of(view.unit) if view and view.unit else None
    table = _sources(request, actor, found, view)
    return table.response() or render(
        request,
        "sharing/statistics_run.html",
        {
            "run": found,
            "table": table,
            "figure": figure,
            **(_words(figure, view) if figure and view else {}),
            "missing": [statistics_texts.MISSING[code] for code in found.missing],
            "back": f"{reverse('sharing:statistics')}?{view.address()}" if view else "",
        },
    )


def _words(figure: Figure, view: View) -> dict[str, Any]:
    what = view.what
    return {
        "what": what,
        **statistics_texts.figure_words(figure, what.digits),
        "above_unit": statistics_texts.fact_unit(what.numerator),
        "below_unit": statistics_texts.fact_unit(what.denominator),
    }


def _sources(request: HttpRequest, actor: Actor, found: StatisticsRun, view: View | None) -> Table:
    """One row a source: its vintage's balance, and how many of its rows the figure stands on."""
    part = tracing.part(actor, found, view) if view else None
    lines = list(tracing.sources(found, view) if view else found.lineage)
    balances = _balances(actor, lines)
    lines = [one | balances.get(one["vintage"], {}) for one in lines]
    for one in lines:
        one["title"] = statistics_texts.title(one)
        if part is not None and one["layer"] in {"event", "facility", "patrol", "street"}:
            one["part"] = tracing.rows(actor, one, part).count()
            one["rows_url"] = _rows_url(actor, found, view, one)
    columns = [
        Column("title", gettext_lazy("Dataset"), link=lambda one: _dataset_url(actor, one)),
        Column("layer", gettext_lazy("Layer"), format=statistics_texts.layer),
        Column("kind", gettext_lazy("Kind"), format=texts.kind),
        Column("file", gettext_lazy("Vintage (file)"), link=lambda one: _vintage_url(actor, one)),
        Column("reference_date", gettext_lazy("As of")),
        Column("accepted", gettext_lazy("Accepted"), numeric=True),
        Column("merged", gettext_lazy("Merged"), numeric=True),
        Column("quarantined", gettext_lazy("Put aside"), numeric=True),
        Column("used", gettext_lazy("Rows used"), numeric=True),
    ]
    if part is not None:
        label = gettext_lazy("Of them in this figure") if view and view.unit else gettext_lazy("In this view")
        columns.append(Column("part", label, numeric=True, link=lambda one: one.get("rows_url", "")))
    return Table(
        columns=columns,
        rows=lines,
        request=request,
        name="lineage",
        caption=_("Sources"),
        empty_title=_("No source"),
    )


def _balances(actor: Actor, lines: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Rows accepted, merged and put aside, of the vintages that the actor may open."""
    wanted = {one["vintage"] for one in lines if one["vintage"]}
    names = ("accepted", "merged", "quarantined")
    rows = Vintage.objects.filter(id__in=wanted, agency_id__in=actor.scope).values_list("id", *names)
    return {str(key): dict(zip(names, counts, strict=True)) for key, *counts in rows}


def _mine(actor: Actor, one: dict[str, Any]) -> bool:
    return one.get("agency_id") in {str(key) for key in actor.scope}


def _dataset_url(actor: Actor, one: dict[str, Any]) -> str:
    mine = one["dataset"] and _mine(actor, one) and actor.may(VIEW)
    return reverse("sharing:dataset", args=[one["dataset"]]) if mine else ""


def _vintage_url(actor: Actor, one: dict[str, Any]) -> str:
    mine = one["vintage"] and _mine(actor, one) and actor.may(VIEW)
    return reverse("sharing:vintage", args=[one["vintage"]]) if mine else ""


def _rows_url(actor: Actor, found: StatisticsRun, view: View | None, one: dict[str, Any]) -> str:
    """The rows themselves; "" for who may not look at them."""
    if view is None or not one["vintage"] or not _mine(actor, one) or not actor.may(VIEW):
        return ""
    if one["layer"] == "event" and not actor.may(_EVENTS):
        return ""
    asked = view.address(run=str(found.id), layer=one["layer"], vintage=one["vintage"], of=one["kind"])
    return f"{reverse('sharing:lineage_rows')}?{asked}"


@allow(VIEW)
def rows(request: HttpRequest) -> HttpResponse:
    """The rows of one source behind a figure, with lines; events leave a record in the ledger first."""
    actor = actor_of(request)
    found = selectors.run(actor, _number(request.GET.get("run", "")))
    view = View.read(request.GET)
    asked = {name: request.GET.get(name, "") for name in ("layer", "vintage", "of")}
    one = next(
        (
            entry
            for entry in tracing.sources(found, view)
            if (entry["layer"], entry["vintage"], entry["kind"]) == tuple(asked.values())
        ),
        None,
    )
    if one is None or not one["vintage"]:
        raise Http404
    if not _mine(actor, one):
        raise NotVisible(Refused("sharing.Vintage", one["vintage"]))
    part = tracing.part(actor, found, view)
    if one["layer"] == "event":
        require(actor, _EVENTS)
        record(
            actor=actor, act=Act.LOOK, subject=SUBJECT, ref=one["vintage"], purpose="lineage of a figure",
            detail=view.query(),
        )  # fmt: skip
    request.demo = found.demo  # type: ignore[attr-defined]
    shown = tracing.rows(actor, one, part)
    table = Table(
        columns=_columns(actor, one),
        rows=shown.order_by("id"),
        request=request,
        name="rows",
        caption=_("Rows of the file"),
        export=False,
        empty_title=_("None of these rows is published any more"),
        empty_text=_("A newer vintage has replaced them since the figure was computed."),
    )
    context = {
        "one": one,
        "kind": texts.kind(one["kind"]),
        "table": table,
        "what": view.what,
        "back": f"{reverse('sharing:statistics_run', args=[found.id])}?{view.address()}",
        "recorded": one["layer"] == "event",
    }
    return render(request, "sharing/lineage_rows.html", context)


def _number(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _columns(actor: Actor, one: dict[str, Any]) -> list[Column]:
    layer = one["layer"]
    first = [
        Column(
            "key", gettext_lazy("Key in the file"), sort=False,
            link=lambda row: origins.address_of(actor, layer, row.source, row.key),
        ),
        Column(
            "line", gettext_lazy("Line"), numeric=True, sort=False, value=_line_of(one["vintage"])
        ),
    ]  # fmt: skip
    if layer == "event":
        return [
            *first,
            Column("time_from", gettext_lazy("Begin")),
            Column("family", gettext_lazy("Type"), format=family_name),
            Column("cell", gettext_lazy("Cell"), sort=False, value=_cell),
        ]
    units = [Column("count", gettext_lazy("Units the rows stand for"), numeric=True)]
    return [*first, Column("name", gettext_lazy("Name")), *(units if layer == "facility" else [])]


def _cell(row: Any) -> str:
    return "–" if row.cell_e is None else str(cells.format_cell(row.cell_e, row.cell_n))


def _line_of(vintage_id: str) -> Callable[[Any], int | None]:
    """Key → line of the vintage's file; none when its table is gone."""
    known: dict[str, pl.DataFrame | None] = {}

    def line(row: Any) -> int | None:
        if "table" not in known:
            known["table"] = _lines(vintage_id)
        table = known["table"]
        found = None if table is None else table.filter(pl.col("key") == row.key)["line"]
        return int(found[0]) if found is not None and found.len() else None

    return line


def _lines(vintage_id: str) -> pl.DataFrame | None:
    vintage = Vintage.objects.defer("counts").filter(id=vintage_id).first()
    try:
        table = shelf.table(vintage) if vintage else None
    except UserError:
        return None
    return (
        table.select("key", "line") if table is not None and {"key", "line"} <= set(table.columns) else None
    )
