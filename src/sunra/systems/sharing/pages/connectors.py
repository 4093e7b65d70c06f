"""Connectors: what is pulled from open interfaces, how it went, and pulling at once."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.ui.tables import Column, Table
from sunra.systems.sharing import texts
from sunra.systems.sharing.connectors.sources import SOURCES
from sunra.systems.sharing.models import Connector, Pull
from sunra.systems.sharing.rules import CONNECT, VIEW
from sunra.systems.sharing.selectors import connectors as selectors
from sunra.systems.sharing.services import connectors as services

PROBLEMS = {
    "": gettext_lazy("complete"),
    "count_differs": gettext_lazy("came, but not as many records as announced"),
    "no_key": gettext_lazy("no service key: the administrator sets it in the environment"),
    "unreachable": gettext_lazy("the service could not be reached"),
    "http_status": gettext_lazy("the service refused"),
    "too_large": gettext_lazy("the answer is larger than any real one"),
    "not_an_answer": gettext_lazy("the answer could not be read"),
    "service": gettext_lazy("the service answered with an error"),
    "no_records": gettext_lazy("the service has no records for this"),
}


class ConnectorForm(forms.Form):
    """A source and how often; the codes for the sources that ask for a year and an area."""

    source = forms.ChoiceField(label=gettext_lazy("Source"))
    every = forms.ChoiceField(label=gettext_lazy("Repeats"), choices=Connector.Every.choices, initial="week")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["source"].choices = [(code, one.title) for code, one in SOURCES.items()]  # type: ignore[attr-defined]
        for one in SOURCES.values():
            for name, title in (one.asks or {}).items():
                self.fields[name] = forms.CharField(
                    label=str(title),
                    required=False,
                    max_length=20,
                    help_text=gettext_lazy("Only for accident hot spots."),
                )


def _problem(row: Pull) -> str:
    said = str(PROBLEMS.get(row.problem, row.problem))
    return f"{said} ({row.detail})" if row.detail else said


@allow(VIEW)
def connectors(request: HttpRequest) -> HttpResponse:
    """Every connector with its latest pull."""
    actor = actor_of(request)
    may_connect = actor.may(CONNECT)
    adding = (reverse("sharing:connector_add"), _("Add a source")) if may_connect else None
    table = Table(
        columns=[
            Column(
                "connector.source",
                gettext_lazy("Source"),
                format=lambda code: SOURCES[code].title,
                link=lambda line: reverse("sharing:connector", args=[line.connector.id]),
            ),
            Column("connector.agency.name", gettext_lazy("Agency")),
            Column("connector.get_every_display", gettext_lazy("Repeats"), sort=False),
            Column("connector.active", gettext_lazy("Active")),
            Column("latest.created", gettext_lazy("Last pull")),
            Column("latest.records", gettext_lazy("Records received"), numeric=True),
            Column("latest", gettext_lazy("Outcome"), sort=False, value=lambda line: _outcome(line.latest)),
        ],
        rows=selectors.connectors(actor),
        request=request,
        name="connectors",
        caption=_("Connectors"),
        empty_title=_("Nothing is pulled yet"),
        empty_text=_("Open interfaces of the state and the city can be pulled by themselves every night."),
        empty_link=adding,
    )
    return table.response() or render(
        request, "sharing/connectors.html", {"table": table, "may_connect": may_connect}
    )


def _outcome(latest: Pull | None) -> str:
    return _problem(latest) if latest else "–"


@allow(GET=CONNECT, POST=CONNECT)
def add(request: HttpRequest) -> HttpResponse:
    """Choose a source; it is pulled in the coming night, or at once from its page."""
    form = ConnectorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            row = services.add(
                actor=actor_of(request), source=given["source"], chosen=given, every=given["every"]
            )
            return redirect("sharing:connector", row.id)
        except UserError as error:
            form.add_error("source", str(error))
    return render(request, "sharing/connector_add.html", {"form": form}, status=400 if form.errors else 200)


@allow(GET=VIEW, POST=CONNECT)
def connector(request: HttpRequest, connector_id: UUID) -> HttpResponse:
    """One connector and its pulls; POST pulls at once, pauses or goes on."""
    actor = actor_of(request)
    if request.method == "POST":
        return _act(request, connector_id)
    found = selectors.connector(actor, connector_id)
    source = SOURCES[found.source]
    table = Table(
        columns=[
            Column("created", gettext_lazy("Pulled on")),
            Column("announced", gettext_lazy("Announced"), numeric=True),
            Column("records", gettext_lazy("Records received"), numeric=True),
            Column("repeated", gettext_lazy("Repeated"), numeric=True),
            Column("pages", gettext_lazy("Pages"), numeric=True),
            Column("problem", gettext_lazy("Outcome"), value=_problem),
            Column(
                "vintage.file_name",
                gettext_lazy("Vintage"),
                link=lambda row: reverse("sharing:vintage", args=[row.vintage_id]) if row.vintage_id else "",
            ),
        ],
        rows=selectors.pulls(actor, connector_id),
        request=request,
        name="pulls",
        caption=_("Pulls"),
        empty_title=_("Not pulled yet"),
        empty_text=_("It is pulled in the coming night, or now."),
    )
    asked = [(title, found.chosen.get(name, "")) for name, title in (source.asks or {}).items()]
    return table.response() or render(
        request,
        "sharing/connector.html",
        {
            "connector": found,
            "source": source,
            "kind": texts.kind(source.kind),
            "asked": asked,
            "table": table,
            "may_connect": actor.may(CONNECT),
        },
    )


def _act(request: HttpRequest, connector_id: UUID) -> HttpResponse:
    actor = actor_of(request)
    if request.POST.get("act") == "pull":
        job = services.pull_now(actor=actor, connector_id=connector_id)
        return redirect("jobs:detail", job.id)
    services.change(actor=actor, connector_id=connector_id, active=request.POST.get("act") == "resume")
    messages.success(request, _("Changed."))
    return redirect("sharing:connector", connector_id)
