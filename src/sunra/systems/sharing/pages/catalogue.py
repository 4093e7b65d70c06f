"""데이터: the catalogue, a dataset with its vintages, a vintage with its balance, and the drop-off."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.files import services as files
from sunra.platform.jobs.services import enqueue
from sunra.platform.ui import chips
from sunra.platform.ui.tables import Column, Filter, Table
from sunra.systems.sharing import selectors, texts
from sunra.systems.sharing.jobs.imports import IMPORT as IMPORT_JOB
from sunra.systems.sharing.rules import IMPORT, OPEN, VIEW


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
            Column("stale", gettext_lazy("State"), format=_state),
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
        request, "sharing/catalogue.html", {"table": table, "may_import": may_import}
    )


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
    return table.response() or render(
        request, "sharing/dataset.html", {"dataset": found, "kind": texts.kind(found.kind), "table": table, "may_open": actor.may(OPEN)}
    )


@allow(VIEW)
def vintage(request: HttpRequest, vintage_id: UUID) -> HttpResponse:
    """One vintage: rows in = accepted + merged + put aside, and every row put aside with its remedy."""
    actor = actor_of(request)
    found = selectors.vintage(actor, vintage_id)
    request.demo = found.dataset.demo  # type: ignore[attr-defined]
    table = Table(
        columns=[
            Column("line", gettext_lazy("Line"), numeric=True, format=lambda line: line or "–"),
            Column("field", gettext_lazy("Field")),
            Column("reason", gettext_lazy("Reason"), format=texts.reason),
            Column("value", gettext_lazy("Value")),
            Column("remedy", gettext_lazy("What to do"), format=texts.remedy),
        ],
        rows=selectors.quarantine(actor, vintage_id),
        request=request,
        name="quarantine",
        caption=_("Rows put aside"),
        filters=[
            Filter("reason", gettext_lazy("Reason"), [(code, texts.reason(code)) for code in found.reasons])
        ],
        empty_title=_("No row was put aside"),
    )
    return table.response() or render(
        request,
        "sharing/vintage.html",
        {
            "vintage": found,
            "kind": texts.kind(found.kind),
            "table": table,
            "reasons": [(texts.reason(code), count) for code, count in found.reasons.items()],
            "warnings": [texts.warning(code) for code in found.warnings],
            "hidden": max(0, found.quarantined - table.rows.count()),
        },
    )


class DropOffForm(forms.Form):
    """A file and nothing else: what it is, the reader finds out."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV, XLSX, XLS, GeoJSON, or one of them in a ZIP. What it holds is recognised by its columns."
        ),
    )


@allow(GET=IMPORT, POST=IMPORT)
def drop_off(request: HttpRequest) -> HttpResponse:
    """Hand in a file; reading goes on in the background and ends in a receipt."""
    form = DropOffForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        job = _accept(request, form)
        if job is not None:
            return redirect("jobs:detail", job.id)
    return render(request, "sharing/drop_off.html", {"form": form}, status=400 if form.errors else 200)


def _accept(request: HttpRequest, form: DropOffForm) -> Any:
    """The job that reads the file; nothing (and an error in the form) when the file is refused."""
    actor = actor_of(request)
    upload = form.cleaned_data["file"]
    if actor.agency_id is None:
        raise PermissionDenied
    try:
        stored = files.store(
            actor=actor,
            agency_id=actor.agency_id,
            name=upload.name,
            stream=upload.file,
            kind="dataset",
        )
    except UserError as error:
        form.add_error("file", str(error))
        return None
    district = Agency.objects.filter(pk=actor.agency_id).values_list("district", flat=True).first() or ""
    return enqueue(
        actor=actor,
        kind=IMPORT_JOB,
        args={"file": str(stored.id), "district": district},
        key=f"{actor.agency_id}:{stored.sha256[:32]}",
    )
