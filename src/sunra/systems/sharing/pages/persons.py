"""Files in which persons were found and the word on each column; and what tables were released."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.ui import chips
from sunra.platform.ui.tables import Column, Table
from sunra.systems.sharing import agreement_texts as words
from sunra.systems.sharing.models import Release, Screening
from sunra.systems.sharing.rules import RELEASE, TREAT_PERSONS
from sunra.systems.sharing.selectors import persons as selectors
from sunra.systems.sharing.services import persons as services


@allow(TREAT_PERSONS)
def screenings(request: HttpRequest) -> HttpResponse:
    """Every file in which persons were found."""
    table = Table(
        columns=[
            Column(
                "file_name",
                gettext_lazy("File"),
                link=lambda row: reverse("sharing:screening", args=[row.id]),
            ),
            Column("agency.name", gettext_lazy("Agency")),
            Column("created", gettext_lazy("Arrived")),
            Column(
                "findings",
                gettext_lazy("Columns of persons"),
                value=lambda row: len(row.findings),
                numeric=True,
            ),
            Column("refused", gettext_lazy("State"), format=_state),
        ],
        rows=selectors.screenings(actor_of(request)),
        request=request,
        name="screenings",
        caption=_("Files with columns of persons"),
        empty_title=_("No file held columns of persons"),
        empty_text=_("Every file is searched for them when it arrives."),
    )  # fmt: skip
    return table.response() or render(request, "sharing/agreements_screenings.html", {"table": table})


def _state(refused: bool) -> SafeString:  # noqa: FBT001 - a cell's value
    return chips.tag("failed", _("not taken")) if refused else chips.tag("done", _("treated"))


class TreatForm(forms.Form):
    """One choice per column, and why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), min_length=5, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, screening: Screening, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields.pop("reason")
        for number, finding in enumerate(screening.findings):
            choices = [(code, words.TREATMENTS[code]) for code in services.allowed(finding["kind"])]
            self.fields[f"column{number}"] = forms.ChoiceField(
                label=f"{finding['column']} – {words.PERSONS[finding['kind']]}",
                choices=choices,
                initial=screening.treated.get(finding["column"], choices[0][0]),
            )
        self.fields["reason"] = reason

    def columns(self, screening: Screening) -> dict[str, str]:
        """What was chosen, by column."""
        chosen = self.cleaned_data
        return {
            finding["column"]: chosen[f"column{number}"] for number, finding in enumerate(screening.findings)
        }


@allow(GET=TREAT_PERSONS, POST=TREAT_PERSONS)
def screening(request: HttpRequest, screening_id: UUID) -> HttpResponse:
    """What was found in one file, and what is to be done with such files."""
    actor = actor_of(request)
    found = selectors.screening(actor, screening_id)
    form = TreatForm(request.POST or None, screening=found)
    if request.method == "POST" and form.is_valid():
        try:
            services.decide(
                actor=actor,
                agency_id=found.agency_id,
                title=found.title,
                columns=form.columns(found),
                reason=form.cleaned_data["reason"],
            )
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Kept. Hand the file in again; it is treated this way from now on."))
            return redirect("sharing:screenings")
    rows = [
        (one["column"], words.PERSONS[one["kind"]], round(one["share"] * 100), one["by_name"])
        for one in found.findings
    ]
    context = {"screening": found, "form": form, "rows": rows}
    return render(request, "sharing/agreements_screening.html", context, status=400 if form.errors else 200)


DIMS = {
    "dong": gettext_lazy("Legal dong"),
    "station": gettext_lazy("Police station"),
    "district": gettext_lazy("District"),
    "family": gettext_lazy("Type"),
    "category": gettext_lazy("Category"),
    "year": gettext_lazy("Year"),
}
"""The columns by which released tables count."""


def _dims(row: Release) -> str:
    return ", ".join(str(DIMS.get(one, one)) for one in row.dims)


@allow(RELEASE)
def releases(request: HttpRequest) -> HttpResponse:
    """What tables of counts left, and how much of each was hidden."""
    table = Table(
        columns=[
            Column("title", gettext_lazy("Table")),
            Column("dims", gettext_lazy("By"), sort=False, value=_dims),
            Column("created", gettext_lazy("Released")),
            Column("size", gettext_lazy("Figures"), numeric=True),
            Column("primary", gettext_lazy("Small, hidden"), numeric=True),
            Column(
                "hidden", gettext_lazy("Hidden to protect them"), numeric=True,
                value=lambda row: row.hidden - row.primary, order="hidden",
            ),
            Column("state", gettext_lazy("State"), value=lambda row: row.get_state_display(), order="state"),
        ],
        rows=selectors.releases(actor_of(request)),
        request=request,
        name="releases",
        caption=_("Tables that were released"),
        empty_title=_("No table was released yet"),
        empty_text=_(
            "Tables are released with the statistics of every night, and when a dataset of events is opened."
        ),
    )  # fmt: skip
    return table.response() or render(request, "sharing/agreements_releases.html", {"table": table})
