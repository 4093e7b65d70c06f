"""Members: sealed, looked at with a purpose, moved on in two matters, found twice, withdrawn and gone."""

import datetime as dt
import io
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.sealing import SealBroken
from sunra.platform.base.time import seoul_today
from sunra.platform.ledger.models import Record
from sunra.systems.patrols import availability, sealed
from sunra.systems.patrols.models import Member, MemberStep, Organisation, Team, Training
from sunra.systems.patrols.sealed import Details
from sunra.systems.patrols.selectors import people as selectors
from sunra.systems.patrols.services import import_members
from sunra.systems.patrols.services import people as services
from sunra.systems.patrols.services.sheets import ImportRefused
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in
from tests.systems import nights

pytestmark = [pytest.mark.django_db(databases=["default", "ledger"]), pytest.mark.one_database]
TODAY = seoul_today()
NEXT_YEAR = TODAY + dt.timedelta(days=365)
WHY = "오늘 순찰 인원 확인"
WHO = Details("홍길동", "010-0000-0001", "leader", ("한국어", "영어"))
KEPT = services.Record(dt.date(2020, 5, 7), NEXT_YEAR, [[4, 20, 24]], {"basic": NEXT_YEAR})


@pytest.fixture
def office() -> Agency:
    """A district's office."""
    return nights.office()


@pytest.fixture
def group(office: Agency) -> Organisation:
    """An organisation with an agency of its own."""
    own = make_agency("방범대", parent=office)
    return Organisation.objects.create(
        agency=office, key="o1", name="가 방범대", kind="neighbourhood", group=own
    )


def add(group: Organisation, who: Details = WHO, key: str = "m1", kept: services.Record = KEPT) -> Member:
    """A member, added by the group's leader."""
    leader = make_actor("patrol_leader", group.group)
    return services.add(actor=leader, organisation_id=group.pk, key=key, details=who, kept=kept)


def looking(client: Client) -> Client:
    """Give the purpose."""
    client.post("/patrols/members/", {"reason": WHY})
    return client


def test_a_member_is_sealed_to_the_row(group: Organisation) -> None:
    """Nothing personal lies open, and a seal moved to another row does not open."""
    one, two = add(group), add(group, Details("김가상", "010-0000-0002"), "m2")
    assert "홍길동" not in str(vars(Member.objects.get(pk=one.pk)))
    assert sealed.unseal(one) == WHO
    two.sealed = one.sealed
    with pytest.raises(SealBroken):
        sealed.unseal(two)


def test_a_search_decrypts_within_the_agency_and_is_recorded_first(group: Organisation) -> None:
    """Part of a name, a language or four digits find; another district finds nothing; each is on record."""
    add(group)
    officer = make_actor("safety_officer", group.agency)
    for text, found in (("길동", 1), ("영어", 1), ("0001", 1), ("없음", 0), ("1", 0), ("", 1)):
        assert len(selectors.search(officer, text, purpose=WHY)) == found
    assert Record.objects.filter(act="look", subject="patrols.Member").count() == 6
    assert "길동" not in str([vars(row) for row in Record.objects.all()])
    other = make_actor("safety_officer", nights.office(nights.NEIGHBOUR))
    assert not selectors.search(other, "길동", purpose=WHY)


def test_names_are_shown_after_a_purpose_only(group: Organisation) -> None:
    """List, detail and change page show nobody before a purpose is given, and record each look after."""
    member = add(group)
    officer = signed_in(make_person("safety_officer", group.agency))
    pages = ("/patrols/members/", f"/patrols/members/{member.pk}/", f"/patrols/organisations/{group.pk}/")
    assert all("홍길동" not in officer.get(page).content.decode() for page in pages)
    assert officer.get(f"/patrols/members/{member.pk}/change/").status_code == 302
    assert officer.post("/patrols/members/", {"reason": "x"}).status_code == 400
    assert not Record.objects.filter(act="look").exists()
    looking(officer)
    for page in (*pages, f"/patrols/members/{member.pk}/change/"):
        answer = officer.get(page)
        assert "홍길동" in answer.content.decode()
        assert answer["Cache-Control"] == "private, no-store"
    assert Record.objects.filter(act="look", purpose=WHY).count() == 4
    assert "홍길동" in officer.post("/patrols/members/", {"text": "길동"}).content.decode()


def test_a_leader_manages_the_own_group_alone(group: Organisation) -> None:
    """Another group's leader, another district, and who is no leader are refused everywhere."""
    member = add(group)
    kept = {"details": WHO, "kept": KEPT}
    for actor, error in (
        (make_actor("patrol_leader", make_agency("다른", parent=group.agency)), Http404),
        (make_actor("patrol_leader", group.agency), Http404),
        (make_actor("safety_officer", nights.office(nights.NEIGHBOUR)), Http404),
        (make_actor("volunteer", group.group), PermissionDenied),
        (make_actor("cpo", group.agency), PermissionDenied),
    ):
        with pytest.raises(error):
            services.add(actor=actor, organisation_id=group.pk, key="m9", **kept)
        with pytest.raises(error):
            services.change(actor=actor, member_id=member.pk, **kept)
        with pytest.raises(error):
            services.withdraw(actor=actor, member_id=member.pk, reason=WHY)
        with pytest.raises(error):
            selectors.one(actor, member.pk, purpose=WHY)
    assert selectors.one(make_actor("patrol_leader", group.group), member.pk, purpose=WHY).details == WHO


def test_commission_and_appointment_go_their_own_ways(group: Organisation) -> None:
    """Each step has its day and who decided; a leader applies and nothing more; no step is jumped over."""
    member = add(group)
    leader, officer = make_actor("patrol_leader", group.group), make_actor("safety_officer", group.agency)

    def go(actor: object, track: str, standing: str, on: dt.date = TODAY) -> None:
        services.step(
            actor=actor, member_id=member.pk, track=track, standing=standing, on=on, decided_by="경찰서장"
        )  # type: ignore[arg-type]

    go(leader, "commission", "applied")
    with pytest.raises(PermissionDenied):
        go(leader, "commission", "checked")
    with pytest.raises(UserError):
        go(officer, "commission", "granted")
    go(officer, "commission", "checked")
    with pytest.raises(UserError):
        go(officer, "commission", "granted", TODAY - dt.timedelta(days=1))
    go(officer, "commission", "granted")
    for standing in ("applied", "review", "refused"):
        go(officer, "appointment", standing)
    member.refresh_from_db()
    assert (member.commission, member.appointment) == ("granted", "refused")
    assert MemberStep.objects.filter(track="commission", decided_by="경찰서장").count() == 3


def test_a_withdrawn_member_leaves_figures_alone(group: Organisation) -> None:
    """No seal, number, day, hour or training stays; that one was a member, and left, stays."""
    member = add(group)
    officer = signed_in(make_person("safety_officer", group.agency))
    assert officer.post(f"/patrols/members/{member.pk}/withdraw/", {"reason": ""}).status_code == 400
    assert officer.post(f"/patrols/members/{member.pk}/withdraw/", {"reason": "본인 탈퇴"}).status_code == 302
    left = Member.objects.get(pk=member.pk)
    assert (left.sealed, left.hours, left.insured_until, left.person) == ("", [], None, None)
    assert (left.joined, left.withdrawn) == (dt.date(2020, 1, 1), TODAY)
    assert "m1" not in left.key
    assert not Training.objects.exists()
    assert selectors.figures(make_actor("safety_officer", group.agency)).withdrawn == 1
    assert officer.get(f"/patrols/members/{member.pk}/").status_code == 404
    assert Record.objects.filter(act="change", ref=str(member.pk), purpose="본인 탈퇴").exists()


def test_the_pages_add_change_and_move_on(group: Organisation) -> None:
    """A leader adds by the form, wrong hours and the same person again are told; the step is written down."""
    leader = looking(signed_in(make_person("patrol_leader", group.group)))
    given = {
        "organisation": str(group.pk), "key": "m1", "name": "홍길동", "telephone": "01000000001",
        "role": "member", "hours": "mon-fri 20-24", "training_basic": str(NEXT_YEAR),
    }  # fmt: skip
    assert leader.post("/patrols/members/new/", given | {"hours": "늦게"}).status_code == 400
    assert leader.post("/patrols/members/new/", given).status_code == 302
    assert leader.post("/patrols/members/new/", given).status_code == 400
    again = leader.post("/patrols/members/new/", given | {"key": "m2", "telephone": "010-0000-0001"})
    assert "m1" in again.content.decode()
    assert again.status_code == 400
    member = Member.objects.get()
    page = f"/patrols/members/{member.pk}/"
    outside = make_person("volunteer", make_agency("다른"))
    assert leader.post(f"{page}change/", given | {"account": outside.username}).status_code == 400
    account = make_person("volunteer", group.group).username
    assert leader.post(f"{page}change/", given | {"name": "홍길순", "account": account}).status_code == 302
    assert Member.objects.get().person.username == account
    assert "홍길순" in leader.get(page).content.decode()
    step = {"track": "commission", "standing": "applied", "on": str(TODAY), "decided_by": "가 방범대"}
    assert leader.post(f"{page}step/", step).status_code == 302
    assert leader.post(f"{page}step/", step).status_code == 400
    assert leader.post(f"{page}step/", step | {"standing": "checked"}).status_code == 403
    assert leader.post(f"{page}step/", step | {"track": "x"}).status_code == 400


def test_who_may_not_manage_is_refused_on_every_page(group: Organisation) -> None:
    """A volunteer gets 403 everywhere, another district 404."""
    member = add(group)
    volunteer = signed_in(make_person("volunteer", group.group))
    other = signed_in(make_person("safety_officer", nights.office(nights.NEIGHBOUR)))
    assert volunteer.get("/patrols/members/").status_code == 403
    assert volunteer.get("/patrols/members/new/").status_code == 403
    for name in ("", "change/"):
        assert volunteer.get(f"/patrols/members/{member.pk}/{name}").status_code == 403
        assert other.get(f"/patrols/members/{member.pk}/{name}").status_code == 404
    for name in ("step/", "withdraw/"):
        assert volunteer.post(f"/patrols/members/{member.pk}/{name}").status_code == 403
        assert other.post(f"/patrols/members/{member.pk}/{name}").status_code == 404


def test_what_runs_out_first_stands_first(group: Organisation) -> None:
    """Run out, then soon, then those that hold."""
    for key, days in (("a", 200), ("b", -3), ("c", 10)):
        until = TODAY + dt.timedelta(days=days)
        add(group, Details(f"대원 {key}"), key, services.Record(insured_until=until))
    found = selectors.search(make_actor("safety_officer", group.agency), "", purpose=WHY)
    assert [one.member.key for one in found] == ["b", "c", "a"]
    assert [one.soon for one in found] == [True, True, False]


HEAD = "번호,조직,성명,직책,전화번호,언어,가입일,교육 유효일,보험 만료일,활동 시간\n"


def taken(group: Organisation, tmp_path: Path, text: str | bytes) -> int:
    """Import a list; how many were added."""
    path = tmp_path / "list.xlsx"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("cp949"))
    return import_members(actor=nights.job(group.agency), agency_id=group.agency_id, path=path).added


def test_a_list_as_it_comes_is_taken(group: Organisation, tmp_path: Path) -> None:
    """Korean heads and days, CSV or workbook; a column missing the next time leaves what was there."""
    row = ["1", "o1", "홍길동", "대장", "010-0000-0001", "한국어; 영어", "2020. 5. 7.", "2027-01-02", ""]
    row.append("평일 20-24; 토 19-02")
    assert taken(group, tmp_path, HEAD + ",".join(row) + "\n") == 1
    member = Member.objects.get()
    assert sealed.unseal(member) == WHO
    assert (member.joined, member.hours[-1]) == (dt.date(2020, 5, 7), [5, 19, 26])
    assert Training.objects.get().valid_until == dt.date(2027, 1, 2)
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True})
    sheet = book.add_worksheet()
    for line, cells in enumerate((["번호", "조직", "이름"], [1, "o1", "홍길순"], [2, "o1", "김가상"])):
        sheet.write_row(line, 0, cells)
    book.close()
    assert taken(group, tmp_path, held.getvalue()) == 1
    assert sealed.unseal(Member.objects.get(key="1")) == replace(WHO, name="홍길순")
    assert Training.objects.count() == 1


@pytest.mark.parametrize(
    ("lines", "row", "field"),
    [
        ("1,o1,홍길동,,01000000001\n2,o1,홍 길동,,010-0000-0001\n", 3, "name"),
        ("1,o1,홍길동,,1\n1,o1,김가상,,2\n", 3, "key"),
        ("7,o1,이미있음,,010-0000-0009\n", 2, "name"),
        ("1,o9,홍길동,,1\n", 2, "organisation"),
        ("1,o1,홍길동,,1,,오월\n", 2, "joined"),
        ("1,o1,홍길동,,1,,,,,늦게\n", 2, "hours"),
    ],
)
def test_who_is_twice_or_wrong_costs_nothing(
    group: Organisation, tmp_path: Path, lines: str, row: int, field: str
) -> None:
    """The list, and the list against who is stored: row, field and remedy, and no row is taken."""
    add(group, Details("이미있음", "010-0000-0009"), "m1")
    with pytest.raises(ImportRefused) as caught:
        taken(group, tmp_path, HEAD + lines)
    problem = caught.value.problems[0]
    assert (problem.row, problem.field) == (row, field)
    assert problem.remedy
    assert "홍" not in problem.message
    assert Member.objects.count() == 1


def test_a_broken_workbook_is_refused(group: Organisation, tmp_path: Path) -> None:
    """Bytes that begin like a workbook and are none end in a refusal."""
    with pytest.raises(ImportRefused):
        taken(group, tmp_path, b"PK\x03\x04 not a workbook")


RANGES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(1, 24)), max_size=8)


@given(ranges=RANGES)
def test_hours_shown_are_read_again(ranges: list[tuple[int, int, int]]) -> None:
    """What a page shows of the hours is what it reads."""
    hours = [list(one) for one in sorted({(day, begin, begin + length) for day, begin, length in ranges})]
    shown = availability.show(hours)
    assert availability.parse(shown) == hours


@given(text=st.text(max_size=30))
def test_any_line_is_hours_or_a_refusal(text: str) -> None:
    """No text ends in anything but hours of a week or ``ValueError``."""
    try:
        found = availability.parse(text)
    except ValueError:
        return
    assert all(0 <= day <= 6 and 0 <= begin < end <= begin + 24 for day, begin, end in found)


def test_who_can_come_is_counted_by_night(group: Organisation) -> None:
    """Weekday, whole shift, training and insurance decide; nobody is looked at; fewer than two is told."""
    friday = dt.date(2026, 11, 27)
    lon, lat = nights.points(3)[1]
    team = Team.objects.create(
        agency=group.agency, organisation=group, key="t", name="1조", kind="foot", district=nights.DISTRICT,
        start_lon=lon, start_lat=lat, shift_from=dt.time(21), shift_minutes=120, speed_kmh=4,
    )  # fmt: skip
    officer = make_actor("safety_officer", group.agency)
    assert not selectors.strengths(officer, [team], friday)[0].known
    late = friday - dt.timedelta(days=1)
    for key, hours, basic, insured in (
        ("a", [[4, 20, 24]], NEXT_YEAR, None), ("b", [[4, 22, 26]], NEXT_YEAR, None),
        ("c", [[4, 20, 24]], late, None), ("d", [[4, 20, 24]], NEXT_YEAR, late),
        ("e", [[3, 20, 24]], NEXT_YEAR, None),
    ):  # fmt: skip
        add(group, Details(key), key, services.Record(None, insured, hours, {"basic": basic}))
    found = selectors.strengths(officer, [team], friday)[0]
    assert (found.people, found.known, found.too_few) == (1, True, True)
    page = signed_in(make_person("safety_officer", group.agency)).get("/tonight/").content.decode()
    assert "1조 · 21:00" in page
    add(group, Details("f"), "f", services.Record(None, None, [[4, 19, 27]], {"basic": NEXT_YEAR}))
    assert not selectors.strengths(officer, [team], friday)[0].too_few
    assert not Record.objects.filter(act="look").exists()
    with pytest.raises(PermissionDenied):
        selectors.strengths(make_actor("patrol_leader", group.group), [team], friday)
