"""What is read of patrol requests: by officers in their jurisdiction, by planners as weights, by the asker
with a code.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db.models import Q, QuerySet
from django.http import Http404
from numpy.typing import NDArray

from sunra.platform.accounts.access import get_visible, require
from sunra.platform.accounts.actor import Actor
from sunra.platform.agencies.models import Agency, Jurisdiction
from sunra.platform.base.time import now
from sunra.platform.ledger.services import Act, record
from sunra.platform.places.models import Facility
from sunra.systems.risk import hours
from sunra.systems.risk.askers import hash_of
from sunra.systems.risk.models import OPEN_STATES, Asking, PatrolRequest, RequestState, RequestVisit
from sunra.systems.risk.rules import VIEW_REQUEST

LANDMARKS = ("school", "subway_station", "bus_stop", "park", "police_office")
"""Kinds of places that stand on every map of a town: their names may be shown to everybody."""
MOST_LANDMARKS = 1_500
TAKERS = ("district", "police_station")
"""Kinds of agency that take requests; where both are responsible the first does."""
LOOK_PURPOSE = "patrol request: read to decide"
BASIS = "국가경찰과 자치경찰의 조직 및 운영에 관한 법률 제4조 제1항 제2호"
"""Patrols for the safety of residents are a municipal duty; deciding about requests is part of it."""


@dataclass(frozen=True, eq=False)
class RequestWeights:
    """Askers of accepted requests in a night: ``weight`` (k, 12) by the forecast's own slots."""

    cell_e: NDArray[np.int32]
    cell_n: NDArray[np.int32]
    weight: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Status:
    """What an asker sees: the own words, the request they went into, stops of plans that are over."""

    asking: Asking
    request: PatrolRequest
    visits: tuple[RequestVisit, ...]


def requests(actor: Actor) -> QuerySet[PatrolRequest]:
    """Requests to the actor's agencies, and those in the actor's jurisdiction."""
    require(actor, VIEW_REQUEST)
    return PatrolRequest.objects.select_related("agency").filter(
        Q(agency_id__in=actor.scope) | Q(dong__in=actor.dongs)
    )


def request(actor: Actor, request_id: UUID) -> PatrolRequest:
    """One request; ``Http404`` beyond the actor's reach."""
    found = requests(actor).filter(id=request_id).first()
    return found or get_visible(PatrolRequest.objects.all(), actor, id=request_id)


def words(actor: Actor, found: PatrolRequest) -> list[Asking]:
    """What those who asked wrote, of all requests joined into this one; the look is in the ledger before."""
    record(
        actor=actor, act=Act.LOOK, subject="risk.Asking", ref=str(found.id), purpose=LOOK_PURPOSE,
        basis=BASIS,
    )  # fmt: skip
    return list(Asking.objects.filter(request_id__in=family(found), withdrawn__isnull=True))


def alike(actor: Actor, found: PatrolRequest) -> QuerySet[PatrolRequest]:
    """Open requests of the same agency and 법정동 into which this one could be joined."""
    near = requests(actor).filter(agency_id=found.agency_id, dong=found.dong, state__in=OPEN_STATES)
    return near.exclude(id=found.id)


def family(found: PatrolRequest) -> list[UUID]:
    """The request and all that were joined into it."""
    known, fresh = [found.id], [found.id]
    while fresh:
        fresh = list(
            PatrolRequest.objects.filter(merged_into_id__in=fresh).exclude(id__in=known)
            .values_list("id", flat=True)
        )  # fmt: skip
        known += fresh
    return known


def root(found: PatrolRequest) -> PatrolRequest:
    """The request into which this one was joined in the end."""
    seen = {found.id}
    while found.state == RequestState.MERGED and found.merged_into and found.merged_into_id not in seen:
        found = found.merged_into
        seen.add(found.id)
    return found


def responsible(dong: str) -> Agency | None:
    """The agency that takes requests for a 법정동."""
    found = Agency.objects.filter(active=True, type_id__in=TAKERS, jurisdiction__dong=dong)
    return min(found, key=lambda one: (TAKERS.index(one.type_id), one.name), default=None)


def served() -> tuple[str, ...]:
    """The 법정동 for which somebody takes requests."""
    found = Jurisdiction.objects.filter(agency__active=True, agency__type_id__in=TAKERS)
    return tuple(found.order_by("dong").values_list("dong", flat=True).distinct())


def status(code: str) -> Status:
    """What became of the asking with this code; ``Http404`` for any other."""
    asking = Asking.objects.select_related("request__agency").filter(code_hash=hash_of(code)).first()
    if asking is None:
        raise Http404("not found")
    found = root(asking.request)
    over = RequestVisit.objects.filter(request_id__in=family(found), until__lt=now())
    return Status(asking, found, tuple(over[:20]))


def weights(
    actor: Actor, *, district: str, day: dt.date, first_hour: int = 12, demo: bool | None = None
) -> RequestWeights:
    """How many asked for each cell in each own slot of a night; accepted requests alone.

    A weight of its own: it never enters a forecast. Planners add it visibly. ``demo``: only invented ones,
    or only real ones.
    """
    rows = requests(actor).filter(district=district, state=RequestState.ACCEPTED, cell_e__isnull=False)
    if demo is not None:
        rows = rows.filter(demo=demo)
    return _weights(rows, hours.clock_slots(day, first_hour))


def _weights(rows: Iterable[PatrolRequest], night: list[tuple[dt.date, int]]) -> RequestWeights:
    placed = {row.id: (row.cell_e or 0, row.cell_n or 0) for row in rows}
    found: dict[tuple[int, int], NDArray[np.float64]] = defaultdict(lambda: np.zeros(hours.SLOTS))
    for request_id, askers in hours_wanted(placed).items():
        for pairs in askers:
            found[placed[request_id]] += [
                any(slots >> slot & 1 and days >> day.weekday() & 1 for slots, days in pairs)
                for day, slot in night
            ]
    cells = np.array(list(found), dtype=np.int32).reshape(-1, 2)
    table = np.array(list(found.values()), dtype=np.float64).reshape(-1, hours.SLOTS)
    return RequestWeights(cells[:, 0], cells[:, 1], table)


def hours_wanted(ids: Iterable[UUID]) -> dict[UUID, list[list[tuple[int, int]]]]:
    """For each request with all joined into it, asker by asker: the masks of slots and days asked for."""
    roots = {found: found for found in ids}
    fresh = list(roots)
    while fresh:
        joined = PatrolRequest.objects.filter(merged_into_id__in=fresh).values_list("id", "merged_into_id")
        below = {one: roots[into] for one, into in joined if into and one not in roots}
        roots, fresh = roots | below, list(below)
    # Once marks are erased an asking again can no longer be told from another's: only counted ones stay.
    rows = Asking.objects.filter(~Q(asker="") | Q(counted=True), request_id__in=list(roots))
    rows = rows.filter(withdrawn__isnull=True)
    by_asker: dict[tuple[UUID, object], list[tuple[int, int]]] = defaultdict(list)
    for number, (one, asker, slots, days) in enumerate(
        rows.order_by("created").values_list("request_id", "asker", "slots", "days")
    ):
        by_asker[roots[one], asker or number].append((slots, days))
    found: dict[UUID, list[list[tuple[int, int]]]] = defaultdict(list)
    for (root_id, _asker), pairs in by_asker.items():
        found[root_id].append(pairs)
    return found


def landmarks() -> list[tuple[str, float, float]]:
    """Name, longitude and latitude of places that everybody knows in the 법정동 served, at most so many."""
    known = Facility.objects.filter(kind__in=LANDMARKS, dong__in=served(), lon__isnull=False).exclude(name="")
    rows = known.order_by("kind", "id").values_list("name", "lon", "lat")[:MOST_LANDMARKS]
    placed = [(name, round(lon, 6), round(lat, 6)) for name, lon, lat in rows if lon and lat]
    return list(dict.fromkeys(placed))
