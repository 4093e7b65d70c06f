"""A key's quota: counted to the call, told in headers, changed by its agency's administrator alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client

from sunra.platform.accounts import quotas
from sunra.platform.accounts.models import KeyUse, MachineKey
from sunra.platform.accounts.services import create_key, machine_permissions
from sunra.platform.agencies.models import Agency
from sunra.platform.base.errors import UserError
from sunra.platform.base.roles import AGENCY_ADMIN, ANALYST
from sunra.platform.base.time import now
from sunra.platform.ledger.models import Record
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
NOON = 1_800_000_000.0
"""2027-01-15 17:00 in Seoul."""


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas.time, "time", lambda: NOON)


def _made(agency: Agency, **quota: int) -> tuple[MachineKey, str]:
    key, full = create_key(
        actor=make_actor(AGENCY_ADMIN, agency),
        agency_id=agency.id,
        name="program",
        permissions=list(machine_permissions()[:1]),
        expires=now() + timedelta(days=900),
    )
    MachineKey.objects.filter(pk=key.pk).update(**quota)
    return key, full


def _ask(full: str) -> Any:
    return Client().get("/api/v1/openapi.json", headers={"Authorization": f"Bearer {full}"})


def test_the_minute_ends_with_429_and_says_when_to_come_again() -> None:
    """If this fails, a program in a loop is not stopped, or cannot know how long to wait."""
    _key, full = _made(make_agency(), per_minute=2)
    answers = [_ask(full) for _time in range(3)]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].status_code == 429
    assert answers[2].json()["code"] == "too_many"
    assert 1 <= int(answers[2]["Retry-After"]) <= 60
    assert answers[0]["RateLimit-Limit"] == "2"


def test_the_day_ends_at_midnight_in_seoul(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a day has no end, or ends at nine in the morning."""
    key, full = _made(make_agency(), per_minute=5, per_day=3)
    for number in range(4):
        monkeypatch.setattr(quotas.time, "time", lambda n=number: NOON + 60 * n)
        answer = _ask(full)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) == 7 * 3600 - 180
    monkeypatch.setattr(quotas.time, "time", lambda: NOON + 7 * 3600)
    assert _ask(full).status_code != 429
    uses = list(KeyUse.objects.filter(key=key).order_by("day").values_list("calls", "refused"))
    assert uses == [(3, 1), (1, 0)]


def test_the_administrator_changes_the_quota_and_it_is_recorded() -> None:
    """If this fails, quotas are fixed for ever, or change without a trace."""
    agency = make_agency()
    key, _full = _made(agency)
    officer = signed_in(make_person(AGENCY_ADMIN, agency))
    page = officer.get(f"/keys/{key.pk}/")
    assert page.status_code == 200
    answer = officer.post(f"/keys/{key.pk}/", {"per_minute": 10, "per_day": 50, "reason": "학기 중 제한"})
    assert answer.status_code == 302
    key.refresh_from_db()
    assert (key.per_minute, key.per_day) == (10, 50)
    assert Record.objects.filter(act="change", ref=str(key.pk)).exists()


def test_a_quota_that_does_not_fit_is_refused() -> None:
    """If this fails, a slip of the pen shuts a program out or opens the doors wide."""
    agency = make_agency()
    key, _full = _made(agency)
    actor = make_actor(AGENCY_ADMIN, agency)
    for per_minute, per_day in ((0, 10), (20, 10), (10, 10**9)):
        with pytest.raises(UserError):
            quotas.change(
                actor=actor, key_id=key.pk, per_minute=per_minute, per_day=per_day, reason="시험합니다"
            )


def test_nobody_else_looks_at_or_changes_a_quota() -> None:
    """If this fails, an analyst or another agency changes how often a program may call."""
    agency, other = make_agency(), make_agency()
    key, _full = _made(agency)
    given = {"key_id": key.pk, "per_minute": 1, "per_day": 1, "reason": "시험합니다"}
    with pytest.raises(PermissionDenied):
        quotas.change(actor=make_actor(ANALYST, agency), **given)
    with pytest.raises(Http404):
        quotas.change(actor=make_actor(AGENCY_ADMIN, other), **given)
    assert signed_in(make_person(ANALYST, agency)).get(f"/keys/{key.pk}/").status_code == 403
    assert signed_in(make_person(AGENCY_ADMIN, other)).get(f"/keys/{key.pk}/").status_code == 404
