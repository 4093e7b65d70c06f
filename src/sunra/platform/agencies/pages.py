"""The pages about agencies."""

from dataclasses import replace
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sunra.platform.agencies import imports, services
from sunra.platform.agencies.codes import dong_name
from sunra.platform.agencies.exports import export_csv
from sunra.platform.agencies.forms import AgencyForm, FileForm, TypeForm
from sunra.platform.agencies.models import Agency, AgencyType
from sunra.platform.agencies.selectors import agencies
from sunra.platform.base.access import allow, get_visible
from sunra.platform.base.actor import actor_of
from sunra.platform.base.carried import Carried, TooOld, carried, carry
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import seoul_today

USE = "agencies.import"


@allow("agencies.view_agencies")
def index(request: HttpRequest) -> HttpResponse:
    """The tree, as far as the actor's agency reaches."""
    rows = agencies(actor_of(request))
    return render(request, "agencies/list.html", {"rows": rows})


@allow("agencies.view_agencies")
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One agency with its jurisdiction."""
    actor = actor_of(request)
    agency = get_visible(Agency.objects.select_related("type", "parent"), actor, pk=pk)
    dongs = [(one.dong, dong_name(one.dong)) for one in agency.jurisdiction.all()]
    children = agency.children.select_related("type")
    parent = agency.parent if agency.parent_id in actor.scope else None
    return render(
        request,
        "agencies/detail.html",
        {"agency": agency, "dongs": dongs, "children": children, "parent": parent},
    )


@allow(GET=services.CHANGE, POST=services.CHANGE)
def add(request: HttpRequest) -> HttpResponse:
    """A new agency."""
    actor = actor_of(request)
    form = AgencyForm(request.POST or None, parents=agencies(actor))
    if request.method == "POST" and form.is_valid():
        try:
            dongs = form.cleaned_data["jurisdiction"].split()
            agency = services.create_agency(actor=actor, draft=form.draft(), dongs=dongs)
        except UserError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The agency was added."))
            return redirect("agencies:detail", pk=agency.pk)
    return render(request, "agencies/edit.html", {"form": form}, status=_status(form))


@allow(GET=services.CHANGE, POST=services.CHANGE)
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change an agency."""
    actor = actor_of(request)
    agency = get_visible(Agency.objects.all(), actor, pk=pk)
    initial = {
        "name": agency.name,
        "type": agency.type_id,
        "parent": str(agency.parent_id) if agency.parent_id in actor.scope else "",
        "code": agency.code or "",
        "police_code": agency.police_code,
        "district": agency.district,
        "active": agency.active,
        "jurisdiction": " ".join(one.dong for one in agency.jurisdiction.all()),
    }
    form = AgencyForm(request.POST or None, parents=agencies(actor), initial=initial)
    if request.method == "POST" and form.is_valid():
        draft = form.draft()
        if draft.parent_id is None and agency.parent_id not in actor.scope:
            draft = replace(draft, parent_id=agency.parent_id)
        try:
            services.change_agency(
                actor=actor,
                agency_id=agency.pk,
                draft=draft,
                dongs=form.cleaned_data["jurisdiction"].split(),
                reason=form.cleaned_data["reason"],
            )
        except UserError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The agency was changed."))
            return redirect("agencies:detail", pk=agency.pk)
    return render(request, "agencies/edit.html", {"form": form, "agency": agency}, status=_status(form))


@allow(GET=services.CHANGE, POST=services.CHANGE)
def import_file(request: HttpRequest) -> HttpResponse:
    """First the preview of a file, then, when it has no problem, taking it."""
    actor = actor_of(request)
    if request.method == "POST" and "sealed" in request.POST:
        return _take(request)
    form = FileForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        data = upload.read(imports.MAX_BYTES + 1)
        found = imports.preview(actor=actor, data=data, file=upload.name)
        context["preview"] = found
        if not found.problems:
            context["sealed"] = carry(actor, USE, Carried(upload.name, data))
    return render(request, "agencies/import.html", context, status=_status(form))


def _take(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    try:
        file = carried(actor, USE, request.POST["sealed"])
    except TooOld:
        messages.error(request, _("The preview is too old. Choose the file again."))
        return redirect("agencies:import")
    try:
        done = imports.apply(actor=actor, data=file.data, file=file.name)
    except imports.ImportRefused as refused:
        found = imports.Preview(file.name, (), refused.problems)
        return render(request, "agencies/import.html", {"form": FileForm(), "preview": found}, status=400)
    said = _("%(added)d agencies were added and %(changed)d changed.")
    messages.success(request, said % {"added": done.added, "changed": done.changed})
    return redirect("agencies:list")


@allow("agencies.view_agencies")
def export(request: HttpRequest) -> HttpResponse:
    """The tree as CSV; with a byte-order mark, so that spreadsheets read the Korean."""
    body = "\ufeff" + export_csv(actor=actor_of(request))
    name = f"agencies-{seoul_today():%Y%m%d}.csv"
    return HttpResponse(
        body,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@allow(GET=services.CHANGE, POST=services.CHANGE)
def types(request: HttpRequest) -> HttpResponse:
    """The kinds of institutions, and a form for a further one."""
    form = TypeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_type(actor=actor_of(request), **form.cleaned_data)
        except UserError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The type was added."))
            return redirect("agencies:types")
    found = AgencyType.objects.all()
    return render(request, "agencies/types.html", {"form": form, "types": found}, status=_status(form))


def show_error(form: forms.Form, error: UserError) -> None:
    """Put an error where it belongs: beside its field, else above the form."""
    field = error.where[-1] if error.where and error.where[-1] in form.fields else None
    form.add_error(field, f"{error.message} {error.remedy}".strip())


def _status(form: forms.Form) -> int:
    return 400 if form.is_bound and not form.is_valid() else 200
