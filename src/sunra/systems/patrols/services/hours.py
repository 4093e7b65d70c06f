"""Tells others of a confirmed plan: how long its teams stay in which 법정동, and at which cells they stop.

Planned time, not walked time. Version 2 added the stops; its readers keep from the public whatever is not
over.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sunra.core.geo.districts import districts
from sunra.platform.events.registry import declare
from sunra.platform.events.services import publish
from sunra.systems.patrols.models import Plan, PlanStop, PlanTeam

CONFIRMED = "patrols.plan_confirmed"
VERSION = 2
declare(CONFIRMED, VERSION, plan=str, district=str, day=str, demo=bool, stays=list, stops=list)
_HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stay:
    """One team in one 법정동 between two moments (UTC) of one clock hour."""

    team: int
    dong: str
    since: dt.datetime
    until: dt.datetime


def announce(plan: Plan) -> None:
    """Publish the stays of a plan just confirmed; the newest word about a night replaces the ones before."""
    teams = list(plan.teams.prefetch_related("stops").order_by("order"))
    publish(
        type=CONFIRMED,
        version=VERSION,
        agency_id=plan.agency_id,
        payload={
            "plan": str(plan.id),
            "district": plan.district,
            "day": str(plan.day),
            "demo": plan.demo,
            "stays": [
                {
                    "team": stay.team, "dong": stay.dong,
                    "since": stay.since.isoformat(), "until": stay.until.isoformat(),
                }
                for team in teams
                for stay in stays(team, tuple(team.stops.all()), _start(team))
            ],
            "stops": [
                {
                    "cell_e": stop.cell_e, "cell_n": stop.cell_n,
                    "since": stop.arrive.isoformat(), "until": stop.leave.isoformat(),
                }
                for team in teams
                for stop in team.stops.all()
            ],
        },
    )  # fmt: skip


def stays(team: PlanTeam, stops: Sequence[PlanStop], start: str) -> list[Stay]:
    """Where a team is planned to be: at its stops, and on its ways, half of each for either end's 법정동.

    ``start`` is the 법정동 from which the team sets out and to which it returns. The stays add up to the
    team's minutes but for those in no 법정동; none passes a full hour, so that hours can be counted.
    """
    end = team.starts + dt.timedelta(minutes=team.minutes)
    known = [(start, team.starts, team.starts)]
    known += [(stop.dong, stop.arrive, stop.leave) for stop in stops]
    known.append((start, max(end, known[-1][2]), max(end, known[-1][2])))
    edges = [team.starts]
    edges += [here[2] + (there[1] - here[2]) / 2 for here, there in pairwise(known)]
    edges.append(known[-1][2])
    merged: list[tuple[str, dt.datetime, dt.datetime]] = []
    for (dong, _arrive, _leave), (since, until) in zip(known, pairwise(edges), strict=True):
        if merged and merged[-1][0] == dong:
            merged[-1] = (dong, merged[-1][1], until)
        elif until > since:
            merged.append((dong, since, until))
    return [
        Stay(team.order, dong, *part)
        for dong, since, until in merged
        if dong
        for part in _by_hour(since, until)
    ]


def _by_hour(since: dt.datetime, until: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    while since < until:
        full = since.replace(minute=0, second=0, microsecond=0) + _HOUR
        yield since, min(full, until)
        since = full


def _start(team: PlanTeam) -> str:
    """The 법정동 of the point where the team sets out; "" when the plan has none."""
    if not team.line:
        return ""
    lon, lat = (np.array([value], dtype=np.float64) for value in team.line[0])
    return str(districts().locate(lon, lat)[0])
