"""A file whose columns nobody knows: say what they hold, try it on its first rows, keep it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sunra.core.tables import Mapping
from sunra.core.tables.mapping import Candidate, Proposal
from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.platform.base.errors import UserError
from sunra.systems.sharing import concealed, selectors, texts
from sunra.systems.sharing.rules import MAP
from sunra.systems.sharing.services import mapping as service

_OFFERED = 40


class ColumnsForm(forms.Form):
    """A column for each field of the kind; empty where the file has none."""

    def __init__(self, *args: Any, proposal: Proposal, candidate: Candidate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [("", "–")] + [
            (str(index), f"{index + 1}. {name or '–'}") for index, name in enumerate(proposal.header)
        ]
        for name in selectors.fields_of(candidate.kind)[:_OFFERED]:
            guess = candidate.columns.get(name)
            self.fields[f"f_{name}"] = forms.ChoiceField(
                label=str(texts.field(name)),
                choices=columns,
                required=False,
                initial=str(guess.column) if guess else "",
                help_text=_why(guess.why) if guess else "",
            )

    def chosen(self) -> dict[str, int]:
        """Field → column."""
        return {name[2:]: int(value) for name, value in self.cleaned_data.items() if value}

    def clean(self) -> dict[str, Any]:
        """A column can hold one thing only."""
        given = [value for value in self.cleaned_data.values() if value]
        if len(given) != len(set(given)):
            raise forms.ValidationError(_("A column was chosen for two fields."))
        return self.cleaned_data


def _why(why: str) -> str:
    return _("Proposed by its name") if why == "name" else _("Proposed by what its cells look like")


@allow(GET=MAP, POST=MAP)
def mapping(request: HttpRequest, vintage_id: UUID) -> HttpResponse:
    """Propose, try and keep the meaning of the columns of an unknown file."""
    actor = actor_of(request)
    found = selectors.vintage(actor, vintage_id)
    try:
        proposal = service.proposal(actor=actor, vintage=found)
    except UserError as error:
        return render(request, "sharing/mapping_none.html", {"vintage": found, "error": error})
    candidate = _candidate(proposal, request.POST.get("kind") or request.GET.get("kind", ""))
    form = ColumnsForm(request.POST or None, proposal=proposal, candidate=candidate)
    tried = None
    if request.method == "POST" and form.is_valid():
        if request.POST.get("step") == "keep":
            try:
                job = service.remember(actor=actor, vintage=found, kind=candidate.kind, columns=form.chosen())
            except UserError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Kept. Files with these columns are read like this from now on."))
                return redirect("jobs:detail", job.id)
        else:
            told = Mapping(candidate.kind, form.chosen(), proposal.header_row)
            tried = service.trial(actor=actor, vintage=found, mapping=told)
    context = {
        "vintage": found,
        "form": form,
        "kind": candidate.kind,
        "kinds": [(one.kind, texts.kind(one.kind), round(100 * one.score)) for one in proposal.candidates],
        "header": proposal.header,
        "sample": concealed.rows(proposal.header, proposal.sample),
        "trial": tried,
        "reasons": [(texts.reason(code), count) for code, count in tried.reasons] if tried else [],
        "problem": texts.warning(tried.problem) if tried and tried.problem else "",
    }
    return render(request, "sharing/mapping.html", context, status=400 if form.errors else 200)


def _candidate(proposal: Proposal, kind: str) -> Candidate:
    """The candidate of the kind asked for, else the best one."""
    return next((one for one in proposal.candidates if one.kind == kind), proposal.candidates[0])
