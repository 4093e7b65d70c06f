"""열린 데이터: the catalogue and each dataset for everybody, and the owner's decision to open one."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.platform.accounts.access import allow, public
from sunra.platform.accounts.actor import actor_of
from sunra.platform.accounts.limits import guarded
from sunra.platform.base.errors import UserError
from sunra.platform.maps import Layer, Map
from sunra.platform.maps.ranges import respond
from sunra.platform.places import geojson
from sunra.platform.ui.tables import Column, Filter, Table
from sunra.systems.sharing import texts
from sunra.systems.sharing.agreement_texts import PRECISIONS
from sunra.systems.sharing.api.catalogue import answer as catalogue_answer
from sunra.systems.sharing.indicators import family_name
from sunra.systems.sharing.models import Dataset, Opening
from sunra.systems.sharing.opened import counts, features, files, noised
from sunra.systems.sharing.opened.collection import Collection, columns_found, of_opening, opens_as
from sunra.systems.sharing.opened.columns import DICTIONARY, always
from sunra.systems.sharing.opened.licences import LICENCES, licence
from sunra.systems.sharing.rules import OPEN
from sunra.systems.sharing.selectors import opendata as selectors
from sunra.systems.sharing.services import opendata as services

_MARGIN = 0.002
"""Degrees around the outermost place."""
FILE_NAMES = {"csv": "CSV", "geojson": "GeoJSON", "parquet": "GeoParquet", "pmtiles": "PMTiles"}


@dataclass(frozen=True, slots=True)
class Download:
    """One file to take away."""

    name: str
    url: str
    size: int


@public
@guarded("open", "PUBLIC_CALLS")
def catalogue(request: HttpRequest) -> HttpResponse:
    """What is open, to search and sort."""
    search = request.GET.get("q", "").strip()[:100]
    rows = list(selectors.openings(search=search))
    request.demo = any(row.dataset.demo for row in rows)  # type: ignore[attr-defined]
    kinds = sorted({row.dataset.kind for row in rows})
    table = Table(
        columns=[
            Column(
                "title",
                gettext_lazy("Dataset"),
                link=lambda row: reverse("open:dataset", args=[row.dataset_id]),
            ),
            Column("dataset.kind", gettext_lazy("Kind"), format=texts.kind),
            Column("agency.name", gettext_lazy("Agency")),
            Column("licence", gettext_lazy("Licence"), format=lambda code: licence(code).name),
            Column("form", gettext_lazy("What is open"), format=_form),
            Column("made", gettext_lazy("Files of")),
        ],
        rows=rows,
        request=request,
        name="open",
        caption=_("Open datasets"),
        filters=[Filter("dataset.kind", gettext_lazy("Kind"), [(kind, texts.kind(kind)) for kind in kinds])],
        empty_title=_("Nothing is open here yet"),
        empty_text=_("Agencies decide which of their datasets everybody may use."),
    )
    return table.response() or render(
        request, "sharing/open_catalogue.html", {"table": table, "search": search}
    )


def _form(form: str) -> str:
    return _("Figures") if form == Opening.Form.COUNTS else _("Places")


@public
@guarded("open", "PUBLIC_CALLS")
def dataset(request: HttpRequest, dataset_id: UUID) -> HttpResponse:
    """One open dataset: licence, quality, dictionary, preview, downloads."""
    opening = selectors.opening(dataset_id)
    collection = of_opening(opening)
    request.demo = opening.dataset.demo  # type: ignore[attr-defined]
    table = _preview_table(request, collection)
    if (answer := table.response()) is not None:
        return answer
    context = {
        "opening": opening,
        "kind": texts.kind(opening.dataset.kind),
        "licence": licence(opening.licence),
        "quality": selectors.quality(opening.dataset),
        "columns": collection.columns,
        "codes": _codes(collection),
        "downloads": _downloads(opening),
        "countable": noised.answers(opening),
        "table": table,
        "map": _map(collection, table),
        "items": reverse("api:ogc_items", args=[opening.dataset_id]),
        "landing": reverse("api:ogc_landing"),
    }
    return render(request, "sharing/open_dataset.html", context)


def _downloads(opening: Opening) -> list[Download]:
    return [
        Download(name, reverse("open:file", args=[opening.dataset_id, ending]), opening.files[ending])
        for ending, name in FILE_NAMES.items()
        if ending in opening.files
    ]


def _preview_table(request: HttpRequest, collection: Collection) -> Table:
    """The rows as everybody gets them, page by page."""
    if collection.counted:
        columns = [
            Column(
                one.name,
                _short(one.meaning),
                numeric=one.name == "count",
                format=_FORMATS.get(one.name),
            )
            for one in collection.columns
        ]
        rows: Any = [row | {"id": number} for number, row in enumerate(collection.rows, start=1)]
        row_id = lambda row: str(row["id"])  # noqa: E731 - beside its other shape
    else:
        columns = [
            _place_column(one.name, _short(one.meaning), one.type in {"integer", "number"})
            for one in collection.columns
        ]
        rows = features.queryset(collection)
        row_id = lambda row: str(row.pk)  # noqa: E731
    return Table(
        columns=columns,
        rows=rows,
        request=request,
        name="rows",
        caption=_("Preview"),
        row_id=row_id,
        page_size=10,
        export=False,
    )


def _short(meaning: Any) -> str:
    """What a column means, without what the dictionary adds after a stop."""
    return re.split(r"[.;:]\s", str(meaning))[0]


def _year(value: int) -> str:
    """A year is no quantity: no groups of digits."""
    return str(value)


def _category(code: str) -> str:
    return _("All") if code == "all" else family_name(code)


_FORMATS: dict[str, Callable[[Any], Any]] = {
    "year": _year,
    "kind": texts.kind,
    "category": _category,
    "precision": lambda code: PRECISIONS.get(code, code),
}
"""What people see instead of codes; the files and the API hold the codes."""


def _codes(collection: Collection) -> list[tuple[str, str, str]]:
    """Column, code and word of what the files hold as codes."""
    names = [column.name for column in collection.columns]
    found = {
        "kind": [collection.dataset.kind] if "kind" in names else [],
        "precision": list(PRECISIONS) if "precision" in names else [],
        "category": sorted({str(row.get("category", "")) for row in collection.rows}),
    }
    told = [(name, code, str(_FORMATS[name](code))) for name, codes in found.items() for code in codes]
    return [(name, code, word) for name, code, word in told if word != code]


def _place_column(name: str, meaning: Any, numeric: bool) -> Column:  # noqa: FBT001 - from a column's type
    def value(row: Any) -> Any:
        if name == "cell":
            return features.cell_text(row)
        if name == "changed":
            return row.published
        return (
            getattr(row, name, None)
            if DICTIONARY[name].home == "field"
            else row.attrs.get(name, getattr(row, name, None))
        )

    plain = DICTIONARY[name].home == "field" and name != "changed"
    return Column(name, meaning, value=value, sort=plain, order=name if plain else "", numeric=numeric,
                  format=_FORMATS.get(name))  # fmt: skip


def _map(collection: Collection, table: Table) -> Map | None:
    edges = features.extent(collection)
    if edges is None:
        return None
    west, south, east, north = edges
    kind = "point" if collection.layer == "facility" else "line"  # a figure is no grade: outlines alone
    url = reverse("open:preview", args=[collection.dataset.id])
    return Map(
        title=collection.title,
        layers=[Layer("features", url, kind, texts.kind(collection.dataset.kind))],  # type: ignore[arg-type]
        bounds=(west - _MARGIN, south - _MARGIN, east + _MARGIN, north + _MARGIN),
        table_id=table.element_id,
    )


@public
@guarded("open", "PUBLIC_CALLS")
def preview(_request: HttpRequest, dataset_id: UUID) -> HttpResponse:
    """The map's layer: single places, or sums per cell when there are many; dongs for figures."""
    collection = of_opening(selectors.opening(dataset_id))
    if collection.counted:
        found: dict[str, Any] = counts.outlines(collection)
    elif collection.layer == "facility":
        found = geojson.points(features.queryset(collection))
    else:
        found = geojson.shapes(features.queryset(collection))
    answer = JsonResponse(found, json_dumps_params={"ensure_ascii": False})
    answer["Content-Type"] = "application/geo+json"
    answer["Cache-Control"] = "public, max-age=300"
    return answer


@public
@guarded("open-files", "FILE_CALLS")
def file(request: HttpRequest, dataset_id: UUID, ending: str) -> HttpResponseBase:
    """A download, whole or by byte range (which is how maps read the tiles)."""
    opening = selectors.opening(dataset_id)
    path = files.path_of(opening.id, ending) if ending in files.FORMATS else None
    if path is None or not path.exists():
        raise Http404
    answer = respond(request, path, files.FORMATS[ending])
    mark = "demo-" if opening.dataset.demo else ""
    name = f"{mark}{opening.dataset.kind}-{str(opening.dataset_id)[:8]}.{ending}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "public, max-age=300"
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@public
@guarded("open", "PUBLIC_CALLS")
def jsonld(request: HttpRequest) -> HttpResponse:
    """The catalogue as DCAT-AP."""
    return catalogue_answer(request)


class OpenForm(forms.Form):
    """The decision to open: licence, words for the public, columns."""

    title = forms.CharField(label=gettext_lazy("Title for the public"), max_length=200)
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=200, required=False)
    description = forms.CharField(
        label=gettext_lazy("Description for the public"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    quality = forms.CharField(
        label=gettext_lazy("Note on quality"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "What a reader must know: what is missing, how exact places are, how often it comes."
        ),
    )
    licence = forms.ChoiceField(
        label=gettext_lazy("Licence"), choices=[(one.code, one.name) for one in LICENCES.values()]
    )
    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Columns"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if choices:
            self.fields["columns"].choices = choices  # type: ignore[attr-defined]
            self.fields["columns"].initial = [name for name, _meaning in choices]
        else:
            del self.fields["columns"]


class CloseForm(forms.Form):
    """Why a dataset is taken back."""

    reason = forms.CharField(label=gettext_lazy("Reason"), min_length=5, max_length=400)


@allow(GET=OPEN, POST=OPEN)
def decide(request: HttpRequest, dataset_id: UUID) -> HttpResponse:
    """The owner's page: open with licence and columns, what is open now, what was before."""
    found = services.owned(actor_of(request), dataset_id)
    form_of = opens_as(found)
    choices = _choices(found) if form_of == Opening.Form.FEATURES else []
    form = OpenForm(request.POST or None, choices=choices, initial={"title": found.title})
    if request.method == "POST" and form.is_valid() and _opened(request, found, form):
        return redirect("sharing:open_decide", dataset_id)
    history = list(selectors.history(actor_of(request), dataset_id))
    request.demo = found.demo  # type: ignore[attr-defined]
    context = {
        "dataset": found,
        "kind": texts.kind(found.kind),
        "form": form,
        "counted": form_of == Opening.Form.COUNTS,
        "possible": bool(form_of),
        "opening": next((row for row in history if row.closed is None), None),
        "history": [(row, licence(row.licence)) for row in history],
        "close_form": CloseForm(),
    }
    return render(request, "sharing/open_decide.html", context, status=400 if form.errors else 200)


def _choices(found: Dataset) -> list[tuple[str, Any]]:
    """The columns that may be left out; the common ones always leave."""
    return [
        (one.name, f"{one.name}: {one.meaning}") for one in columns_found(found) if one.name not in always()
    ]


def _opened(request: HttpRequest, found: Dataset, form: OpenForm) -> bool:
    data = form.cleaned_data
    words = services.Words(data["title"], data["title_en"], data["description"], data["quality"])
    chosen = (*always(), *data["columns"]) if "columns" in data else ()
    try:
        services.open_dataset(
            actor=actor_of(request), dataset_id=found.id, licence=data["licence"], words=words, columns=chosen
        )
    except UserError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("The dataset is open to everybody. Its files are being made."))
    return True


@allow(POST=OPEN)
def close(request: HttpRequest, dataset_id: UUID) -> HttpResponse:
    """Take a dataset back."""
    form = CloseForm(request.POST)
    if form.is_valid():
        services.close_dataset(
            actor=actor_of(request), dataset_id=dataset_id, reason=form.cleaned_data["reason"]
        )
        messages.success(request, _("The dataset was taken back. Its pages and files are gone."))
    else:
        services.owned(actor_of(request), dataset_id)
        messages.error(request, _("Say why the dataset is taken back, in at least five letters."))
    return redirect("sharing:open_decide", dataset_id)
