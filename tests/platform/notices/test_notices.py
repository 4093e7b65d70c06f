"""Notices reach the right people, say nothing personal, and are nobody else's."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.http import Http404
from django.test import Client

from sunra.platform.accounts.models import Person
from sunra.platform.accounts.selectors import person_actor
from sunra.platform.agencies.models import Agency
from sunra.platform.base.actor import Actor
from sunra.platform.base.roles import ANALYST, CPO, VOLUNTEER
from sunra.platform.base.time import now
from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.models import Job
from sunra.platform.jobs.runner import claim
from sunra.platform.notices import selectors, services
from sunra.platform.notices.jobs import mail as send
from sunra.platform.notices.models import Notice
from tests.platform.accounts.people import make_agency, make_person, signed_in

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])

TEXT = "Tonight's plan is ready"


@pytest.fixture
def agency() -> Agency:
    """A district."""
    return make_agency("성북구청")


@pytest.fixture
def person(agency: Agency) -> Person:
    """An analyst of the district."""
    return make_person(ANALYST, agency)


def actor_of(person: Person) -> Actor:
    """The person as an actor."""
    return person_actor(person)


def test_those_who_hold_the_role_now_are_told(agency: Agency) -> None:
    """If this fails, a notice misses its reader or reaches somebody who has left."""
    wanted = make_person(CPO, agency)
    make_person(ANALYST, agency)
    make_person(CPO, make_agency())
    make_person(CPO, agency, until=now() - timedelta(days=1))
    make_person(CPO, agency, is_active=False)
    assert services.notify(kind="plan", text=TEXT, agency_id=agency.pk, roles=[CPO]) == 1
    assert Notice.objects.get().person_id == wanted.pk
    assert services.notify(kind="plan", text=TEXT, agency_id=agency.pk) == 2


def test_a_person_named_twice_is_told_once(agency: Agency, person: Person) -> None:
    """If this fails, people get every notice doubled."""
    assert services.notify(kind="x", text=TEXT, persons=[person, person.pk], agency_id=agency.pk) == 1


def test_a_notice_of_a_change_undone_is_never_seen(person: Person) -> None:
    """If this fails, people are told of what did not happen."""

    def fail() -> None:
        with transaction.atomic():
            services.notify(kind="x", text=TEXT, persons=[person])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not Notice.objects.exists()
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "url", ["https://evil.example", "//evil.example/x", "javascript:alert(1)", "plans/1", "/\\evil"]
)
def test_a_notice_leads_nowhere_outside(person: Person, url: str) -> None:
    """If this fails, a notice can send its reader to a foreign site."""
    with pytest.raises(ValueError, match="page of this site"):
        services.notify(kind="x", text=TEXT, persons=[person], url=url)


@pytest.mark.parametrize("value", [["list"], {"name": "x"}, "가" * 121, None])
def test_parameters_are_short_values(person: Person, value: object) -> None:
    """If this fails, whole records travel inside notices."""
    with pytest.raises(ValueError, match="short value"):
        services.notify(kind="x", text="%(a)s", params={"a": value}, persons=[person])  # type: ignore[dict-item]


def test_a_text_without_its_parameter_is_refused_when_written(person: Person) -> None:
    """If this fails, the list of notices breaks for whoever opens it."""
    with pytest.raises(KeyError):
        services.notify(kind="x", text="%(missing)s", params={"a": 1}, persons=[person])


def test_the_text_is_filled_in_the_readers_language(person: Person) -> None:
    """If this fails, readers see raw templates."""
    services.notify(kind="x", text="%(n)s stops", params={"n": 12}, persons=[person])
    assert [s.text for s in selectors.shown(selectors.notices(actor_of(person)))] == ["12 stops"]


def test_reading_is_ones_own(agency: Agency, person: Person) -> None:
    """If this fails, one person reads or marks another's notices."""
    services.notify(kind="x", text=TEXT, persons=[person])
    other = make_person(ANALYST, agency)
    notice = Notice.objects.get()
    assert not selectors.notices(actor_of(other)).exists()
    with pytest.raises(Http404):
        services.mark_read(actor=actor_of(other), notice_id=notice.pk)
    assert signed_in(other).post(f"/notices/{notice.pk}/read/").status_code == 404
    machine = Actor(kind="machine", id="m")
    assert not selectors.notices(machine).exists()
    assert services.mark_read(actor=machine) == 0
    with pytest.raises(Http404):
        services.prefer(actor=machine, email=False)
    assert selectors.unread_count(actor_of(person)) == 1
    assert services.mark_read(actor=actor_of(person)) == 1
    assert selectors.unread_count(actor_of(person)) == 0


def test_a_mail_says_only_that_something_waits(agency: Agency, person: Person) -> None:
    """If this fails, a mailbox holds what only Sunra may show."""
    services.notify(
        kind="x",
        text="%(where)s changed",
        params={"where": "보문동 3가"},
        url="/patrols/1/",
        agency_id=agency.pk,
    )
    job = Job.objects.get()
    lease = claim(job.pk, worker="test")
    assert lease is not None
    assert send(JobContext(lease), **job.args) == {"sent": 1}
    assert send(JobContext(replace(lease, checkpoint={"sent": [person.pk]})), **job.args) == {"sent": 1}
    (sent,) = mail.outbox
    whole = sent.subject + sent.body
    assert sent.to == [person.email]
    assert "/notices/" in sent.body
    assert not [word for word in ("보문동", "/patrols/", person.name, person.username) if word in whole]


def test_mail_is_a_matter_of_preference(agency: Agency, person: Person) -> None:
    """If this fails, people who said no get mail, or those who said nothing get none."""
    services.prefer(actor=actor_of(person), email=False)
    services.notify(kind="x", text=TEXT, persons=[person])
    assert not Job.objects.exists()
    services.prefer(actor=actor_of(person), email=True)
    services.notify(kind="x", text=TEXT, persons=[person], email=False)
    assert not Job.objects.exists()
    services.notify(kind="x", text=TEXT, persons=[person])
    assert Job.objects.get().agency_id == agency.pk


def test_the_list_shows_and_settles(person: Person) -> None:
    """If this fails, the page of notices cannot be read or cleared."""
    client = signed_in(person)
    assert client.get("/notices/").status_code == 200
    services.notify(kind="x", text="Plan <b>ready</b>", persons=[person], url="/notices/")
    services.notify(kind="x", text="Second", persons=[person])
    page = client.get("/notices/").content.decode()
    assert "Plan &lt;b&gt;ready&lt;/b&gt;" in page
    first = Notice.objects.get(text="Second")
    answer = client.post(f"/notices/{first.pk}/read/")
    assert (answer.status_code, answer["Location"]) == (302, "/notices/")
    assert client.post("/notices/read/").status_code == 302
    assert not Notice.objects.filter(read_at__isnull=True).exists()
    client.post("/notices/preference/", {"email": "no"})
    assert not selectors.wants_email(actor_of(person))


def test_many_notices_come_page_by_page(person: Person) -> None:
    """If this fails, a year of notices comes at once."""
    for _ in range(31):
        services.notify(kind="x", text=TEXT, persons=[person], email=False)
    page = signed_in(person).get("/notices/", {"page": 2}).content.decode()
    assert "2 / 2" in page


@pytest.mark.parametrize("address", ["", "stream/"])
def test_who_is_not_signed_in_sees_none(address: str) -> None:
    """If this fails, notices are public."""
    assert Client().get(f"/notices/{address}").status_code in {302, 401}


def test_verbs_that_change_refuse_a_look(person: Person) -> None:
    """If this fails, a link in a mail can mark everything as read."""
    client = signed_in(person)
    assert client.get("/notices/read/").status_code == 405
    assert client.get("/notices/preference/").status_code == 405
    volunteer = signed_in(make_person(VOLUNTEER))
    assert volunteer.get("/notices/").status_code == 200
