"""하기 › 현장 신고: what teams reported and what became of it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.core.geo.districts import districts
from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.platform.files.services import opened
from sunra.platform.ui import chips
from sunra.platform.ui.forms import ReasonForm
from sunra.platform.ui.tables import Column, Filter, Table
from sunra.systems.patrols.models import Hazard
from sunra.systems.patrols.rules import DIRECT
from sunra.systems.patrols.selectors import duty as selectors
from sunra.systems.patrols.services import duty
from sunra.systems.patrols.texts import HAZARDS, REPORT_TO


class OutcomeForm(forms.Form):
    """What became of a report."""

    outcome = forms.CharField(
        label=gettext_lazy("What became of it"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


@allow(DIRECT)
def hazards(request: HttpRequest) -> HttpResponse:
    """Every report of the agency, open ones first; words and photos are a page further."""
    rows = selectors.hazards(actor_of(request))
    request.demo = rows.filter(demo=True).exists()  # type: ignore[attr-defined]
    table = Table(
        columns=[
            Column("kind", gettext_lazy("Matter"), format=lambda kind: HAZARDS.get(kind, kind), link=_link),
            Column("number", gettext_lazy("Cell"), whole=True),
            Column("dong", gettext_lazy("Legal dong"), format=_dong),
            Column("at", gettext_lazy("Seen")),
            Column("sent_to", gettext_lazy("Sent to"), format=lambda to: REPORT_TO.get(to, to)),
            Column("closed_at", gettext_lazy("State"), format=_state),
        ],
        rows=rows, request=request, name="hazards", caption=_("Reports from patrols"),
        filters=[Filter("kind", gettext_lazy("Matter"), list(HAZARDS.items()))],
        empty_title=_("No report yet"), empty_text=_("Teams report with their phones while on patrol."),
    )  # fmt: skip
    context = {"table": table, "waiting": rows.filter(closed_at=None).count()}
    return table.response() or render(request, "patrols/duty/hazards.html", context)


def _link(row: Hazard) -> str:
    return reverse("patrols:hazard", args=[row.pk])


def _dong(code: str) -> str:
    return {one.code: one.name for one in districts().dongs(code[:5])}.get(code, "–") if code else "–"


def _state(closed: Any) -> Any:
    return chips.tag("done", _("Closed")) if closed else chips.tag("now", _("Waits for an answer"))


@allow(GET=DIRECT, POST=DIRECT)
def hazard(request: HttpRequest, hazard_id: UUID) -> HttpResponse:
    """One report with its words, a look that the ledger keeps; POST writes what became of it."""
    actor = actor_of(request)
    form = OutcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        duty.close_hazard(actor=actor, hazard_id=hazard_id, outcome=form.cleaned_data["outcome"])
        messages.success(request, _("What became of it is kept."))
        return redirect("patrols:hazards")
    found = selectors.read_hazard(actor, hazard_id)
    request.demo = found.demo  # type: ignore[attr-defined]
    context = {
        "hazard": found, "what": HAZARDS.get(found.kind, found.kind), "dong": _dong(found.dong),
        "to": REPORT_TO.get(found.sent_to, found.sent_to), "state": _state(found.closed_at), "form": form,
        "reason": ReasonForm(),
    }  # fmt: skip
    return render(request, "patrols/duty/hazard.html", context, status=400 if form.errors else 200)


@allow(POST=DIRECT)
def picture(request: HttpRequest, hazard_id: UUID) -> HttpResponse:
    """The photo, after a purpose is given that the ledger keeps."""
    actor = actor_of(request)
    form = ReasonForm(request.POST)
    found = selectors.hazard_of(actor, hazard_id)
    if not form.is_valid() or found.photo is None:
        messages.error(request, _("Say what you need the photo for."))
        return redirect("patrols:hazard", hazard_id)
    path = opened(actor=actor, file=found.photo, purpose=form.cleaned_data["reason"])
    answer = HttpResponse(path.read_bytes(), content_type="image/jpeg")
    answer["Cache-Control"] = "private, no-store"
    return answer
