"""The patrol calendar: who writes it, who reads it, and the feed as other calendars understand it."""

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from hypothesis import given
from hypothesis import settings as few
from hypothesis import strategies as st
from icalendar import Calendar

from sunra.platform.accounts.models import Membership
from sunra.platform.accounts.roles import ANALYST, PATROL_LEADER, SAFETY_OFFICER, VOLUNTEER
from sunra.platform.accounts.selectors import person_actor
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.time import SEOUL, now, seoul_today
from sunra.platform.ledger.models import Record
from sunra.systems.patrols import ical
from sunra.systems.patrols.models import CalendarDay, CalendarFeed, Plan
from sunra.systems.patrols.selectors import calendar as selectors
from sunra.systems.patrols.selectors.calendar import Night
from sunra.systems.patrols.services import calendar as services
from sunra.systems.patrols.services.calendar import Words
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in
from tests.systems import nights
from tests.systems.patrols import duty

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
ADDRESS = "/patrols/calendar/"
JOINT = Words("joint", "합동 순찰", dt.date(2026, 12, 4), dt.date(2026, 12, 4), dt.time(22), dt.time(1))


@pytest.fixture(autouse=True)
def _plain_static(settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def agency() -> Agency:
    """An office."""
    return nights.office()


def _form(**changes: str) -> dict[str, str]:
    return {
        "kind": "joint", "title": "합동 순찰", "first": "2026-12-04", "last": "", "since": "22:00",
        "until": "01:00", "district": nights.DISTRICT, "place": "구청 앞", "note": "",
    } | changes  # fmt: skip


def _entry(**values: Any) -> CalendarDay:
    given = {"kind": "joint", "title": "x", "updated": now(), "starts": now(), "ends": now()}
    return CalendarDay(**(given | values))


def _read(address: str) -> tuple[int, Calendar | None]:
    answer = Client().get(address)
    return answer.status_code, Calendar.from_ical(answer.content) if answer.status_code == 200 else None


def test_an_officer_adds_changes_and_cancels(agency: Agency) -> None:
    """If this fails, a joint patrol cannot be announced, or a cancelled one vanishes without a word."""
    officer = signed_in(make_person(SAFETY_OFFICER, agency))
    assert officer.get(f"{ADDRESS}new/").status_code == 200
    answer = officer.post(f"{ADDRESS}new/", _form())
    assert (answer.status_code, answer["Location"]) == (302, f"{ADDRESS}?month=2026-12")
    row = CalendarDay.objects.get()
    assert (row.ends - row.starts, row.all_day) == (dt.timedelta(hours=3), False)
    assert row.starts.astimezone(SEOUL).isoformat() == "2026-12-04T22:00:00+09:00"
    one = f"{ADDRESS}{row.pk}/"
    assert 'value="22:00"' in officer.get(one).content.decode()
    officer.post(one, _form())
    officer.post(one, _form(title="민관 합동 순찰"))
    assert officer.post(f"{one}cancel/", {"reason": ""}).status_code == 400
    officer.post(f"{one}cancel/", {"reason": "비가 많이 옵니다"})
    row.refresh_from_db()
    assert (row.title, row.sequence, row.cancelled_why) == ("민관 합동 순찰", 2, "비가 많이 옵니다")
    page = officer.get(f"{ADDRESS}?month=2026-12").content.decode()
    assert "민관 합동 순찰" in page
    assert "기독탄신일" in page
    assert officer.post(one, _form()).status_code == 400
    assert officer.get(f"{ADDRESS}?month=13-13").status_code == 200


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("title", {"title": "  "}),
        ("first", {"first": "2026-13-01"}),
        ("until", {"until": ""}),
        ("last", {"since": "", "until": "", "last": "2026-12-01"}),
        ("last", {"since": "", "until": "", "last": "2027-12-01"}),
        ("kind", {"kind": "party"}),
        ("district", {"district": "99999"}),
    ],
)
def test_a_wrong_entry_is_refused_where_it_is_wrong(
    agency: Agency, field: str, changes: dict[str, str]
) -> None:
    """If this fails, an entry of the wrong year fills the calendar, or the form does not say why not."""
    officer = signed_in(make_person(SAFETY_OFFICER, agency))
    answer = officer.post(f"{ADDRESS}new/", _form(**changes))
    assert answer.status_code == 400
    assert re.search(rf'id="id_{field}[-_]error', answer.content.decode())
    assert not CalendarDay.objects.exists()


def test_others_may_not_write_and_strangers_do_not_see(agency: Agency) -> None:
    """If this fails, a volunteer cancels the launch day, or a neighbour's office reads or changes it."""
    row = services.add_day(actor=make_actor(SAFETY_OFFICER, agency), words=JOINT)
    leader = make_actor(PATROL_LEADER, make_agency(parent=agency))
    stranger = make_actor(SAFETY_OFFICER, nights.office(nights.NEIGHBOUR))
    assert selectors.day(leader, row.pk) == row
    for call in (
        lambda: services.add_day(actor=leader, words=JOINT),
        lambda: services.change_day(actor=leader, day_id=row.pk, words=JOINT),
        lambda: services.cancel_day(actor=leader, day_id=row.pk, reason="나중에"),
        lambda: services.make_feed(actor=make_actor("data_officer", agency)),
        lambda: services.end_feed(actor=make_actor("data_officer", agency)),
        lambda: selectors.own_feed(make_actor("data_officer", agency)),
    ):
        with pytest.raises(PermissionDenied):
            call()
    for call in (
        lambda: selectors.day(stranger, row.pk),
        lambda: services.change_day(actor=stranger, day_id=row.pk, words=JOINT),
        lambda: services.cancel_day(actor=stranger, day_id=row.pk, reason="남의 것"),
    ):
        with pytest.raises(Http404):
            call()
    volunteer = signed_in(make_person(VOLUNTEER, make_agency(parent=agency)))
    assert "합동 순찰" in volunteer.get(f"{ADDRESS}?month=2026-12").content.decode()
    assert volunteer.get(f"{ADDRESS}new/").status_code == 403
    assert volunteer.post(f"{ADDRESS}{row.pk}/", _form()).status_code == 403
    assert volunteer.post(f"{ADDRESS}{row.pk}/cancel/", {"reason": "오지 못함"}).status_code == 403
    assert 'name="title"' not in volunteer.get(f"{ADDRESS}{row.pk}/").content.decode()
    with pytest.raises(UserError):
        services.cancel_day(actor=make_actor(SAFETY_OFFICER, agency), day_id=row.pk, reason=" ")


def test_a_feed_opens_by_its_secret_until_it_is_stopped(agency: Agency) -> None:
    """If this fails, an address lives on after it was stopped, or is kept where others read it."""
    services.add_day(actor=make_actor(SAFETY_OFFICER, agency), words=JOINT)
    duty.night(agency, starts=now() + dt.timedelta(days=2))
    person = make_person(ANALYST, agency)
    client = signed_in(person)
    page = client.post(f"{ADDRESS}feed/")
    assert page["Cache-Control"] == "no-store"
    found = re.search(r"http://testserver(/patrols/calendar/feed/[\w-]+\.ics)", page.content.decode())
    assert found
    status, calendar = _read(found[1])
    assert status == 200
    assert calendar is not None
    told = calendar.to_ical().decode()
    assert len(calendar.walk("VEVENT")) == 2
    assert person.name not in told
    assert "가조" not in told
    assert CalendarFeed.objects.get().token_hash not in found[1]
    etag = Client().get(found[1])["ETag"]
    again = Client().get(found[1], headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert Client().get(found[1], headers={"If-None-Match": '"other"'}).status_code == 200
    assert found[1] not in client.get(f"{ADDRESS}feed/").content.decode()
    client.post(f"{ADDRESS}feed/")
    assert _read(found[1])[0] == 404
    assert Client().get(f"{ADDRESS}feed/x.ics").status_code == 404
    client.post(f"{ADDRESS}feed/", {"end": "1"})
    assert selectors.own_feed(person_actor(person)) is None
    acts = Record.objects.filter(subject="patrols.CalendarFeed").order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["grant", "grant", "revoke"]


def test_a_feed_ends_with_the_membership_and_shows_only_what_its_reader_may_see(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If this fails, who left still reads along, a group reads other groups' nights, or a flood passes."""
    duty.night(agency, starts=now() + dt.timedelta(days=2))
    person = make_person(VOLUNTEER, make_agency(parent=agency))
    token = services.make_feed(actor=person_actor(person))
    status, calendar = _read(f"{ADDRESS}feed/{token}.ics")
    assert status == 200
    assert calendar is not None
    assert not calendar.walk("VEVENT")
    monkeypatch.setattr("sunra.systems.patrols.pages.calendar.FEED_CALLS", 0)
    assert _read(f"{ADDRESS}feed/{token}.ics")[0] == 429
    Membership.objects.filter(person=person).update(valid_until=now())
    Membership.objects.create(person=person, agency=agency, role=ANALYST, valid_from=now())
    assert _read(f"{ADDRESS}feed/{token}.ics")[0] == 404


def test_a_shift_over_midnight_and_a_holiday_is_one_event(agency: Agency) -> None:
    """If this fails, a New Year's Eve patrol is torn in two, or stands on the wrong day."""
    starts = dt.datetime(2026, 12, 31, 22, tzinfo=SEOUL)
    duty.night(agency, "가조", "나조", starts=starts)
    Plan.objects.update(day=dt.date(2026, 12, 31))
    actor = make_actor(SAFETY_OFFICER, agency)
    found = selectors.nights(actor, dt.date(2026, 12, 1), dt.date(2026, 12, 31))
    assert [(one.teams, one.starts, one.ends) for one in found] == [
        (2, starts, starts + dt.timedelta(minutes=180))
    ]
    free = selectors.public_holidays(dt.date(2026, 12, 1), dt.date(2027, 1, 31))
    (event,) = Calendar.from_ical(ical.feed([], found, free)).walk("VEVENT")
    assert event["dtstart"].dt == starts
    assert event["dtend"].dt - event["dtstart"].dt == dt.timedelta(hours=3)
    assert event["dtstart"].params["TZID"] == "Asia/Seoul"
    assert free[dt.date(2027, 1, 1)] in str(event["description"])
    page = signed_in(make_person(SAFETY_OFFICER, agency)).get(f"{ADDRESS}?month=2026-12").content.decode()
    assert page.split("</thead>")[1].count("22:00–01:00") == 1


@pytest.mark.one_database
def test_a_plan_confirmed_anew_keeps_its_place_in_calendars() -> None:
    """If this fails, people's calendars show one night twice after a change of plan."""
    made = dt.datetime(2026, 11, 20, 3, tzinfo=dt.UTC)
    same = {"agency_id": uuid.uuid4(), "district": nights.DISTRICT, "day": nights.DAY}
    begin = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    told = [
        Calendar.from_ical(
            ical.feed([], [Night(Plan(**same, confirmed_at=at), begin, begin + dt.timedelta(hours=3), 2)], {})
        ).walk("VEVENT")[0]
        for at in (made, made + dt.timedelta(hours=2))
    ]
    assert told[0]["uid"] == told[1]["uid"]
    assert told[0]["sequence"] < told[1]["sequence"]


_TEXT = st.text(st.characters(codec="utf-8"), max_size=120)
_MOMENT = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2039, 12, 31)).map(
    lambda one: one.replace(second=0, microsecond=0, tzinfo=SEOUL)
)


@pytest.mark.one_database
@few(max_examples=40, deadline=None)
@given(
    title=_TEXT, place=_TEXT, note=_TEXT, starts=_MOMENT, minutes=st.integers(1, 90_000), whole=st.booleans()
)
def test_what_a_feed_says_is_read_back(
    title: str, place: str, note: str, starts: dt.datetime, minutes: int, whole: bool
) -> None:
    """If this fails, some text or time breaks the file for every reader (folding, escapes, zones)."""
    clean = services.plain(title) or "x"
    ends = starts + dt.timedelta(minutes=minutes)
    if whole:
        starts = starts.replace(hour=0, minute=0)
        ends = ends.replace(hour=0, minute=0) + dt.timedelta(days=1)
    row = _entry(
        title=clean, place=services.plain(place), note=services.plain(note), starts=starts.astimezone(dt.UTC),
        ends=ends.astimezone(dt.UTC), all_day=whole, cancelled_at=now(), sequence=3,
    )  # fmt: skip
    raw = ical.feed([row], [], {})
    assert raw.endswith(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line for line in raw.split(b"\r\n"))
    (event,) = Calendar.from_ical(raw).walk("VEVENT")
    assert str(event["summary"]) == clean
    assert str(event.get("location", "")) == row.place
    assert str(event.get("description", "")) == row.note
    assert (event["status"], event["sequence"], event["uid"]) == ("CANCELLED", 3, f"{row.pk}@sunra")
    wanted = (starts.date(), ends.date()) if whole else (starts, ends)
    assert (event["dtstart"].dt, event["dtend"].dt) == wanted


def test_the_next_entry_stands_on_top(agency: Agency) -> None:
    """If this fails, people must search the month for what comes next; or hear of what was cancelled."""
    actor = make_actor(SAFETY_OFFICER, agency)
    soon = seoul_today() + dt.timedelta(days=1)
    gone = services.add_day(actor=actor, words=Words("festival", "불꽃 축제", soon, soon))
    services.cancel_day(actor=actor, day_id=gone.pk, reason="태풍 때문")
    later = soon + dt.timedelta(days=2)
    services.add_day(actor=actor, words=Words("launch", "발대식", later, later))
    page = signed_in(make_person(ANALYST, agency)).get(ADDRESS).content.decode()
    lead = page.split('class="lead">')[1].split("</p>")[0]
    assert "발대식" in lead
    assert "불꽃" not in lead
