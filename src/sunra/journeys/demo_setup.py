"""The demonstration installation: agencies of an invented city, people of every role, a district with a
planned night.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

import polars as pl
from django.conf import settings

from sunra.core.geo import cells
from sunra.core.geo.districts import districts
from sunra.journeys import demo_asked, demo_patrols, demo_shared, tonight
from sunra.journeys.demo import generate
from sunra.journeys.demo.generate import DemoFiles
from sunra.journeys.tonight import TonightResult
from sunra.platform.accounts import roles
from sunra.platform.accounts.actor import Actor
from sunra.platform.accounts.models import Membership
from sunra.platform.accounts.services import DemoPerson, create_demo_people
from sunra.platform.agencies.models import Agency
from sunra.platform.agencies.services import Draft, create_agency, found_installation
from sunra.platform.base.home import folder
from sunra.platform.base.time import now
from sunra.platform.events.services import deliver_pending
from sunra.systems.patrols import services as patrols
from sunra.systems.patrols.models import Plan
from sunra.systems.risk import services as risk
from sunra.systems.sharing.models import StatisticsRun
from sunra.systems.sharing.services import statistics

DISTRICT, NEIGHBOUR = "11290", "11305"
PASSWORD = "demo-night-watch"  # noqa: S105 - demonstration only; refused outside demo mode
TOTP_SECRET = "SUNRADEMO234567ASUNRADEMO234567A"  # noqa: S105 - one entry in an authenticator serves all roles
MARK = "가상 "


@dataclass(frozen=True, slots=True)
class SignIn:
    """How to sign in as one role: ``totp`` is empty for roles without a second factor."""

    username: str
    password: str
    totp: str
    role: str
    agency: str


@dataclass(frozen=True, eq=False)
class DemoResult:
    """What was set up."""

    agencies: dict[str, Agency]
    sign_ins: tuple[SignIn, ...]
    files: DemoFiles
    night: TonightResult


# username, name, role, agency (key of the dictionary that ``_agencies`` makes)
_PEOPLE = (
    ("safety", "안전담당 (가상)", roles.SAFETY_OFFICER, "office"),
    ("data", "데이터담당 (가상)", roles.DATA_OFFICER, "office"),
    ("admin", "기관관리자 (가상)", roles.AGENCY_ADMIN, "office"),
    ("operator", "관제요원 (가상)", roles.CONTROL_OPERATOR, "office"),
    ("cpo", "범죄예방진단 (가상)", roles.CPO, "station_north"),
    ("committee", "위원회 사무국 (가상)", roles.COMMITTEE_STAFF, "committee"),
    ("analyst", "분석관 (가상)", roles.ANALYST, "committee"),
    ("auditor", "감사관 (가상)", roles.AUDITOR, "committee"),
    ("platform", "시스템관리자 (가상)", roles.PLATFORM_ADMIN, "committee"),
    ("leader", "방범대장 (가상)", roles.PATROL_LEADER, "volunteers"),
    ("volunteer", "방범대원 (가상)", roles.VOLUNTEER, "volunteers"),
    ("neighbour", "이웃 구 안전담당 (가상)", roles.SAFETY_OFFICER, "neighbour"),
)


def install(
    *,
    district: str = DISTRICT,
    neighbour: str = NEIGHBOUR,
    seed: int = 0,
    today: dt.date | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> DemoResult:
    """Set the demonstration up, or bring it to today; again on the same day it changes nothing.

    Refused outside demo mode (``UserError``). Nothing here is real except borders and codes; no accuracy
    figure ever
    comes from it.
    """
    today = today or tonight.default_day()
    agencies = _agencies(district, neighbour)
    office = agencies["office"]
    actor = Actor.job(office.id, "demo")
    files = generate.write(folder("demo") / district, district=district, seed=seed, today=today)
    groups = _groups(actor, agencies, files)
    actor = Actor.job(office.id, "demo")
    people = files.people
    patrols.import_organisations(
        actor=actor, agency_id=office.id, path=people / "organisations.csv", demo=True, groups=groups
    )
    patrols.import_members(actor=actor, agency_id=office.id, path=people / "members.csv")
    patrols.import_teams(actor=actor, agency_id=office.id, path=people / "teams.csv", demo=True)
    sign_ins = _people(agencies)
    demo_asked.wish(office)
    night = tonight.run(
        actor=actor, district=district, data=files.data, day=today, demo=True, progress=progress
    )
    # The night before, so that a change of grades can be shown.
    risk.make_forecast(actor=actor, agency_id=office.id, district=district, day=today - dt.timedelta(days=1))
    patrols.confirm(actor=actor, plan_id=night.plan.id)
    night.plan.refresh_from_db()
    deliver_pending()  # the plan's hours are in today's figures
    _statistics(agencies["committee"], office, files)
    demo_shared.share(office, agencies["neighbour"])
    demo_asked.override(office)
    demo_patrols.prepare(office, today)
    return DemoResult(agencies, sign_ins, files, night)


def _statistics(committee: Agency, office: Agency, files: DemoFiles) -> None:
    """Residents by dong from those by cell, and the figures of the night, once a day."""
    frame = pl.read_csv(files.context / "residents.csv", columns=["cell_e", "cell_n", "거주인구"])
    lon, lat = cells.center(frame["cell_e"].to_numpy(), frame["cell_n"].to_numpy())
    dongs = pl.Series("dong", districts().locate(lon, lat).tolist(), dtype=pl.String)
    placed = frame.with_columns(dongs).filter(pl.col("dong") != "")
    sums = placed.group_by("dong").agg(pl.col("거주인구").sum())
    statistics.keep_residents(
        actor=Actor.job(office.id, "demo"), agency_id=office.id, source="demo_residents.csv",
        residents=dict(sums.iter_rows()), as_of=files.today, demo=True,
    )  # fmt: skip
    if not StatisticsRun.objects.filter(agency=committee, created__date=now().date()).exists():
        statistics.make(actor=Actor.job(committee.id, "demo"), agency_id=committee.id)


def _agencies(district: str, neighbour: str) -> dict[str, Agency]:
    """The invented city: committee, police agency with two stations and their boxes, two district offices."""
    root = found_installation(name=f"{MARK}자치경찰위원회", demo=True)
    halves = _halves(district)
    made = {"committee": root}

    def add(key: str, name: str, kind: str, parent: str, dongs: Iterable[str] = (), code: str = "") -> None:
        # An actor's scope is that of the moment it is made: the next agency needs a new one.
        made[key] = _agency(Actor.job(root.id, "demo"), f"{MARK}{name}", kind, made[parent], dongs, code)

    add("police", "경찰청", "police_agency", "committee")
    add("station_north", "북부경찰서", "police_station", "police", halves[0])
    add("station_south", "남부경찰서", "police_station", "police", halves[1])
    add("box_north", "북부지구대", "police_box", "station_north", halves[0][: len(halves[0]) // 2])
    add("box_south", "남부지구대", "police_box", "station_south", halves[1][: len(halves[1]) // 2])
    for key, code in (("office", district), ("neighbour", neighbour)):
        found = districts().district(code)
        dongs = [dong.code for dong in districts().dongs(code)]
        add(key, f"{found.name.split()[-1]}청", "district", "committee", dongs, found.code)
    return made


def _halves(district: str) -> tuple[list[str], list[str]]:
    """The dongs north and south of the middle one."""
    found = sorted(districts().dongs(district), key=lambda dong: -dong.polygon.centroid.y)
    codes = [dong.code for dong in found]
    return codes[: len(codes) // 2], codes[len(codes) // 2 :]


def _agency(
    actor: Actor, name: str, kind: str, parent: Agency, dongs: Iterable[str] = (), code: str = ""
) -> Agency:
    """The agency of that name and kind, made when it is not there yet."""
    found = Agency.objects.filter(name=name, type=kind, demo=True).first()
    draft = Draft(name=name, type=kind, parent_id=parent.id, district=code)
    return found or create_agency(actor=actor, draft=draft, dongs=dongs, demo=True)


def _groups(actor: Actor, agencies: dict[str, Agency], files: DemoFiles) -> dict[str, UUID]:
    """An agency for each organisation that sends a team tonight, by the organisation's key."""
    walking = {team.organisation for team in files.teams if team.organisation}
    found = {}
    for organisation in files.organisations:
        if organisation.key in walking:
            group = _agency(
                actor, organisation.name, "volunteer_organisation", agencies["office"], [organisation.dong]
            )
            agencies.setdefault("volunteers", group)
            found[organisation.key] = group.id
    return found


def _people(agencies: dict[str, Agency]) -> tuple[SignIn, ...]:
    """A sign-in for every role."""
    drafts, sign_ins = [], []
    for username, name, role, key in _PEOPLE:
        secret = TOTP_SECRET if roles.ROLES[role].staff else ""
        drafts.append(DemoPerson(username, name, role, agencies[key].id, PASSWORD, secret))
        sign_ins.append(SignIn(username, PASSWORD, secret, role, agencies[key].name))
    create_demo_people(drafts)
    return tuple(sign_ins)


def is_installed() -> bool:
    """Whether this installation's people of the demonstration are there, the last thing but the night."""
    return bool(settings.DEMO) and Plan.objects.filter(agency__demo=True).exists()


def sign_ins() -> tuple[SignIn, ...]:
    """Who can sign in to an installed demonstration, in the order of :data:`_PEOPLE`."""
    found = {
        membership.person.username: membership.agency.name
        for membership in Membership.objects.filter(person__demo=True).select_related("person", "agency")
    }
    return tuple(
        SignIn(username, PASSWORD, TOTP_SECRET if roles.ROLES[role].staff else "", role, found[username])
        for username, _name, role, _key in _PEOPLE
        if username in found
    )
