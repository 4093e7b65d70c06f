"""순찰 일지, 봉사 시간, 활동 결과: what patrols did, written down, signed, counted, never ranked."""

import datetime as dt
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
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import seoul_today
from sunra.platform.ledger.services import Act, record
from sunra.platform.ui import chips, csv
from sunra.platform.ui.charts import Chart, Series, bar
from sunra.platform.ui.forms import ReasonForm
from sunra.platform.ui.tables import Column, Table
from sunra.systems.patrols.models import Shift
from sunra.systems.patrols.pages.groups import kind_word
from sunra.systems.patrols.rules import LEAD, VIEW_MEMBER, VIEW_ORGANISATION
from sunra.systems.patrols.selectors import after as selectors
from sunra.systems.patrols.selectors import people
from sunra.systems.patrols.services.after import certificates, papers
from sunra.systems.patrols.services.after import logs as services
from sunra.systems.patrols.texts import HAZARDS, REPORT_TO

LONGEST_DAYS = 366


class LogForm(forms.Form):
    """What a leader adds to a log."""

    remarks = forms.CharField(
        label=gettext_lazy("Remarks"), max_length=services.LONGEST, required=False,
        help_text=gettext_lazy("What happened and was done. No names of residents."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    came = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Members who came"), coerce=UUID, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *given: Any, members: list[tuple[UUID, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["came"].choices = members  # type: ignore[attr-defined]
        if not members:
            del self.fields["came"]


@allow(LEAD)
def logs(request: HttpRequest) -> HttpResponse:
    """Every patrol that was walked, with the state of its log."""
    rows = selectors.walked_shifts(actor_of(request))
    request.demo = rows.filter(demo=True).exists()  # type: ignore[attr-defined]
    table = Table(
        columns=[
            Column("name", gettext_lazy("Team"), link=_link),
            Column("day", gettext_lazy("Night")),
            Column("organisation.name", gettext_lazy("Organisation")),
            Column("signed", gettext_lazy("Log"), value=_state, sort=False),
        ],
        rows=rows, request=request, name="logs", caption=_("Patrol logs"),
        empty_title=_("No patrol was walked yet"),
        empty_text=_("A log writes itself when a team begins its patrol with a phone."),
    )  # fmt: skip
    return table.response() or render(request, "patrols/after/logs.html", {"table": table})


def _link(row: Shift) -> str:
    return reverse("patrols:log", args=[row.pk])


def _state(row: Any) -> Any:
    log = getattr(row, "log", None)
    last = selectors.last_of(log.versions.all()) if log else None
    if last is None:
        return chips.tag("now", _("To be looked through"))
    return chips.tag("done", _("Signed")) if last.signed_at else chips.tag("warn", _("To be signed"))


@allow(GET=LEAD, POST=LEAD)
def log(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """One log: what the phones wrote, the form to complete it, its signature and versions."""
    actor = actor_of(request)
    shift, body, versions = selectors.read_log(actor, shift_id)
    request.demo = shift.demo  # type: ignore[attr-defined]
    seen = []
    if actor.may(VIEW_MEMBER) and shift.organisation is not None:
        seen = people.of_organisation(actor, shift.organisation, purpose=str(_("who came on patrol")))
    members = sorted(((one.member.pk, one.details.name) for one in seen), key=lambda pair: pair[1])
    first = {"remarks": body["remarks"], "came": selectors.who_came(shift)}
    form = LogForm(request.POST or None, initial=first, members=members)
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            services.write(
                actor=actor, shift_id=shift_id, remarks=given["remarks"], came=given.get("came", ())
            )
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The log is kept. Read it once more and sign it."))
            return redirect("patrols:log", shift_id)
    context = {
        "shift": shift, "body": body, "versions": versions, "form": form,
        "reports": [
            (HAZARDS.get(kind, kind), number, REPORT_TO.get(to, to)) for kind, number, to in body["reports"]
        ],
        "walked": shift.begun_at is not None,
    }  # fmt: skip
    answer = render(request, "patrols/after/log.html", context, status=400 if form.errors else 200)
    answer["Cache-Control"] = "private, no-store"
    return answer


@allow(POST=LEAD)
def sign(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """Sign what the page showed."""
    try:
        services.sign(actor=actor_of(request), shift_id=shift_id, digest=request.POST.get("digest", ""))
        messages.success(request, _("The log is signed. A later change makes a new version to be signed."))
    except UserError as error:
        messages.error(request, str(error))
    return redirect("patrols:log", shift_id)


@allow(LEAD)
def paper(request: HttpRequest, shift_id: UUID, ending: str) -> HttpResponse:
    """The log as PDF or HWPX; the ledger keeps that it was taken away."""
    actor = actor_of(request)
    shift, _body, versions = selectors.read_log(actor, shift_id)
    if not versions:
        messages.error(request, _("Keep the log first, then take it as a file."))
        return redirect("patrols:log", shift_id)
    record(
        actor=actor, act=Act.EXPORT, subject="patrols.PatrolLog", ref=str(shift.pk), purpose="log as a file"
    )
    if ending == "pdf":
        content, kind = papers.pdf(shift, versions[0]), "application/pdf"
    else:
        content, kind = papers.hwpx(versions[0]), "application/hwp+zip"
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="patrol-log-{shift.day}.{ending}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


class SpanForm(forms.Form):
    """From a day to a day, both counted; the month that runs unless something else is said."""

    since = forms.DateField(
        label=gettext_lazy("First night"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=gettext_lazy("Last night"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        today = seoul_today()
        self.initial = {"since": today.replace(day=1), "last": today, **self.initial}

    def clean(self) -> dict[str, Any]:
        """The days in order and not more than a year."""
        found: dict[str, Any] = super().clean() or {}
        if "since" in found and "last" in found:
            if found["last"] < found["since"]:
                raise forms.ValidationError(_("The last night comes before the first."))
            if (found["last"] - found["since"]).days > LONGEST_DAYS:
                raise forms.ValidationError(_("Choose at most a year."))
        return found

    @property
    def span(self) -> tuple[dt.date, dt.date]:
        """The first night and the day after the last."""
        return self.cleaned_data["since"], self.cleaned_data["last"] + dt.timedelta(days=1)


class HoursForm(SpanForm, ReasonForm):
    """Whose hours are shown or handed out, and what for."""

    field_order = ("since", "last", "reason")


def _presets() -> list[tuple[Any, str]]:
    """Spans that are asked for most, as words and the query that shows them."""
    today = seoul_today()
    month = today.replace(day=1)
    before = month - dt.timedelta(days=1)
    quarter = today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1)
    spans = [
        (_("This month"), month, today), (_("Last month"), before.replace(day=1), before),
        (_("This quarter"), quarter, today), (_("This year"), today.replace(month=1, day=1), today),
    ]  # fmt: skip
    return [(word, f"?since={since}&last={last}") for word, since, last in spans]


@allow(GET=VIEW_MEMBER, POST=VIEW_MEMBER)
def hours(request: HttpRequest) -> HttpResponse:
    """Hours of members by signed logs, after a purpose is given; as a file for volunteer portals."""
    actor = actor_of(request)
    form = HoursForm(request.POST or None)
    rows = None
    if request.method == "POST" and form.is_valid():
        (since, until), reason = form.span, form.cleaned_data["reason"]
        if "papers" in request.POST:
            check_at = request.build_absolute_uri(reverse("patrols:certificate_check"))
            answer = _papers(actor, since, until, reason, check_at)
            if isinstance(answer, HttpResponse):
                return answer
            form.add_error(None, answer)
        else:
            file = "file" in request.POST
            rows = selectors.served(actor, since, until, purpose=reason, act=Act.EXPORT if file else Act.LOOK)
            if file:
                return _file(rows, since, form.cleaned_data["last"])
    table = Table(
        columns=[
            Column("number", gettext_lazy("Certificate number"), sort=False),
            Column("created", gettext_lazy("Issued"), sort=False),
            Column("organisation.name", gettext_lazy("Organisation"), sort=False),
            Column("since", gettext_lazy("First night"), sort=False),
            Column("last", gettext_lazy("Last night"), sort=False),
            Column("minutes", gettext_lazy("Minutes"), numeric=True, sort=False),
            Column("digest", gettext_lazy("Digest"), sort=False, format=lambda digest: digest[:16]),
        ],
        rows=selectors.certificates(actor), request=request, name="certificates",
        caption=_("Certificates issued"), empty_title=_("No certificate yet"),
        empty_text=_("Choose a time and a purpose above, then make certificates."),
    )  # fmt: skip
    if (exported := table.response()) is not None:
        return exported
    context = {"form": form, "rows": rows, "certificates": table}
    answer = render(request, "patrols/after/hours.html", context, status=400 if form.errors else 200)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _file(rows: list[selectors.Served], since: dt.date, last: dt.date) -> HttpResponse:
    heads = [
        _("Name"), _("Organisation"), _("First night"), _("Last night"), _("Nights"), _("Minutes"), _("Work")
    ]  # fmt: skip
    work = _("Patrolling as a volunteer")
    lines = [
        [one.name, one.organisation, str(since), str(last), one.nights, one.minutes, work] for one in rows
    ]
    return csv.response("volunteer-hours", heads, lines)


def _papers(actor: Actor, since: dt.date, until: dt.date, reason: str, check_at: str) -> HttpResponse | str:
    """The certificates as a file, or why there are none."""
    try:
        issued = certificates.issue(actor=actor, since=since, until=until, purpose=reason)
        content = certificates.pdf(issued, reason, check_at)
    except UserError as error:
        return str(error)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="certificates-{since}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _chart(actor: Actor) -> Chart:
    found = selectors.patrols_by_month(actor, seoul_today())
    return bar(
        _("All organisations together, month by month"),
        [f"{day:%Y. %m.}" for day, _patrols, _places in found],
        [
            Series(_("Patrols"), [float(patrols) for _day, patrols, _places in found]),
            Series(_("Places visited"), [float(places) for _day, _patrols, places in found]),
        ],
        unit=_("count"), label_head=_("Month"), ticks=[f"{day:%m}" for day, *_rest in found],
        source=_("Check-ins and shifts of phones"),
    )  # fmt: skip


@allow(VIEW_ORGANISATION)
def results(request: HttpRequest) -> HttpResponse:
    """What each organisation did in a time, in the order of names; no column sorts, nothing is added."""
    asked = "since" in request.GET or "last" in request.GET
    form = SpanForm(request.GET if asked else None)
    fine = form.is_valid() if asked else False
    today = seoul_today()
    span = form.span if fine else (today.replace(day=1), today + dt.timedelta(days=1))
    rows = selectors.results(actor_of(request), *span)
    numbers = [
        ("patrols", gettext_lazy("Patrols")), ("hours", gettext_lazy("Hours")),
        ("places", gettext_lazy("Places visited")), ("calls", gettext_lazy("Calls to 112")),
        ("to_city", gettext_lazy("Reports to 120")), ("to_district", gettext_lazy("Reports to the district")),
        ("answered", gettext_lazy("Reports answered")),
    ]  # fmt: skip
    table = Table(
        columns=[
            Column("name", gettext_lazy("Organisation"), sort=False),
            Column("kind", gettext_lazy("Kind"), format=kind_word, sort=False),
            *(Column(key, label, numeric=True, sort=False) for key, label in numbers),
        ],
        rows=rows, request=request, name="results", caption=_("Results of organisations"),
        empty_title=_("No organisation yet"),
        empty_text=_("Organisations, members and teams are imported from files."),
    )  # fmt: skip
    context = {
        "table": table, "form": form, "presets": _presets(), "chart": _chart(actor_of(request)),
        "since": span[0], "last": span[1] - dt.timedelta(days=1),
    }  # fmt: skip
    status = 400 if asked and not fine else 200
    return table.response() or render(request, "patrols/after/results.html", context, status=status)
