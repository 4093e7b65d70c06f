"""하기 › 장비: stock of vests, lamps, radios, protective gear; what is due stands first."""

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
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import seoul_today
from sunra.platform.ui import chips
from sunra.platform.ui.forms import ReasonForm
from sunra.platform.ui.tables import Column, Filter, Table
from sunra.systems.patrols.equipment_forms import CheckForm, GearForm, IssueForm, ReturnForm
from sunra.systems.patrols.models import Gear
from sunra.systems.patrols.rules import MANAGE_GEAR, VIEW_GEAR
from sunra.systems.patrols.selectors import equipment as selectors
from sunra.systems.patrols.services import equipment as services
from sunra.systems.patrols.texts import GEAR_KINDS


@allow(VIEW_GEAR)
def equipment(request: HttpRequest) -> HttpResponse:
    """All gear in reach; what runs out or must be inspected first at the top."""
    actor, today = actor_of(request), seoul_today()
    retired = request.GET.get("retired") == "1"
    rows = selectors.gear(actor, retired=retired)
    request.demo = rows.filter(demo=True).exists()  # type: ignore[attr-defined]
    table = Table(
        columns=[
            Column("kind", gettext_lazy("Kind"), format=lambda kind: GEAR_KINDS[kind]),
            Column("name", gettext_lazy("Name or model"), link=_link),
            Column("size", gettext_lazy("Size")),
            Column("serial", gettext_lazy("Serial number"), whole=True),
            Column("left", gettext_lazy("In stock"), numeric=True),
            Column("out", gettext_lazy("Given out"), numeric=True),
            Column("expires", gettext_lazy("Can be used until")),
            Column("inspect_by", gettext_lazy("Inspection due")),
            Column("state", gettext_lazy("State"), value=_state, format=_chip, sort=False),
        ],
        rows=rows, request=request, name="equipment", caption=_("Equipment"),
        filters=[
            Filter("kind", gettext_lazy("Kind"), list(GEAR_KINDS.items())),
            Filter("serial", gettext_lazy("Serial number")),
        ],
        empty_title=_("No equipment yet"),
        empty_text=_("The safety officer takes vests, lamps, radios and protective gear into the stock."),
    )  # fmt: skip
    first = None if retired else rows.filter(due__lt=today).first()
    context = {
        "table": table, "may_manage": actor.may(MANAGE_GEAR), "retired": retired, "first": first,
        "waiting": 0 if retired else rows.filter(due__lt=today).count(),
    }  # fmt: skip
    return table.response() or render(request, "patrols/equipment/equipment.html", context)


def _link(row: Gear) -> str:
    return reverse("patrols:gear", args=[row.pk])


_STATES = {
    "retired": ("plain", gettext_lazy("Out of use")),
    "run_out": ("failed", gettext_lazy("Run out")),
    "overdue": ("failed", gettext_lazy("Inspection overdue")),
    "soon": ("warn", gettext_lazy("Due soon")),
    "fine": ("done", gettext_lazy("Fit for use")),
}


def _state(row: Gear) -> str:
    """The state's word, as the export has it."""
    return str(_STATES[_state_code(row)][1])


def _chip(word: str) -> Any:
    colours = {str(label): colour for colour, label in _STATES.values()}
    return chips.tag(colours[word], word)


def _state_code(row: Gear) -> str:
    today = seoul_today()
    if row.retired_at:
        return "retired"
    if selectors.run_out(row, today):
        return "run_out"
    if selectors.overdue(row, today):
        return "overdue"
    near = [day for day in (row.expires, row.inspect_by) if day is not None]
    return "soon" if near and min(near) <= today + selectors.SOON else "fine"


@allow(GET=MANAGE_GEAR, POST=MANAGE_GEAR)
def new(request: HttpRequest) -> HttpResponse:
    """Take gear into the stock."""
    form = GearForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_gear(actor=actor_of(request), thing=form.thing())
        except UserError as error:
            _show(form, error)
        else:
            messages.success(request, _("It is in the stock."))
            return redirect("patrols:gear", made.pk)
    return render(request, "patrols/equipment/new.html", {"form": form}, status=400 if form.errors else 200)


@allow(GET=VIEW_GEAR, POST=MANAGE_GEAR)
def gear(request: HttpRequest, gear_id: UUID) -> HttpResponse:
    """One thing or pile: who has it, when it was inspected; POST corrects it."""
    found = selectors.one(actor_of(request), gear_id)
    form = GearForm(request.POST or None, initial=GearForm.of(found))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_gear(actor=actor_of(request), gear_id=gear_id, thing=form.thing())
        except UserError as error:
            _show(form, error)
        else:
            messages.success(request, _("The change was kept."))
            return redirect("patrols:gear", gear_id)
    return _gear(request, gear_id, change=form)


def _show(form: forms.Form, error: UserError) -> None:
    """The error at its field, else above the form."""
    field = error.where[0] if error.where and error.where[0] in form.fields else None
    form.add_error(field, f"{error.message} {error.remedy}".strip())


def _gear(request: HttpRequest, gear_id: UUID, **given: Any) -> HttpResponse:
    """The page; ``given`` holds a form that was wrong, under its name."""
    actor = actor_of(request)
    found = selectors.one(actor, gear_id)
    request.demo = found.demo  # type: ignore[attr-defined]
    mine = actor.may(MANAGE_GEAR) and found.agency_id in actor.scope
    live = mine and not found.retired_at
    issues = list(selectors.issues(actor, found))
    wrong = given.get("back")
    back = [
        (one, wrong[1] if wrong and wrong[0] == one.pk else ReturnForm(issue=one))
        for one in issues
        if mine and one.closed_at is None
    ]
    idle = live and not found.out
    held = selectors.holders(actor, found.agency_id) if live else []
    context: dict[str, Any] = {
        "gear": found, "kind": GEAR_KINDS[found.kind], "state": _chip(_state(found)),
        "issues": issues, "checks": found.checks.all(), "back": back,
        "change": (given.get("change") or GearForm(initial=GearForm.of(found))) if live else None,
        "issue": (given.get("issue") or _issue_form(request, found)) if held and found.left else None,
        "nobody": live and not held,
        "check": (given.get("check") or CheckForm(initial={"on": seoul_today()})) if live else None,
        "retire": (given.get("retire") or ReasonForm(auto_id="retire_%s")) if idle else None,
    }  # fmt: skip
    errors = any((form[1] if isinstance(form, tuple) else form).errors for form in given.values())
    # A form that has nowhere to stand any more still has to say why it was refused.
    if errors:
        hidden = [form for name, form in given.items() if name != "back" and context.get(name) is None]
        context["refused"] = [text for form in hidden for texts in form.errors.values() for text in texts]
    return render(request, "patrols/equipment/gear.html", context, status=400 if errors else 200)


def _issue_form(request: HttpRequest, found: Gear, data: Any = None) -> IssueForm:
    held = selectors.holders(actor_of(request), found.agency_id)
    return IssueForm(data, holders=held, single=bool(found.serial))


@allow(POST=MANAGE_GEAR)
def issue(request: HttpRequest, gear_id: UUID) -> HttpResponse:
    """Give it out."""
    found = selectors.one(actor_of(request), gear_id)
    form = _issue_form(request, found, request.POST)
    if form.is_valid():
        try:
            services.issue(actor=actor_of(request), gear_id=gear_id, **form.cleaned_data)
        except UserError as error:
            _show(form, error)
        else:
            messages.success(request, _("It was given out."))
            return redirect("patrols:gear", gear_id)
    return _gear(request, gear_id, issue=form)


@allow(POST=MANAGE_GEAR)
def back(request: HttpRequest, issue_id: UUID) -> HttpResponse:
    """Take back what was given out."""
    found = selectors.issue(actor_of(request), issue_id)
    form = ReturnForm(request.POST, issue=found)
    if form.is_valid():
        try:
            services.take_back(actor=actor_of(request), issue_id=issue_id, **form.cleaned_data)
        except UserError as error:
            _show(form, error)
        else:
            messages.success(request, _("The return was written down."))
            return redirect("patrols:gear", found.gear_id)
    return _gear(request, found.gear_id, back=(found.pk, form))


@allow(POST=MANAGE_GEAR)
def inspect(request: HttpRequest, gear_id: UUID) -> HttpResponse:
    """Write down an inspection."""
    selectors.one(actor_of(request), gear_id)
    form = CheckForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data | {"passed": form.cleaned_data["passed"] == "yes"}
        try:
            services.inspect(actor=actor_of(request), gear_id=gear_id, **given)
        except UserError as error:
            _show(form, error)
        else:
            messages.success(request, _("The inspection was written down."))
            return redirect("patrols:gear", gear_id)
    return _gear(request, gear_id, check=form)


@allow(POST=MANAGE_GEAR)
def retire(request: HttpRequest, gear_id: UUID) -> HttpResponse:
    """Take it out of use."""
    selectors.one(actor_of(request), gear_id)
    form = ReasonForm(request.POST, auto_id="retire_%s")
    if form.is_valid():
        try:
            services.retire(actor=actor_of(request), gear_id=gear_id, reason=form.cleaned_data["reason"])
        except UserError as error:
            _show(form, error)
        else:
            messages.success(request, _("It is out of use and stays on record."))
            return redirect("patrols:equipment")
    return _gear(request, gear_id, retire=form)
