"""Logs write themselves, are signed as shown, and count hours; results are never ranked."""

import datetime as dt
import io
import uuid
import zipfile
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from pypdf import PdfReader

from sunra.platform.agencies.models import Agency
from sunra.platform.base.time import seoul_today
from sunra.platform.ledger.models import Record
from sunra.systems.patrols.models import Certificate, LogVersion, Member, Organisation, ServedHours, Shift
from sunra.systems.patrols.sealed import Details
from sunra.systems.patrols.selectors import after as selectors
from sunra.systems.patrols.services import duty as duties
from sunra.systems.patrols.services import people
from sunra.systems.patrols.services.after import certificates, logs
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in
from tests.systems import nights
from tests.systems.patrols.duty import Phone, event, night, refused, shift

pytestmark = [pytest.mark.django_db(databases=["default", "ledger"]), pytest.mark.one_database]


@pytest.fixture
def agency() -> Agency:
    """A district office."""
    return nights.office()


@pytest.fixture
def walked(agency: Agency) -> Shift:
    """A patrol that checked in, reported, called 112 and ended."""
    row = shift(night(agency))
    phone = Phone().joined(row)
    stop = row.plan_team.stops.get(order=0)  # type: ignore[union-attr]
    place = {"cell": [stop.cell_e, stop.cell_n], "stop": stop.pk, "method": "position"}
    duties.take(
        given=phone.given,
        events=[
            event("begin", at=row.starts, people=3), event("check_in", **place), event("call112"),
            event("hazard", kind="lamp", to="120"), event("end"),
        ],
    )  # fmt: skip
    row.refresh_from_db()
    return row


def members(row: Shift) -> list[Member]:
    """Two sealed members of the shift's organisation."""
    actor = make_actor("safety_officer", row.agency)
    kept = []
    for number, name in enumerate(("김하나", "이두리")):
        who = Details(name, f"010-0000-000{number}", "member", ())
        given: Any = {"key": str(number), "details": who, "kept": people.Record()}
        kept.append(people.add(actor=actor, organisation_id=row.organisation_id, **given))
    return kept


def officer(agency: Agency) -> Client:
    """A client of the safety officer."""
    return signed_in(make_person("safety_officer", agency))


def test_a_log_writes_itself_and_is_signed_as_it_was_shown(walked: Shift) -> None:
    """What the phones wrote stands in it; a signature holds for one version, a change asks for another."""
    actor = make_actor("safety_officer", walked.agency)
    first = logs.write(actor=actor, shift_id=walked.pk, remarks="이상 없음")
    assert (first.body["people"], first.body["calls"], len(first.body["stops"])) == (3, 1, 1)
    second = logs.write(actor=actor, shift_id=walked.pk, remarks="등 하나가 꺼짐")
    with refused("changed"):
        logs.sign(actor=actor, shift_id=walked.pk, digest=first.digest)
    signed = logs.sign(actor=actor, shift_id=walked.pk, digest=second.digest)
    assert (signed.number, bool(signed.signed_at)) == (2, True)
    assert LogVersion.objects.get(number=1).body["remarks"] == "이상 없음"


def test_a_version_changed_in_the_table_cannot_be_signed(walked: Shift) -> None:
    """The digest is worked out again before a name goes under it."""
    actor = make_actor("safety_officer", walked.agency)
    version = logs.write(actor=actor, shift_id=walked.pk, remarks="")
    LogVersion.objects.update(body=version.body | {"calls": 0})
    with refused("changed"):
        logs.sign(actor=actor, shift_id=walked.pk, digest=version.digest)


def test_nothing_is_written_of_a_patrol_that_nobody_began(agency: Agency) -> None:
    """No beginning, no log; and none is signed before it was kept."""
    row, actor = shift(night(agency)), make_actor("safety_officer", agency)
    with refused("not_walked"):
        logs.write(actor=actor, shift_id=row.pk, remarks="")
    Shift.objects.update(begun_at=row.starts)
    with refused("not_written"):
        logs.sign(actor=actor, shift_id=row.pk, digest="")


def test_hours_come_from_signed_logs_and_stay_when_a_member_withdraws(walked: Shift) -> None:
    """Unsigned counts nothing; the withdrawn keep their hours without a name; strangers are refused."""
    actor = make_actor("safety_officer", walked.agency)
    one, two = members(walked)
    with refused("not_member"):
        logs.write(actor=actor, shift_id=walked.pk, remarks="", came=[uuid.uuid4()])
    version = logs.write(actor=actor, shift_id=walked.pk, remarks="", came=[one.pk, two.pk])
    since, until = walked.day.replace(day=1), seoul_today().replace(year=seoul_today().year + 1)

    def names() -> list[str]:
        return [row.name for row in selectors.served(actor, since, until, purpose="확인서 발급")]

    assert names() == []
    logs.sign(actor=actor, shift_id=walked.pk, digest=version.digest)
    assert names() == ["김하나", "이두리"]
    people.withdraw(actor=actor, member_id=one.pk, reason="본인이 원함")
    assert names() == ["", "이두리"]
    assert ServedHours.objects.count() == 2


def test_pages_show_keep_sign_and_hand_out_the_log(walked: Shift) -> None:
    """From the list to the file, as a leader goes; each look and each file is on the record."""
    client, path = officer(walked.agency), f"/patrols/shifts/{walked.pk}/log/"
    assert walked.name in client.get("/patrols/logs/").content.decode()
    assert client.get(f"{path}patrol-log.pdf").status_code == 302
    client.post(path, {"remarks": "=1+1"})
    text = client.get(path).content.decode()
    version = LogVersion.objects.get()
    assert version.digest in text
    client.post(f"{path}sign/", {"digest": version.digest})
    assert LogVersion.objects.get().signed_at is not None
    assert client.get(f"{path}patrol-log.pdf").content[:4] == b"%PDF"
    with zipfile.ZipFile(io.BytesIO(client.get(f"{path}patrol-log.hwpx").content)) as archive:
        assert "=1+1" in archive.read("Contents/section0.xml").decode()
    assert Record.objects.filter(subject="patrols.PatrolLog", act="export").count() == 2


def span(row: Shift) -> dict[str, str]:
    """The night of a shift, as the forms ask for it."""
    return {"since": str(row.day), "last": str(row.day)}


def test_hours_are_shown_and_handed_out_for_a_purpose(walked: Shift) -> None:
    """Without a purpose no name; the file begins no formula."""
    actor = make_actor("safety_officer", walked.agency)
    version = logs.write(actor=actor, shift_id=walked.pk, remarks="", came=[members(walked)[0].pk])
    logs.sign(actor=actor, shift_id=walked.pk, digest=version.digest)
    client, asked = officer(walked.agency), span(walked) | {"reason": ""}
    assert client.post("/patrols/hours/", asked).status_code == 400
    asked["reason"] = "확인서 발급"
    assert "김하나" in client.post("/patrols/hours/", asked).content.decode()
    file = client.post("/patrols/hours/", asked | {"file": "1"})
    assert file["Content-Type"].startswith("text/csv")
    assert "김하나" in file.content.decode()


def test_results_stand_in_the_order_of_names_and_cannot_be_sorted(walked: Shift) -> None:
    """Counts of what was done; no column offers a rank; the page says so."""
    Organisation.objects.create(agency=walked.agency, key="a", name="가온 방범대", kind="neighbourhood")
    actor = make_actor("committee_staff", walked.agency)
    since = walked.day.replace(day=1)
    rows = selectors.results(actor, since, since.replace(year=since.year + 1))
    assert [row.name for row in rows] == ["가온 방범대", "정릉 방범대"]
    assert (rows[1].patrols, rows[1].places, rows[1].calls, rows[1].to_city) == (1, 1, 1, 1)
    text = officer(walked.agency).get(f"/patrols/results/?month={walked.day:%Y-%m}").content.decode()
    assert "순위" in text
    assert "sort=" not in text


REFUSED: dict[str, Any] = {
    "write": lambda actor, row: logs.write(actor=actor, shift_id=row.pk, remarks=""),
    "sign": lambda actor, row: logs.sign(actor=actor, shift_id=row.pk, digest=""),
    "read": lambda actor, row: selectors.read_log(actor, row.pk),
}


@pytest.mark.parametrize("name", REFUSED)
def test_logs_are_the_leaders_and_their_agencys(walked: Shift, name: str) -> None:
    """A volunteer is refused; another district's officer finds nothing."""
    with pytest.raises(PermissionDenied):
        REFUSED[name](make_actor("volunteer", walked.group), walked)
    with pytest.raises(Http404):
        REFUSED[name](make_actor("safety_officer", nights.office(nights.NEIGHBOUR)), walked)


def test_hours_and_results_are_refused_to_others(walked: Shift) -> None:
    """Names of members are for those who look after them, results for those who see organisations."""
    day = walked.day
    with pytest.raises(PermissionDenied):
        selectors.served(make_actor("analyst", walked.agency), day, day, purpose="확인서 발급")
    with pytest.raises(PermissionDenied):
        selectors.results(make_actor("volunteer", walked.group), day, day)


def certified(row: Shift) -> Shift:
    """The same with two members in its signed log."""
    actor = make_actor("safety_officer", row.agency)
    version = logs.write(actor=actor, shift_id=row.pk, remarks="", came=[one.pk for one in members(row)])
    logs.sign(actor=actor, shift_id=row.pk, digest=version.digest)
    return row


def test_certificates_are_numbered_kept_and_recorded_before_a_name_is_read(walked: Shift) -> None:
    """A page for each member with hours; the number goes on; a paper can be held against its digest."""
    row = certified(walked)
    client, asked = officer(row.agency), span(row) | {"papers": "1", "reason": ""}
    assert client.post("/patrols/hours/", asked).status_code == 400
    assert not Certificate.objects.exists()
    asked["reason"] = "본인 제출용"
    answer = client.post("/patrols/hours/", asked)
    assert answer["Content-Type"] == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    year = seoul_today().year
    assert all(word in text for word in ("김하나", "이두리", f"{year}-00001", f"{year}-00002", "본인 제출용"))
    client.post("/patrols/hours/", asked)
    kept = list(Certificate.objects.order_by("number"))
    assert [one.number for one in kept] == [f"{year}-{n:05d}" for n in (1, 2, 3, 4)]
    assert kept[0].digest in text.replace("\n", "")
    assert certificates.code_of(kept[0].digest) in text
    assert "/patrols/certificates/check/" in text
    assert len({one.digest for one in kept}) == 4
    page = client.get("/patrols/hours/").content.decode()
    assert kept[0].number in page
    assert "김하나" not in page
    assert Record.objects.filter(act="export", purpose="본인 제출용").count() == 2


def test_certificates_ask_for_signed_hours_and_the_own_group(walked: Shift) -> None:
    """Nothing signed, no paper; another group's leader has none of these; volunteers are refused."""
    client, asked = officer(walked.agency), span(walked) | {"papers": "1", "reason": "본인 제출용"}
    assert client.post("/patrols/hours/", asked).status_code == 400
    row = certified(walked)
    beside = signed_in(make_person("patrol_leader", make_agency("옆 동네", parent=row.agency)))
    assert beside.post("/patrols/hours/", asked).status_code == 400
    own = signed_in(make_person("patrol_leader", row.group))
    assert own.post("/patrols/hours/", asked)["Content-Type"] == "application/pdf"
    assert signed_in(make_person("volunteer", row.group)).post("/patrols/hours/", asked).status_code == 403
    one = Certificate.objects.first()
    assert one is not None
    with pytest.raises(PermissionDenied):
        certificates.issue(
            actor=make_actor("volunteer", row.group), since=one.since, until=one.last, purpose="본인 제출용"
        )


def test_whoever_holds_a_paper_learns_whether_it_is_genuine_and_no_name(walked: Shift) -> None:
    """Both numbers open it, spelt as people spell; either alone, or a guess, opens nothing."""
    row = certified(walked)
    officer(row.agency).post("/patrols/hours/", span(row) | {"papers": "1", "reason": "본인 제출용"})
    one, two = Certificate.objects.order_by("number")
    stranger, code = Client(), certificates.code_of(one.digest)

    def ask(number: str, code: str) -> tuple[int, str]:
        answer = stranger.get("/patrols/certificates/check/", {"number": number, "code": code})
        return answer.status_code, answer.content.decode()

    for spelt in (code, code.lower(), code.replace("-", " "), f" {one.digest} "):
        status, page = ask(f" {one.number} ", spelt)
        assert status == 200
        assert one.number in page
        assert "정릉 방범대" in page
        assert "김하나" not in page
    assert stranger.get("/patrols/certificates/check/").status_code == 200
    for number, wrong in ((two.number, code), (one.number, code[:-1]), (one.number, "-"), ("%", code)):
        status, page = ask(number, wrong)
        assert status == 404
        assert "정릉 방범대" not in page
    assert ask(one.number, "")[0] == 400


def test_who_withdrew_gets_no_paper_and_the_number_stays(walked: Shift) -> None:
    """What was issued stands, without a way to the person."""
    row = certified(walked)
    actor = make_actor("safety_officer", row.agency)
    until = row.day + dt.timedelta(days=1)
    first = certificates.issue(actor=actor, since=row.day, until=until, purpose="본인 제출용")
    people.withdraw(actor=actor, member_id=first[0].served.member_id, reason="본인이 원함")
    again = certificates.issue(actor=actor, since=row.day, until=until, purpose="본인 제출용")
    assert [one.served.name for one in again] == ["이두리"]
    assert Certificate.objects.count() == 3


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("", 200), ("?since=2025-12-01&last=2026-01-31", 200), ("?since=2026-02-01&last=2026-01-31", 400),
        ("?since=2024-01-01&last=2026-01-31", 400), ("?since=x&last=2026-01-31", 400),
    ],
)  # fmt: skip
def test_results_are_shown_for_any_time_up_to_a_year(walked: Shift, asked: str, status: int) -> None:
    """Across a year's end too; what is no time is named, and the page still shows the running month."""
    answer = officer(walked.agency).get(f"/patrols/results/{asked}")
    assert answer.status_code == status
    assert "정릉 방범대" in answer.content.decode()


def test_the_chart_counts_all_organisations_together(walked: Shift) -> None:
    """Twelve months up to this one; patrols and places of everybody, none beside another."""
    actor = make_actor("safety_officer", walked.agency)
    found = selectors.patrols_by_month(actor, walked.day)
    assert len(found) == 12
    assert found[-1] == (walked.day.replace(day=1), 1, 1)
    assert sum(patrols for _day, patrols, _places in found) == 1
