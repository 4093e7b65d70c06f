"""What an event changes beside its own row: the shift, alarms, reports, lines, tracks, and word to others."""

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_noop

from sunra.core.geo import cells
from sunra.core.geo.districts import districts
from sunra.core.geo.errors import OutsideGrid
from sunra.platform.accounts.roles import CONTROL_OPERATOR, SAFETY_OFFICER
from sunra.platform.events.registry import declare
from sunra.platform.events.services import publish
from sunra.platform.notices.services import notify
from sunra.systems.patrols.models import (
    AlarmKind,
    EventKind,
    FieldEvent,
    Hazard,
    Message,
    PlanStop,
    Shift,
    ShiftStatus,
)
from sunra.systems.patrols.services.duty import alarms
from sunra.systems.patrols.services.duty.passes import spot_mark
from sunra.systems.patrols.services.duty.words import Said

BEGUN, ENDED, VISITED = "patrols.shift_begun", "patrols.shift_ended", "patrols.stop_visited"
WALKED, HAZARD = "patrols.stop_walked", "patrols.hazard_reported"
NEAR = 2
"""Cells between a check-in and its stop (about 200 m): positions between high houses are that far off."""

_OF_SHIFT = {"shift": str, "district": str, "day": str, "kind": str, "at": str, "demo": bool}
declare(BEGUN, 1, **_OF_SHIFT)
declare(ENDED, 1, **_OF_SHIFT)
declare(VISITED, 1, **_OF_SHIFT, cell_e=int, cell_n=int, verified=bool)
declare(WALKED, 1, district=str, cell_e=int, cell_n=int, at=str)
declare(HAZARD, 1, **_OF_SHIFT, hazard=str, what=str, to=str, dong=str)


def of(row: FieldEvent, said: Said, shift: Shift) -> None:
    """What one new event brings about beside the track; called once per event, under the shift's lock."""
    if row.kind == EventKind.BEGIN:
        _begun(row, shift)
    elif row.kind == EventKind.END:
        _ended(row, shift)
    elif row.kind == EventKind.CHECK_IN:
        _checked_in(row, said, shift)
    elif row.kind == EventKind.HAZARD:
        _hazard(row, said, shift)
    elif row.kind == EventKind.MESSAGE:
        Message.objects.create(
            agency_id=shift.agency_id, shift=shift, district=shift.district, day=shift.day, text=said.text,
            from_team=True, sent_by=shift.name[:60], at=row.at,
        )  # fmt: skip
    elif row.kind == EventKind.CALL_112:
        alarms.raise_for(shift, AlarmKind.HELP, row.received)
    elif row.kind == EventKind.DROP_OUT:
        alarms.raise_for(shift, AlarmKind.DROP_OUT, row.received)


_PLACE = ("seen_at", "cell_e", "cell_n", "updated")
_STATE = ("status", "begun_at", "ended_at", "people")


def settle(shifts: Mapping[UUID, Shift], new: Mapping[UUID, Sequence[Said]], moment: dt.datetime) -> None:
    """Where the teams are now, as their newest words say; nothing once they have ended. All in one write."""
    for shift in shifts.values():
        shift.seen_at = shift.updated = moment
        said = new[shift.pk]
        places = [(one.at, one.cell) for one in said if one.cell is not None]
        places += [(until, (east, north)) for one in said for east, north, _since, until in one.walks]
        if shift.status == ShiftStatus.ENDED:
            shift.cell_e = shift.cell_n = None
        elif places:
            shift.cell_e, shift.cell_n = max(places)[1]
    walked = all(one.kind == EventKind.WALKED for said in new.values() for one in said)
    Shift.objects.bulk_update(shifts.values(), _PLACE if walked else _PLACE + _STATE)


def _about(row: FieldEvent, shift: Shift) -> dict[str, str | bool]:
    return {
        "shift": str(shift.pk), "district": shift.district, "day": str(shift.day), "kind": shift.kind,
        "at": row.at.isoformat(), "demo": shift.demo,
    }  # fmt: skip


def _begun(row: FieldEvent, shift: Shift) -> None:
    first = shift.begun_at is None
    shift.begun_at = row.at if shift.begun_at is None else min(shift.begun_at, row.at)
    shift.people = row.data["people"]
    if shift.status == ShiftStatus.PLANNED:
        shift.status = ShiftStatus.ON_PATROL
    if first:
        publish(type=BEGUN, version=1, agency_id=shift.agency_id, payload=_about(row, shift))


def _ended(row: FieldEvent, shift: Shift) -> None:
    first = shift.ended_at is None
    shift.ended_at = row.at if shift.ended_at is None else max(shift.ended_at, row.at)
    if shift.status != ShiftStatus.CANCELLED:
        shift.status = ShiftStatus.ENDED
    if first:
        alarms.settle(shift, (AlarmKind.LATE, AlarmKind.NO_END), row.received)
        publish(type=ENDED, version=1, agency_id=shift.agency_id, payload=_about(row, shift))


def _checked_in(row: FieldEvent, said: Said, shift: Shift) -> None:
    stop = _stop(row, said, shift)
    row.stop, row.data = stop, row.data | {"verified": _verified(row, said, shift, stop)}
    row.save(update_fields=["stop", "data"])
    alarms.settle(shift, (AlarmKind.LATE,), row.received)
    if stop is None:
        return
    place = {"cell_e": stop.cell_e, "cell_n": stop.cell_n}
    about = _about(row, shift) | place | {"verified": row.data["verified"]}
    publish(type=VISITED, version=1, agency_id=shift.agency_id, payload=about)
    walked = {"district": shift.district, "at": row.at.isoformat()} | place
    publish(type=WALKED, version=1, agency_id=shift.agency_id, payload=walked)


def _stop(row: FieldEvent, said: Said, shift: Shift) -> PlanStop | None:
    """The stop that was named, if it is one of this night's plan for the team; else the one in the cell."""
    own = PlanStop.objects.filter(team__name=shift.name, team__plan__shifts__pk=shift.pk)
    own = PlanStop.objects.filter(team_id=shift.plan_team_id) if shift.plan_team_id else own
    if said.stop_id is not None:
        # A phone without a network may still hold the night's plan before this one.
        earlier = PlanStop.objects.filter(
            pk=said.stop_id, team__name=shift.name, team__plan__agency_id=shift.agency_id,
            team__plan__district=shift.district, team__plan__day=shift.day,
        )  # fmt: skip
        return earlier.first()
    if row.cell_e is None or row.cell_n is None:
        return None
    return own.filter(cell_e=row.cell_e, cell_n=row.cell_n).first()


def _verified(row: FieldEvent, said: Said, shift: Shift, stop: PlanStop | None) -> bool:
    if row.cell_e is None or row.cell_n is None or stop is None:
        return False
    near = max(abs(row.cell_e - stop.cell_e), abs(row.cell_n - stop.cell_n)) <= NEAR
    if row.data["method"] == "qr":
        return near and said.mark == spot_mark(shift.agency_id, row.cell_e, row.cell_n)
    return near and row.data["method"] == "position"


def _hazard(row: FieldEvent, said: Said, shift: Shift) -> None:
    number, dong = _place(row)
    Hazard.objects.create(
        id=row.id, agency_id=shift.agency_id, shift=shift, kind=row.data["kind"], note=said.text, at=row.at,
        cell_e=row.cell_e, cell_n=row.cell_n, number=number, dong=dong, sent_to=row.data["to"],
        sent_at=row.received, demo=shift.demo,
    )  # fmt: skip
    notify(
        kind="patrols.hazard", text=gettext_noop("A patrol reported a hazard."), url="/patrols/hazards/",
        agency_id=shift.agency_id, roles=(SAFETY_OFFICER, CONTROL_OPERATOR), email=False,
    )  # fmt: skip
    about = _about(row, shift) | {
        "hazard": str(row.id), "what": row.data["kind"], "to": row.data["to"], "dong": dong
    }  # fmt: skip
    publish(type=HAZARD, version=1, agency_id=shift.agency_id, payload=about)


def _place(row: FieldEvent) -> tuple[str, str]:
    if row.cell_e is None or row.cell_n is None:
        return "", ""
    try:
        number = cells.format_cell(row.cell_e, row.cell_n)
    except OutsideGrid:
        return "", ""
    lon, lat = cells.center([row.cell_e], [row.cell_n])
    return number, str(districts().locate(lon, lat)[0])
