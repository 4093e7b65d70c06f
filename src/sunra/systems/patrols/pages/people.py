"""하기 › 순찰 대원: who is a member, where each stands, what runs out; each look has its purpose."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import seoul_today
from sunra.platform.ui import chips
from sunra.platform.ui.dates import show_date
from sunra.platform.ui.forms import ReasonForm
from sunra.platform.ui.tables import Column, Table
from sunra.systems.patrols import availability
from sunra.systems.patrols.models import Standing, Track
from sunra.systems.patrols.pages import purpose
from sunra.systems.patrols.people_forms import MemberForm, NewMemberForm, StepForm
from sunra.systems.patrols.rules import IMPORT, MANAGE_MEMBER, VIEW_MEMBER
from sunra.systems.patrols.selectors import people as selectors
from sunra.systems.patrols.selectors.people import Seen
from sunra.systems.patrols.services import people as services
from sunra.systems.patrols.texts import ROLES, STANDINGS, TRACKS, TRAININGS

_COLOURS = {
    Standing.GRANTED: "done",
    Standing.REFUSED: "failed",
    Standing.NONE: "plain",
    Standing.ENDED: "plain",
}


@allow(GET=VIEW_MEMBER, POST=VIEW_MEMBER)
def members(request: HttpRequest) -> HttpResponse:
    """How many members stand where; names, and the search among them, after a purpose is given.

    What is searched for comes by POST: a name has no place in an address.
    """
    actor = actor_of(request)
    form = ReasonForm(request.POST if "reason" in request.POST else None)
    if form.is_bound and form.is_valid():
        purpose.remember(request, form.cleaned_data["reason"])
        return redirect("patrols:members")
    why, text = purpose.given(request), request.POST.get("text", "").strip()[:60]
    table = None
    if why:
        table = member_table(request, selectors.search(actor, text, purpose=why), long=bool(text))
    context = {
        "figures": selectors.figures(actor), "form": form, "table": table, "text": text, "purpose": why,
        "may_manage": actor.may(MANAGE_MEMBER), "may_import": actor.may(IMPORT),
    }  # fmt: skip
    return _personal(render(request, "patrols/people/members.html", context, status=_status(form)))


def member_table(
    request: HttpRequest, rows: list[Seen], *, several: bool = True, long: bool = False
) -> Table:
    """Members as they come; ``several`` organisations, ``long`` for all on one page."""
    group = Column(
        "organisation", gettext_lazy("Organisation"), value=lambda one: one.member.organisation.name
    )
    return Table(
        columns=[
            Column("name", gettext_lazy("Name"), value=lambda one: one.details.name, link=_link),
            *([group] if several else []),
            Column("role", gettext_lazy("Role"), value=_role),
            Column("due", gettext_lazy("Holds until"), value=lambda one: one, format=_due, sort=False),
            *(_standing_column(track) for track in Track.values),
        ],
        rows=rows, request=request, name="members", caption=_("Members"), export=False,
        page_size=max(len(rows), 1) if long else 25,
        empty_title=_("No member found"),
        empty_text=_("Look for a part of a name, or four digits of a number."),
    )  # fmt: skip


def _standing_column(track: str) -> Column:
    label = gettext_lazy("Commission") if track == Track.COMMISSION else gettext_lazy("Appointment")
    return Column(
        track, label, value=lambda one: getattr(one.member, track), format=lambda code: _standing(track, code)
    )


def _standing(track: str, code: str) -> Any:
    return chips.tag(_COLOURS.get(Standing(code), "now"), STANDINGS[track][code])


def _role(one: Seen) -> Any:
    return ROLES.get(one.details.role, one.details.role)


def _link(one: Seen) -> str:
    return reverse("patrols:member", args=[one.member.pk])


def _due(one: Seen) -> Any:
    if one.due is None:
        return _("Not on record")
    shown = show_date(one.due)
    if not one.soon:
        return shown
    return chips.tag("failed" if one.due < seoul_today() else "warn", shown)


@allow(GET=MANAGE_MEMBER, POST=MANAGE_MEMBER)
def new(request: HttpRequest) -> HttpResponse:
    """Take a member on."""
    actor = actor_of(request)
    groups = list(selectors.managed_organisations(actor))
    first = {"organisation": request.GET.get("organisation", "")}
    form = NewMemberForm(request.POST or None, organisations=groups, initial=first)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = services.add(
                actor=actor, organisation_id=UUID(given["organisation"]), key=given["key"],
                details=form.details(), kept=form.kept(),
            )  # fmt: skip
        except UserError as error:
            form.add_error(error.where[0], f"{error.message} {error.remedy}")
        else:
            messages.success(request, _("The member was added."))
            return redirect("patrols:member", made.pk)
    context = {"form": form, "groups": groups}
    return _personal(render(request, "patrols/people/new.html", context, status=_status(form)))


@allow(GET=VIEW_MEMBER, POST=VIEW_MEMBER)
def member(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """One member, after a purpose is given."""
    selectors.present(actor_of(request), member_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        purpose.remember(request, form.cleaned_data["reason"])
        return redirect("patrols:member", member_id)
    return _member(request, member_id, ask=form)


def _member(
    request: HttpRequest, member_id: UUID, *, ask: ReasonForm | None = None, step: StepForm | None = None,
    leave: ReasonForm | None = None,
) -> HttpResponse:  # fmt: skip
    actor, why = actor_of(request), purpose.given(request)
    found = selectors.present(actor, member_id)
    forms = (ask, step, leave)
    context: dict[str, Any] = {"member": found, "ask": ask or ReasonForm()}
    if why:
        seen = selectors.one(actor, member_id, purpose=why)
        context |= {
            "seen": seen, "role": _role(seen), "purpose": why, "hours": availability.show(found.hours),
            "trainings": [(TRAININGS[one.kind], one.valid_until) for one in seen.member.trainings.all()],
            "late": seen.soon, "tracks": [_track(actor, seen, track, step) for track in Track.values],
            "may_manage": actor.may(MANAGE_MEMBER), "leave": leave or ReasonForm(auto_id="leave_%s"),
        }  # fmt: skip
    status = 400 if any(form is not None and form.errors for form in forms) else 200
    return _personal(render(request, "patrols/people/member.html", context, status=status))


def _track(actor: Actor, seen: Seen, track: str, wrong: StepForm | None) -> dict[str, Any]:
    steps = services.allowed_next(actor, seen.member, track) if actor.may(MANAGE_MEMBER) else ()
    form = wrong if wrong is not None and wrong.matter == track else None
    return {
        "code": track, "name": TRACKS[track],
        "standing": _standing(track, getattr(seen.member, track)),
        "past": [
            (STANDINGS[track][one.standing], one) for one in seen.member.steps.all() if one.track == track
        ],
        "form": form or StepForm(track=track, steps=steps, initial={"on": seoul_today()}) if steps else None,
    }  # fmt: skip


@allow(GET=MANAGE_MEMBER, POST=MANAGE_MEMBER)
def change(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Correct a member; the page shows who it is, so it too needs a purpose."""
    actor, why = actor_of(request), purpose.given(request)
    selectors.managed(actor, member_id)
    if not why:
        return redirect("patrols:member", member_id)
    seen = selectors.one(actor, member_id, purpose=why)
    form = MemberForm(request.POST or None, seen=seen)
    if request.method == "POST" and form.is_valid():
        try:
            services.change(actor=actor, member_id=member_id, details=form.details(), kept=form.kept())
        except UserError as error:
            form.add_error(error.where[0], f"{error.message} {error.remedy}")
        else:
            messages.success(request, _("The member was changed."))
            return redirect("patrols:member", member_id)
    context = {"form": form, "seen": seen}
    return _personal(render(request, "patrols/people/change.html", context, status=_status(form)))


@allow(POST=MANAGE_MEMBER)
def step(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Write down the next step of the commission or the appointment."""
    actor, track = actor_of(request), request.POST.get("track", "")
    found = selectors.managed(actor, member_id)
    if track not in Track.values:
        raise BadRequest
    form = StepForm(request.POST, track=track, steps=services.NEXT[track][getattr(found, track)])
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.step(
                actor=actor, member_id=member_id, track=track, standing=given["standing"], on=given["on"],
                decided_by=given["decided_by"],
            )  # fmt: skip
        except UserError as error:
            form.add_error(error.where[0], f"{error.message} {error.remedy}")
        else:
            messages.success(request, _("The step was written down."))
            return redirect("patrols:member", member_id)
    return _member(request, member_id, step=form)


@allow(POST=MANAGE_MEMBER)
def withdraw(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Let a member go: everything personal is erased."""
    found = selectors.managed(actor_of(request), member_id)
    form = ReasonForm(request.POST, auto_id="leave_%s")
    if not form.is_valid():
        return _member(request, member_id, leave=form)
    services.withdraw(actor=actor_of(request), member_id=member_id, reason=form.cleaned_data["reason"])
    messages.success(request, _("The member withdrew. Everything personal was erased; the figures stay."))
    return redirect("patrols:organisation", found.organisation_id)


def _status(form: Any) -> int:
    return 400 if form.errors else 200


def _personal(answer: HttpResponse) -> HttpResponse:
    """Keep a page with names out of every cache."""
    answer["Cache-Control"] = "private, no-store"
    return answer
