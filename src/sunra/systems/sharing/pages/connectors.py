"""Connectors: what is pulled from open interfaces, how it went, and pulling at once."""

from typing import Any
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
from sunra.platform.base.errors import Text, UserError
from sunra.platform.ui.tables import Column, Table, display
from sunra.systems.sharing import texts
from sunra.systems.sharing.connectors.sources import SOURCES
from sunra.systems.sharing.models import Connector, Pull
from sunra.systems.sharing.rules import CONNECT, VIEW
from sunra.systems.sharing.selectors import connectors as selectors
from sunra.systems.sharing.services import connectors as services

PROBLEMS: dict[str, tuple[Text, Text]] = {
    "": (gettext_lazy("complete"), ""),
    "count_differs": (
        gettext_lazy("came, but not as many records as announced"),
        gettext_lazy("Look at the vintage before you approve it, or pull again later."),
    ),
    "no_key": (
        gettext_lazy("no service key"),
        gettext_lazy("Ask your administrator to enter the service key; then pull again."),
    ),
    "unreachable": (
        gettext_lazy("the service could not be reached"),
        gettext_lazy("Pull again later. When it stays like this, tell your administrator."),
    ),
    "http_status": (
        gettext_lazy("the service refused"),
        gettext_lazy("Pull again later. When it stays like this, tell your administrator."),
    ),
    "too_large": (
        gettext_lazy("the answer is larger than any real one"),
        gettext_lazy("Tell your administrator: the service has changed."),
    ),
    "not_an_answer": (
        gettext_lazy("the answer could not be read"),
        gettext_lazy("Tell your administrator: the service has changed."),
    ),
    "service": (
        gettext_lazy("the service answered with an error"),
        gettext_lazy("Usually the service key is not valid for this service: ask your administrator."),
    ),
    "no_records": (
        gettext_lazy("the service has no records for this"),
        gettext_lazy("Check the year and the area, and add the source again with the right ones."),
    ),
}


class ConnectorForm(forms.Form):
    """A source and how often; the codes for the source chosen, when it asks for a year and an area."""

    source = forms.ChoiceField(label=gettext_lazy("Source"))
    every = forms.ChoiceField(label=gettext_lazy("Repeats"), choices=Connector.Every.choices, initial="week")

    def __init__(self, *args: Any, district: str, url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["source"]
        choice.choices = [(code, one.title) for code, one in SOURCES.items()]  # type: ignore[attr-defined]
        # The codes to ask for come with the source; without scripts they come with the first answer.
        choice.widget.attrs |= {
            "hx-get": url,
            "hx-trigger": "change",
            "hx-target": "#connector-form",
            "hx-select": "#connector-form",
            "hx-swap": "outerHTML",
            "hx-include": "closest form",
        }
        known = {"siDo": district[:2], "guGun": district[2:]}
        source = SOURCES.get(str(self.data.get("source") or self.initial.get("source") or ""))
        for name, title in ((source.asks if source else None) or {}).items():
            self.fields[name] = forms.CharField(label=str(title), max_length=20, initial=known.get(name, ""))


def _problem(row: Pull) -> str:
    if row.problem == "count_differs":
        return _("%(count)s records fewer than announced") % {"count": display(int(row.detail or 0))}
    said = str(PROBLEMS[row.problem][0]) if row.problem in PROBLEMS else row.problem
    return f"{said} ({row.detail})" if row.detail else said


def _state(row: Connector) -> str:
    return _("active") if row.active else _("paused")


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
            Column("state", gettext_lazy("State"), sort=False, value=lambda line: _state(line.connector)),
            Column("latest.created", gettext_lazy("Last pull"), whole=True),
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
    return _problem(latest) if latest else _("Not pulled yet")


@allow(GET=CONNECT, POST=CONNECT)
def add(request: HttpRequest) -> HttpResponse:
    """Choose a source; it is pulled in the coming night, or at once from its page."""
    actor = actor_of(request)
    form = ConnectorForm(
        request.POST or None,
        initial=request.GET.dict(),
        district=services.district_of(actor),
        url=reverse("sharing:connector_add"),
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            row = services.add(actor=actor, source=given["source"], chosen=given, every=given["every"])
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
            Column("created", gettext_lazy("Pulled on"), whole=True),
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
    latest = selectors.pulls(actor, connector_id).first()
    waits = latest is not None and latest.vintage is not None and latest.vintage.state == "draft"
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
            "has_key": services.has_key(found),
            "latest": latest,
            "remedy": PROBLEMS.get(latest.problem, ("", ""))[1] if latest else "",
            "outcome": _outcome(latest),
            "waits": waits,
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
