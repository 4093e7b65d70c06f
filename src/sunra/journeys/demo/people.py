"""Invented patrol organisations, members and tonight's teams.

21 organisations, as the district council appoints them; 600 members instead of the 12,000 of a real district,
since lists, paging and rosters behave the same from a few hundred on while the first start stays short. Names
are drawn from common syllables and end in "(가상)"; telephone numbers lie in 010-0000-xxxx, given to no one.
"""

import datetime as dt
from dataclasses import asdict, dataclass, fields

import numpy as np

from sunra.core.geo.districts import districts
from sunra.journeys.demo.facilities import Spots, dong_names, edge_weight, spots
from sunra.journeys.demo.streets import Streets
from sunra.journeys.demo.surface import Town

ORGANISATIONS, ACTIVE, MEMBERS = 21, 12, 600
SURNAMES = "김이박최정강조윤장임한오서신권황안송전홍"
FIRST = "민서지현수영정은하예준도시유승재태성주경"
SECOND = "준우호진희연아윤원석미숙자철영환선림빈"
MARK = "(가상)"
EVENINGS = ("매일 19-24", "평일 20-24", "월,수,금 20-24", "화,목 20-24", "주말 19-02")


@dataclass(frozen=True)
class Organisation:
    """A patrol organisation: ``kind`` neighbourhood, mothers, youth, dog; ``dong`` 10-digit legal dong."""

    key: str
    name: str
    kind: str
    dong: str
    active: bool
    lon: float
    lat: float


@dataclass(frozen=True)
class Member:
    """A member; ``role`` leader, deputy or member; days; ``hours`` when the member can come."""

    key: str
    organisation: str
    name: str
    role: str
    telephone: str
    joined: dt.date
    languages: str
    training_until: dt.date
    insured_until: dt.date
    hours: str


@dataclass(frozen=True)
class Team:
    """Who goes out tonight: ``kind`` car, foot, dog; shift in local time; the police have no organisation."""

    key: str
    name: str
    kind: str
    organisation: str
    start_name: str
    lon: float
    lat: float
    shift_from: dt.time
    shift_minutes: int
    speed_kmh: float
    size: int


def organisations(town: Town, net: Streets) -> tuple[Organisation, ...]:
    """21 organisations, 12 of them active (a dog squad among them), each with a meeting place by a street."""
    draw = town.rng("organisations")
    found = spots(town, net, draw, edge_weight(town, net), ORGANISATIONS)
    codes = districts().locate(found.lonlat[:, 0], found.lonlat[:, 1]).tolist()
    names = dong_names(town)
    kinds = ["neighbourhood"] * 15 + ["mothers"] * 2 + ["youth"] * 2 + ["dog"] * 2
    word = {
        "neighbourhood": "자율방범대",
        "mothers": "어머니방범대",
        "youth": "청년순찰대",
        "dog": "반려견 순찰대",
    }
    active = set(draw.permutation(15)[: ACTIVE - 3].tolist()) | {15, 17, 19}
    return tuple(
        Organisation(
            key=f"demo-{i + 1:02d}",
            name=f"가상 {names[codes[i]]} {word[kinds[i]]} {i + 1}",
            kind=kinds[i],
            dong=codes[i],
            active=i in active,
            lon=float(found.lonlat[i, 0]),
            lat=float(found.lonlat[i, 1]),
        )
        for i in range(len(found))
    )


def members(town: Town, groups: tuple[Organisation, ...], today: dt.date) -> tuple[Member, ...]:
    """600 members, more in active organisations; the first of each is its leader, the second the deputy."""
    draw = town.rng("members")
    weight = np.array([3.0 if group.active else 1.0 for group in groups])
    extra = draw.multinomial(MEMBERS - 2 * len(groups), weight / weight.sum())
    numbers, other = draw.permutation(10_000)[:MEMBERS], town.rng("evenings")
    made: list[Member] = []
    for group, more in zip(groups, extra.tolist(), strict=True):
        for place in range(more + 2):
            number = len(made)
            made.append(
                Member(
                    key=f"demo-m{number + 1:04d}",
                    organisation=group.key,
                    name=_name(draw),
                    role=("leader", "deputy")[place] if place < 2 else "member",
                    telephone=f"010-0000-{int(numbers[number]):04d}",
                    joined=today - dt.timedelta(days=int(draw.integers(30, 3650))),
                    languages="한국어, 영어" if other.random() < 0.1 else "한국어",
                    training_until=today + dt.timedelta(days=int(other.integers(-40, 700))),
                    insured_until=today + dt.timedelta(days=int(other.integers(-20, 360))),
                    hours=str(other.choice(EVENINGS)),
                )
            )
    return tuple(made)


def teams(groups: tuple[Organisation, ...], offices: Spots) -> tuple[Team, ...]:
    """Six teams: two patrol cars from the stations, three walking groups, one dog squad."""
    cars = tuple(
        Team(
            key=f"demo-car-{i + 1}",
            name=f"가상 순찰차 {i + 1}",
            kind="car",
            organisation="",
            start_name=("가상북부경찰서", "가상남부경찰서")[i],
            lon=float(offices.lonlat[i, 0]),
            lat=float(offices.lonlat[i, 1]),
            shift_from=dt.time(21),
            shift_minutes=240,
            speed_kmh=18.0,
            size=2,
        )
        for i in range(2)
    )
    walking = [group for group in groups if group.active and group.kind != "dog"][:3]
    dogs = [group for group in groups if group.active and group.kind == "dog"][:1]
    feet = tuple(
        Team(
            key=f"demo-{'dog' if group.kind == 'dog' else 'foot'}-{i + 1}",
            name=group.name,
            kind="dog" if group.kind == "dog" else "foot",
            organisation=group.key,
            start_name=f"{group.name} 초소",
            lon=group.lon,
            lat=group.lat,
            shift_from=dt.time(20) if group.kind == "dog" else dt.time(21),
            shift_minutes=90 if group.kind == "dog" else 120,
            speed_kmh=3.2 if group.kind == "dog" else 3.6,
            size=3 if group.kind == "dog" else 4,
        )
        for i, group in enumerate(walking + dogs)
    )
    return cars + feet


def table(
    rows: tuple[Organisation, ...] | tuple[Member, ...] | tuple[Team, ...],
) -> tuple[list[str], list[list[object]]]:
    """Header and rows for a CSV, by the fields' names."""
    return [field.name for field in fields(rows[0])], [list(asdict(row).values()) for row in rows]


def _name(draw: np.random.Generator) -> str:
    return "".join(str(draw.choice(list(syllables))) for syllables in (SURNAMES, FIRST, SECOND)) + MARK
