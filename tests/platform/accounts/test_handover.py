"""Invitations without e-mail: handed over as a link and a QR code, shown once."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from sunra.platform.accounts import handover
from sunra.platform.accounts.invitations import InvitationUnusable, join
from sunra.platform.accounts.models import Invitation, Person
from sunra.platform.accounts.selectors import person_actor
from sunra.platform.base.roles import AGENCY_ADMIN, ANALYST, VOLUNTEER
from sunra.platform.ledger.models import Record
from tests.platform.accounts.people import make_agency, make_person, signed_in

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
PASSWORD = "the-lamp-goes-round-at-night"
NEW = {"username": "01012345678", "name": "새 대원", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def _handed(agency, **given: str):
    admin = signed_in(make_person(AGENCY_ADMIN, agency))
    return admin.post("/people/invite/", {"agency": agency.pk, "role": VOLUNTEER, **given})


def _path(answer) -> str:
    return re.search(r"http://testserver(/join/[^<\s]+)", answer.content.decode())[1]


def test_a_member_without_email_joins_by_phone() -> None:
    """If this fails, a volunteer without a mailbox can't join, or the ledger doesn't know how they came."""
    agency = make_agency()
    answer = _handed(agency)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert "data:image/svg+xml;base64," in answer.content.decode()
    assert not mail.outbox
    url = _path(answer)
    assert '"way":"hand"' in Record.objects.get(subject="accounts.Invitation").detail.replace(" ", "")
    guest = Client()
    assert "username" in guest.get(url).context["form"].fields
    assert guest.post(url, NEW)["Location"] == "/account/login/"
    guest.post("/account/login/", {"login": NEW["username"], "password": PASSWORD})
    assert guest.get("/me/").status_code == 200
    person = Person.objects.get(username=NEW["username"])
    assert (person.email, person_actor(person).role) == ("", VOLUNTEER)
    assert Client().get(url).status_code == 410


def test_two_members_without_email_do_not_meet_in_one_account() -> None:
    """If this fails, the second one without a mailbox takes over the first one's account."""
    agency = make_agency()
    first = make_person(VOLUNTEER, agency, email="", username="firstone")
    url = _path(_handed(agency))
    token = url.split("/")[2]
    with pytest.raises(InvitationUnusable):
        join(token=token, person=first)
    assert Client().post(url, NEW | {"username": "FirstOne"}).status_code in (200, 400)
    assert Client().post(url, NEW | {"username": "a b/c"}).status_code in (200, 400)
    assert Person.objects.filter(username__iexact="firstone").count() == 1
    second = _path(_handed(agency))
    assert Client().get(url).status_code == 200, "another member's invitation withdrew the first"
    assert Client().post(second, NEW).status_code == 302


def test_staff_need_an_address() -> None:
    """If this fails, an officer has an account that nobody can write to."""
    answer = _handed(make_agency(), role=ANALYST)
    assert answer.context["form"].errors["email"]
    assert not Invitation.objects.exists()


def test_on_choice_or_without_a_mail_server_nothing_is_sent(settings) -> None:
    """If this fails, an invitation goes to the console, where nobody reads it."""
    assert _path(_handed(make_agency(), email="a@example.org", by_hand="on"))
    assert not mail.outbox
    assert not handover.by_hand_alone()
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    assert _path(_handed(make_agency(), email="b@example.org"))


@pytest.mark.parametrize("role", [VOLUNTEER, ANALYST])
def test_others_hand_nothing_over(role: str) -> None:
    """If this fails, anybody makes accounts."""
    agency = make_agency()
    client = signed_in(make_person(role, agency))
    assert client.post("/people/invite/", {"agency": agency.pk, "role": VOLUNTEER}).status_code == 403
    assert not Invitation.objects.exists()
