"""The auditors' search: narrowed to their agencies, and itself on record."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError

from sunra.platform.base.time import seoul_today
from sunra.platform.ledger import selectors, services
from sunra.platform.ledger.models import Record
from sunra.platform.ledger.selectors import Filters
from sunra.platform.ledger.services import Act, record
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
URL = "/ledger/"


@pytest.fixture(autouse=True)
def _plain_static(settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


def leave(actor: Any, ref: str, act: Act = Act.LOOK) -> None:
    """One record of an actor."""
    record(actor=actor, act=act, subject="patrols.Member", ref=ref, purpose="편성")


def refs(actor: Any, **filters: Any) -> set[str]:
    """What an actor finds."""
    return set(selectors.search(actor, Filters(**filters)).values_list("ref", flat=True))


def test_scope_is_the_own_agency_and_below() -> None:
    """If this fails, an auditor reads the looks of a neighbouring agency, or misses those below."""
    committee = make_agency()
    district, other = make_agency(parent=committee), make_agency()
    for agency in (committee, district, other):
        leave(make_actor("safety_officer", agency), agency.name)
    assert refs(make_actor("auditor", committee)) == {committee.name, district.name}
    assert refs(make_actor("auditor", district)) == {district.name}
    assert other.name in refs(make_actor("platform_admin", committee))


@pytest.mark.parametrize("role", ["agency_admin", "safety_officer", "volunteer", "analyst"])
def test_others_are_refused(role: str) -> None:
    """If this fails, somebody reads who looked at what without being an auditor."""
    with pytest.raises(PermissionDenied):
        selectors.search(make_actor(role), Filters())
    assert signed_in(make_person(role)).get(URL).status_code == 403


def test_stranger_is_sent_to_sign_in(client: Any) -> None:
    """If this fails, the page is open to anybody."""
    assert client.get(URL).status_code == 302


def test_filters_narrow() -> None:
    """If this fails, an auditor cannot find the one record."""
    agency = make_agency()
    officer, auditor = make_actor("safety_officer", agency), make_actor("auditor", agency)
    leave(officer, "1")
    leave(auditor, "2", Act.EXPORT)
    assert refs(auditor, actor_id=officer.id) == {"1"}
    assert refs(auditor, act="export") == {"2"}
    assert refs(auditor, subject="patrols") == {"1", "2"}
    assert refs(auditor, subject="risk") == set()
    assert refs(auditor, ref="2", since=seoul_today(), until=seoul_today()) == {"2"}
    assert Filters(act="export").described() == {"act": "export"}


def test_without_a_purpose_nothing_is_shown() -> None:
    """If this fails, the ledger can be read without saying why."""
    agency = make_agency()
    leave(make_actor("safety_officer", agency), "row-77")
    client = signed_in(make_person("auditor", agency))
    before = Record.objects.count()
    for query in ({}, {"ref": "row-77"}):
        assert "row-77</code>" not in client.get(URL, query).content.decode()
    assert Record.objects.count() == before


def test_search_is_on_record_before_it_is_shown() -> None:
    """If this fails, the watchers are not watched."""
    agency = make_agency()
    leave(make_actor("safety_officer", agency), "row-77")
    client = signed_in(make_person("auditor", agency))
    page = client.get(URL, {"purpose": "정기 감사", "ref": "row-77"})
    assert "row-77</code>" in page.content.decode()
    look = Record.objects.get(subject="ledger.Record")
    assert (look.purpose, look.act, look.detail) == ("정기 감사", "look", '{"ref":"row-77"}')


def test_days_in_the_wrong_order_are_explained() -> None:
    """If this fails, a slip of the pen finds nothing without saying why."""
    client = signed_in(make_person("auditor"))
    page = client.get(URL, {"purpose": "감사", "since": "2026-11-02", "until": "2026-11-01"})
    assert "until" in page.context["form"].errors
    assert page.context["found"] is None


def test_unwritable_ledger_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, records are shown though the look cannot be recorded."""
    agency = make_agency()
    leave(make_actor("safety_officer", agency), "row-77")
    client = signed_in(make_person("auditor", agency))

    def broken(*_: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(services, "_append", broken)
    page = client.get(URL, {"purpose": "감사"})
    assert page.status_code == 503
    assert "row-77" not in page.content.decode()


def test_pages_of_many_records() -> None:
    """If this fails, the fifty-first record cannot be reached."""
    agency = make_agency()
    officer = make_actor("safety_officer", agency)
    for number in range(52):
        leave(officer, f"row-{number}")
    client = signed_in(make_person("auditor", agency))
    page = client.get(URL, {"purpose": "감사", "page": "2"}).content.decode()
    assert "row-0</code>" in page
    assert "row-51</code>" not in page
