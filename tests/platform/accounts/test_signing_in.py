"""Signing in: by password and second factor, never by guessing, and leaving a trace."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.contrib.auth.hashers import identify_hasher
from django.core import mail
from django.core.cache import cache
from django.test import Client, RequestFactory

from sunra.platform.accounts import factors, lockout
from sunra.platform.accounts.models import Person
from sunra.platform.accounts.sealing import SealBroken, seal, unseal
from sunra.platform.base.roles import ANALYST, VOLUNTEER
from sunra.platform.ledger.models import Record
from sunra.platform.ledger.services import LedgerUnavailable
from tests.codes import code_now
from tests.platform.accounts.people import PASSWORD, TOTP_SECRET, make_person, signed_in

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def _try(client: Client, login: str, password: str = PASSWORD):
    return client.post("/account/login/", {"login": login, "password": password})


def _inside(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_passwords_are_kept_with_argon2() -> None:
    """If this fails, a stolen database gives the passwords away."""
    assert identify_hasher(make_person(VOLUNTEER, password=PASSWORD).password).algorithm == "argon2"


def test_staff_sign_in_with_password_and_six_digits_and_the_ledger_knows() -> None:
    """If this fails, a password alone opens the desk of an officer, or a sign-in leaves no trace."""
    person, client = make_person(ANALYST, password=PASSWORD), Client()
    assert _try(client, person.email)["Location"].startswith("/account/2fa/authenticate/")
    assert not _inside(client)
    assert client.get("/me/").status_code == 302
    before = client.session.session_key
    client.post("/account/2fa/authenticate/", {"code": code_now(TOTP_SECRET)})
    assert _inside(client)
    assert client.session.session_key != before, "the session keeps the key it had before the sign-in"
    assert client.get("/me/").status_code == 200
    record = Record.objects.get(act="sign_in")
    assert (record.actor_id, record.ref) == (str(person.public_id), str(person.public_id))


def test_wrong_and_used_codes_are_refused() -> None:
    """If this fails, the second factor is a formality or can be replayed."""
    person = make_person(ANALYST, password=PASSWORD)
    first, second = Client(), Client()
    code = code_now(TOTP_SECRET)
    _try(first, person.username)
    first.post("/account/2fa/authenticate/", {"code": f"{(int(code) + 1) % 1_000_000:06d}"})
    assert not _inside(first)
    first.post("/account/2fa/authenticate/", {"code": code})
    assert _inside(first)
    _try(second, person.username)
    second.post("/account/2fa/authenticate/", {"code": code})
    assert not _inside(second)


def test_guessing_digits_ends_soon() -> None:
    """If this fails, a stolen password and patience open an account."""
    client = Client()
    _try(client, make_person(ANALYST, password=PASSWORD).username)
    wrong = f"{(int(code_now(TOTP_SECRET)) + 7) % 1_000_000:06d}"
    for _attempt in range(12):
        client.post("/account/2fa/authenticate/", {"code": wrong})
    client.post("/account/2fa/authenticate/", {"code": code_now(TOTP_SECRET)})
    assert not _inside(client)


def test_after_five_failures_the_account_is_locked_for_this_address_alone() -> None:
    """If this fails, passwords can be tried without end, or anybody can lock an officer out from afar."""
    person, client = make_person(VOLUNTEER, password=PASSWORD), Client()
    answers = [
        _try(client, login, "wrong-password").status_code for login in (person.username, person.email) * 3
    ]
    assert answers[:4] == [200] * 4
    assert answers[-1] == 429
    locked = _try(client, person.username)
    assert locked.status_code == 429
    assert "Retry-After" in locked
    assert not _inside(client)
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    _try(elsewhere, person.username)
    assert _inside(elsewhere)


def test_a_lock_ends_after_the_cooling_off() -> None:
    """If this fails, one bad night locks an officer out for good."""
    person, client = make_person(VOLUNTEER, password=PASSWORD), Client()
    for _attempt in range(6):
        _try(client, person.username, "wrong-password")
    attempt = AccessAttempt.objects.get()
    attempt.attempt_time -= dt.timedelta(minutes=16)
    attempt.save()
    _try(client, person.username)
    assert _inside(client)


def test_the_answer_does_not_tell_whether_an_account_exists() -> None:
    """If this fails, the sign-in page lists who works here."""
    person = make_person(VOLUNTEER, password=PASSWORD)
    texts = {
        error
        for login in (person.username, "nobody-of-this-name")
        for error in _try(Client(), login, "wrong-password").context["form"].non_field_errors()
    }
    assert len(texts) == 1


def test_attempts_keep_no_password() -> None:
    """If this fails, the table of failed attempts is a table of passwords."""
    _try(Client(), make_person(VOLUNTEER, password=PASSWORD).username, "typed-into-the-wrong-field")
    attempt = AccessAttempt.objects.get()
    assert "typed-into" not in f"{attempt.post_data}{attempt.get_data}"


def test_nobody_signs_up_by_themselves() -> None:
    """If this fails, the open internet makes accounts."""
    answer = Client().post(
        "/account/signup/",
        {"email": "a@example.org", "username": "a", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert answer.status_code == 302
    assert not Person.objects.exists()


def test_without_the_ledger_nobody_signs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, sign-ins go unrecorded while the ledger is down."""

    def broken(**_kwargs: object) -> None:
        raise LedgerUnavailable

    monkeypatch.setattr("sunra.platform.accounts.adapters.record", broken)
    client = Client()
    assert _try(client, make_person(VOLUNTEER, password=PASSWORD).username).status_code == 503
    assert not _inside(client)


def test_a_changed_password_ends_the_other_sessions() -> None:
    """If this fails, a thief stays signed in after the password was changed."""
    person = make_person(VOLUNTEER, password=PASSWORD)
    mine, thief = Client(), Client()
    _try(mine, person.username)
    _try(thief, person.username)
    new = "another-long-night-watch"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert mine.post("/account/password/change/", data).status_code == 302
    assert mine.get("/me/").status_code == 200
    assert thief.get("/me/").status_code == 302


def test_own_sessions_are_listed_and_ended_one_by_one() -> None:
    """If this fails, a lost phone stays signed in, or people end sessions of others."""
    person = make_person(VOLUNTEER, password=PASSWORD)
    other = make_person(VOLUNTEER, password=PASSWORD)
    here, lost, stranger = Client(), Client(), Client()
    for client, who in ((here, person), (lost, person), (stranger, other)):
        _try(client, who.username)
    ids = dict(UserSession.objects.values_list("session_key", "pk"))
    assert len(here.get("/me/").context["sessions"]) == 2
    foreign = ids[stranger.session.session_key]
    assert here.post(f"/me/sessions/{foreign}/end/").status_code == 404
    assert here.post(f"/me/sessions/{ids[lost.session.session_key]}/end/").status_code == 302
    assert lost.get("/me/").status_code == 302
    assert stranger.get("/me/").status_code == 200


def test_staff_cannot_remove_their_last_second_factor() -> None:
    """If this fails, staff switch their second factor off."""
    person = make_person(ANALYST, password=PASSWORD)
    client = signed_in(person)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.post("/account/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(user=person, type="totp").exists()


def test_secrets_of_second_factors_are_sealed() -> None:
    """If this fails, a stolen database gives every second factor away."""
    make_person(ANALYST)
    stored = Authenticator.objects.get().data["secret"]
    assert TOTP_SECRET not in stored
    assert unseal(stored) == TOTP_SECRET
    assert seal("x") != seal("x")
    for broken in (stored[:-4] + "AAA=", "aesgcm1:", "plain", "other:" + stored, "aesgcm1:!!"):
        with pytest.raises(SealBroken):
            unseal(broken)


def test_the_digits_are_those_of_the_standard() -> None:
    """If this fails, no authenticator app agrees with the demo sign-ins (RFC 6238, appendix B)."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert [factors.code_now(secret, at) for at in (59, 1111111109, 20000000000)] == [
        "287082",
        "081804",
        "353130",
    ]


def test_a_new_password_is_asked_for_by_a_mail_that_names_nobody() -> None:
    """If this fails, a mail gives away who has an account, or a stranger learns it."""
    person = make_person(VOLUNTEER, password=PASSWORD)
    known = Client().post("/account/password/reset/", {"email": person.email})
    unknown = Client().post("/account/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    (letter,) = mail.outbox
    assert person.username not in letter.subject + letter.body
    assert person.name not in letter.subject + letter.body


@pytest.mark.parametrize(
    ("proxy", "address", "forwarded", "expected"),
    [
        (False, "192.0.2.1", "198.51.100.1", "192.0.2.1"),
        (True, "192.0.2.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        (True, "192.0.2.1", "nonsense", "0.0.0.0"),
        (False, "", "", "0.0.0.0"),
    ],
)
def test_the_address_counted_is_not_the_one_claimed(
    settings, proxy: bool, address: str, forwarded: str, expected: str
) -> None:
    """If this fails, an attacker gets fresh attempts by writing another address into a header."""
    settings.BEHIND_PROXY = proxy
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR=address)
    assert lockout.client_ip(request) == expected
