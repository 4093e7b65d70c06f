"""Officers decide about requests: take up, decline with a reason that the asker reads, join, undo."""

from typing import Any
from uuid import UUID

from django.db import transaction

from sunra.core.geo import cells
from sunra.core.geo.districts import districts
from sunra.core.geo.errors import GeoError
from sunra.platform.accounts.access import require
from sunra.platform.accounts.actor import Actor
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now
from sunra.platform.ledger.services import Act, record
from sunra.systems.risk import request_texts as texts
from sunra.systems.risk.models import OPEN_STATES, Asking, PatrolRequest, RequestDecision, RequestState
from sunra.systems.risk.rules import DECIDE_REQUEST
from sunra.systems.risk.screening import codes
from sunra.systems.risk.selectors import requests as selectors
from sunra.systems.risk.services.request_upkeep import refresh, show_planners

_KEPT = ("state", "answer", "cell_e", "cell_n", "merged_into_id", "slots", "days")


@transaction.atomic
def accept(*, actor: Actor, request_id: UUID, cell: str = "") -> PatrolRequest:
    """Show the request to planners; ``cell`` (다사 544 466) says where it is when its asker did not.

    Raises ``PermissionDenied``, ``Http404``, ``UserError`` ``risk.not_open``, ``risk.no_cell``,
    ``risk.bad_cell``.
    """
    found = _open(actor, request_id)
    place = _cell(found, cell)
    if place is None and found.cell_e is None:
        raise UserError("risk.no_cell", texts.NO_CELL, texts.NO_CELL_REMEDY)
    _decide(actor, found, "accept", "")
    if place is not None:
        found.cell_e, found.cell_n = place
    return _now(found, RequestState.ACCEPTED)


@transaction.atomic
def decline(*, actor: Actor, request_id: UUID, reason: str, erase: bool = False) -> PatrolRequest:
    """Decide against it; the reason is shown to everybody who asked, so it may name nobody either.

    ``erase``: the words point at a person that no screen found, and are gone at once and for good.

    Raises as ``accept``, and ``UserError`` ``risk.no_reason`` or ``risk.names_persons``.
    """
    found = _open(actor, request_id)
    reason = reason.strip()
    if len(reason) < 5:
        raise UserError("risk.no_reason", texts.NO_REASON)
    refused = codes(reason)
    if refused:
        raise UserError("risk.names_persons", texts.OFFICER_SCREENED, texts.REFUSED[refused[0]][1])
    _decide(actor, found, "decline", reason, erased=erase)
    if erase:
        words = Asking.objects.filter(request_id__in=selectors.family(found), erased__isnull=True)
        words.update(note="", landmark="", erased=now())
    found.answer = reason[:300]
    return _now(found, RequestState.DECLINED)


@transaction.atomic
def merge(*, actor: Actor, request_id: UUID, into_id: UUID) -> PatrolRequest:
    """Join a request into another open one of the same agency; returns that one.

    Raises as ``accept``, and ``UserError`` ``risk.not_alike``.
    """
    found = _open(actor, request_id)
    into = _open(actor, into_id)
    if into.id == found.id or into.agency_id != found.agency_id:
        raise UserError("risk.not_alike", texts.NOT_ALIKE, texts.NOT_ALIKE_REMEDY)
    _decide(actor, found, "merge", "", into=str(into.id))
    found.merged_into = into
    _now(found, RequestState.MERGED)
    refresh(into)
    show_planners(into.agency_id)
    return into


@transaction.atomic
def undo(*, actor: Actor, request_id: UUID) -> PatrolRequest:
    """Take the latest decision about a request back, once.

    Raises ``PermissionDenied``, ``Http404`` and ``UserError`` ``risk.nothing_to_undo``.
    """
    require(actor, DECIDE_REQUEST)
    found = _locked(actor, request_id)
    latest = found.decisions.first()
    closed = found.state == RequestState.CLOSED
    if latest is None or latest.undone is not None or closed:
        raise UserError("risk.nothing_to_undo", texts.NOTHING_TO_UNDO, texts.NOTHING_TO_UNDO_REMEDY)
    into = found.merged_into
    record(
        actor=actor, act=Act.CHANGE, subject="risk.PatrolRequest", ref=str(found.id), purpose="undo",
        detail={"undone": latest.act},
    )  # fmt: skip
    for name, value in latest.before.items():
        setattr(found, name, UUID(value) if name == "merged_into_id" and value else value)
    latest.undone = now()
    latest.save(update_fields=["undone", "updated"])
    found.decided_at = now()
    refresh(found)
    if into is not None:
        refresh(selectors.root(PatrolRequest.objects.get(id=into.id)))
    show_planners(found.agency_id)
    return found


def _locked(actor: Actor, request_id: UUID) -> PatrolRequest:
    found = selectors.request(actor, request_id)
    Agency.objects.select_for_update().get(pk=found.agency_id)
    found.refresh_from_db()
    return found


def _open(actor: Actor, request_id: UUID) -> PatrolRequest:
    require(actor, DECIDE_REQUEST)
    found = _locked(actor, request_id)
    if found.state not in OPEN_STATES:
        raise UserError("risk.not_open", texts.NOT_OPEN, texts.NOT_OPEN_REMEDY)
    return found


def _cell(found: PatrolRequest, text: str) -> tuple[int, int] | None:
    """The cell that was typed; it must lie in the request's own district."""
    if not text.strip():
        return None
    try:
        cell_e, cell_n = cells.parse_cell(text)
        lon, lat = cells.center(cell_e, cell_n)
        inside = str(districts().locate(lon, lat))[:5] == found.district
    except GeoError:
        inside = False
    if not inside:
        raise UserError("risk.bad_cell", texts.BAD_CELL, texts.NO_CELL_REMEDY, (text[:20],))
    return int(cell_e), int(cell_n)


def _decide(actor: Actor, found: PatrolRequest, act: str, reason: str, **detail: Any) -> None:
    """Into the ledger first, then what stood before."""
    record(
        actor=actor, act=Act.CHANGE, subject="risk.PatrolRequest", ref=str(found.id),
        purpose=reason or act, detail={"act": act, "state": found.state, **detail},
    )  # fmt: skip
    before = {name: getattr(found, name) for name in _KEPT}
    before["merged_into_id"] = str(found.merged_into_id) if found.merged_into_id else None
    RequestDecision.objects.create(
        request=found, act=act, before=before, reason=reason[:300],
        decided_by=(actor.label or actor.id)[:120],
    )  # fmt: skip


def _now(found: PatrolRequest, state: RequestState) -> PatrolRequest:
    found.state, found.decided_at = state, now()
    found.save()
    show_planners(found.agency_id)
    return found
