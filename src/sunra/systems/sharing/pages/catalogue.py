"""데이터: the catalogue, a dataset with its vintages, its steward and its freshness rule."""

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

from sunra.core.geo.districts import districts
from sunra.core.geo.errors import GeoError
from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.ui import chips
from sunra.platform.ui.tables import Column, Filter, Table
from sunra.systems.sharing import selectors, texts
from sunra.systems.sharing.models import Vintage
from sunra.systems.sharing.pages.vintages import history_item, state_tag
from sunra.systems.sharing.rules import IMPORT, OPEN, RELEASE, STEWARD, TREAT_PERSONS, VIEW
from sunra.systems.sharing.selectors.persons import screenings
from sunra.systems.sharing.services import freshness

_SHOWN = 20


@allow(VIEW)
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every dataset with its counts and whether it is fresh."""
    actor = actor_of(request)
    entries = selectors.catalogue(actor)
    request.demo = any(entry.dataset.demo for entry in entries)  # type: ignore[attr-defined]
    kinds = sorted({entry.dataset.kind for entry in entries})
    may_import = actor.may(IMPORT)
    table = Table(
        columns=[
            Column(
                "dataset.title",
                gettext_lazy("Dataset"),
                link=lambda e: reverse("sharing:dataset", args=[e.dataset.id]),
            ),
            Column("dataset.kind", gettext_lazy("Kind"), format=texts.kind),
            Column("dataset.agency.name", gettext_lazy("Agency")),
            Column("latest.rows", gettext_lazy("Rows"), numeric=True),
            Column("latest.published", gettext_lazy("Published"), numeric=True),
            Column("latest.quarantined", gettext_lazy("Put aside"), numeric=True),
            Column("latest.reference_date", gettext_lazy("As of")),
            Column("latest.created", gettext_lazy("Read on")),
            Column("stale", gettext_lazy("State"), value=_standing, order="stale"),
            Column("waiting", gettext_lazy("Waiting"), numeric=True, format=lambda count: count or "–"),
        ],
        rows=entries,
        request=request,
        name="datasets",
        caption=_("Datasets"),
        filters=[Filter("dataset.kind", gettext_lazy("Kind"), [(kind, texts.kind(kind)) for kind in kinds])],
        empty_title=_("No data yet"),
        empty_text=_("Data comes as files from agencies: CSV, XLSX, SHP or GeoJSON."),
        empty_link=(reverse("sharing:drop_off"), _("Drop off a file")) if may_import else None,
    )
    return table.response() or render(
        request,
        "sharing/catalogue.html",
        {
            "table": table,
            "may_import": may_import,
            "may_treat": actor.may(TREAT_PERSONS),
            "may_release": actor.may(RELEASE),
            "persons": screenings(actor).filter(refused=True).count() if actor.may(TREAT_PERSONS) else 0,
        },
    )


def _standing(entry: selectors.Entry) -> SafeString:
    """Fresh or stale; neither where no row can be used."""
    if entry.latest is not None and entry.latest.state == Vintage.State.UNUSABLE:
        return state_tag(entry.latest.state)
    return _state(entry.stale)


def _state(stale: bool) -> SafeString:  # noqa: FBT001 - a cell's value
    return chips.tag("warn", _("stale")) if stale else chips.tag("done", _("fresh"))


@allow(VIEW)
def dataset(request: HttpRequest, dataset_id: UUID) -> HttpResponse:
    """One dataset and its vintages."""
    actor = actor_of(request)
    found = selectors.dataset(actor, dataset_id)
    request.demo = found.demo  # type: ignore[attr-defined]
    table = Table(
        columns=[
            Column(
                "file_name", gettext_lazy("File"), link=lambda row: reverse("sharing:vintage", args=[row.id])
            ),
            Column("state", gettext_lazy("State"), format=state_tag),
            Column("created", gettext_lazy("Read on")),
            Column("reference_date", gettext_lazy("As of")),
            Column("rows", gettext_lazy("Rows"), numeric=True),
            Column("accepted", gettext_lazy("Accepted"), numeric=True),
            Column("merged", gettext_lazy("Merged"), numeric=True),
            Column("quarantined", gettext_lazy("Put aside"), numeric=True),
            Column("published", gettext_lazy("Published"), numeric=True),
        ],
        rows=selectors.vintages(actor, dataset_id),
        request=request,
        name="vintages",
        caption=_("Vintages"),
    )
    vintages = list(selectors.vintages(actor, dataset_id))
    in_use = next((one for one in vintages if one.state == Vintage.State.PUBLISHED), None)
    return table.response() or render(
        request,
        "sharing/dataset.html",
        {
            "dataset": found,
            "kind": texts.kind(found.kind),
            "district": _district(found.district),
            "table": table,
            "may_open": actor.may(OPEN),
            "may_edit": actor.may(STEWARD) and found.agency_id == actor.agency_id,
            "in_use": in_use,
            "as_of": selectors.as_of(in_use) if in_use else None,
            "fresh": _state(selectors.is_stale(found, in_use)) if in_use else "",
            "waiting": [one for one in vintages if one.state == Vintage.State.DRAFT],
            "history": [
                history_item(decision) for decision in selectors.decisions(actor, dataset_id)[:_SHOWN]
            ],
        },
    )


def _district(code: str) -> str:
    """The name of a district; its code where none is known."""
    try:
        return districts().district(code).name if code else "–"
    except GeoError:
        return code


class StewardForm(forms.Form):
    """Who looks after a dataset, and after how many days it is stale."""

    steward = forms.ChoiceField(label=gettext_lazy("Steward"), required=False)
    fresh_days = forms.IntegerField(
        label=gettext_lazy("Counts as stale after (days)"), min_value=1, max_value=freshness.LONGEST_DAYS
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["steward"].choices = [("", "–"), *people]  # type: ignore[attr-defined]


@allow(GET=STEWARD, POST=STEWARD)
def dataset_edit(request: HttpRequest, dataset_id: UUID) -> HttpResponse:
    """Name the steward and the freshness rule."""
    actor = actor_of(request)
    found = selectors.owned(actor, dataset_id)
    initial = {"steward": str(found.steward_id or ""), "fresh_days": found.fresh_days}
    form = StewardForm(request.POST or None, initial=initial, people=selectors.stewards(actor, found))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["steward"]
        try:
            freshness.look_after(
                actor=actor,
                dataset_id=dataset_id,
                steward_id=int(chosen) if chosen else None,
                fresh_days=form.cleaned_data["fresh_days"],
            )
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("sharing:dataset", dataset_id)
    context = {"dataset": found, "form": form}
    return render(request, "sharing/catalogue_edit.html", context, status=400 if form.errors else 200)
