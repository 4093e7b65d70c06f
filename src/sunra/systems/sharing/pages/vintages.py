"""A vintage: its balance, what changed against the one in use, and the click that publishes it or not."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunra.platform.accounts.access import allow
from sunra.platform.accounts.actor import Actor, actor_of
from sunra.platform.base.errors import Text
from sunra.platform.jobs.models import Job
from sunra.platform.maps.component import Layer, Map
from sunra.platform.ui import chips, csv
from sunra.platform.ui.forms import ReasonForm
from sunra.platform.ui.measures import show_distance
from sunra.platform.ui.tables import Column, Filter, Table
from sunra.platform.ui.timeline import TimelineItem
from sunra.systems.sharing import comparison, selectors, services, texts
from sunra.systems.sharing.models import Decision, Vintage
from sunra.systems.sharing.rules import APPROVE, MAP, TREAT_PERSONS, VIEW
from sunra.systems.sharing.services import publishing
from sunra.systems.sharing.services.persons import REFUSED as PERSONS

State = Vintage.State
_MARGIN = 0.001
_TAKEN = {Decision.Act.APPROVE, Decision.Act.PUBLISH}
_TAGS = {
    State.DRAFT: "now",
    State.PUBLISHED: "done",
    State.REJECTED: "failed",
    State.ROLLED_BACK: "warn",
    State.UNUSABLE: "warn",
}


def state_tag(state: str) -> SafeString:
    """The word for where a vintage stands, on its colour."""
    return chips.tag(_TAGS.get(State(state), "plain"), State(state).label)


@allow(VIEW)
def vintage(request: HttpRequest, vintage_id: UUID) -> HttpResponse:
    """One vintage: rows in = accepted + merged + put aside; the differences; who decided what."""
    actor = actor_of(request)
    found = selectors.vintage(actor, vintage_id)
    request.demo = found.dataset.demo  # type: ignore[attr-defined]
    if request.GET.get("export") == "csv" and request.GET.get("table") == "quarantine":
        return _report(actor, found)
    aside = _aside_table(request, actor, found)
    differs = _difference_table(request, actor, found)
    answer = aside.response() or differs.response()
    if answer is not None:
        return answer
    return render(
        request,
        "sharing/vintage.html",
        {
            "vintage": found,
            "kind": texts.kind(found.kind),
            "state": state_tag(found.state),
            "table": aside,
            "differs": differs if found.changes and not found.changes.get("first") else None,
            "map": _map(actor, found, differs),
            "counts": [(texts.DIFFERENCES[kind], found.changes.get(kind, 0)) for kind in comparison.KINDS],
            "same": found.changes.get("same", 0),
            "compared": found.compared,
            "overlaps": _overlaps(found),
            "personal": PERSONS in found.warnings,
            "may_treat": actor.may(TREAT_PERSONS) and found.agency_id in actor.scope,
            "suspicions": [texts.suspicion(code) for code in found.changes.get("warnings", ())],
            "reasons": [(texts.reason(code), count) for code, count in found.reasons.items()],
            "warnings": [texts.warning(code) for code in found.warnings],
            "hidden": max(0, found.quarantined - aside.rows.count()),
            **_steps(actor, found),
        },
    )


def _overlaps(found: Vintage) -> list[dict[str, Any]]:
    """The vintages in use that cover some of the same days, with their days."""
    return [
        one | {"since": date.fromisoformat(one["since"]), "until": date.fromisoformat(one["until"])}
        for one in found.changes.get("overlaps", ())
    ]


def _steps(actor: Actor, found: Vintage) -> dict[str, Any]:
    """What the actor may do now, and what was done."""
    busy = publishing.under_way(found.dataset_id)
    last = publishing.last(found)
    told = last if last is not None and (last.active or last.state != Job.State.DONE) else None
    mine = actor.may(APPROVE) and found.agency_id == actor.agency_id and busy is None
    decisions = list(found.decisions.select_related("vintage"))
    latest = found.dataset.decisions.first()
    undoable = mine and latest is not None and latest.act != Decision.Act.UNDO
    return {
        "may_approve": mine and found.state == State.DRAFT,
        "may_roll_back": mine and found.state in {State.SUPERSEDED, State.ROLLED_BACK},
        "may_map": actor.may(MAP)
        and found.agency_id == actor.agency_id
        and found.kind == "unknown"
        and PERSONS not in found.warnings,
        "undo": latest if undoable and latest and latest.vintage_id == found.id else None,
        "busy": busy,
        "job": told if told is None or told.active or told.created >= _decided(decisions) else None,
        "form": ReasonForm(prefix=None),
        "history": [history_item(decision) for decision in decisions],
    }


def _decided(decisions: list[Decision]) -> datetime:
    """When the newest decision was carried out: a failed try before it is of no interest any more."""
    return max((one.created for one in decisions), default=datetime.min.replace(tzinfo=UTC))


def history_item(decision: Decision) -> TimelineItem:
    """One decision for the timeline."""
    text: Text = decision.reason
    counts = decision.vintage.changes
    if decision.act in _TAKEN and "added" in counts:
        text = ", ".join(f"{texts.DIFFERENCES[kind]} {counts[kind]:,}" for kind in comparison.KINDS)
    return TimelineItem(
        when=decision.created,
        title=Decision.Act(decision.act).label,
        text=text,
        who=decision.label,
        url=reverse("sharing:vintage", args=[decision.vintage_id]),
    )


def _aside_table(request: HttpRequest, actor: Actor, found: Vintage) -> Table:
    return Table(
        columns=[
            Column("line", gettext_lazy("Line"), numeric=True, format=lambda line: line or "–"),
            Column("field", gettext_lazy("Field"), format=texts.field),
            Column("reason", gettext_lazy("Reason"), format=texts.reason),
            Column("value", gettext_lazy("Value")),
            Column("remedy", gettext_lazy("What to do"), format=texts.remedy),
        ],
        rows=selectors.quarantine(actor, found.id),
        request=request,
        name="quarantine",
        caption=_("Rows put aside"),
        filters=[
            Filter("reason", gettext_lazy("Reason"), [(code, texts.reason(code)) for code in found.reasons])
        ],
        empty_title=_("No row was put aside"),
    )


def _difference_table(request: HttpRequest, actor: Actor, found: Vintage) -> Table:
    rows = selectors.differences(actor, found)
    return Table(
        columns=[
            Column("state", gettext_lazy("Kind of change"), format=texts.difference),
            Column("name", gettext_lazy("Name"), value=lambda row: row["name"] or row["address"]),
            Column("fields", gettext_lazy("What changed"), value=_what, sort=False),
            Column("metres", gettext_lazy("Distance"), numeric=True, format=_metres),
            Column("old_line", gettext_lazy("Line before"), numeric=True),
            Column("line", gettext_lazy("Line now"), numeric=True),
        ],
        rows=rows,
        request=request,
        name="differences",
        caption=_("What changed"),
        filters=[Filter("state", gettext_lazy("Kind of change"), list(texts.DIFFERENCES.items()))],
        row_id=lambda row: row["id"],
        page_size=15,
        empty_title=_("Nothing changed"),
        empty_text=_("Every row of the vintage in use is in this one, and none is new."),
    )


def _what(row: dict[str, Any]) -> str:
    """The fields that changed with what they said and say."""
    parts = []
    for name, was, now in zip(row["fields"] or (), row["before"] or (), row["after"] or (), strict=False):
        told = f": {was or '–'} → {now or '–'}" if was or now else ""
        parts.append(f"{texts.field(name)}{told}")
    return ", ".join(parts)


def _metres(value: float | None) -> str:
    return "–" if value is None or value < 0.5 else show_distance(value)


def _map(actor: Actor, found: Vintage, table: Table) -> Map | None:
    """The four kinds of difference as layers; none when nothing that changed has a point."""
    box = selectors.bounds(actor, found)
    if box is None:
        return None
    address = reverse("sharing:vintage_changes", args=[found.id])
    return Map(
        title=_("What changed"),
        layers=[
            Layer(
                kind,
                f"{address}?state={kind}",
                "line" if kind == "moved" else "point",
                texts.DIFFERENCES[kind],
                series=1 + comparison.KINDS.index(kind),
            )
            for kind in comparison.KINDS
            if found.changes.get(kind)
        ],
        bounds=(box[0] - _MARGIN, box[1] - _MARGIN, box[2] + _MARGIN, box[3] + _MARGIN),
        table_id=table.element_id,
        name="changes",
    )


@allow(VIEW)
def changes(request: HttpRequest, vintage_id: UUID) -> HttpResponse:
    """The rows of one kind of difference as GeoJSON."""
    actor = actor_of(request)
    found = selectors.vintage(actor, vintage_id)
    text = selectors.drawn(actor, found, request.GET.get("state", ""))
    return HttpResponse(text, content_type="application/geo+json")


@allow(VIEW)
def quarantine(request: HttpRequest, vintage_id: UUID) -> HttpResponse:
    """Every row put aside, as CSV."""
    actor = actor_of(request)
    return _report(actor, selectors.vintage(actor, vintage_id))


def _report(actor: Actor, found: Vintage) -> HttpResponse:
    return csv.response("put-aside", [str(head) for head in texts.REPORT], selectors.report(actor, [found]))


@allow(POST=APPROVE)
def approve(request: HttpRequest, vintage_id: UUID) -> HttpResponse:
    """Publish a waiting vintage."""
    found = services.approve(actor=actor_of(request), vintage_id=vintage_id)
    _say(request, found.dataset_id, _("The vintage is in use. You can take this back on its page."))
    return redirect("sharing:vintage", vintage_id)


@allow(POST=APPROVE)
def reject(request: HttpRequest, vintage_id: UUID) -> HttpResponse:
    """Turn a waiting vintage down."""
    services.reject(actor=actor_of(request), vintage_id=vintage_id, reason=request.POST.get("reason", ""))
    messages.success(request, _("The vintage is rejected; what was in use stays in use."))
    return redirect("sharing:vintage", vintage_id)


@allow(POST=APPROVE)
def roll_back(request: HttpRequest, vintage_id: UUID) -> HttpResponse:
    """Publish an earlier vintage again."""
    reason = request.POST.get("reason", "")
    found = services.roll_back(actor=actor_of(request), vintage_id=vintage_id, reason=reason)
    _say(request, found.dataset_id, _("The earlier vintage is in use again, exactly as it was."))
    return redirect("sharing:vintage", vintage_id)


@allow(POST=APPROVE)
def undo(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """Take the latest decision back."""
    dataset = services.undo(actor=actor_of(request), decision_id=decision_id)
    _say(request, dataset.id, _("The decision is taken back."))
    return redirect("sharing:dataset", dataset.id)


def _say(request: HttpRequest, dataset_id: UUID, done: str) -> None:
    """That it is done, or that it is under way."""
    if publishing.under_way(dataset_id) is None:
        messages.success(request, done)
        return
    text = _("It is many rows, so this is being carried out. You may leave; you will get a notice.")
    messages.info(request, text)
