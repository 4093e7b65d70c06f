"""The numbers at the top of the first page: each role's own, and no person's name behind them."""

import pytest

from sunra.journeys.figures import figures
from sunra.platform.accounts import administration
from sunra.platform.agencies.models import Agency
from sunra.platform.base.access import Denied
from sunra.platform.base.time import seoul_today
from sunra.platform.ledger import selectors as ledger
from sunra.platform.ledger.models import Record
from sunra.platform.ledger.services import Act, record
from sunra.systems.risk.services import requests
from tests.platform.accounts.people import make_actor, make_agency, make_person
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture
def agency() -> Agency:
    """An office with facilities and events."""
    made = nights.office()
    nights.with_facilities(made)
    nights.with_events(made)
    return made


def test_the_officer_sees_the_plan_in_numbers(agency: Agency) -> None:
    """If this fails, teams, stops and lengths of tonight are not at a glance."""
    plan = nights.plan_of(agency, confirmed=True)
    teams = list(plan.teams.all())
    found = figures(make_actor("safety_officer", agency), plan, teams)
    assert [one.value for one in found[:2]] == [len(teams), sum(team.stops.count() for team in teams)]
    assert len(found) == 4


def test_the_auditor_sees_refusals_of_the_own_reach_alone(agency: Agency) -> None:
    """If this fails, another committee's refusals are counted, or a count writes a look."""
    auditor, stranger = make_actor("auditor", agency), make_actor("auditor", make_agency("다른 곳"))
    record(actor=auditor, act=Act.DENIED, subject="x", ref="y", purpose="")
    record(actor=stranger, act=Act.DENIED, subject="x", ref="y", purpose="")
    before = Record.objects.count()
    assert figures(auditor, None, [])[0].value == 1
    assert Record.objects.count() == before


def test_the_administrator_counts_the_own_people(agency: Agency) -> None:
    """If this fails, people of other agencies are counted."""
    admin = make_actor("agency_admin", agency)
    make_person("volunteer", make_agency("다른 곳"))
    assert figures(admin, None, [])[0].value == administration.counts(admin).present >= 1


def test_counts_are_refused_without_the_permission(agency: Agency) -> None:
    """If this fails, anybody learns how many people and refusals an agency has."""
    volunteer = make_actor("volunteer", agency)
    with pytest.raises(Denied):
        administration.counts(volunteer)
    with pytest.raises(Denied):
        ledger.counts(volunteer, since=seoul_today())
    assert figures(volunteer, None, []) == []


def test_the_data_officer_counts_rows(agency: Agency) -> None:
    """If this fails, the data officer does not see what was put aside."""
    found = figures(make_actor("data_officer", agency), None, [])
    assert [one.value for one in found] == [0, 0, "0", "0"]


def test_the_crime_prevention_officer_sees_what_residents_wait_for(agency: Agency) -> None:
    """If this fails, a request waits without anybody seeing it on the first page; others are not told."""
    lon, lat = nights.points(3)[1]
    requests.ask(wish=requests.Wish("noise", (11,), (0,), lon=lon, lat=lat), address="192.0.2.9")
    found = figures(make_actor("cpo", agency), None, [])
    assert [(one.value, one.url) for one in found if one.url == "/risk/requests/"] == [(1, "/risk/requests/")]
    assert all(one.url != "/risk/requests/" for one in figures(make_actor("data_officer", agency), None, []))
