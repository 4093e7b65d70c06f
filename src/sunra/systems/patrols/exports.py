"""A plan for other programs and for the briefing: GeoJSON, GPX 1.1, and the data of the one-page PDF."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

from django.conf import settings
from django.utils import translation

from sunra.core.geo.districts import districts
from sunra.platform.base.time import SEOUL
from sunra.platform.documents.services import render
from sunra.platform.ui.dates import show_date, show_datetime
from sunra.platform.ui.measures import show_distance, show_duration, show_rarity
from sunra.systems.patrols.models import DistanceSource, Plan, PlanStop, PlanTeam
from sunra.systems.patrols.texts import ASKED, BRIEF, KINDS

_GPX = "http://www.topografix.com/GPX/1/1"


def geojson(plan: Plan, teams: Sequence[PlanTeam]) -> dict[str, Any]:
    """Routes as lines and stops as points; ``team`` joins them, ``order`` counts from 1."""
    features: list[dict[str, Any]] = []
    for team in teams:
        line = team.line if len(team.line) > 1 else [*team.line, *team.line]
        features.append(
            {
                "type": "Feature",
                "id": f"t{team.order}",
                "geometry": {"type": "LineString", "coordinates": line},
                "properties": {
                    "id": f"t{team.order}", "role": "route", "team": team.name, "label": team.name,
                    "series": team.order + 1,
                    "kind": team.kind, "minutes": round(team.minutes, 1), "metres": round(team.metres),
                    "distance_source": plan.distance_source,
                },
            }
        )  # fmt: skip
        features.extend(_stop(team, stop) for stop in team.stops.all())
    return {
        "type": "FeatureCollection",
        "properties": {
            "plan": str(plan.id), "district": plan.district, "day": str(plan.day), "demo": plan.demo,
            "event_source": plan.event_source, "distance_source": plan.distance_source,
            "note": str(BRIEF["no_ground"]),
        },
        "features": features,
    }  # fmt: skip


def asked(stop: PlanStop) -> str:
    """That residents asked for this stop, and how many; "" when none did."""
    count = stop.reason.get("asked", 0)
    return str(ASKED) % {"count": count} if count else ""


def _stop(team: PlanTeam, stop: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": f"t{team.order}s{stop.order}",
        "geometry": {"type": "Point", "coordinates": [round(stop.lon, 6), round(stop.lat, 6)]},
        "properties": {
            "id": f"t{team.order}s{stop.order}", "role": "stop", "team": team.name, "series": team.order + 1,
            "label": f"{team.name} {stop.order + 1} · {stop.number}", "short": str(stop.order + 1),
            "order": stop.order + 1, "cell": stop.number, "arrive": _local(stop.arrive),
            "leave": _local(stop.leave),
            "expected": float(f"{stop.expected:.4g}"), "grade": stop.grade or None,
            "asked": stop.reason.get("asked", 0),
        },
    }  # fmt: skip


def gpx(plan: Plan, teams: Sequence[PlanTeam]) -> bytes:
    """GPX 1.1: one route of stops per team, and the way as a track only where it follows real streets."""
    ET.register_namespace("", _GPX)
    root = ET.Element(f"{{{_GPX}}}gpx", {"version": "1.1", "creator": "Sunra"})
    about = ET.SubElement(root, f"{{{_GPX}}}metadata")
    _text(about, "name", f"{plan.district} {plan.day}")
    _text(about, "desc", _with_demo(plan, str(BRIEF["no_ground"])))
    _text(about, "time", plan.updated.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    for team in teams:
        route = ET.SubElement(root, f"{{{_GPX}}}rte")
        _text(route, "name", team.name)
        _text(route, "number", str(team.order + 1))
        for stop in team.stops.all():
            point = ET.SubElement(
                route, f"{{{_GPX}}}rtept", {"lat": f"{stop.lat:.6f}", "lon": f"{stop.lon:.6f}"}
            )
            _text(point, "time", stop.arrive.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
            _text(point, "name", f"{stop.order + 1}. {stop.number}")
            _text(point, "desc", f"{_clock(stop.arrive)}-{_clock(stop.leave)}")
    if plan.distance_source == DistanceSource.STREETS:
        for team in teams:
            track = ET.SubElement(root, f"{{{_GPX}}}trk")
            _text(track, "name", team.name)
            segment = ET.SubElement(track, f"{{{_GPX}}}trkseg")
            for lon, lat in team.line:
                ET.SubElement(segment, f"{{{_GPX}}}trkpt", {"lat": f"{lat:.6f}", "lon": f"{lon:.6f}"})
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _text(parent: ET.Element, tag: str, text: str) -> None:
    # XML 1.0 has no place for control characters, whatever a team was called.
    clean = "".join(letter for letter in text if letter >= " " or letter in "\t\n")
    ET.SubElement(parent, f"{{{_GPX}}}{tag}").text = clean


def pdf(plan: Plan, teams: Sequence[PlanTeam]) -> bytes:
    """The one-page brief: a table per team, no map, and what a grade is not."""
    return render("patrols/brief.typ", brief(plan, teams))


def brief(plan: Plan, teams: Sequence[PlanTeam]) -> dict[str, Any]:
    """Everything that the brief prints, in the language of the installation."""
    with translation.override(settings.LANGUAGE_CODE):
        return {
            "words": {key: str(value) for key, value in BRIEF.items()},
            "title": districts().district(plan.district).full_name,
            "day": show_date(plan.day),
            "made": show_datetime(plan.updated),
            "demo": plan.demo,
            "prior": plan.event_source != "events",
            "graded": plan.graded,
            "straight": plan.distance_source == DistanceSource.STRAIGHT_LINE,
            "assumed_teams": plan.teams_source == "default",
            "teams": [_brief_team(team) for team in teams],
        }


def _brief_team(team: PlanTeam) -> dict[str, Any]:
    return {
        "name": team.name,
        "kind": str(KINDS[team.kind]),
        "start": team.start_name,
        "from": _clock(team.starts),
        "duration": show_duration(team.minutes),
        "distance": show_distance(team.metres),
        "stops": [
            {
                "order": stop.order + 1,
                "cell": " · ".join(filter(None, (stop.number, asked(stop)))),
                "arrive": _clock(stop.arrive),
                "leave": _clock(stop.leave),
                "grade": str(stop.grade or "–"),
                "often": show_rarity(stop.expected),
            }
            for stop in team.stops.all()
        ],
    }


def as_text(plan: Plan, teams: Sequence[PlanTeam]) -> str:
    """The GeoJSON as text."""
    return json.dumps(geojson(plan, teams), ensure_ascii=False, separators=(",", ":"))


def _local(moment: dt.datetime) -> str:
    return moment.astimezone(SEOUL).isoformat(timespec="minutes")


def _clock(moment: dt.datetime) -> str:
    return moment.astimezone(SEOUL).strftime("%H:%M")


def _with_demo(plan: Plan, text: str) -> str:
    return f"{BRIEF['demo']}. {text}" if plan.demo else text
