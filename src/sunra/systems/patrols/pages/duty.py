"""하기 › 근무: tonight's shifts, the phones that may write for them, lines and alarms."""

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
from sunra.platform.accounts.handover import qr
from sunra.platform.base.errors import UserError
from sunra.platform.ui import chips
from sunra.platform.ui.tables import Column, Filter, Table
from sunra.systems.patrols.models import Shift, ShiftStatus
from sunra.systems.patrols.rules import DIRECT, LEAD, MAKE, VIEW_DUTY
from sunra.systems.patrols.selectors import duty as selectors
from sunra.systems.patrols.services import duty
from sunra.systems.patrols.texts import ALARMS, KINDS, SHIFTS

_STATES = {
    ShiftStatus.PLANNED: "plain", ShiftStatus.ON_PATROL: "now", ShiftStatus.ENDED: "done",
    ShiftStatus.CANCELLED: "plain",
}  # fmt: skip


class LineForm(forms.Form):
    """One line to a team or to all."""

    text = forms.CharField(
        label=gettext_lazy("Message"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class RulesForm(forms.Form):
    """What the agency decides for its nights."""

    late_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes until a missed check-in raises an alarm"), min_value=5, max_value=120
    )
    end_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes after a shift until a missing end raises an alarm"),
        min_value=5, max_value=240,
    )  # fmt: skip
    track_days = forms.IntegerField(
        label=gettext_lazy("Days until tracks are deleted"), min_value=1, max_value=90
    )


@allow(VIEW_DUTY)
def shifts(request: HttpRequest) -> HttpResponse:
    """Every shift in reach, the latest night first."""
    actor = actor_of(request)
    rows = selectors.shifts(actor)
    request.demo = rows.filter(demo=True).exists()  # type: ignore[attr-defined]
    table = Table(
        columns=[
            Column("name", gettext_lazy("Team"), link=_link),
            Column("day", gettext_lazy("Night")),
            Column("starts", gettext_lazy("Starts")),
            Column("ends", gettext_lazy("Ends")),
            Column("kind", gettext_lazy("Kind"), format=lambda kind: KINDS.get(kind, kind)),
            Column("people", gettext_lazy("People"), numeric=True),
            Column("status", gettext_lazy("State"), format=_state),
        ],
        rows=rows, request=request, name="shifts", caption=_("Shifts"),
        filters=[Filter("status", gettext_lazy("State"), list(SHIFTS.items()))],
        empty_title=_("No shift yet"), empty_text=_("Shifts open when a night's plan is confirmed."),
    )  # fmt: skip
    context = {
        "table": table, "alarms": _alarms(actor), "may_rule": actor.may(MAKE),
        "may_direct": actor.may(DIRECT) and bool(selectors.open_nights(actor)),
        "mine": rows.filter(status__in=selectors.OPEN).order_by("starts").first(),
    }  # fmt: skip
    return table.response() or render(request, "patrols/duty/shifts.html", context)


def _link(row: Shift) -> str:
    return reverse("patrols:shift", args=[row.pk])


def _state(status: str) -> Any:
    return chips.tag(_STATES.get(ShiftStatus(status), "plain"), SHIFTS.get(status, status))


def _alarms(actor: Any) -> list[tuple[Any, Any]]:
    return [(one, ALARMS[one.kind]) for one in selectors.open_alarms(actor)]


@allow(VIEW_DUTY)
def shift(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """One shift: its phones, how far it is, alarms and lines; reading the lines is in the ledger."""
    return _shift(request, shift_id)


def _shift(request: HttpRequest, shift_id: UUID, form: LineForm | None = None, **more: Any) -> HttpResponse:
    actor = actor_of(request)
    found = selectors.shift_of(actor, shift_id)
    request.demo = found.demo  # type: ignore[attr-defined]
    context = {
        "shift": found, "kind": KINDS[found.kind], "state": _state(found.status),
        "open": found.status in selectors.OPEN, "phones": list(found.passes.all()),
        "stops": selectors.progress(found), "lines": selectors.read_lines(actor, found),
        "alarms": [(one, ALARMS[one.kind]) for one in found.alarms.all()],
        "form": form or LineForm(), "may_lead": actor.may(LEAD), "may_direct": actor.may(DIRECT),
        "may_run": actor.may("journeys.run_tonight"), **more,
    }  # fmt: skip
    answer = render(request, "patrols/duty/shift.html", context, status=400 if form else 200)
    answer["Cache-Control"] = "private, no-store"
    return answer


@allow(POST=LEAD)
def invite(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """An invitation for another phone: a code to scan and its PIN, shown once."""
    try:
        invited = duty.invite(actor=actor_of(request), shift_id=shift_id)
    except UserError as error:
        messages.error(request, str(error))
        return redirect("patrols:shift", shift_id)
    address = f"{request.build_absolute_uri(reverse('duty:phone'))}#join={invited.code}"
    return _shift(request, shift_id, invited=invited, address=address, picture=qr(address))


@allow(POST=VIEW_DUTY)
def here(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """Walk with the phone in hand: no PIN, for it is signed in."""
    try:
        invited = duty.invite(actor=actor_of(request), shift_id=shift_id, here=True)
    except UserError as error:
        messages.error(request, str(error))
        return redirect("patrols:shift", shift_id)
    return redirect(f"{reverse('duty:phone')}#join={invited.code}&pin=0")


@allow(POST=LEAD)
def say(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """A line to the team."""
    form = LineForm(request.POST)
    if not form.is_valid():
        return _shift(request, shift_id, form)
    duty.say(actor=actor_of(request), shift_id=shift_id, text=form.cleaned_data["text"])
    messages.success(request, _("The message goes to the team's phones."))
    return redirect("patrols:shift", shift_id)


@allow(POST=LEAD)
def revoke(request: HttpRequest, pass_id: UUID) -> HttpResponse:
    """End a phone's right."""
    given = duty.revoke(actor=actor_of(request), pass_id=pass_id)
    messages.success(request, _("The phone can write nothing more. What it sent before stays."))
    return redirect("patrols:shift", given.shift_id)


@allow(POST=DIRECT)
def see(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Say that one looks after it."""
    alarm = duty.see_alarm(actor=actor_of(request), alarm_id=alarm_id)
    return redirect("patrols:shift", alarm.shift_id)


@allow(POST=DIRECT)
def close(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Close an alarm with a word on what was found."""
    alarm = duty.close_alarm(actor=actor_of(request), alarm_id=alarm_id, note=request.POST.get("note", ""))
    messages.success(request, _("The alarm is closed."))
    return redirect("patrols:shift", alarm.shift_id)


@allow(GET=MAKE, POST=MAKE)
def rules(request: HttpRequest) -> HttpResponse:
    """The agency's rules of duty."""
    actor = actor_of(request)
    kept = selectors.rules_of(actor.agency_id) if actor.agency_id else None
    first = {name: getattr(kept, name) for name in RulesForm.base_fields} if kept else {}
    form = RulesForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        duty.set_rules(actor=actor, **form.cleaned_data)
        messages.success(request, _("The rules are kept and hold from now on."))
        return redirect("patrols:duty_rules")
    return render(request, "patrols/duty/rules.html", {"form": form}, status=400 if form.errors else 200)
