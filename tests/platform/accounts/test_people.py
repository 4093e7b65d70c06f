"""People of an agency: who may invite, change and see them, and until when they belong."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.test import Client

from sunra.platform.accounts import administration, invitations, services
from sunra.platform.accounts.models import Invitation, Membership, Person
from sunra.platform.accounts.selectors import person_actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.roles import AGENCY_ADMIN, ANALYST, AUDITOR, PLATFORM_ADMIN, VOLUNTEER
from sunra.platform.base.time import now
from sunra.platform.ledger.models import Record
from sunra.platform.ledger.services import LedgerUnavailable
from tests.platform.accounts.people import PASSWORD, make_actor, make_agency, make_person, signed_in

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
NEW = {"name": "새 사람", "password": "the-lamp-goes-round-at-night", "again": "the-lamp-goes-round-at-night"}


def _invited(client: Client, agency, role: str = ANALYST) -> str:
    answer = client.post("/people/invite/", {"agency": agency.pk, "email": "New@Example.org", "role": role})
    assert answer.status_code == 302, answer.context["form"].errors
    return re.search(r"http://testserver(/join/\S+)", mail.outbox[-1].body)[1]


def test_an_invitation_makes_one_account_once() -> None:
    """If this fails, people cannot join, or one address opens many accounts."""
    agency = make_agency("성북구청")
    admin = signed_in(make_person(AGENCY_ADMIN, agency))
    url = _invited(admin, agency)
    body = mail.outbox[-1].subject + mail.outbox[-1].body
    assert "성북구청" not in body
    assert "example.org" not in body
    guest = Client()
    assert guest.get(url).status_code == 200
    assert guest.post(url, NEW)["Location"] == "/account/login/"
    person = Person.objects.get(email="new@example.org")
    assert person.check_password(NEW["password"])
    actor = person_actor(person)
    assert (actor.agency_id, actor.role) == (agency.id, ANALYST)
    assert Client().post(url, NEW).status_code == 410
    guest.post("/account/login/", {"login": "new@example.org", "password": NEW["password"]})
    assert guest.get("/agencies/")["Location"] == "/account/2fa/totp/activate/"
    assert Record.objects.filter(subject="accounts.Invitation", act="grant").count() == 2


def test_only_a_hash_of_the_token_is_kept() -> None:
    """If this fails, a stolen database is a pile of invitations."""
    agency = make_agency()
    invitation, token = invitations.invite(
        actor=make_actor(AGENCY_ADMIN, agency), agency_id=agency.id, email="a@example.org", role=ANALYST
    )
    values = Invitation.objects.filter(pk=invitation.pk).values().get()
    assert token not in map(str, values.values())


def test_expired_withdrawn_forged_and_replaced_invitations_are_refused_alike() -> None:
    """If this fails, an old mail opens a door."""
    agency = make_agency()
    actor = make_actor(AGENCY_ADMIN, agency)

    def offer(email: str) -> tuple[Invitation, str]:
        return invitations.invite(actor=actor, agency_id=agency.id, email=email, role=ANALYST)

    expired, expired_token = offer("a@example.org")
    Invitation.objects.filter(pk=expired.pk).update(expires=now())
    withdrawn, withdrawn_token = offer("b@example.org")
    invitations.withdraw(actor=actor, invitation_id=withdrawn.pk, reason="잘못 보냄")
    _first, replaced_token = offer("c@example.org")
    offer("c@example.org")
    for token in (expired_token, withdrawn_token, replaced_token, expired_token[:-2] + "xx", "x", "a:b"):
        assert Client().get(f"/join/{token}/").status_code == 410
        with pytest.raises(invitations.InvitationUnusable):
            invitations.accept(token=token, name="x", password=PASSWORD)
    assert not Person.objects.filter(email__endswith="example.org", username__contains="@").exists()


def test_a_weak_password_is_refused_and_what_was_typed_is_kept() -> None:
    """If this fails, the invited choose '1234', or fill everything in again."""
    agency = make_agency()
    url = _invited(signed_in(make_person(AGENCY_ADMIN, agency)), agency)
    answer = Client().post(url, NEW | {"password": "short", "again": "short"})
    assert answer.status_code == 400
    assert "새 사람" in answer.content.decode()
    assert Client().post(url, NEW | {"again": "else"}).status_code == 400
    assert Client().post(url, NEW).status_code == 302


def test_who_has_an_account_joins_with_it_after_signing_in() -> None:
    """If this fails, a second account grows, or a stranger takes the membership."""
    agency, other = make_agency(), make_agency()
    person = make_person(VOLUNTEER, other, email="new@example.org")
    url = _invited(signed_in(make_person(AGENCY_ADMIN, agency)), agency, VOLUNTEER)
    stranger = signed_in(make_person(VOLUNTEER))
    stranger.post(url)
    assert not Membership.objects.filter(agency=agency, role=VOLUNTEER).exists()
    assert Client().post(url, NEW).status_code == 200
    assert signed_in(person).post(url)["Location"] == "/me/"
    assert Membership.objects.filter(agency=agency, person=person).count() == 1
    assert signed_in(person).post(url).status_code == 410


def test_an_administrator_keeps_the_own_agency_alone() -> None:
    """If this fails, an administrator reaches into another agency, above, below or beside."""
    root = make_agency()
    agency = make_agency(parent=root)
    below, beside = make_agency(parent=agency), make_agency(parent=root)
    admin = make_person(AGENCY_ADMIN, agency)
    actor, client = person_actor(admin), signed_in(admin)
    own = make_person(ANALYST, agency).memberships.get()
    assert client.get(f"/people/{own.pk}/").status_code == 200
    for foreign in (root, below, beside):
        theirs = make_person(ANALYST, foreign).memberships.get()
        for path in ("", "end/", "factors/"):
            assert client.get(f"/people/{theirs.pk}/{path}").status_code == 404
        with pytest.raises(Http404):
            services.end_membership(actor=actor, membership_id=theirs.pk, reason="x")
        with pytest.raises(Http404):
            invitations.invite(actor=actor, agency_id=foreign.id, email="a@example.org", role=ANALYST)
    listed = {row.agency_id for row in administration.people(actor)}
    assert listed == {agency.id}
    assert {row.agency_id for row in administration.people(make_actor(PLATFORM_ADMIN, root))} >= {below.id}


def test_roles_above_ones_own_cannot_be_given() -> None:
    """If this fails, an agency's administrator makes themselves master of the platform."""
    agency = make_agency()
    admin = make_person(AGENCY_ADMIN, agency)
    actor = person_actor(admin)
    member = make_person(ANALYST, agency).memberships.get()
    top = make_person(PLATFORM_ADMIN, agency).memberships.get()
    for act in (
        lambda: invitations.invite(
            actor=actor, agency_id=agency.id, email="a@example.org", role=PLATFORM_ADMIN
        ),
        lambda: invitations.invite(actor=actor, agency_id=agency.id, email="a@example.org", role="machine"),
        lambda: services.change_membership(
            actor=actor, membership_id=member.pk, role=PLATFORM_ADMIN, valid_until=None, reason="x"
        ),
        lambda: services.end_membership(actor=actor, membership_id=top.pk, reason="x"),
        lambda: services.reset_factors(actor=actor, membership_id=top.pk, reason="x"),
        lambda: services.end_membership(actor=actor, membership_id=admin.memberships.get().pk, reason="own"),
    ):
        with pytest.raises(UserError):
            act()


def test_who_administers_nobody_is_refused() -> None:
    """If this fails, an analyst or auditor changes who belongs to an agency."""
    agency = make_agency()
    member = make_person(VOLUNTEER, agency).memberships.get()
    for role in (ANALYST, AUDITOR, VOLUNTEER):
        actor = make_actor(role, agency)
        with pytest.raises(PermissionDenied):
            administration.people(actor)
        with pytest.raises(PermissionDenied):
            services.end_membership(actor=actor, membership_id=member.pk, reason="x")
        with pytest.raises(PermissionDenied):
            invitations.invite(actor=actor, agency_id=agency.id, email="a@example.org", role=ANALYST)


def test_an_expired_membership_gives_no_access() -> None:
    """If this fails, people who left keep their keys to the house."""
    agency = make_agency()
    person = make_person(ANALYST, agency)
    client = signed_in(person)
    assert client.get("/agencies/").status_code == 200
    person.memberships.update(valid_until=now() - timedelta(seconds=1))
    assert client.get("/agencies/").status_code == 403
    person.memberships.update(valid_until=None, valid_from=now() + timedelta(hours=1))
    assert client.get("/agencies/").status_code == 403
    person.memberships.update(valid_from=now() - timedelta(hours=1))
    agency.active = False
    agency.save()
    assert client.get("/agencies/").status_code == 403


def test_a_membership_is_changed_with_a_reason_and_ended_at_once() -> None:
    """If this fails, a change has no reason, leaves no trace, or comes too late."""
    agency = make_agency()
    admin, person = signed_in(make_person(AGENCY_ADMIN, agency)), make_person(ANALYST, agency)
    member, url = signed_in(person), f"/people/{person.memberships.get().pk}/"
    assert admin.post(url, {"role": AUDITOR, "until": ""}).status_code == 400
    assert admin.post(url, {"role": AUDITOR, "until": "2099-01-01", "reason": "자리 이동"}).status_code == 302
    assert person.memberships.get().role == AUDITOR
    assert admin.post(url, {"role": AUDITOR, "until": "1999-01-01", "reason": "자리 이동"}).status_code == 400
    assert admin.post(url + "end/", {"reason": "x"}).status_code == 400
    assert admin.post(url + "end/", {"reason": "퇴직하였음"}).status_code == 302
    assert member.get("/agencies/").status_code in (302, 403)
    acts = Record.objects.filter(subject="accounts.Membership").values_list("act", "purpose")
    assert {("grant", "자리 이동"), ("revoke", "퇴직하였음")} <= set(acts)


def test_lost_factors_are_removed_only_for_people_who_are_ones_own_alone() -> None:
    """If this fails, one agency's administrator weakens the account of another's officer."""
    agency, other = make_agency(), make_agency()
    actor = make_actor(AGENCY_ADMIN, agency)
    person, shared = make_person(ANALYST, agency), make_person(ANALYST, agency)
    shared.memberships.create(agency=other, role=ANALYST, valid_from=now())
    services.reset_factors(actor=actor, membership_id=person.memberships.get().pk, reason="전화 분실")
    assert not person.authenticator_set.exists()
    with pytest.raises(UserError, match=r"기관|agency"):
        services.reset_factors(
            actor=actor, membership_id=shared.memberships.get(agency=agency).pk, reason="전화 분실"
        )
    assert shared.authenticator_set.exists()


def test_a_look_at_people_is_recorded_before_it_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a list of people is shown without a trace."""
    client = signed_in(make_person(AGENCY_ADMIN))
    assert client.get("/people/?q=사람&role=agency_admin").status_code == 200
    assert Record.objects.filter(act="look", subject="accounts.Membership", ref="list").count() == 1

    def broken(**_kwargs: object) -> None:
        raise LedgerUnavailable

    monkeypatch.setattr("sunra.platform.accounts.administration.record", broken)
    assert client.get("/people/").status_code == 503


def test_one_works_for_one_agency_at_a_time_and_only_for_ones_own() -> None:
    """If this fails, roles of two agencies mix, or a guessed id opens a third."""
    first, second = make_agency("첫째"), make_agency("둘째")
    person = make_person(ANALYST, first)
    other = person.memberships.create(agency=second, role=VOLUNTEER, valid_from=now())
    client = signed_in(person)
    assert client.get("/agencies/").context["rows"][0][1] == first
    before = client.session.session_key
    answer = client.post("/me/switch/", {"membership": other.pk, "next": "https://evil.example/"})
    assert answer["Location"] == "/"
    assert client.session.session_key != before
    assert client.get("/agencies/").status_code == 403
    strange = make_person(ANALYST).memberships.get()
    assert client.post("/me/switch/", {"membership": strange.pk}).status_code == 404
    assert client.post("/me/switch/", {"membership": "nonsense"}).status_code == 404
    person.memberships.filter(pk=other.pk).update(valid_until=now())
    assert client.get("/agencies/").status_code == 200, "an ended choice falls back to what is left"


def test_demo_sign_ins_exist_in_demo_mode_only(settings) -> None:
    """If this fails, known passwords open a real installation."""
    agency = make_agency()
    given = services.DemoPerson("safety", "시범", ANALYST, agency.id, PASSWORD, "JBSWY3DPEHPK3PXP")
    settings.DEMO = False
    with pytest.raises(UserError, match="SUNRA_DEMO"):
        services.create_demo_people([given])
    settings.DEMO = True
    for _again in range(2):
        (person,) = services.create_demo_people([given])
    assert person.demo
    assert person.memberships.count() == 1
    assert person.authenticator_set.count() == 1


def test_a_bad_address_is_refused() -> None:
    """If this fails, an invitation goes nowhere."""
    agency = make_agency()
    with pytest.raises(ValidationError):
        invitations.invite(
            actor=make_actor(AGENCY_ADMIN, agency), agency_id=agency.id, email="nobody", role=ANALYST
        )
