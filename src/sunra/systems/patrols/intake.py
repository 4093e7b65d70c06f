"""하기 › 순찰 조직: organisations, members, teams and equipment come in as files; organisations go out."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.base.carried import Carried, TooOld, carried, carry
from sunra.platform.ui import csv
from sunra.systems.patrols import selectors, services
from sunra.systems.patrols.rules import IMPORT, VIEW_ORGANISATION
from sunra.systems.patrols.services.organisations import COLUMNS
from sunra.systems.patrols.services.sheets import ImportRefused

MAX_BYTES = 1_000_000
SHOWN = 200
USE = "patrols.import"
WHAT = {
    "organisations": gettext_lazy("Organisations"),
    "members": gettext_lazy("Members"),
    "teams": gettext_lazy("Teams"),
    "equipment": gettext_lazy("Equipment"),
}
BACK = {"members": "patrols:members", "equipment": "patrols:equipment"}
"""Where what was taken is seen; the organisations' list shows the rest."""


class IntakeForm(forms.Form):
    """What the file holds, and the file."""

    what = forms.ChoiceField(label=gettext_lazy("The file holds"), choices=list(WHAT.items()))
    file = forms.FileField(
        label=gettext_lazy("CSV or XLSX file"),
        help_text=gettext_lazy("CSV in UTF-8 or EUC-KR; at most one megabyte."),
    )

    def clean_file(self) -> object:
        """Refuse more than a megabyte before reading it."""
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than one megabyte. Split it."))
        return upload


@allow(GET=IMPORT, POST=IMPORT)
def intake(request: HttpRequest) -> HttpResponse:
    """First what a file would do, then, when nothing is wrong with it, taking it."""
    if request.method == "POST" and "sealed" in request.POST:
        return _take(request)
    asked = {"what": request.GET.get("what", "")}
    form = IntakeForm(request.POST or None, request.FILES or None, initial=asked)
    context: dict[str, object] = {}
    if request.method == "POST" and form.is_valid():
        context = _look(actor_of(request), form)
    failed = bool(form.errors or context.get("problems"))
    return render(request, "patrols/intake.html", _page(form, context), status=400 if failed else 200)


def _page(form: IntakeForm, context: dict[str, object]) -> dict[str, object]:
    return {"form": form, "templates": list(WHAT.items())} | context


def _look(actor: Actor, form: IntakeForm) -> dict[str, object]:
    what, upload = form.cleaned_data["what"], form.cleaned_data["file"]
    data = upload.read(MAX_BYTES + 1)
    try:
        sheet = services.sheet_of(what, data, upload.name[:120])
        found = services.preview(actor=actor, agency_id=_agency(actor), what=what, sheet=sheet)
    except ImportRefused as refused:
        return {"problems": refused.problems}
    return {
        "preview": found, "what": WHAT[what], "lines": found.lines[:SHOWN],
        "more": max(0, len(found.lines) - SHOWN),
        "sealed": carry(actor, USE, Carried(sheet.name, data, what)),
    }  # fmt: skip


def _take(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    try:
        file = carried(actor, USE, request.POST["sealed"])
        sheet = services.sheet_of(file.what, file.data, file.name)
        done = services.take(actor=actor, agency_id=_agency(actor), what=file.what, sheet=sheet)
    except TooOld:
        messages.error(request, _("The preview is too old. Choose the file again."))
        return redirect("patrols:intake")
    except ImportRefused as refused:
        context = _page(IntakeForm(), {"problems": refused.problems})
        return render(request, "patrols/intake.html", context, status=400)
    said = _("%(added)d were added and %(changed)d changed.")
    messages.success(request, said % {"added": done.added, "changed": done.known})
    return redirect(BACK.get(file.what, "patrols:organisations"))


def _agency(actor: Actor) -> UUID:
    if actor.agency_id is None:
        raise PermissionDenied
    return actor.agency_id


@allow(IMPORT)
def template(request: HttpRequest) -> HttpResponse:
    """The columns of one kind of file, to fill in."""
    what = request.GET.get("what", "")
    what = what if what in COLUMNS else "organisations"
    return csv.response(what, COLUMNS[what], [])


@allow(VIEW_ORGANISATION)
def export(request: HttpRequest) -> HttpResponse:
    """The organisations in reach, with the columns in which they come in; no cell runs as a formula."""
    rows = (
        [row.key, row.name, row.kind, row.dong, int(row.active)]
        for row in selectors.organisations(actor_of(request))
    )
    return csv.response("organisations", COLUMNS["organisations"], rows)
