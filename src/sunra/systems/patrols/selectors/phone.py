"""What a phone gets of its shift: the route, rules and lines; places and times, no person."""

import datetime as dt
from typing import Any

from sunra.core.geo.districts import districts
from sunra.platform.places.models import Street
from sunra.systems.patrols.models import DistanceSource, Message, PlanStop, Shift
from sunra.systems.patrols.selectors.duty import lines_for, rules_of

_AROUND = 0.0015  # degrees, about 150 m
_MOST_STREETS = 1_200


def route_of(shift: Shift) -> dict[str, Any]:
    """Everything a phone needs for a shift without a network; JSON-ready, times in milliseconds."""
    team = shift.plan_team
    stops = list(PlanStop.objects.filter(team=team).order_by("order")) if team else []
    line = team.line if team else []
    real = shift.plan is not None and shift.plan.distance_source == DistanceSource.STREETS
    return {
        "shift": {
            "id": str(shift.pk), "name": shift.name, "kind": shift.kind, "day": str(shift.day),
            "starts": ms(shift.starts), "ends": ms(shift.ends), "people": shift.people,
            "status": shift.status, "demo": shift.demo, "start_name": team.start_name if team else "",
            "volunteers": shift.organisation_id is not None,
        },
        "plan": str(shift.plan_id or ""),
        "stops": [_stop(stop) for stop in stops],
        "line": line,
        "streets": _streets(shift, line) if real else [],
        "rules": {"track_days": rules_of(shift.agency_id).track_days},
        **news(shift),
    }  # fmt: skip


def news(shift: Shift, lines: list[Message] | None = None) -> dict[str, Any]:
    """What may have changed since a phone last asked; ``lines`` when they were read already."""
    return {
        "status": shift.status,
        "plan": str(shift.plan_id or ""),
        "recalled": ms(shift.recalled_at) if shift.recalled_at else None,
        "lines": [_line(one) for one in (lines_for(shift) if lines is None else lines)],
    }


def ms(at: dt.datetime) -> int:
    """Milliseconds since the epoch."""
    return round(at.timestamp() * 1000)


def _stop(stop: PlanStop) -> dict[str, Any]:
    return {
        "id": stop.pk, "order": stop.order + 1, "number": stop.number, "dong": _name(stop.dong),
        "cell": [stop.cell_e, stop.cell_n], "lon": round(stop.lon, 6), "lat": round(stop.lat, 6),
        "arrive": ms(stop.arrive), "leave": ms(stop.leave),
    }  # fmt: skip


def _line(one: Message) -> dict[str, Any]:
    return {
        "id": str(one.pk), "at": ms(one.at), "text": one.text, "recall": one.recall, "own": one.from_team,
        "all": one.shift_id is None,
    }  # fmt: skip


def _name(dong: str) -> str:
    if not dong:
        return ""
    names = {one.code: one.name for one in districts().dongs(dong[:5])}
    return names.get(dong, "")


def _streets(shift: Shift, line: list[list[float]]) -> list[list[list[float]]]:
    """Streets around the route, so that its picture can be read without a base map."""
    if not line:
        return []
    lons, lats = zip(*line, strict=True)
    west, east = min(lons) - _AROUND, max(lons) + _AROUND
    south, north = min(lats) - _AROUND, max(lats) + _AROUND
    near = Street.objects.filter(
        agency_id=shift.agency_id, lon__range=(west, east), lat__range=(south, north)
    ).values_list("geometry", flat=True)
    return [
        [[round(x, 5), round(y, 5)] for x, y in geometry] for geometry in near[:_MOST_STREETS]
    ]  # fmt: skip
