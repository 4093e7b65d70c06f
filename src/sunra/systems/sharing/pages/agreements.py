"""제공 협약: what is asked of us and by us, one agreement with its use, and its data."""

from datetime import datetime
from typing import Any
from uuid import UUID

import polars as pl
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import actor_of
from sunra.platform.accounts.roles import ROLES
from sunra.platform.base.errors import Text, UserError
from sunra.platform.base.time import SEOUL, seoul_today
from sunra.platform.ledger.services import Act
from sunra.platform.places import selectors as places
from sunra.platform.ui import chips, csv
from sunra.platform.ui.dates import show_date, show_datetime
from sunra.platform.ui.forms import ReasonForm
from sunra.platform.ui.tables import Column, Filter, Table
from sunra.platform.ui.timeline import TimelineItem
from sunra.systems.sharing import agreement_texts as words
from sunra.systems.sharing.models import Agreement
from sunra.systems.sharing.rules import DECIDE_AGREEMENT, READ_SHARED, REQUEST_AGREEMENT, VIEW_AGREEMENT
from sunra.systems.sharing.selectors import agreements as selectors
from sunra.systems.sharing.services import access
from sunra.systems.sharing.services import agreements as services

PREVIEW = 20
MOST_ROWS = 500_000


@allow(VIEW_AGREEMENT)
def agreements(request: HttpRequest) -> HttpResponse:
    """Requests in and out, what waits for a decision first."""
    actor = actor_of(request)
    asked = selectors.agreements(actor)
    incoming = _list(request, asked.incoming, "in", _("What others ask of us"), "receiver")
    outgoing = _list(request, asked.outgoing, "out", _("What we ask of others"), "agency")
    answer = incoming.response() or outgoing.response()
    return answer or render(
        request,
        "sharing/agreements_list.html",
        {"incoming": incoming, "outgoing": outgoing, "may_request": actor.may(REQUEST_AGREEMENT)},
    )


def _list(request: HttpRequest, rows: Any, name: str, caption: str, other: str) -> Table:
    states = [(code, words.STANDING[code]) for code in Agreement.State.values]
    return Table(
        columns=[
            Column("dataset.title", gettext_lazy("Dataset"), link=_link),
            Column(f"{other}.name", gettext_lazy("Agency")),
            Column("kind", gettext_lazy("Kind"), value=lambda row: row.get_kind_display(), order="kind"),
            Column("purpose", gettext_lazy("Purpose")),
            Column("state", gettext_lazy("State"), value=selectors.standing, format=_chip),
            Column("due", gettext_lazy("Decision due")),
            Column("ends", gettext_lazy("Until")),
            Column("used", gettext_lazy("Uses"), numeric=True),
            Column("last_used", gettext_lazy("Last used")),
        ],
        rows=rows,
        request=request,
        name=name,
        caption=caption,
        filters=[Filter("state", gettext_lazy("State"), states)],
        empty_title=_("No request yet"),
        empty_text=_("Agencies ask for each other's data here, and decide with reasons."),
    )


def _link(row: Agreement) -> str:
    return reverse("sharing:agreement", args=[row.id])


def _chip(standing: str) -> SafeString:
    return chips.tag(words.COLOURS.get(standing, "done"), words.STANDING[standing])


@allow(VIEW_AGREEMENT)
def agreement(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """One agreement: its terms, what happened, who used what when."""
    actor = actor_of(request)
    found = selectors.agreement(actor, agreement_id)
    table = Table(
        columns=[
            Column("at", gettext_lazy("When")),
            Column("act", gettext_lazy("What was done"), format=words.act),
            Column(
                "role",
                gettext_lazy("By role"),
                format=_role,
            ),
            Column("user", gettext_lazy("By whom (id in the ledger)"), format=lambda text: text[:8]),
            Column("purpose", gettext_lazy("Purpose")),
            Column("rows", gettext_lazy("Rows"), numeric=True),
            Column("record", gettext_lazy("Record")),
        ],
        rows=selectors.uses(actor, agreement_id),
        request=request,
        name="uses",
        caption=_("Who used what, and when"),
        empty_title=_("Not used yet"),
    )
    owner, receiver = found.agency_id in actor.scope, found.receiver_id in actor.scope
    standing = selectors.standing(found)
    context = {
        "agreement": found,
        "standing": _chip(standing),
        "table": table,
        "fields": [words.field(name) for name in found.fields],
        "role": ROLES[found.role].name if found.role in ROLES else "",
        "history": _history(found),
        "may_decide": owner and actor.may(DECIDE_AGREEMENT) and found.state == Agreement.State.REQUESTED,
        "may_revoke": owner and actor.may(DECIDE_AGREEMENT) and standing in ("granted", "to_come"),
        "may_withdraw": receiver
        and actor.may(REQUEST_AGREEMENT)
        and standing in ("requested", "overdue", "granted", "to_come"),
        "may_read": found.receiver_id == actor.agency_id and actor.may(READ_SHARED) and standing == "granted",
        "reason_form": ReasonForm(),
    }
    return table.response() or render(request, "sharing/agreements_detail.html", context)


def _role(code: str) -> Text:
    return ROLES[code].name if code in ROLES else code


def _history(found: Agreement) -> list[TimelineItem]:
    """Asked, decided, ended, in order."""
    items = [TimelineItem(found.created, _("Asked for"), found.purpose, who=str(found.receiver))]
    if found.decided_at:
        title = _("Refused") if found.state == Agreement.State.REFUSED else _("Granted")
        items.append(TimelineItem(found.decided_at, title, found.reasons, who=str(found.agency)))
    elif found.state == Agreement.State.REQUESTED:
        late = found.due < seoul_today()
        items.append(
            TimelineItem(
                None,
                _("Decision"),
                _("due on %(day)s") % {"day": show_date(found.due)},
                state="late" if late else "next",
            )
        )
    if found.ended_at:
        revoked = found.state == Agreement.State.REVOKED
        title, who = (
            (_("Revoked by the owner"), found.agency) if revoked else (_("Withdrawn"), found.receiver)
        )
        items.append(TimelineItem(found.ended_at, title, found.end_reason, who=str(who)))
    return items


@allow(POST=DECIDE_AGREEMENT)
def revoke(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """End a grant now."""
    return _finish(request, agreement_id, services.revoke)


@allow(POST=REQUEST_AGREEMENT)
def withdraw(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """Take a request back, or give a grant up."""
    return _finish(request, agreement_id, services.withdraw)


def _finish(request: HttpRequest, agreement_id: UUID, end: Any) -> HttpResponse:
    actor = actor_of(request)
    found = selectors.agreement(actor, agreement_id)
    own = found.agency_id if end is services.revoke else found.receiver_id
    if own not in actor.scope:
        raise Http404("not found")
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            end(actor=actor, agreement_id=agreement_id, reason=form.cleaned_data["reason"])
            messages.success(request, _("It has ended, from now on."))
        except UserError as error:
            messages.error(request, str(error))
    else:
        messages.error(request, _("Give the reason in at least five characters."))
    return redirect("sharing:agreement", agreement_id)


def _told(frame: pl.DataFrame) -> list[list[Any]]:
    """Rows for people: how exactly a place is known in words, the name of a legal dong beside its code."""
    names = list(frame.columns)
    codes = frame["dong"].unique().to_list() if "dong" in names else []
    dongs = dict(places.dongs().filter(code__in=codes).values_list("code", "name"))

    def told(name: str, value: Any) -> Any:
        if name == "precision":
            return words.PRECISIONS.get(value, value)
        if name == "dong" and value in dongs:
            return f"{dongs[value]} ({value})"
        return show_datetime(value.replace(tzinfo=SEOUL)) if isinstance(value, datetime) else value

    return [[told(name, value) for name, value in zip(names, row, strict=True)] for row in frame.iter_rows()]


class ReadForm(forms.Form):
    """What this reading is for."""

    purpose = forms.CharField(
        label=gettext_lazy("What do you need it for now?"),
        min_length=5,
        max_length=300,
        help_text=gettext_lazy("It is kept with this look, and the owner sees it; write no names."),
    )


@allow(GET=READ_SHARED, POST=READ_SHARED)
def data(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """Preview and download under the agreement; the purpose first, the record before the rows."""
    actor = actor_of(request)
    found = selectors.agreement(actor, agreement_id)
    if found.receiver_id != actor.agency_id:
        raise Http404("not found")
    form = ReadForm(request.POST or None)
    shared = None
    if request.method == "POST" and form.is_valid():
        leaves = "download" in request.POST
        shared = access.read(
            actor=actor,
            dataset_id=found.dataset_id,
            purpose=form.cleaned_data["purpose"],
            act=Act.EXPORT if leaves else Act.LOOK,
            limit=MOST_ROWS if leaves else PREVIEW,
        )
        if leaves:
            frame = shared.frame
            return csv.response(
                "shared", [str(words.field(name)) for name in frame.columns], frame.iter_rows()
            )
    context = {
        "form": form,
        "agreement": found,
        "heads": [words.field(name) for name in shared.frame.columns] if shared else [],
        "rows": _told(shared.frame) if shared else [],
        "record": f"{shared.record.retention}/{shared.record.seq}" if shared else "",
        "read": shared is not None,
    }
    return render(request, "sharing/agreements_data.html", context, status=400 if form.errors else 200)
