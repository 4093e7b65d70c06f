"""하기 › 웹훅: where partners' programs hear of patrols, and whether they do."""

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
from sunra.platform.ui import chips
from sunra.platform.ui.tables import Column, Filter, Table
from sunra.systems.patrols.models import Hook, HookMessage
from sunra.systems.patrols.rules import MANAGE_HOOK, VIEW_HOOK
from sunra.systems.patrols.selectors import hooks as selectors
from sunra.systems.patrols.services import hook_sends
from sunra.systems.patrols.services import hooks as services
from sunra.systems.patrols.texts import HOOK_ERRORS, HOOK_EVENTS, HOOK_OFF

_STATES = {
    "waiting": gettext_lazy("Waits"), "done": gettext_lazy("Arrived"), "failed": gettext_lazy("Not sent"),
}  # fmt: skip
_COLOURS = {"waiting": "now", "done": "done", "failed": "failed"}


class HookForm(forms.Form):
    """Where to, and of what."""

    name = forms.CharField(label=gettext_lazy("Partner or program"), max_length=80)
    url = forms.CharField(
        label=gettext_lazy("Address"), max_length=500,
        help_text=gettext_lazy("Begins with https:// and leads to a server in the open Internet."),
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )  # fmt: skip
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Tells that"), choices=list(HOOK_EVENTS.items()),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


@allow(VIEW_HOOK)
def hooks(request: HttpRequest) -> HttpResponse:
    """All webhooks of the agency, with their state."""
    actor = actor_of(request)
    table = Table(
        columns=[
            Column("name", gettext_lazy("Partner or program"), link=lambda one: _address(one.pk)),
            Column("events", gettext_lazy("Tells that"), format=_events, sort=False),
            Column("state", gettext_lazy("State"), value=_state, sort=False, export=False),
        ],
        rows=selectors.hooks(actor), request=request, name="hooks", caption=_("Webhooks"),
        empty_title=_("No webhook yet"),
        empty_text=_("A webhook tells a partner's program at once when a patrol begins."),
    )  # fmt: skip
    context = {"table": table, "may_manage": actor.may(MANAGE_HOOK)}
    return table.response() or render(request, "patrols/hooks/hooks.html", context)


def _address(hook_id: UUID) -> str:
    return reverse("patrols:hook", args=[hook_id])


def _events(chosen: list[str]) -> str:
    return ", ".join(str(HOOK_EVENTS[one]) for one in HOOK_EVENTS if one in chosen)


def _state(row: Hook) -> Any:
    if not row.active:
        return chips.tag("failed", _("Off"))
    return chips.tag("warn", _("Does not answer")) if row.failing_since else chips.tag("done", _("On"))


@allow(GET=MANAGE_HOOK, POST=MANAGE_HOOK)
def new(request: HttpRequest) -> HttpResponse:
    """Make a webhook; the answer shows its secret, once."""
    form = HookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = services.make(actor=actor_of(request), **form.cleaned_data)
        except UserError as error:
            _show(form, error)
        else:
            return _hook(request, made.pk, secret=secret)
    return render(request, "patrols/hooks/new.html", {"form": form}, status=400 if form.errors else 200)


def _show(form: forms.Form, error: UserError) -> None:
    field = error.where[0] if error.where and error.where[0] in form.fields else None
    form.add_error(field, f"{error.message} {error.remedy}".strip())


@allow(GET=VIEW_HOOK, POST=MANAGE_HOOK)
def hook(request: HttpRequest, hook_id: UUID) -> HttpResponse:
    """One webhook with its log; POST changes it."""
    selectors.hook(actor_of(request), hook_id)
    if request.method != "POST":
        return _hook(request, hook_id)
    form = HookForm(request.POST)
    if form.is_valid():
        try:
            services.change(actor=actor_of(request), hook_id=hook_id, **form.cleaned_data)
        except UserError as error:
            _show(form, error)
        else:
            messages.success(request, _("The change was kept."))
            return redirect("patrols:hook", hook_id)
    return _hook(request, hook_id, form=form)


def _hook(
    request: HttpRequest, hook_id: UUID, *, form: HookForm | None = None, secret: str = ""
) -> HttpResponse:
    actor = actor_of(request)
    found = selectors.hook(actor, hook_id)
    log = Table(
        columns=[
            Column("created", gettext_lazy("Made"), whole=True),
            Column("type", gettext_lazy("Event"), format=lambda kind: HOOK_EVENTS.get(kind, _("Test"))),
            Column("state", gettext_lazy("State"), format=_chip),
            Column("attempts", gettext_lazy("Tries"), numeric=True),
            Column("status", gettext_lazy("Answer"), numeric=True, format=lambda code: code or "–"),
            Column("error", gettext_lazy("Why"), format=_why),
            Column("due", gettext_lazy("Next try"), value=_next, sort=False),
        ],
        rows=selectors.messages(actor, found), request=request, name="log", caption=_("Sent"),
        filters=[Filter("state", gettext_lazy("State"), list(_STATES.items()))],
        empty_title=_("Nothing was sent yet"), empty_text=_("Send a test to see whether it arrives."),
    )  # fmt: skip
    given = {"name": found.name, "url": found.url, "events": found.events}
    may = actor.may(MANAGE_HOOK)
    context = {
        "hook": found, "state": _state(found), "off": HOOK_OFF[found.off_why], "table": log, "secret": secret,
        "form": (form or HookForm(initial=given)) if may else None,
    }  # fmt: skip
    wrong = form is not None and form.errors
    answer = log.response() or render(
        request, "patrols/hooks/hook.html", context, status=400 if wrong else 200
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _chip(state: str) -> Any:
    return chips.tag(_COLOURS[state], _STATES[state])


def _why(code: str) -> Any:
    return (HOOK_ERRORS.get(code) or _("The secret cannot be opened")) if code else "–"


def _next(row: HookMessage) -> Any:
    return row.due if row.state == "waiting" else None


@allow(POST=MANAGE_HOOK)
def test(request: HttpRequest, hook_id: UUID) -> HttpResponse:
    """Send a test, in the background."""
    hook_sends.send_test(actor=actor_of(request), hook_id=hook_id)
    messages.success(request, _("A test is on its way. Load the page again in a moment."))
    return redirect("patrols:hook", hook_id)


@allow(POST=MANAGE_HOOK)
def renew(request: HttpRequest, hook_id: UUID) -> HttpResponse:
    """A new secret, shown once."""
    secret = services.renew_secret(actor=actor_of(request), hook_id=hook_id)
    return _hook(request, hook_id, secret=secret)


@allow(POST=MANAGE_HOOK)
def switch(request: HttpRequest, hook_id: UUID) -> HttpResponse:
    """Switch it on or off."""
    on = request.POST.get("on") == "1"
    try:
        services.switch(actor=actor_of(request), hook_id=hook_id, on=on)
    except UserError as error:
        messages.error(request, f"{error.message} {error.remedy}")
    else:
        messages.success(request, _("The webhook is on.") if on else _("The webhook is off."))
    return redirect("patrols:hook", hook_id)
