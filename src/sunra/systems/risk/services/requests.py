"""Asking for a patrol at a place and time, and taking it back; nobody signs in for either."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_noop

from sunra.core.geo import cells
from sunra.core.geo.districts import districts
from sunra.platform.accounts.actor import Actor
from sunra.platform.accounts.roles import CPO, SAFETY_OFFICER
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now
from sunra.platform.notices.services import notify
from sunra.platform.places import selectors as places
from sunra.systems.risk import hours
from sunra.systems.risk import request_texts as texts
from sunra.systems.risk.askers import hash_of, marks, new_code
from sunra.systems.risk.models import OPEN_STATES, Asking, PatrolRequest, RequestState
from sunra.systems.risk.screening import codes, plain
from sunra.systems.risk.selectors.requests import LANDMARKS, responsible, root
from sunra.systems.risk.services.request_upkeep import refresh, show_planners

MERGE_WITHIN = dt.timedelta(days=14)
A_DAY = 20
"""Askings from one network address in a day: mobile networks put many people behind one."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: a point (WGS 84 degrees), or a 법정동 with a landmark; slots 0-11, days 0-6."""

    cause: str
    slots: tuple[int, ...]
    days: tuple[int, ...]
    lon: float | None = None
    lat: float | None = None
    dong: str = ""
    landmark: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request lies: only the 100 m cell is kept of a point."""

    agency: Agency
    dong: str
    cell_e: int | None
    cell_n: int | None


@dataclass(frozen=True, eq=False)
class Asked:
    """The code, told once, and the request that the asking went into."""

    code: str
    request: PatrolRequest
    merged: bool


def refuse_persons(*written: str) -> None:
    """Raise ``UserError`` ``risk.names_persons`` when a text names or describes persons or groups."""
    found = codes(*written)
    if found:
        message, remedy = texts.REFUSED[found[0]]
        raise UserError("risk.names_persons", message, remedy)


def place_of(wish: Wish) -> Place:
    """Where the wish lies and who takes it; raises ``UserError`` ``risk.no_place`` or ``risk.not_served``."""
    cell_e = cell_n = None
    dong = wish.dong
    if wish.lon is not None and wish.lat is not None:
        dong = str(districts().locate(wish.lon, wish.lat))
        east, north = cells.cell_of(wish.lon, wish.lat)
        cell_e, cell_n = int(east), int(north)
    elif not wish.dong or not wish.landmark.strip():
        raise UserError("risk.no_place", texts.NO_PLACE, texts.NO_PLACE_REMEDY)
    agency = responsible(dong) if dong else None
    if agency is None:
        raise UserError("risk.not_served", texts.NOT_SERVED, texts.NOT_SERVED_REMEDY)
    if cell_e is None:
        cell_e, cell_n = _of_landmark(agency, dong, wish.landmark)
    return Place(agency, dong, cell_e, cell_n)


def _of_landmark(agency: Agency, dong: str, landmark: str) -> tuple[int | None, int | None]:
    """The cell of the one published landmark of that name in the 법정동; none when there are several."""
    known = places.facilities(Actor.job(agency.id, "risk.requests"), kinds=LANDMARKS).filter(dong=dong)
    wanted = "".join(plain(landmark).casefold().split())
    found = {
        (row.cell_e, row.cell_n)
        for row in known.filter(cell_e__isnull=False).exclude(name="")
        if "".join(plain(row.name).casefold().split()) == wanted
    }
    return next(iter(found)) if len(found) == 1 else (None, None)


@transaction.atomic
def ask(*, wish: Wish, address: str) -> Asked:
    """Take a resident's wish, or count it with the one that others had for the same cell and hours.

    One asker counts once in a request. Raises ``UserError``: ``risk.names_persons``, ``risk.no_place``,
    ``risk.not_served``, ``risk.no_hours``, ``risk.no_cause``, ``risk.too_many``.
    """
    landmark, note = plain(wish.landmark)[:80], plain(wish.note)[:300]
    refuse_persons(wish.landmark, wish.note)
    if not wish.slots or not wish.days or not _within(wish):
        raise UserError("risk.no_hours", texts.NO_HOURS)
    if wish.cause not in texts.CAUSES:
        raise UserError("risk.no_cause", texts.NO_CAUSE)
    place = place_of(wish)
    # One asking of an agency at a time: two would both find no request to join.
    Agency.objects.select_for_update().get(pk=place.agency.pk)
    mine = marks(address)
    since = now() - dt.timedelta(days=1)
    if Asking.objects.filter(asker__in=mine, created__gt=since).count() >= A_DAY:
        raise UserError("risk.too_many", texts.TOO_MANY, texts.TOO_MANY_REMEDY)
    slots, days = hours.mask(wish.slots), hours.mask(wish.days)
    found = _same(place, slots, days, landmark)
    merged = found is not None
    if found is None:
        found = PatrolRequest.objects.create(
            agency=place.agency, district=place.dong[:5], dong=place.dong, cell_e=place.cell_e,
            cell_n=place.cell_n, cause=wish.cause, slots=slots, days=days, last_asked=now(),
            demo=place.agency.demo,
        )  # fmt: skip
        _tell_officers(found)
    again = Asking.objects.filter(request=found, asker__in=mine, withdrawn__isnull=True).exists()
    code = new_code()
    Asking.objects.create(
        request=found, asker=mine[0], code_hash=hash_of(code), cause=wish.cause, slots=slots, days=days,
        counted=not again, landmark=landmark, note=note,
    )  # fmt: skip
    _changed(found)
    return Asked(code, found, merged)


def _within(wish: Wish) -> bool:
    return all(0 <= slot < hours.SLOTS for slot in wish.slots) and all(
        0 <= day < hours.DAYS for day in wish.days
    )


def _same(place: Place, slots: int, days: int, landmark: str) -> PatrolRequest | None:
    """The open request for the same place with an hour in common that somebody asked for lately."""
    rows = PatrolRequest.objects.filter(
        agency=place.agency, dong=place.dong, cell_e=place.cell_e, cell_n=place.cell_n,
        state__in=OPEN_STATES, last_asked__gte=now() - MERGE_WITHIN,
    )  # fmt: skip
    for row in rows.order_by("created"):
        if not (row.slots & slots and row.days & days):
            continue
        if row.cell_e is not None or row.askings.filter(landmark__iexact=landmark).exists():
            return row
    return None


def _tell_officers(found: PatrolRequest) -> None:
    """A notice when the first request waits; the next ones only lengthen the list."""
    waiting = PatrolRequest.objects.filter(agency_id=found.agency_id, state=RequestState.NEW)
    if waiting.exclude(id=found.id).exists():
        return
    notify(
        kind="risk.request", agency_id=found.agency_id, roles=(SAFETY_OFFICER, CPO), email=False,
        text=gettext_noop("Residents have asked for a patrol. The request waits for a decision."),
        url=reverse("risk:requests"),
    )  # fmt: skip


def _changed(found: PatrolRequest) -> None:
    refresh(found)
    if found.state == RequestState.ACCEPTED:
        show_planners(found.agency_id)


@transaction.atomic
def withdraw(*, code: str) -> PatrolRequest:
    """Take an asking back: its words and mark are gone at once, and it counts no more.

    Raises ``Http404`` for a code that opens nothing; twice changes nothing.
    """
    asking = Asking.objects.select_related("request").filter(code_hash=hash_of(code)).first()
    if asking is None:
        raise Http404("not found")
    Agency.objects.select_for_update().get(pk=asking.request.agency_id)
    found = root(asking.request)
    if asking.withdrawn is None:
        asking.withdrawn = asking.erased = now()
        asking.note = asking.landmark = asking.asker = ""
        asking.save()
        accepted = found.state == RequestState.ACCEPTED
        refresh(found)
        if accepted:
            show_planners(found.agency_id)
    return found
