"""탄력순찰 요청 for officers: what residents asked for, map and table, and the decision about each."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.core.geo import cells as geo_cells
from sunra.core.geo.districts import districts
from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.maps import Layer, Map, streets
from sunra.platform.places.models import LegalDong
from sunra.platform.ui import chips
from sunra.platform.ui.tables import Column, Filter, Table
from sunra.systems.risk import hours
from sunra.systems.risk import request_texts as texts
from sunra.systems.risk.models import OPEN_STATES, Forecast, PatrolRequest, RequestShare
from sunra.systems.risk.rules import DECIDE_REQUEST, VIEW_REQUEST
from sunra.systems.risk.selectors import requests as selectors
from sunra.systems.risk.services import moderation
from sunra.systems.risk.services.request_share import MOST, set_share, share_of

MOST_DISTRICTS = 25
"""Districts whose share one page shows."""


def request_layer(_actor: Actor, forecast: Forecast) -> Layer:
    """The layer of patrol requests of a forecast's district, for any map; off until somebody wants it.

    Its address asks ``risk.view_request`` itself, so add it only for an actor who may.
    """
    return layer_of(forecast.district, shown=False)


def layer_of(district: str, *, shown: bool = True) -> Layer:
    """Open requests of a district as points in the middle of their cells."""
    url = f"{reverse('risk:request_cells')}?district={district}"
    return Layer("requests", url, "point", _("Patrol requests"), shown=shown, series=2)


@allow(VIEW_REQUEST)
def requests(request: HttpRequest) -> HttpResponse:
    """Everything asked for in the actor's reach, the latest first; no words of anybody in the list."""
    return _list(request)


def _list(request: HttpRequest, given: "ShareForm | None" = None) -> HttpResponse:
    actor = actor_of(request)
    rows = selectors.requests(actor)
    request.demo = rows.filter(demo=True).exists()  # type: ignore[attr-defined]
    table = _table(request, rows)
    answer = table.response()
    if answer is not None:
        return answer
    context = {
        **_shares(actor, given),
        "table": table,
        "map": _map(actor, rows, table),
        "waiting": rows.filter(state="new").count(),
        "ask": request.build_absolute_uri(reverse("request:ask")),
    }
    return render(request, "risk/requests_list.html", context, status=400 if given else 200)


class ShareForm(forms.Form):
    """How much requests count in the plans of one district."""

    district = forms.CharField(widget=forms.HiddenInput)
    percent = forms.FloatField(
        label=gettext_lazy("Share of requests in plans (%)"),
        min_value=0,
        max_value=100 * MOST,
        widget=forms.NumberInput(attrs={"step": "1"}),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


def _shares(actor: Actor, given: ShareForm | None) -> dict[str, Any]:
    """The share of each district of the actor's own, with a form where the actor may set it."""
    codes = sorted({dong[:5] for dong in actor.dongs})
    rows = []
    for code in codes[:MOST_DISTRICTS]:
        percent = 100 * share_of(code)
        typed = given if given and given.data.get("district") == code else None
        rows.append(
            {
                "name": districts().district(code).name,
                "percent": f"{percent:g}",
                "form": typed
                or ShareForm(
                    initial={"district": code, "percent": f"{percent:g}"}, auto_id=f"share-{code}-%s"
                ),
                "history": RequestShare.objects.filter(district=code)[:5],
            }
        )
    return {"shares": rows, "may_share": actor.may(DECIDE_REQUEST)}


@allow(POST=DECIDE_REQUEST)
def share(request: HttpRequest) -> HttpResponse:
    """Set how much requests count in the coming plans of a district."""
    actor = actor_of(request)
    form = ShareForm(request.POST)
    if form.is_valid() and actor.agency_id is not None:
        try:
            set_share(
                actor=actor, agency_id=actor.agency_id, district=form.cleaned_data["district"],
                share=form.cleaned_data["percent"] / 100, reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The share is kept; plans made from now on use it."))
            return redirect("risk:requests")
    return _list(request, form)


def _table(request: HttpRequest, rows: Any) -> Table:
    codes = list(rows.order_by().values_list("dong", flat=True).distinct())
    names = dict(LegalDong.objects.filter(code__in=codes).values_list("code", "name"))
    return Table(
        columns=[
            Column("cell", gettext_lazy("Cell"), value=cell_of, sort=False, link=_link, whole=True),
            Column("dong", gettext_lazy("Legal dong"), format=lambda code: names.get(code, code)),
            Column("cause", gettext_lazy("Matter"), format=lambda code: texts.CAUSES.get(code, code)),
            Column("slots", gettext_lazy("Time slot"), format=slots_text, sort=False),
            Column("askers", gettext_lazy("Askers"), numeric=True, format=_people),
            Column("state", gettext_lazy("State"), format=state_tag),
            Column("last_asked", gettext_lazy("Last asked")),
        ],
        rows=rows,
        request=request,
        name="requests",
        caption=_("Patrol requests"),
        filters=[
            Filter("state", gettext_lazy("State"), list(texts.STATES.items())),
            Filter("dong", gettext_lazy("Legal dong"), [(code, names.get(code, code)) for code in codes]),
            Filter("cause", gettext_lazy("Matter"), list(texts.CAUSES.items())),
        ],
        row_id=lambda row: str(row.id),
        empty_title=_("Nobody has asked yet"),
        empty_text=_("Residents ask on the public page; what they ask for appears here."),
    )


def _people(number: int) -> str:
    return _("%(number)d people") % {"number": number}


def _link(row: PatrolRequest) -> str:
    return reverse("risk:request", args=[row.id])


def cell_of(row: PatrolRequest) -> str:
    """The number of the cell, or that it is not known yet."""
    if row.cell_e is None or row.cell_n is None:
        return _("not placed yet")
    return geo_cells.format_cell(row.cell_e, row.cell_n)


def slots_text(held: int) -> str:
    """The hours of a mask, neighbours drawn together: 20-24시."""
    found: list[list[int]] = []
    for slot in hours.numbers(held):
        if found and found[-1][1] == slot:
            found[-1][1] = slot + 1
        else:
            found.append([slot, slot + 1])
    if found == [[0, hours.SLOTS]]:
        return _("All day")
    return ", ".join(
        _("%(start)02d–%(end)02d h") % {"start": 2 * begin, "end": 2 * end} for begin, end in found
    )


def state_tag(code: str) -> SafeString:
    """The state's word on its colour."""
    return chips.tag(texts.STATE_TAGS[code], texts.STATES[code])


def _map(actor: Actor, rows: Any, table: Table) -> Map | None:
    codes = sorted(set(rows.filter(state__in=OPEN_STATES).order_by().values_list("district", flat=True)))
    if not codes:
        return None
    edges = [districts().district(code).polygon.bounds for code in codes]
    bounds = (
        min(edge[0] for edge in edges), min(edge[1] for edge in edges),
        max(edge[2] for edge in edges), max(edge[3] for edge in edges),
    )  # fmt: skip
    return Map(
        title=_("Open requests by cell"),
        layers=[layer_of("")],
        bounds=bounds,
        table_id=table.element_id,
        streets=streets.address(actor, actor.agency_id) if actor.agency_id else "",
        note=_("Their own layer and weight: requests never enter the forecast."),
    )


@allow(VIEW_REQUEST)
def request_cells(request: HttpRequest) -> HttpResponse:
    """Open requests as points with the number of askers; without a word of anybody."""
    rows = selectors.requests(actor_of(request)).filter(state__in=OPEN_STATES, cell_e__isnull=False)
    district = request.GET.get("district", "")
    if district:
        rows = rows.filter(district=district)
    placed = list(rows[:4_000])
    lon, lat = geo_cells.center([row.cell_e or 0 for row in placed], [row.cell_n or 0 for row in placed])
    features = [
        {
            "type": "Feature",
            "id": str(row.id),
            "geometry": {"type": "Point", "coordinates": [round(float(x), 6), round(float(y), 6)]},
            "properties": {
                "id": str(row.id),
                "series": 2 if row.state == "accepted" else 6,
                "askers": row.askers,
                "short": str(row.askers),
                "label": _label(row),
            },
        }
        for row, x, y in zip(placed, lon, lat, strict=True)
    ]
    answer = JsonResponse(
        {"type": "FeatureCollection", "features": features}, json_dumps_params={"ensure_ascii": False}
    )
    answer["Content-Type"] = "application/geo+json"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _label(row: PatrolRequest) -> str:
    askers = _("%(number)d asked") % {"number": row.askers}
    cause, state = texts.CAUSES.get(row.cause, row.cause), texts.STATES[row.state]
    return f"{cause} · {state} · {askers} · {slots_text(row.slots)}"


class AcceptForm(forms.Form):
    """Taking a request up; the cell when its asker gave a landmark alone."""

    cell = forms.CharField(
        label=gettext_lazy("Cell (national point number)"),
        max_length=20,
        help_text=gettext_lazy("Where the landmark is, for example 다사 544 466."),
    )


class DeclineForm(forms.Form):
    """Deciding against it."""

    reason = forms.CharField(
        label=gettext_lazy("Reason, shown to those who asked"),
        min_length=5,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    erase = forms.BooleanField(
        label=gettext_lazy("The words point at a person: erase them at once and for good."), required=False
    )


class MergeForm(forms.Form):
    """Joining it with another."""

    into = forms.ChoiceField(label=gettext_lazy("Join into"))

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].choices = [  # type: ignore[attr-defined]
            (
                str(row.id),
                f"{cell_of(row)} · {texts.CAUSES.get(row.cause, row.cause)} · {slots_text(row.slots)}",
            )
            for row in rows[:100]
        ]


@allow(VIEW_REQUEST)
def detail(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request: what was written (the look is recorded first), what was decided, what can be."""
    return _page(request, request_id)


def _page(request: HttpRequest, request_id: UUID, **forms_given: forms.Form) -> HttpResponse:
    actor = actor_of(request)
    found = selectors.request(actor, request_id)
    askings = selectors.words(actor, found)
    near = list(selectors.alike(actor, found)[:100])
    request.demo = found.demo  # type: ignore[attr-defined]
    may = actor.may(DECIDE_REQUEST)
    context = {
        "found": found,
        "cell": cell_of(found),
        "cause": texts.CAUSES.get(found.cause, found.cause),
        "slots": slots_text(found.slots),
        "days": [texts.DAYS[number] for number in hours.numbers(found.days)],
        "every_day": found.days == hours.ALL_DAYS,
        "state": state_tag(found.state),
        "dong": LegalDong.objects.filter(code=found.dong).values_list("full_name", flat=True).first()
        or found.dong,
        "askings": [(one, texts.CAUSES.get(one.cause, one.cause), slots_text(one.slots)) for one in askings],
        "decisions": [(one, texts.ACTS.get(one.act, one.act)) for one in found.decisions.all()],
        "visits": list(found.visits.all()[:10]),
        "may_decide": may and found.state in OPEN_STATES,
        "may_undo": may and _undoable(found),
        "accept_form": forms_given.get("accept") or (AcceptForm() if found.cell_e is None else None),
        "decline_form": forms_given.get("decline") or DeclineForm(),
        "merge_form": (forms_given.get("merge") or MergeForm(rows=near)) if near else None,
    }
    status = 400 if any(form.errors for form in forms_given.values()) else 200
    return render(request, "risk/requests_detail.html", context, status=status)


def _undoable(found: PatrolRequest) -> bool:
    latest = found.decisions.first()
    return latest is not None and latest.undone is None and found.state != "closed"


@allow(POST=DECIDE_REQUEST)
def accept(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Take it up."""
    placed = selectors.request(actor_of(request), request_id).cell_e is not None
    form = forms.Form(request.POST) if placed else AcceptForm(request.POST)
    return _act(
        request, request_id, "accept", form,
        lambda: moderation.accept(
            actor=actor_of(request), request_id=request_id, cell=form.cleaned_data.get("cell", "")
        ),
        _("Planners see the request from now on."),
    )  # fmt: skip


@allow(POST=DECIDE_REQUEST)
def decline(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Decide against it."""
    form = DeclineForm(request.POST)
    return _act(
        request, request_id, "decline", form,
        lambda: moderation.decline(
            actor=actor_of(request), request_id=request_id,
            reason=form.cleaned_data["reason"], erase=form.cleaned_data["erase"],
        ),
        _("Those who asked read the reason on their page."),
    )  # fmt: skip


@allow(POST=DECIDE_REQUEST)
def merge(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Join it with another."""
    actor = actor_of(request)
    found = selectors.request(actor, request_id)
    form = MergeForm(request.POST, rows=list(selectors.alike(actor, found)[:100]))
    return _act(
        request, request_id, "merge", form,
        lambda: moderation.merge(
            actor=actor, request_id=request_id, into_id=UUID(form.cleaned_data["into"])
        ),
        _("The two requests are one now."),
    )  # fmt: skip


@allow(POST=DECIDE_REQUEST)
def undo(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Take the latest decision back."""
    return _act(
        request, request_id, "undo", forms.Form(request.POST),
        lambda: moderation.undo(actor=actor_of(request), request_id=request_id),
        _("The decision was taken back."),
    )  # fmt: skip


def _act(
    request: HttpRequest, request_id: UUID, name: str, form: forms.Form, act: Callable[[], Any], done: str
) -> HttpResponse:
    """Do it and say so; else the page again with what was typed and what is wrong."""
    selectors.request(actor_of(request), request_id)
    if form.is_valid():
        try:
            act()
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect("risk:request", request_id)
    for said in () if form.fields else form.non_field_errors():
        messages.error(request, str(said))
    return _page(request, request_id, **{name: form})
