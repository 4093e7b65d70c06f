"""Organisations, members and teams come from files; every look at members is on the record."""

from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied

from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.personal import register
from sunra.platform.ledger.models import Record
from sunra.systems.patrols import selectors, services
from sunra.systems.patrols.models import Member, Organisation, Team
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
LON, LAT = nights.points(3)[1]
ORGANISATIONS = "key,name,kind,dong,active\no1,가 방범대,neighbourhood,2611010100,True\no2,나 방범대,dog,,0\n"
MEMBERS = (
    "key,organisation,name,role,telephone,joined,shoe size\n"
    "m1,o1,홍길동,leader,010-0000-0001,2020-05-01,260\n"
    "m2,o1,김가상,member,,,\n"
)
TEAMS = (
    "key,name,kind,organisation,start_name,lon,lat,shift_from,shift_minutes,speed_kmh,size\n"
    f"t1,1조,foot,o1,초소,{LON},{LAT},21:00,120,,4\n"
)


def load(tmp_path: Path, agency: Agency) -> None:
    """All three files, imported in order."""
    actor = nights.job(agency)
    for name, text, step in (
        ("o.csv", ORGANISATIONS, services.import_organisations),
        ("m.csv", MEMBERS, services.import_members),
        ("t.csv", TEAMS, services.import_teams),
    ):
        path = tmp_path / name
        path.write_bytes(text.encode("cp949" if name == "m.csv" else "utf-8-sig"))
        step(actor=actor, agency_id=agency.id, path=path)


def test_files_are_imported_once(tmp_path: Path) -> None:
    """The same files twice leave the same rows; no name or telephone number lies open in the database."""
    agency = nights.office()
    load(tmp_path, agency)
    load(tmp_path, agency)
    assert (Organisation.objects.count(), Member.objects.count(), Team.objects.count()) == (2, 2, 1)
    stored = str([vars(one) for one in Member.objects.all()])
    assert "홍길동" not in stored
    assert "010-0000-0001" not in stored
    assert Team.objects.get().speed_kmh == 4.0
    assert not Organisation.objects.get(key="o2").active


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (",foot,", ",boat,", "kind"),
        (",4\n", ",1\n", "size"),
        ("21:00", "25:00", "shift_from"),
        (",120,", ",0,", "shift_minutes"),
        (f"{LON}", "10.0", "lon"),
        (",o1,", ",o9,", "organisation"),
        ("t1,1조", "t1,", "name"),
        (",120,,", ",120,900,", "speed_kmh"),
    ],
)
def test_a_wrong_team_names_its_line_and_field(tmp_path: Path, old: str, new: str, field: str) -> None:
    """One wrong field: the error says file, line and field, and no row of the file is kept."""
    agency = nights.office()
    load(tmp_path, agency)
    Team.objects.all().delete()
    path = tmp_path / "teams.csv"
    path.write_text(
        TEAMS + TEAMS.splitlines()[1].replace("t1", "t2") + "\n"
        if old not in TEAMS
        else TEAMS.replace(old, new),
        "utf-8",
    )
    with pytest.raises(UserError) as caught:
        services.import_teams(actor=nights.job(agency), agency_id=agency.id, path=path)
    assert caught.value.where == ("teams.csv", "2", field)
    assert not Team.objects.exists()


def test_importing_members_is_on_the_record_before(tmp_path: Path) -> None:
    """The ledger holds the change, with no name in it."""
    agency = nights.office()
    load(tmp_path, agency)
    row = Record.objects.filter(subject="patrols.Member", act="change").get()
    assert "홍길동" not in str(vars(row))


def test_a_look_at_members_is_recorded_first(tmp_path: Path) -> None:
    """The purpose stands in the ledger once the names were shown; without a purpose no name is shown."""
    agency = nights.office()
    load(tmp_path, agency)
    organisation = Organisation.objects.get(key="o1")
    officer = signed_in(make_person("safety_officer", agency))
    address = f"/patrols/organisations/{organisation.id}/"
    assert "홍길동" not in officer.get(address).content.decode()
    refused = officer.post(address, {"reason": ""})
    assert refused.status_code == 400
    assert "홍길동" not in refused.content.decode()
    assert not Record.objects.filter(act="look").exists()
    assert "홍길동" in officer.post(address, {"reason": "오늘 순찰 인원 확인"}).content.decode()
    row = Record.objects.get(act="look", subject="patrols.Member")
    assert (row.ref, row.purpose) == (str(organisation.id), "오늘 순찰 인원 확인")


def test_who_may_not_see_members_is_refused(tmp_path: Path) -> None:
    """Officers of stations see organisations and not members; the next district sees neither;
    volunteers nothing.
    """
    agency = nights.office()
    load(tmp_path, agency)
    organisation = Organisation.objects.get(key="o1")
    address = f"/patrols/organisations/{organisation.id}/"
    assert signed_in(make_person("cpo", agency)).post(address, {"reason": "왜요 왜요"}).status_code == 403
    assert signed_in(make_person("cpo", agency)).get(address).status_code == 200
    other = signed_in(make_person("safety_officer", nights.office(nights.NEIGHBOUR)))
    assert other.get(address).status_code == 404
    assert other.post(address, {"reason": "다른 구에서"}).status_code == 404
    assert signed_in(make_person("volunteer", agency)).get(address).status_code == 403
    with pytest.raises(PermissionDenied):
        services.import_members(actor=make_actor("cpo", agency), agency_id=agency.id, path=tmp_path / "m.csv")


def test_a_leader_sees_the_own_organisation(tmp_path: Path) -> None:
    """The group's own agency reaches its organisation though the office keeps it."""
    agency = nights.office()
    load(tmp_path, agency)
    own = make_agency("방범대", parent=agency)
    Organisation.objects.filter(key="o1").update(group=own)
    found = selectors.organisations(make_actor("patrol_leader", own))
    assert [row.key for row in found] == ["o1"]
    assert (
        "가 방범대"
        in signed_in(make_person("patrol_leader", own)).get("/patrols/organisations/").content.decode()
    )


def test_personal_fields_are_declared() -> None:
    """The register knows what is sealed about a member."""
    assert ("patrols.Member", "sealed") in {(one.model, one.field) for one in register()}
