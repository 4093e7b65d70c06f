"""Writes the demonstration district into a folder; the package's docstring says what is real."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from sunra.journeys.demo import NO_FIGURES, NO_FIGURES_KO, NOTICE, NOTICE_KO, calls, facilities, people
from sunra.journeys.demo.files import write_csv, write_streets
from sunra.journeys.demo.people import Member, Organisation, Team
from sunra.journeys.demo.streets import streets
from sunra.journeys.demo.surface import town

SEONGBUK = "11290"


@dataclass(frozen=True)
class DemoFiles:
    """What was written: ``data`` for ``sunra tonight --data``, ``people`` and ``context`` beside it.

    ``rows`` counts the rows of each file by its name.
    """

    folder: Path
    district: str
    seed: int
    today: dt.date
    data: Path
    people: Path
    context: Path
    readme: Path
    rows: dict[str, int]
    organisations: tuple[Organisation, ...]
    members: tuple[Member, ...]
    teams: tuple[Team, ...]


def write(folder: Path, *, district: str = SEONGBUK, seed: int = 0, today: dt.date) -> DemoFiles:
    """Generate the district as of ``today`` (a local day); the same arguments give the same bytes.

    Replaces files of the same names and touches no others. Raises ``core.geo``'s ``UnknownDistrict``.
    """
    place = town(district, seed)
    net = streets(place)
    offices, stations = facilities.police(place, net)
    groups = people.organisations(place, net)
    members = people.members(place, groups, today)
    teams = people.teams(groups, stations)
    data, persons, context = folder / "data", folder / "people", folder / "context"
    for path in (data, persons, context):
        path.mkdir(parents=True, exist_ok=True)
    yesterday = today - dt.timedelta(days=1)
    plain = (
        (data / "demo_cctv.csv", facilities.CCTV_HEADER, facilities.cctv(place, net, today), "euc-kr"),
        (
            data / "demo_security_light.csv",
            facilities.LIGHT_HEADER,
            facilities.lights(place, net, today),
            "cp949",
        ),
        (data / "demo_emergency_bell.csv", facilities.BELL_HEADER, facilities.bells(place, net), "cp949"),
        (data / "demo_police_office.csv", facilities.POLICE_HEADER, offices, "utf-8-sig"),
        (data / f"POL_01_{yesterday:%Y%m%d}.csv", calls.CALL_HEADER, calls.calls(place, net, today), "utf-8"),
        (data / "demo_accident.csv", calls.ACCIDENT_HEADER, calls.accidents(place, net, today), "cp949"),
        (
            context / "residents.csv",
            ("국가지점번호", "cell_e", "cell_n", "거주인구"),
            calls.residents(place, net),
            "utf-8",
        ),
        (persons / "organisations.csv", *people.table(groups), "utf-8"),
        (persons / "members.csv", *people.table(members), "utf-8"),
        (persons / "teams.csv", *people.table(teams), "utf-8"),
    )
    rows = {path.name: write_csv(path, header, body, encoding) for path, header, body, encoding in plain}
    rows["demo_road.geojson"] = write_streets(data / "demo_road.geojson", place, net)
    readme = folder / "README.txt"
    readme.write_text("\n".join((NOTICE_KO, NO_FIGURES_KO, NOTICE, NO_FIGURES, "")), encoding="utf-8")
    return DemoFiles(
        folder, place.code, seed, today, data, persons, context, readme, rows, groups, members, teams
    )
