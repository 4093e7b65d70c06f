"""The pages of people, keys and the own account show what they should and nothing more."""

import pytest

from sunra.platform.accounts import invitations
from sunra.platform.accounts.models import Invitation
from sunra.platform.base.roles import AGENCY_ADMIN, ANALYST, PLATFORM_ADMIN, VOLUNTEER
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


def test_the_list_filters_by_name_and_role_and_pages() -> None:
    """If this fails, an agency of a thousand people cannot be searched."""
    agency = make_agency()
    client = signed_in(make_person(AGENCY_ADMIN, agency))
    for _number in range(51):
        make_person(VOLUNTEER, agency)
    make_person(ANALYST, agency, name="김순라")
    assert len(client.get("/people/").context["people"]) == 50
    assert len(client.get("/people/?page=2").context["people"]) == 3
    found = client.get("/people/?q=순라").context["people"]
    assert [row.person.name for row, _role, _valid in found] == ["김순라"]
    assert len(client.get("/people/?role=analyst").context["people"]) == 1
    assert "김순라" not in client.get("/people/?q=nobody").content.decode()


def test_open_invitations_are_listed_and_withdrawn_with_a_reason() -> None:
    """If this fails, an invitation sent in error cannot be stopped."""
    agency = make_agency()
    client = signed_in(make_person(AGENCY_ADMIN, agency))
    actor = make_actor(AGENCY_ADMIN, agency)
    row, token = invitations.invite(actor=actor, agency_id=agency.id, email="a@example.org", role=ANALYST)
    assert "a@example.org" in client.get("/people/").content.decode()
    url = f"/people/invitations/{row.pk}/withdraw/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": ""}).status_code == 400
    assert client.post(url, {"reason": "잘못 보냄"})["Location"] == "/people/"
    assert Invitation.objects.get().withdrawn
    assert client.get(f"/join/{token}/").status_code == 410


def test_an_invitation_with_wrong_fields_is_shown_again() -> None:
    """If this fails, a slip loses what was typed, or another agency's people are invited."""
    agency, other = make_agency(), make_agency()
    client = signed_in(make_person(AGENCY_ADMIN, agency))
    data = {"agency": agency.pk, "email": "a@example.org", "role": ANALYST, "until": ""}
    assert client.get("/people/invite/").status_code == 200
    for wrong in ({"agency": other.pk}, {"email": "x"}, {"role": PLATFORM_ADMIN}, {"until": "2001-01-01"}):
        assert client.post("/people/invite/", data | wrong).status_code == 400
    assert not Invitation.objects.exists()


def test_the_own_account_shows_agencies_factors_and_sessions() -> None:
    """If this fails, people cannot see what is known about their account."""
    agency = make_agency("성북구청")
    page = signed_in(make_person(ANALYST, agency)).get("/me/").content.decode()
    assert "성북구청" in page
    assert "/account/2fa/" in page
    bare = signed_in(make_person(None)).get("/me/")
    assert bare.status_code == 200
    assert bare.context["held"] == []


def test_ones_own_membership_is_shown_without_a_form() -> None:
    """If this fails, an administrator is offered what will be refused."""
    agency = make_agency()
    admin = make_person(AGENCY_ADMIN, agency)
    client, url = signed_in(admin), f"/people/{admin.memberships.get().pk}/"
    assert '<form method="post" novalidate>' not in client.get(url).content.decode()
    assert client.post(url, {"role": ANALYST, "until": "", "reason": "스스로 바꿈"}).status_code == 400
    for path in ("end/", "factors/"):
        assert client.post(url + path, {"reason": "스스로 끝냄"}).status_code == 400


def test_the_page_for_lost_factors_removes_them() -> None:
    """If this fails, who lost a phone stays outside."""
    agency = make_agency()
    person = make_person(ANALYST, agency)
    url = f"/people/{person.memberships.get().pk}/factors/"
    client = signed_in(make_person(AGENCY_ADMIN, agency))
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": "전화 분실"})["Location"] == "/people/"
    assert not person.authenticator_set.exists()
