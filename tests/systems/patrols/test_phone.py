"""The phone's calls: no pass, no word; a pass writes its own shift's events and reads its own route."""

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from sunra.platform.accounts.models import Person
from sunra.platform.agencies.models import Agency
from sunra.platform.base.time import now
from sunra.platform.ledger.errors import LedgerUnavailable
from sunra.systems.patrols import services as patrols
from sunra.systems.patrols.models import FieldEvent, Shift, ShiftInvitation, ShiftPass
from sunra.systems.patrols.pages import phone as page
from sunra.systems.patrols.services import duty as duties
from sunra.systems.patrols.services.duty import passes
from tests.platform.accounts.people import make_actor
from tests.systems import nights
from tests.systems.patrols.duty import Phone, event, ms, night, refused, shift

pytestmark = [pytest.mark.django_db(databases=["default", "ledger"]), pytest.mark.one_database]
FILES = Path(patrols.__file__).parents[1] / "static" / "patrols" / "phone"
EVENTS, SHIFT = "/duty/api/events", "/duty/api/shift"


@pytest.fixture
def agency() -> Agency:
    """A district office."""
    return nights.office()


@pytest.fixture
def phone(agency: Agency) -> Phone:
    """A phone on a shift that began an hour ago."""
    return Phone().joined(shift(night(agency)))


def test_a_phone_joins_reads_its_route_and_writes(agency: Agency) -> None:
    """The whole way over HTTP: invitation, PIN, pass, route, events."""
    row, phone = shift(night(agency)), Phone()
    invited = duties.invite(actor=make_actor("patrol_leader", row.group), shift_id=row.pk)
    asked = {"code": invited.code, "pin": invited.pin, "key": phone.public, "device": "Android"}
    joined = Client(enforce_csrf_checks=True).post(
        "/duty/api/passes", json.dumps(asked), content_type="application/json"
    )
    phone.token = joined.json()["token"]
    route = phone.get(SHIFT).json()
    assert [len(route["stops"]), route["shift"]["name"]] == [4, row.name]
    kept = phone.say(one := event("begin", people=2)).json()
    assert (kept["kept"], kept["status"]) == ([one["id"]], "on_patrol")
    assert joined["Cache-Control"] == "private, no-store"


def test_a_route_names_no_person(phone: Phone) -> None:
    """What lies on a phone for a whole shift names places and a team."""
    shift_row = phone.given.shift
    duties.say(actor=make_actor("safety_officer", shift_row.agency), shift_id=shift_row.pk, text="조심하세요")
    text = json.dumps(phone.get(SHIFT).json(), ensure_ascii=False)
    assert "조심하세요" in text
    assert not [one.name for one in Person.objects.all() if one.name in text]


def test_an_invitation_works_once_and_dies_with_five_wrong_pins(agency: Agency) -> None:
    """A used one is used up; PINs can't be tried through."""
    row, actor = shift(night(agency)), make_actor("safety_officer", agency)
    used, tried = (duties.invite(actor=actor, shift_id=row.pk) for _ in range(2))
    key = Phone().public
    duties.join(code=used.code, pin=used.pin, device_key=key)
    with refused("invitation"):
        duties.join(code=used.code, pin=used.pin, device_key=key)
    for _ in range(passes.TRIES):
        with refused("pin"):
            duties.join(code=tried.code, pin="x", device_key=key)
    with refused("invitation"):
        duties.join(code=tried.code, pin=tried.pin, device_key=key)


def test_without_the_ledger_nobody_joins(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the trace can't be written, no pass is given."""
    invited = duties.invite(actor=make_actor("safety_officer", agency), shift_id=shift(night(agency)).pk)

    def broken(**_given: Any) -> None:
        raise LedgerUnavailable

    monkeypatch.setattr(passes, "record", broken)
    with pytest.raises(LedgerUnavailable):
        duties.join(code=invited.code, pin=invited.pin, device_key=Phone().public)
    assert not ShiftPass.objects.exists()


@pytest.mark.parametrize("key", ["", "x", "AAAA", "é", "A" * 500], ids=range(5))
def test_what_is_no_key_is_refused(agency: Agency, key: str) -> None:
    """A pass is bound to a P-256 key or not given."""
    with refused("device_key"):
        duties.join(code="x", pin="1", device_key=key)


def test_over_cancelled_and_foreign_shifts_take_no_phone(agency: Agency) -> None:
    """A shift that is over invites nobody."""
    row = shift(night(agency))
    Shift.objects.update(status="ended")
    with refused("shift_over"):
        duties.invite(actor=make_actor("safety_officer", agency), shift_id=row.pk)


def code_of(answer: Any) -> tuple[int, str]:
    """Status and code of a problem."""
    return answer.status_code, answer.json()["code"]


def test_without_a_valid_pass_there_is_no_word(phone: Phone) -> None:
    """No pass, another device's signature, a changed body, an old call, a revoked and an expired pass."""
    body, path, stranger = b'{"events": []}', EVENTS, Phone()
    assert code_of(Client().post(path, body, content_type="application/json")) == (401, "unknown")
    stranger.token = phone.token
    assert code_of(stranger.post(path, body)) == (401, "proof")
    headers = phone.headers("POST", path, body, ms(now()))
    changed = phone.client.post(path, b'{"events": [] }', content_type="application/json", headers=headers)
    assert code_of(changed) == (401, "proof")
    late = phone.headers("POST", path, body, ms(now() - dt.timedelta(hours=1)))
    answer = phone.client.post(path, body, content_type="application/json", headers=late)
    assert code_of(answer) == (401, "clock")
    assert abs(answer.json()["now"] - ms(now())) < 60_000
    duties.revoke(actor=make_actor("safety_officer", phone.given.shift.agency), pass_id=phone.given.pk)
    assert code_of(phone.post(path, body)) == (401, "revoked")
    ShiftPass.objects.update(revoked_at=None, expires=now())
    assert code_of(phone.post(path, body)) == (401, "over")
    assert not FieldEvent.objects.exists()


def test_a_pass_lives_to_the_shifts_end_and_72_hours(phone: Phone) -> None:
    """What was written without a network can still be sent the days after."""
    assert phone.given.expires == phone.given.shift.ends + dt.timedelta(hours=72)


@pytest.mark.parametrize("body", [b"", b"[]", b"x" * 50, b'{"events": [3]}', b"[" * 100_000], ids=range(5))
def test_a_call_that_is_no_call_is_refused(phone: Phone, body: bytes) -> None:
    """Not JSON, no object, too deep: 400, nothing kept."""
    assert phone.post(EVENTS, body).status_code == 400
    assert not FieldEvent.objects.exists()


def test_a_call_that_is_too_long_is_refused(phone: Phone) -> None:
    """More than a photo's size is not read."""
    assert phone.post(EVENTS, b"x" * 2_200_000).status_code == 413


def test_a_photo_over_http_and_its_refusal(phone: Phone) -> None:
    """A photo without its report is refused with what to do."""
    answer = phone.post(f"/duty/api/photos/{event('x')['id']}", b"x", "image/jpeg")
    assert code_of(answer) == (400, "file_type")


def test_the_shell_holds_no_data_and_the_worker_knows_every_file(phone: Phone) -> None:
    """The page may be kept by anybody's phone; no module is missing offline."""
    shell, worker = Client().get("/duty/"), Client().get("/duty/sw.js").content.decode()
    assert phone.given.shift.name not in shell.content.decode()
    assert sorted(page.MODULES) == sorted(one.stem for one in FILES.glob("*.js"))
    listed = re.search(r"const FILES = (\[.*\]);", worker)
    assert listed is not None
    assert len(json.loads(listed[1])) == len(page.MODULES) + 2
    assert "set-cookie" not in {name.lower() for name in shell.headers}


def test_the_page_can_be_installed() -> None:
    """The manifest names page, scope and an icon."""
    found = Client().get("/duty/manifest.webmanifest").json()
    assert (found["start_url"], found["scope"], len(found["icons"])) == ("/duty/", "/duty/", 1)


def test_a_signed_in_volunteer_walks_with_this_phone(agency: Agency) -> None:
    """Without a PIN, for two minutes, and only in one's own group."""
    row = shift(night(agency))
    invited = duties.invite(actor=make_actor("volunteer", row.group), shift_id=row.pk, here=True)
    assert invited.pin == ""
    assert invited.invitation.expires <= now() + passes.HERE
    ShiftInvitation.objects.update(expires=now())
    with refused("invitation"):
        duties.join(code=invited.code, pin="", device_key=Phone().public)
