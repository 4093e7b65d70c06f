"""Pages of duty: shifts, phones, alarms, the recall, reports with their outcome; every look on the record."""

import uuid
from typing import Any

import pytest

from sunra.platform.agencies.models import Agency
from sunra.platform.ledger.models import Record
from sunra.systems.patrols.models import Alarm, Hazard, Shift, ShiftInvitation
from sunra.systems.patrols.selectors.duty import rules_of
from sunra.systems.patrols.services import duty as duties
from tests.platform.accounts.people import make_person, signed_in
from tests.systems import nights
from tests.systems.patrols.duty import Phone, event, night, shift
from tests.systems.patrols.test_duty import jpeg

pytestmark = [pytest.mark.django_db(databases=["default", "ledger"]), pytest.mark.one_database]


@pytest.fixture
def agency() -> Agency:
    """A district office."""
    return nights.office()


@pytest.fixture
def phone(agency: Agency) -> Phone:
    """A phone that began, reported a hazard with a photo, called 112 and said a line."""
    made = Phone().joined(shift(night(agency)))
    report = event("hazard", kind="lamp", to="120", note="등이 꺼짐")
    duties.take(
        given=made.given,
        events=[event("begin", people=2), report, event("call112"), event("message", text="다리 아래")],
    )
    duties.keep_photo(given=made.given, event_id=uuid.UUID(report["id"]), content=jpeg())
    return made


def officer(agency: Agency) -> Any:
    """A client of the safety officer."""
    return signed_in(make_person("safety_officer", agency))


def test_an_officer_sees_alarms_first_and_opens_the_shift_on_the_record(phone: Phone) -> None:
    """The list names who waits; the page shows lines, and the ledger has the look."""
    row = phone.given.shift
    client = officer(row.agency)
    assert "112에 전화함" in client.get("/patrols/shifts/").content.decode()
    text = client.get(f"/patrols/shifts/{row.pk}/").content.decode()
    assert "다리 아래" in text
    assert Record.objects.filter(subject="patrols.Message", ref=str(row.pk), act="look").count() == 1


def test_an_invitation_is_shown_once_with_its_code_and_pin(phone: Phone) -> None:
    """Nothing of it can be read again; a second look has no PIN."""
    row = phone.given.shift
    client = officer(row.agency)
    answer = client.post(f"/patrols/shifts/{row.pk}/invite/")
    assert answer["Cache-Control"] == "private, no-store"
    assert "data:image/svg+xml;base64," in answer.content.decode()
    assert "#join=" in answer.content.decode()
    assert "#join=" not in client.get(f"/patrols/shifts/{row.pk}/").content.decode()
    assert ShiftInvitation.objects.count() == 2


def test_a_volunteer_walks_with_this_phone_and_may_not_lead(phone: Phone) -> None:
    """The volunteer's button leads to the phone page; inviting others is the leader's."""
    row = phone.given.shift
    volunteer = signed_in(make_person("volunteer", row.group))
    answer = volunteer.post(f"/patrols/shifts/{row.pk}/here/")
    assert answer.url.startswith("/duty/#join=")
    assert volunteer.post(f"/patrols/shifts/{row.pk}/invite/").status_code == 403
    assert volunteer.get("/patrols/hazards/").status_code == 403


def test_lines_alarms_and_phones_are_dealt_with(phone: Phone) -> None:
    """Say, see, close, revoke: each from its button; an empty line is refused."""
    row, alarm = phone.given.shift, Alarm.objects.get()
    client = officer(row.agency)
    assert client.post(f"/patrols/shifts/{row.pk}/say/", {"text": ""}).status_code == 400
    client.post(f"/patrols/shifts/{row.pk}/say/", {"text": "조심하세요"})
    client.post(f"/patrols/alarms/{alarm.pk}/see/")
    client.post(f"/patrols/alarms/{alarm.pk}/close/", {"note": "출동함"})
    client.post(f"/patrols/phones/{phone.given.pk}/revoke/")
    text = client.get(f"/patrols/shifts/{row.pk}/").content.decode()
    assert "조심하세요" in text
    assert "출동함" in text
    assert phone.given.revoked_at is not None


def test_a_recall_from_the_board_reaches_the_phone(phone: Phone) -> None:
    """The phone learns of it with its next word; a night that is not open is refused."""
    row = phone.given.shift
    client = officer(row.agency)
    assert "/patrols/live/" in client.get("/patrols/shifts/").content.decode()
    assert client.post("/patrols/live/recall/", {"night": "11110 2020-01-01"}).status_code == 400
    client.post("/patrols/live/recall/", {"night": f"{row.district} {row.day}"})
    assert phone.say().json()["recalled"] is not None


def test_a_report_gets_its_outcome_and_its_photo_needs_a_purpose(phone: Phone) -> None:
    """Words and photo are on the record; without a purpose no photo."""
    row = Hazard.objects.get()
    client = officer(row.agency)
    assert "등이 꺼짐" not in client.get("/patrols/hazards/").content.decode()
    assert "등이 꺼짐" in client.get(f"/patrols/hazards/{row.pk}/").content.decode()
    assert client.post(f"/patrols/hazards/{row.pk}/photo/", {"reason": ""}).status_code == 302
    shown = client.post(f"/patrols/hazards/{row.pk}/photo/", {"reason": "고칠 곳을 찾기 위해"})
    assert shown["Content-Type"] == "image/jpeg"
    assert client.post(f"/patrols/hazards/{row.pk}/", {"outcome": ""}).status_code == 400
    client.post(f"/patrols/hazards/{row.pk}/", {"outcome": "전구를 갈았음"})
    assert Hazard.objects.get().outcome == "전구를 갈았음"
    assert Record.objects.filter(subject="patrols.Hazard", act="look").count() == 2


def test_rules_of_duty_are_kept_within_their_bounds(agency: Agency) -> None:
    """Tracks for more than 90 days are refused with what to do."""
    client = officer(agency)
    given = {"late_minutes": 10, "end_minutes": 20, "track_days": 91}
    assert client.post("/patrols/shifts/rules/", given).status_code == 400
    assert client.post("/patrols/shifts/rules/", given | {"track_days": 3}).status_code == 302
    assert rules_of(agency.pk).track_days == 3


def test_signs_carry_a_mark_that_only_this_agency_makes(agency: Agency) -> None:
    """A sign's code checks a team in at its cell; the same cell's mark of another agency does not."""
    plan = night(agency)
    text = officer(agency).get(f"/patrols/{plan.pk}/signs/").content.decode()
    assert text.count("data:image/svg+xml;base64,") == 4
    row = shift(plan)
    phone, stop = Phone().joined(row), row.plan_team.stops.first()  # type: ignore[union-attr]
    mark = duties.spot_mark(agency.pk, stop.cell_e, stop.cell_n)  # type: ignore[union-attr]
    cell = [stop.cell_e, stop.cell_n]  # type: ignore[union-attr]
    duties.take(
        given=phone.given,
        events=[
            event("begin", people=2),
            event("check_in", cell=cell, method="qr", mark=mark),
            event("check_in", cell=cell, method="qr", mark="X" * 12),
        ],
    )
    found = Shift.objects.get(pk=row.pk).events.filter(kind="check_in")
    assert sorted(one.data["verified"] for one in found) == [False, True]
