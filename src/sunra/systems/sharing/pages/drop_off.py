"""Handing files in, and the receipt for them: page, PDF, and the report of every row put aside."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.ui import chips, csv
from sunra.platform.ui.tables import Column, Table
from sunra.systems.sharing import receipts, selectors, texts
from sunra.systems.sharing.models import DroppedFile
from sunra.systems.sharing.rules import IMPORT, TREAT_PERSONS, VIEW
from sunra.systems.sharing.services import drop_off as service
from sunra.systems.sharing.services.persons import REFUSED as PERSONS

State = DroppedFile.State
_OFFERED = 1_000
_FORMATS = gettext_lazy(
    "CSV, XLSX, XLS, GeoJSON, or one of them in a ZIP. What it holds is recognised by its columns."
)
_TAGS = {State.WAITING: "queued", State.READ: "done", State.SEEN: "plain"}


class Several(forms.ClearableFileInput):
    """A field that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files; each is checked like a single one."""

    widget = Several

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The files as a list; an error names the file it is about."""
        given = data if isinstance(data, list | tuple) else [data]
        return [self._clean_one(one, initial) for one in given or [None]]

    def _clean_one(self, one: Any, initial: Any) -> Any:
        try:
            return super().clean(one, initial)
        except forms.ValidationError as error:
            if one:
                raise forms.ValidationError([f"{one.name}: {text}" for text in error.messages]) from error
            raise


def _limits() -> Any:
    """How much may be handed in, as the page says it."""
    return format_lazy(
        gettext_lazy(
            "At most {files} files at once: CSV up to {text} MB each, everything else up to {whole} MB."
        ),
        files=service.MOST_FILES,
        text=service.MOST_MB,
        whole=service.WHOLE_MB,
    )


class DropOffForm(forms.Form):
    """Files, and the dataset they belong to when the sender knows: the rest the reader finds out."""

    file = FilesField(
        label=gettext_lazy("Files"),
        help_text=format_lazy(
            "{} {}",
            _FORMATS,
            _limits(),
        ),
    )
    dataset = forms.ChoiceField(
        label=gettext_lazy("Dataset"),
        required=False,
        help_text=gettext_lazy("Leave it empty: the file's name without its date says which one it is."),
    )

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dataset"].choices = [("", gettext_lazy("Found by the name")), *choices]  # type: ignore[attr-defined]


@allow(GET=IMPORT, POST=IMPORT)
def drop_off(request: HttpRequest) -> HttpResponse:
    """Hand in files; reading goes on in the background and ends in a receipt."""
    actor = actor_of(request)
    choices = [
        (str(one.id), f"{one.title} ({texts.kind(one.kind)})")
        for one in selectors.datasets(actor).exclude(kind="unknown")[:_OFFERED]
        if one.agency_id == actor.agency_id
    ]
    form = DropOffForm(request.POST or None, request.FILES or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        uploads = [service.Upload(one.name, one.file) for one in form.cleaned_data["file"]]
        chosen = form.cleaned_data["dataset"]
        try:
            made = service.hand_in(actor=actor, uploads=uploads, dataset_id=UUID(chosen) if chosen else None)
        except UserError as error:
            form.add_error("file", str(error))
        else:
            return redirect("sharing:receipt", made.id)
    recent = selectors.drop_offs(actor)[:5]
    context = {"form": form, "recent": recent}
    return render(request, "sharing/drop_off.html", context, status=400 if form.errors else 200)


@allow(VIEW)
def all_receipts(request: HttpRequest) -> HttpResponse:
    """Everything that was handed in."""
    table = Table(
        columns=[
            Column(
                "created",
                gettext_lazy("Handed in on"),
                link=lambda row: reverse("sharing:receipt", args=[row.id]),
            ),
            Column("label", gettext_lazy("By")),
            Column("agency.name", gettext_lazy("Agency")),
            Column("file_count", gettext_lazy("Files"), numeric=True),
        ],
        rows=selectors.drop_offs(actor_of(request)),
        request=request,
        name="receipts",
        caption=_("Receipts"),
        empty_title=_("Nothing was handed in yet"),
        empty_text=_("A receipt is made whenever somebody hands in files."),
    )
    return table.response() or render(request, "sharing/drop_off_receipts.html", {"table": table})


@allow(VIEW)
def receipt(request: HttpRequest, drop_off_id: UUID) -> HttpResponse:
    """What became of each file; renews itself while files are being read."""
    actor = actor_of(request)
    found = selectors.receipt(actor, drop_off_id)
    table = Table(
        columns=[
            Column("name", gettext_lazy("File"), link=_where),
            Column("state", gettext_lazy("Result"), value=_tag, sort=False),
            Column("vintage.rows", gettext_lazy("Rows"), numeric=True),
            Column("vintage.accepted", gettext_lazy("Accepted"), numeric=True),
            Column("vintage.merged", gettext_lazy("Merged"), numeric=True),
            Column("vintage.quarantined", gettext_lazy("Put aside"), numeric=True),
            Column("what", gettext_lazy("What it is"), value=receipts.told, sort=False),
            Column("sha256", "SHA-256", format=_short, sort=False),
        ],
        rows=list(found.files),
        request=request,
        name="files",
        caption=_("Files handed in"),
        export=False,
    )
    return table.response() or render(
        request,
        "sharing/drop_off_receipt.html",
        {
            "receipt": found,
            "table": table,
            "total": len(found.files),
            "unknown": [one for one in found.files if one.state == State.UNKNOWN and one.vintage_id],
            "personal": [one for one in found.files if _personal(one)],
            "may_treat": actor.may(TREAT_PERSONS),
            "aside": sum(one.quarantined for one in found.vintages),
        },
    )


def _short(digest: str) -> str:
    return f"{digest[:12]}…" if digest else "–"


def _personal(row: DroppedFile) -> bool:
    """Whether the file was not taken because it names persons."""
    return row.vintage is not None and PERSONS in row.vintage.warnings


def _tag(row: DroppedFile) -> SafeString:
    state = row.state
    if _personal(row):
        return chips.tag("warn", _("not taken: names persons"))
    return chips.tag(_TAGS.get(State(state), "warn"), State(state).label)


def _where(row: DroppedFile) -> str:
    return reverse("sharing:vintage", args=[row.vintage_id]) if row.vintage_id else ""


@allow(VIEW)
def receipt_pdf(request: HttpRequest, drop_off_id: UUID) -> HttpResponse:
    """The receipt on paper."""
    found = selectors.receipt(actor_of(request), drop_off_id)
    answer = HttpResponse(receipts.pdf(found), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="receipt-{found.drop_off.id}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@allow(VIEW)
def receipt_quarantine(request: HttpRequest, drop_off_id: UUID) -> HttpResponse:
    """Every row put aside in all the files, as CSV."""
    actor = actor_of(request)
    found = selectors.receipt(actor, drop_off_id)
    return csv.response(
        "put-aside", [str(head) for head in texts.REPORT], selectors.report(actor, found.vintages)
    )
