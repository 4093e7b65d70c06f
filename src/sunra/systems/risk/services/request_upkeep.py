"""What keeps requests true: counts after each change, the layer for planners, stops of plans, expiry."""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

import polars as pl
from django.db import transaction

from sunra.core.geo import cells
from sunra.platform.accounts.actor import Actor
from sunra.platform.base.time import now
from sunra.platform.places.services import publish
from sunra.systems.risk import hours
from sunra.systems.risk.askers import SALT_DAYS, salt_number
from sunra.systems.risk.models import (
    OPEN_STATES,
    AskerSalt,
    Asking,
    PatrolRequest,
    RequestState,
    RequestVisit,
)
from sunra.systems.risk.personal import KEPT_DAYS
from sunra.systems.risk.selectors.requests import family, hours_wanted

KIND, SOURCE = "patrol_request", "risk/requests"
WALKED_WITHIN = dt.timedelta(hours=2)
CLOSE_AFTER, FORGET_AFTER = dt.timedelta(days=60), dt.timedelta(days=365)


def refresh(found: PatrolRequest) -> PatrolRequest:
    """Bring hours, the latest asking and the number of askers to what the askings say; all taken back closes
    it.
    """
    left = Asking.objects.filter(request_id__in=family(found), withdrawn__isnull=True)
    rows = list(left.values_list("asker", "counted", "slots", "days", "created"))
    counted = [asker for asker, counts, *_rest in rows if counts]
    found.askers = len({asker for asker in counted if asker}) + sum(not asker for asker in counted)
    if rows:
        found.slots = reduce(or_, (row[2] for row in rows))
        found.days = reduce(or_, (row[3] for row in rows))
        found.last_asked = max(row[4] for row in rows)
    elif found.state in OPEN_STATES:
        found.state = RequestState.CLOSED
    found.save()
    return found


def show_planners(agency_id: UUID) -> None:
    """Publish the accepted requests of an agency for planners: cell and counts, not a word of anybody."""
    rows: dict[tuple[int, int], dict[str, Any]] = {}
    accepted = PatrolRequest.objects.filter(agency_id=agency_id, state=RequestState.ACCEPTED)
    placed = list(accepted.filter(cell_e__isnull=False).order_by("created"))
    wanted = hours_wanted(found.id for found in placed)
    for found in placed:
        place = (found.cell_e or 0, found.cell_n or 0)
        row = rows.setdefault(place, {"dong": found.dong, "count": 0, "slots": [0] * 12, "demo": False})
        row["count"] += found.askers
        row["demo"] = row["demo"] or found.demo
        for pairs in wanted.get(found.id, ()):
            for slot in hours.numbers(reduce(or_, (slots for slots, _days in pairs))):
                row["slots"][slot] += 1
    publish(
        actor=Actor.job(agency_id, "risk.requests"),
        agency_id=agency_id,
        layer="area",
        kind=KIND,
        source=SOURCE,
        frame=_frame(rows),
        demo=any(row["demo"] for row in rows.values()),
    )


def _frame(rows: Mapping[tuple[int, int], Mapping[str, Any]]) -> pl.DataFrame:
    schema = {
        "key": pl.String, "name": pl.String, "dong": pl.String, "count": pl.Int64, "slots": pl.String,
        "geometry": pl.Object,
    }  # fmt: skip
    made = [
        {
            "key": f"{east}-{north}", "name": cells.format_cell(east, north), "dong": row["dong"],
            "count": row["count"], "slots": " ".join(map(str, row["slots"])), "geometry": square(east, north),
        }
        for (east, north), row in rows.items()
    ]  # fmt: skip
    return pl.DataFrame(made, schema=schema)


def square(cell_e: int, cell_n: int) -> dict[str, Any]:
    """The outline of a cell as GeoJSON."""
    ring = cells.corners([cell_e], [cell_n])[0]
    return {"type": "Polygon", "coordinates": [[[round(float(x), 7), round(float(y), 7)] for x, y in ring]]}


@transaction.atomic
def keep_stops(*, planner_id: UUID, district: str, day: dt.date, stops: Iterable[Mapping[str, Any]]) -> int:
    """Note the stops of a night's confirmed plan that lie in the cell of an open request, in place of what
    an earlier plan of the same night said; how many.
    """
    RequestVisit.objects.filter(planner_id=planner_id, district=district, day=day).delete()
    by_cell: dict[tuple[int | None, int | None], list[PatrolRequest]] = {}
    for row in PatrolRequest.objects.filter(district=district, state__in=OPEN_STATES, cell_e__isnull=False):
        by_cell.setdefault((row.cell_e, row.cell_n), []).append(row)
    made = [
        RequestVisit(
            request=row, planner_id=planner_id, district=district, day=day,
            since=dt.datetime.fromisoformat(stop["since"]), until=dt.datetime.fromisoformat(stop["until"]),
        )
        for stop in stops
        for row in by_cell.get((stop["cell_e"], stop["cell_n"]), [])
    ]  # fmt: skip
    return len(RequestVisit.objects.bulk_create(made))


@transaction.atomic
def note_walked(*, planner_id: UUID, district: str, cell: tuple[int, int], at: dt.datetime) -> int:
    """Note that a team was in a cell at a moment, for the stop planned there nearest in time; how many
    requests hear of it. A stop counts within two hours of its time, and only the first word about it.
    """
    near = RequestVisit.objects.filter(
        planner_id=planner_id, district=district, request__cell_e=cell[0], request__cell_n=cell[1],
        since__lte=at + WALKED_WITHIN, until__gte=at - WALKED_WITHIN, walked__isnull=True,
    )  # fmt: skip
    best: dict[UUID, RequestVisit] = {}
    for visit in near:
        known = best.get(visit.request_id)
        if known is None or abs(visit.since - at) < abs(known.since - at):
            best[visit.request_id] = visit
    return RequestVisit.objects.filter(id__in=[one.pk for one in best.values()]).update(walked=at)


@transaction.atomic
def tidy() -> dict[str, int]:
    """Erase old words and marks, throw old salts away, close what nobody repeats, forget what is over."""
    moment = now()
    oldest = salt_number() - 1
    salts = AskerSalt.objects.filter(number__lt=oldest).delete()[0]
    begun = dt.datetime.fromtimestamp(oldest * SALT_DAYS * 86_400, dt.UTC)
    Asking.objects.filter(created__lt=begun).exclude(asker="").update(asker="")
    old = Asking.objects.filter(created__lt=moment - dt.timedelta(days=KEPT_DAYS), erased__isnull=True)
    erased = old.update(note="", landmark="", asker="", erased=moment)
    late = PatrolRequest.objects.filter(state__in=OPEN_STATES, last_asked__lt=moment - CLOSE_AFTER)
    touched = set(late.filter(state=RequestState.ACCEPTED).values_list("agency_id", flat=True))
    closed = late.update(state=RequestState.CLOSED)
    over = PatrolRequest.objects.exclude(state__in=OPEN_STATES).filter(last_asked__lt=moment - FORGET_AFTER)
    forgotten = over.count()
    over.delete()
    for agency_id in touched:
        show_planners(agency_id)
    return {"erased": erased, "salts": salts, "closed": closed, "forgotten": forgotten}
