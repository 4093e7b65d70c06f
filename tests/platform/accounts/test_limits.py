"""Floods end soon: what is limited, and that each limit bites."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from sunra.platform.accounts import limits
from sunra.platform.accounts.models import MachineKey
from sunra.platform.accounts.services import create_key, machine_permissions
from sunra.platform.base.roles import AGENCY_ADMIN, VOLUNTEER
from sunra.platform.base.time import now
from tests.platform.accounts.people import make_actor, make_agency, make_person

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture(autouse=True)
def _fresh_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_000.0)


def _call(key: str, address: str = "192.0.2.1") -> int:
    headers = {"Authorization": f"Bearer {key}"}
    return Client(REMOTE_ADDR=address).get("/api/v1/openapi.json", headers=headers).status_code


def test_a_key_that_calls_too_often_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, one program in a loop takes the whole installation."""
    agency = make_agency()
    actor = make_actor(AGENCY_ADMIN, agency)
    keys = [
        create_key(
            actor=actor,
            agency_id=agency.id,
            name=name,
            permissions=list(machine_permissions()[:1]),
            expires=now() + timedelta(days=1),
        )[1]
        for name in ("one", "two")
    ]
    MachineKey.objects.update(per_minute=3)
    answers = [_call(keys[0]) for _time in range(4)]
    assert 429 not in answers[:3]
    assert answers[3] == 429
    assert _call(keys[1]) != 429, "another program pays for the first"
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_060.0)
    assert _call(keys[0]) != 429


def test_guessing_keys_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, keys are tried without end."""
    monkeypatch.setattr(limits, "BAD_KEYS", 2)
    assert [_call("snr_00000000_guess") for _time in range(3)] == [401, 401, 429]
    assert _call("snr_00000000_guess", "192.0.2.2") == 401


def test_guessing_invitations_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, invitations are tried without end."""
    monkeypatch.setattr(limits, "INVITATIONS", 2)
    assert [Client().get("/join/guess/").status_code for _time in range(3)] == [410, 410, 429]


def test_asking_for_new_passwords_ends() -> None:
    """If this fails, anybody fills an officer's mailbox."""
    email = make_person(VOLUNTEER).email
    answers = [Client().post("/account/password/reset/", {"email": email}).status_code for _time in range(7)]
    assert answers[0] == 302
    assert answers[-1] == 429
