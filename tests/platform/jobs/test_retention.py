"""Nothing about people outlives the time that was declared for it."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from sunra.platform.accounts.invitations import invite
from sunra.platform.accounts.models import Invitation, Membership, Person
from sunra.platform.accounts.roles import AGENCY_ADMIN, ANALYST, VOLUNTEER
from sunra.platform.base.personal import days_kept
from sunra.platform.base.time import now
from sunra.platform.jobs import registry, retention
from sunra.platform.ledger.models import Record
from sunra.platform.notices import services as notices
from sunra.platform.notices.models import Notice
from tests.platform.accounts.people import make_actor, make_agency, make_person

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


def test_failed_sign_ins_go_after_their_time() -> None:
    """If this fails, addresses of people who mistyped are kept for ever."""
    for model in (AccessAttempt, AccessLog, AccessFailureLog):
        kept = timedelta(days=days_kept(f"axes.{model.__name__}"))
        more = {"failures_since_start": 1} if model is AccessAttempt else {}
        for number, age in enumerate((kept + timedelta(hours=1), kept - timedelta(hours=1))):
            row = model.objects.create(username=f"u{number}", ip_address="192.0.2.1", user_agent="x", **more)
            model.objects.filter(pk=row.pk).update(attempt_time=now() - age)
    assert retention.clear_accounts()["attempts"] == 3
    assert retention.clear_accounts()["attempts"] == 0
    assert AccessAttempt.objects.get().username == "u1"


def test_invitations_go_after_their_time() -> None:
    """If this fails, the address of somebody who never joined stays."""
    agency = make_agency()
    actor = make_actor(AGENCY_ADMIN, agency)
    old = now() - timedelta(days=days_kept("accounts.Invitation"), hours=1)
    young = now() - timedelta(days=1)
    for number, (name, moment) in enumerate(
        [("used", old), ("withdrawn", old), ("expires", old), ("used", young), ("expires", young)]
    ):
        one, _token = invite(actor=actor, agency_id=agency.id, email=f"a{number}@example.org", role=VOLUNTEER)
        Invitation.objects.filter(pk=one.pk).update(**{name: moment})
    assert retention.clear_accounts()["invitations"] == 3
    assert set(Invitation.objects.values_list("email", flat=True)) == {"a3@example.org", "a4@example.org"}


def test_expired_sessions_go_with_what_is_known_of_their_devices() -> None:
    """If this fails, addresses and browsers of past sessions pile up."""
    person = make_person(VOLUNTEER)
    keys = []
    for _number in range(2):
        store = SessionStore()
        store.create()
        UserSession.objects.create(
            user=person, session_key=store.session_key, ip="192.0.2.1", user_agent="x", last_seen_at=now()
        )
        keys.append(store.session_key)
    Session.objects.filter(session_key=keys[0]).update(expire_date=now() - timedelta(seconds=1))
    assert retention.clear_accounts()["sessions"] == 1
    assert UserSession.objects.get().session_key == keys[1]
    assert Session.objects.count() == 1


def test_people_who_left_long_ago_become_nobody() -> None:
    """If this fails, names outlive their purpose, or somebody who still belongs loses the account."""
    long_ago = now() - timedelta(days=days_kept("accounts.Person") + 1)
    gone, back, staying, fresh = (make_person(ANALYST, email=f"p{number}@example.org") for number in range(4))
    Person.objects.exclude(pk=fresh.pk).update(date_joined=long_ago - timedelta(days=9))
    Membership.objects.filter(person__in=[gone, back]).update(
        valid_from=long_ago - timedelta(days=9), valid_until=long_ago
    )
    back.memberships.create(agency=make_agency(), role=VOLUNTEER, valid_from=now())
    fresh.memberships.all().delete()
    assert retention.clear_accounts()["people"] == 1
    assert retention.clear_accounts()["people"] == 0
    gone.refresh_from_db()
    assert (gone.name, gone.email, gone.is_active) == ("", "", False)
    assert not gone.has_usable_password()
    assert not gone.authenticator_set.exists()
    assert set(Person.objects.exclude(email="")) == {back, staying, fresh}
    assert Record.objects.filter(subject="accounts.Person", ref=str(gone.public_id), act="change").exists()


def test_old_notices_go_and_unread_ones_wait_longer() -> None:
    """If this fails, notices pile up, or vanish before they are read."""
    person = make_person(VOLUNTEER)
    for read, age in ((True, 91), (True, 10), (False, 91), (False, 366)):
        moment = now() - timedelta(days=age)
        Notice.objects.create(
            person=person, kind="x", text="x", created=moment, read_at=moment if read else None
        )
    assert notices.clear() == 2
    assert Notice.objects.filter(read_at=None).count() == 1


@pytest.mark.parametrize("name", ["accounts.purge", "notices.purge"])
def test_it_happens_every_night(name: str) -> None:
    """If this fails, nobody ever starts the clearing."""
    found = next(one for one in registry.schedules() if one.name == name)
    assert found.kind == name
    assert found.daily_at is not None
    assert registry.kind_of(name).run(None)


def test_what_is_not_declared_has_no_time() -> None:
    """If this fails, an undeclared model is taken for one without a limit."""
    with pytest.raises(LookupError):
        days_kept("nothing.Here")
