"""Saved views of the statistics: keep, share, plan reports, make one now."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import seoul_today
from sunra.platform.ui.tables import Column, Table
from sunra.systems.sharing.indicators import unit_name
from sunra.systems.sharing.models import Report, ReportPlan, SavedView
from sunra.systems.sharing.rules import MAKE_REPORT, VIEW_STATISTICS
from sunra.systems.sharing.selectors import statistics as selectors
from sunra.systems.sharing.selectors.statistics.view import View
from sunra.systems.sharing.services import statistics as services

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CADENCES = {"weekly": gettext_lazy("every week"), "monthly": gettext_lazy("every month")}


class SaveForm(forms.Form):
    """A name, and whether colleagues of the agency see the view."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    shared = forms.BooleanField(label=gettext_lazy("Colleagues of my agency may see it"), required=False)


@allow(GET=VIEW_STATISTICS, POST=MAKE_REPORT)
def views(request: HttpRequest) -> HttpResponse:
    """The views that the reader keeps or colleagues share; POST keeps the one of ``query``."""
    actor = actor_of(request)
    form = SaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        view = View.read(QueryDict(request.POST.get("query", "")))
        try:
            row = services.save_view(
                actor=actor, name=form.cleaned_data["name"], view=view, shared=form.cleaned_data["shared"]
            )
            return redirect("sharing:statistics_view", row.id)
        except UserError as error:
            form.add_error("name", str(error))
    table = Table(
        columns=[
            Column(
                "name", gettext_lazy("Name"),
                link=lambda row: reverse("sharing:statistics_view", args=[row.id]),
            ),
            Column("query", gettext_lazy("Shows"), sort=False, value=_shows),
            Column("shared", gettext_lazy("Shared")),
            Column("updated", gettext_lazy("Changed")),
        ],
        rows=selectors.saved_views(actor),
        request=request,
        name="views",
        caption=_("Saved views"),
        empty_title=_("No saved views"),
        empty_text=_("Open the statistics, choose what you need, and keep the view under a name."),
        empty_link=(reverse("sharing:statistics"), _("Statistics")),
        export=False,
    )  # fmt: skip
    return table.response() or render(
        request,
        "sharing/statistics_views.html",
        {"table": table, "form": form, "failed": bool(form.errors), "query": request.POST.get("query", "")},
        status=400 if form.errors else 200,
    )


def _shows(row: SavedView) -> str:
    view = View.read(row.query)
    return f"{view.what.name} · {unit_name(view.by)}"


@allow(VIEW_STATISTICS)
def view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """One saved view: where it leads, its planned reports, and those made."""
    actor = actor_of(request)
    row = selectors.saved_view(actor, view_id)
    planned = set(row.plans.values_list("cadence", flat=True))
    table = Table(
        columns=[
            Column("period", gettext_lazy("Period")),
            Column("created", gettext_lazy("Made")),
            Column("pdf.name", gettext_lazy("PDF"), link=lambda one: _file(one.pdf_id)),
            Column("xlsx.name", gettext_lazy("Workbook"), link=lambda one: _file(one.xlsx_id)),
        ],
        rows=selectors.reports(actor, view_id),
        request=request,
        name="reports",
        caption=_("Reports"),
        empty_title=_("No report yet"),
        export=False,
    )
    asked = View.read(row.query)
    return table.response() or render(
        request,
        "sharing/statistics_view.html",
        {
            "row": row,
            "shows": _shows(row),
            "query": asked.address(),
            "mine": row.person_id == actor.person_id,
            "may_report": actor.may(MAKE_REPORT) and not selectors.staff_only(asked),
            "small": selectors.staff_only(asked),
            "cadences": [(code, label, code in planned) for code, label in CADENCES.items()],
            "table": table,
        },
    )


def _file(file_id: UUID | None) -> str:
    return reverse("files:download", args=[file_id]) if file_id else ""


@allow(POST=MAKE_REPORT)
def make(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Make a report of a saved view now."""
    return _done(request, view_id, lambda: services.make_report(actor=actor_of(request), view_id=view_id))


@allow(POST=MAKE_REPORT)
def plan(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Plan a report, or stop it (``on`` empty)."""
    cadence = request.POST.get("cadence", "")
    act = services.plan_report if request.POST.get("on") else services.stop_report
    return _done(request, view_id, lambda: act(actor=actor_of(request), view_id=view_id, cadence=cadence))


@allow(POST=MAKE_REPORT)
def delete(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Delete one's own view."""
    services.delete_view(actor=actor_of(request), view_id=view_id)
    return redirect("sharing:statistics_views")


def _done(request: HttpRequest, view_id: UUID, act: object) -> HttpResponseRedirect:
    """Do it, say so or why not, and go back to the view."""
    assert callable(act)  # noqa: S101 - given above
    try:
        made = act()
        if isinstance(made, Report):
            messages.success(request, _("The report is ready."))
        elif isinstance(made, ReportPlan):
            messages.success(request, _("The report is planned."))
    except UserError as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("sharing:statistics_view", args=[view_id]))


@allow(MAKE_REPORT)
def report(request: HttpRequest) -> HttpResponse:
    """The report of the view in the address, at once: ``format`` pdf or xlsx, ``for`` others or oneself."""
    actor = actor_of(request)
    asked = View.read(request.GET)
    try:
        made = services.documents(actor=actor, view=asked, for_others=request.GET.get("for") == "others")
    except UserError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(f"{reverse('sharing:statistics')}?{asked.address()}")
    workbook = request.GET.get("format") == "xlsx"
    answer = HttpResponse(
        made.xlsx if workbook else made.pdf, content_type=XLSX if workbook else "application/pdf"
    )
    name = f"{asked.what.name} {seoul_today():%Y-%m-%d}.{'xlsx' if workbook else 'pdf'}"
    answer["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
