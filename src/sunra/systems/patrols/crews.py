"""Tonight's teams: those of the organisations, else assumed ones that say so."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from sunra.core.geo import cells
from sunra.platform.accounts.actor import Actor
from sunra.platform.places import selectors as places
from sunra.systems.patrols.models import Team, TeamKind
from sunra.systems.patrols.night import NightRisk
from sunra.systems.patrols.orders import UnderWay

STORED, DEFAULT = "stored", "default"
_SHIFTS = (
    (TeamKind.CAR, 20, 240, 18.0),
    (TeamKind.CAR, 20, 240, 18.0),
    (TeamKind.FOOT, 20, 120, 4.0),
    (TeamKind.FOOT, 20, 120, 4.0),
)


@dataclass(frozen=True, slots=True)
class Crew:
    """One team of a night; ``begin`` is minutes after the plan's zero, ``team_id`` and ``group_id`` when
    known. A team under way leaves from ``place`` and comes home to where it started.
    """

    name: str
    kind: str
    start_name: str
    lon: float
    lat: float
    begin: float
    minutes: float
    speed_kmh: float
    team_id: UUID | None = None
    group_id: UUID | None = None
    place: tuple[float, float] | None = None

    def plain(self) -> dict[str, Any]:
        """Everything that decides this team's route."""
        return asdict(self)


def tonight(
    actor: Actor, agency_id: UUID, risk: NightRisk, *, only: Collection[UUID] = ()
) -> tuple[tuple[Crew, ...], str]:
    """The crews that go out (of the stored ones ``only`` these, when named), and ``"stored"`` or
    ``"default"``.
    """
    found = Team.objects.select_related("organisation").filter(
        agency_id=agency_id, district=risk.district, active=True
    )
    if not risk.demo:
        found = found.filter(demo=False)
    if only:
        found = found.filter(id__in=only)
    crews = tuple(
        _stored(team, risk) for team in found if team.organisation is None or team.organisation.active
    )
    return (_distinct(crews), STORED) if crews else (_assumed(actor, risk), DEFAULT)


def still_out(crews: tuple[Crew, ...], under_way: Mapping[str, UnderWay]) -> tuple[Crew, ...]:
    """Those of the crews that are under way, each from where it is and for the time it has left."""
    found = []
    for crew in crews:
        one = under_way.get(crew.name)
        if one is None:
            continue
        place = None
        if one.cell is not None:
            lon, lat = cells.center(*one.cell)
            place = (float(lon), float(lat))
        left = max(one.until - one.begin, 0.0)
        found.append(replace(crew, begin=one.begin, minutes=left, place=place))
    return tuple(found)


def _stored(team: Team, risk: NightRisk) -> Crew:
    return Crew(
        name=team.name,
        kind=team.kind,
        start_name=team.start_name,
        lon=team.start_lon,
        lat=team.start_lat,
        begin=_minutes_after(team.shift_from, risk.first_hour),
        minutes=float(team.shift_minutes),
        speed_kmh=team.speed_kmh,
        team_id=team.id,
        group_id=team.organisation.group_id if team.organisation else None,
    )


def _distinct(crews: tuple[Crew, ...]) -> tuple[Crew, ...]:
    """The solver tells teams apart by name, so equal names get a number."""
    seen: dict[str, int] = {}
    result = []
    for crew in crews:
        seen[crew.name] = seen.get(crew.name, 0) + 1
        name = crew.name if seen[crew.name] == 1 else f"{crew.name} {seen[crew.name]}"
        result.append(Crew(**(crew.plain() | {"name": name})))
    return tuple(result)


def _minutes_after(clock: dt.time, first_hour: int) -> float:
    """Minutes from the plan's zero to a time of day; times before it belong to the next morning."""
    return float((clock.hour * 60 + clock.minute - first_hour * 60) % (24 * 60))


def _assumed(actor: Actor, risk: NightRisk) -> tuple[Crew, ...]:
    """Two cars and two walking groups from the district's police offices, else from where most is
    expected.
    """
    offices = list(
        places.facilities(actor, district=risk.district, kinds=["police_office"])
        .filter(lon__isnull=False)
        .order_by("key")
        .values_list("name", "lon", "lat")[:4]
    )
    if not offices:
        best = int(risk.expected.sum(1).argmax())
        middle = cells.center(int(risk.cell_e[best]), int(risk.cell_n[best]))
        offices = [("", float(middle[0]), float(middle[1]))]
    crews = []
    with translation.override(settings.LANGUAGE_CODE):
        names = {
            TeamKind.CAR: (_("Patrol car 1"), _("Patrol car 2")),
            TeamKind.FOOT: (_("Walking group 1"), _("Walking group 2")),
        }
        for number, (kind, hour, minutes, speed) in enumerate(_SHIFTS):
            office, east, north = offices[number % len(offices)]
            begin = _minutes_after(dt.time(hour), risk.first_hour)
            crews.append(
                Crew(
                    names[kind][number % 2],
                    kind.value,
                    office,
                    east or 0.0,
                    north or 0.0,
                    begin,
                    float(minutes),
                    speed,
                )
            )
    return tuple(crews)
