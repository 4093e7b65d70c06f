"""Webhooks: who makes them, what leaves, how it is tried again, when it stops."""

import datetime as dt
import json
import re
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404

from sunra.platform.accounts.roles import AUDITOR, CPO, SAFETY_OFFICER
from sunra.platform.agencies.models import Agency
from sunra.platform.base.actor import Actor
from sunra.platform.base.time import now
from sunra.platform.events.services import deliver_pending, publish
from sunra.platform.jobs.models import Job
from sunra.platform.ledger.models import Record
from sunra.platform.notices.models import Notice
from sunra.systems.patrols import hook_calls
from sunra.systems.patrols.models import Hook, HookMessage
from sunra.systems.patrols.selectors import hooks as selectors
from sunra.systems.patrols.services import hook_sends
from sunra.systems.patrols.services import hooks as services
from sunra.systems.patrols.services.hours import announce
from sunra.systems.patrols.texts import HOOK_ERRORS
from tests.platform.accounts.people import make_actor, make_person, signed_in
from tests.systems import nights
from tests.systems.patrols import duty

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
ADDRESS = "/patrols/webhooks/"
URL = "https://hooks.example.org/in"
ALL = [
    "patrols.plan_confirmed", "patrols.shift_begun", "patrols.shift_ended", "patrols.hazard_reported",
]  # fmt: skip
SHIFT = {
    "shift": "s", "district": "26110", "day": "2026-11-20", "kind": "foot", "at": "2026-11-20T22:00:00+09:00",
    "demo": False,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _plain_static(settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


class Wire:
    """What would have gone out, and what the other side answers."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, dict[str, str]]] = []
        self.answer: int | str = 204

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        """Instead of a call."""
        self.sent.append((url, body, headers))
        if isinstance(self.answer, str):
            raise hook_calls.CallError(self.answer)
        return self.answer


@pytest.fixture(autouse=True)
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """No call leaves; every name but "inside" is public."""
    made = Wire()
    monkeypatch.setattr(hook_calls, "post", made.post)

    def addresses(where: hook_calls.Target) -> list[str]:
        if "inside" in where.host:
            raise hook_calls.CallError("private")
        return ["8.8.8.8"]

    monkeypatch.setattr(hook_calls, "addresses", addresses)
    return made


@pytest.fixture
def agency() -> Agency:
    """An office."""
    return nights.office()


@pytest.fixture
def officer(agency: Agency) -> Actor:
    """Its safety officer."""
    return make_actor(SAFETY_OFFICER, agency)


def _hook(officer: Actor, events: list[str] | None = None, name: str = "내비") -> tuple[Hook, str]:
    return services.make(actor=officer, name=name, url=URL, events=events or ALL)


def _begin(agency: Agency, **more: Any) -> None:
    with transaction.atomic():
        publish(type="patrols.shift_begun", version=1, agency_id=agency.pk, payload=SHIFT | more)
    deliver_pending()


def _due_again(hook: Hook) -> None:
    hook.messages.filter(state="waiting").update(due=now())


def test_a_hook_is_made_and_its_secret_shown_once(agency: Agency) -> None:
    """If this fails, the secret stands open in the table or on a page, or no ledger knows who sends where."""
    client = signed_in(make_person(SAFETY_OFFICER, agency))
    given = {"name": "내비", "url": URL, "events": ALL[:1]}
    page = client.post(f"{ADDRESS}new/", given)
    assert page["Cache-Control"] == "no-store"
    secret = re.search(r"whsec_[\w+/=]+", page.content.decode())
    assert secret
    row = Hook.objects.get()
    assert secret[0] not in row.sealed
    assert services.SEAL.unseal(row.sealed, row=str(row.pk)) == secret[0]
    assert "whsec_" not in client.get(f"{ADDRESS}{row.pk}/").content.decode()
    kept = Record.objects.get(subject="patrols.Hook")
    assert (kept.act, kept.ref) == ("grant", str(row.pk))
    assert "hooks.example.org" in kept.detail
    again = client.post(f"{ADDRESS}{row.pk}/secret/").content.decode()
    assert "whsec_" in again
    assert secret[0] not in again
    assert "내비" in client.get(ADDRESS).content.decode()


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "http://hooks.example.org/"), ("url", "https://inside.example.org/"), ("url", "x"),
        ("name", " "), ("events", "patrols.alarm_raised"), ("name", "둘"),
    ],
)  # fmt: skip
def test_a_wrong_hook_is_refused_at_its_field(agency: Agency, officer: Actor, field: str, value: str) -> None:
    """If this fails, a webhook to a machine inside is saved, or the form does not say what is wrong."""
    row, _secret = _hook(officer)
    _hook(officer, name="둘")
    client = signed_in(make_person(SAFETY_OFFICER, agency))
    given = {"name": "셋", "url": URL, "events": ALL[:1], field: value}
    for address in ("new/", f"{row.pk}/"):
        page = client.post(f"{ADDRESS}{address}", given)
        assert page.status_code == 400
        assert f'id="id_{field}' in page.content.decode()
    assert Hook.objects.count() == 2


def test_events_leave_with_places_and_times_only(agency: Agency, officer: Actor, wire: Wire) -> None:
    """If this fails, partners hear names or notes, hear twice, or cannot check who speaks."""
    hook, secret = _hook(officer)
    _hook(officer, ALL[3:], name="신고만")
    plan = duty.night(agency, "가조")
    with transaction.atomic():
        announce(plan)
    _begin(agency)
    assert not wire.sent
    assert Job.objects.filter(kind="patrols.hook_send", key=str(hook.pk)).count() == 1
    assert hook_sends.send_due(hook.pk) == {"sent": 2, "failed": 0}
    assert hook_sends.send_due(hook.pk) == {"sent": 0, "failed": 0}
    told = {json.loads(body)["type"]: json.loads(body)["data"] for _url, body, _headers in wire.sent}
    night = told["patrols.plan_confirmed"]
    assert set(night) == {"plan", "district", "day", "demo", "stops", "stop_count"}
    assert set(night["stops"][0]) == {"cell_e", "cell_n", "since", "until", "number"}
    assert told["patrols.shift_begun"] == SHIFT
    assert "가조" not in json.dumps(told, ensure_ascii=False)
    _url, body, headers = wire.sent[0]
    at = int(headers["webhook-timestamp"])
    assert headers == hook_calls.signed(secret, message=headers["webhook-id"], at=at, body=body)
    assert not HookMessage.objects.filter(hook__name="신고만").exists()
    event = HookMessage.objects.filter(hook=hook).latest("created")
    hook_sends.keep(_event_of(event))
    assert HookMessage.objects.filter(hook=hook).count() == 2


def _event_of(message: HookMessage) -> Any:
    from sunra.platform.events.models import Event

    return Event.objects.get(pk=message.event)


def test_a_hazards_words_stay(agency: Agency, officer: Actor, wire: Wire) -> None:
    """If this fails, a field that an event gets one day leaves without anybody's decision."""
    hook, _secret = _hook(officer)
    about = SHIFT | {"hazard": "h", "what": "lamp", "to": "120", "dong": "2611010100"}
    with transaction.atomic():
        publish(type="patrols.hazard_reported", version=1, agency_id=agency.pk, payload=about)
    deliver_pending()
    hook_sends.send_due(hook.pk)
    data = json.loads(wire.sent[0][1])["data"]
    assert set(data) == {"hazard", "what", "dong", "district", "day", "at", "demo"}


@pytest.mark.one_database
def test_a_night_too_large_leaves_its_stops_to_the_api(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a large night is never told."""
    monkeypatch.setattr(hook_calls, "MOST_BYTES", 200)
    told = hook_sends._body("patrols.plan_confirmed", now(), {"stops": ["x" * 300], "stop_count": 1})
    assert json.loads(told)["data"] == {"stop_count": 1}


def test_others_events_are_not_told(agency: Agency, officer: Actor) -> None:
    """If this fails, a neighbour's partner learns where our patrols are."""
    hook, _secret = _hook(officer)
    _begin(nights.office(nights.NEIGHBOUR))
    assert not hook.messages.exists()
    group = duty.group(agency)
    assert group.group
    _begin(group.group)
    assert hook.messages.count() == 1


def test_what_fails_is_tried_again_later_with_the_same_id(agency: Agency, officer: Actor, wire: Wire) -> None:
    """If this fails, a short outage loses messages, or a long one is hammered."""
    hook, _secret = _hook(officer)
    _begin(agency)
    _begin(agency, shift="t")
    wire.answer = 500
    assert hook_sends.send_due(hook.pk) == {"sent": 0, "failed": 1}
    assert len(wire.sent) == 1
    assert hook_sends.queue_due() == 0
    first = hook.messages.earliest("created")
    assert (first.attempts, first.status, first.error, first.state) == (1, 500, "status", "waiting")
    assert now() < first.due <= now() + hook_sends.PAUSES[0]
    hook.refresh_from_db()
    assert hook.failing_since
    wire.answer = "timeout"
    _due_again(hook)
    hook_sends.send_due(hook.pk)
    wire.answer = 200
    _due_again(hook)
    assert hook_sends.send_due(hook.pk) == {"sent": 2, "failed": 0}
    ids = [headers["webhook-id"] for _url, _body, headers in wire.sent]
    assert len(set(ids)) == 2
    hook.refresh_from_db()
    assert hook.failing_since is None
    assert set(hook.messages.values_list("state", flat=True)) == {"done"}


def test_tries_end(agency: Agency, officer: Actor, wire: Wire) -> None:
    """If this fails, a message that nobody takes is sent for ever."""
    hook, _secret = _hook(officer)
    _begin(agency)
    wire.answer = 400
    for _turn in range(len(hook_sends.PAUSES) + 3):
        _due_again(hook)
        hook_sends.send_due(hook.pk)
    row = hook.messages.get()
    assert (row.state, row.attempts) == ("failed", len(hook_sends.PAUSES) + 1)


@pytest.mark.parametrize(("answer", "days", "why"), [(410, 0, "gone"), (503, 3, "failing"), (503, 2, "")])
def test_long_failing_switches_off(
    agency: Agency, officer: Actor, wire: Wire, answer: int, days: int, why: str
) -> None:
    """If this fails, a dead address is called for years, or one bad day ends a partner's service."""
    make_person(SAFETY_OFFICER, agency)
    hook, _secret = _hook(officer)
    _begin(agency)
    _begin(agency, shift="t")
    Hook.objects.update(failing_since=now() - dt.timedelta(days=days, minutes=1) if days else None)
    wire.answer = answer
    hook_sends.send_due(hook.pk)
    hook.refresh_from_db()
    assert (hook.active, hook.off_why) == (not why, why)
    assert Notice.objects.filter(kind="patrols.hook_off").exists() == bool(why)
    assert hook.messages.filter(state="waiting").exists() != bool(why)
    _begin(agency, shift="u")
    assert hook.messages.count() == (2 if why else 3)


def test_a_test_is_sent_by_a_job_even_when_off(agency: Agency, officer: Actor, wire: Wire) -> None:
    """If this fails, nobody can tell whether a partner hears us before it is switched on again."""
    hook, _secret = _hook(officer)
    client = signed_in(make_person(SAFETY_OFFICER, agency))
    assert client.post(f"{ADDRESS}{hook.pk}/switch/", {"on": "0"}).status_code == 302
    assert client.post(f"{ADDRESS}{hook.pk}/test/").status_code == 302
    assert not wire.sent
    assert hook_sends.queue_due() == 1
    wire.answer = "certificate"
    hook_sends.send_due(hook.pk)
    row = hook.messages.get()
    assert (row.type, row.state, row.error) == ("patrols.test", "failed", "certificate")
    hook.refresh_from_db()
    assert hook.failing_since is None
    assert str(HOOK_ERRORS["certificate"]) in client.get(f"{ADDRESS}{hook.pk}/").content.decode()
    Hook.objects.update(url="https://inside.example.org/")
    client.post(f"{ADDRESS}{hook.pk}/switch/", {"on": "1"})
    hook.refresh_from_db()
    assert not hook.active
    Hook.objects.update(url=URL)
    client.post(f"{ADDRESS}{hook.pk}/switch/", {"on": "1"})
    hook.refresh_from_db()
    assert hook.active


@pytest.mark.one_database
def test_a_lost_key_is_said_and_old_messages_go(agency: Agency, officer: Actor, wire: Wire) -> None:
    """If this fails, a restore without its keys breaks the job, or the log grows for ever."""
    hook, _secret = _hook(officer)
    _begin(agency)
    Hook.objects.update(sealed="aesgcm1:AAAA")
    hook_sends.send_due(hook.pk)
    assert (hook.messages.get().error, wire.sent) == ("seal", [])
    assert hook_sends.forget() == 0
    HookMessage.objects.update(created=now() - hook_sends.KEPT - dt.timedelta(hours=1))
    assert hook_sends.forget() == 1


def test_who_may(agency: Agency, officer: Actor) -> None:
    """If this fails, an auditor sends data out, or others read partners' addresses."""
    hook, _secret = _hook(officer)
    auditor, outsider = make_actor(AUDITOR, agency), make_actor(CPO, agency)
    stranger = make_actor(SAFETY_OFFICER, nights.office(nights.NEIGHBOUR))
    given = {"name": "x", "url": URL, "events": ALL}
    assert selectors.hook(auditor, hook.pk) == hook
    for actor, error in ((auditor, PermissionDenied), (stranger, Http404)):
        for call in (
            lambda who: services.change(actor=who, hook_id=hook.pk, **given),
            lambda who: services.renew_secret(actor=who, hook_id=hook.pk),
            lambda who: services.switch(actor=who, hook_id=hook.pk, on=False),
            lambda who: hook_sends.send_test(actor=who, hook_id=hook.pk),
        ):
            with pytest.raises(error):
                call(actor)
    with pytest.raises(PermissionDenied):
        services.make(actor=auditor, **given)
    for look in (
        lambda: selectors.hooks(outsider), lambda: selectors.hook(outsider, hook.pk),
        lambda: selectors.messages(outsider, hook),
    ):  # fmt: skip
        with pytest.raises(PermissionDenied):
            look()
    with pytest.raises(Http404):
        selectors.hook(stranger, hook.pk)
    reader = signed_in(make_person(AUDITOR, agency))
    assert 'name="url"' not in reader.get(f"{ADDRESS}{hook.pk}/").content.decode()
    assert reader.post(f"{ADDRESS}{hook.pk}/test/").status_code == 403
    assert reader.get(f"{ADDRESS}new/").status_code == 403


@pytest.mark.one_database
def test_no_more_than_twenty(agency: Agency, officer: Actor) -> None:
    """If this fails, one event makes any number of calls."""
    Hook.objects.bulk_create(
        Hook(agency=agency, name=uuid.uuid4().hex, url=URL, sealed="") for _n in range(services.MOST_HOOKS)
    )
    with duty.refused("hook_many"):
        _hook(officer)
