"""Places no one walks, beside a plan: what plans look after is not listed, what residents ask for is."""

import datetime as dt

import pytest

from sunra.core.geo import cells
from sunra.journeys.unwalked import unwalked
from sunra.platform.accounts.roles import CPO, SAFETY_OFFICER
from sunra.platform.agencies.models import Agency
from sunra.systems.patrols import selectors
from sunra.systems.patrols.models import Plan
from sunra.systems.risk.models import Forecast
from sunra.systems.risk.services import moderation, requests
from tests.platform.accounts.people import make_actor, make_person, signed_in
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture
def agency() -> Agency:
    """An office with cameras and thefts."""
    made = nights.office()
    nights.with_facilities(made)
    nights.with_events(made)
    return made


def test_what_a_plan_looks_after_is_not_listed_and_a_request_is(agency: Agency) -> None:
    """If this fails, officers are sent where patrols stop already, or residents ask in vain."""
    plan = nights.plan_of(agency)
    actor = nights.job(agency)
    stops = selectors.stops_by_night(actor, plan, 28)
    assert set(stops) == {nights.DAY}
    found = unwalked(actor, plan)
    assert found is not None
    assert found.planned == 1
    assert found.areas
    assert not {cell for area in found.areas for cell in area.cells} & set(stops[nights.DAY])
    for back in range(1, 4):
        earlier = nights.DAY - dt.timedelta(days=back)
        copy = nights.plan_of(agency)
        Plan.objects.filter(id=copy.id).update(day=nights.DAY)
        _copied(copy, earlier)
    after = unwalked(actor, plan)
    assert after is not None
    assert after.planned == 4
    assert not {cell for area in after.areas for cell in area.cells} & set(stops[nights.DAY])
    east, north = (int(value) for value in cells.cell_of(*nights.points(40)[17]))
    wish = requests.Wish("dark_street", tuple(range(12)), tuple(range(7)), *nights.points(40)[17])
    made = requests.ask(wish=wish, address="192.0.2.7")
    moderation.accept(actor=make_actor(SAFETY_OFFICER, agency), request_id=made.request.id)
    asked = unwalked(actor, plan)
    assert asked is not None
    near = {(east + i, north + j) for i in (-1, 0, 1) for j in (-1, 0, 1)}
    looked_after = near & set(stops[nights.DAY])
    assert looked_after or any(area.asked for area in asked.areas)


def _copied(plan: Plan, day: dt.date) -> None:
    """The same night once more, on another day."""
    teams = list(plan.teams.all())
    copy = Plan.objects.get(id=plan.id)
    copy.pk, copy.day, copy.digest = None, day, f"copy {day}"
    copy.id = None  # type: ignore[assignment]
    copy._state.adding = True
    copy.save()
    for team in teams:
        stops = list(team.stops.all())
        team.pk, team.plan = None, copy
        team._state.adding = True
        team.save()
        for stop in stops:
            stop.pk, stop.team = None, team
            stop._state.adding = True
            stop.save()


def test_the_page_leads_to_the_night(agency: Agency) -> None:
    """If this fails, the page shows a place and no way to do something about it; or others may look."""
    plan = nights.plan_of(agency)
    officer = signed_in(make_person(SAFETY_OFFICER, agency))
    address = f"/tonight/{plan.id}/unwalked/"
    page = officer.get(address).content.decode()
    assert f"/tonight/{plan.id}/change/?number=" in page
    change = officer.get(f"/tonight/{plan.id}/change/", {"number": "마라 5555 8888"}).content.decode()
    assert 'value="마라 5555 8888"' in change
    outlines = officer.get(f"/tonight/{plan.id}/unwalked.geojson").json()["features"]
    points = officer.get(f"/tonight/{plan.id}/unwalked.geojson", {"part": "point"}).json()["features"]
    assert len(points) == len(outlines) > 0
    assert officer.get(address, {"export": "csv"}).status_code == 200
    assert signed_in(make_person(CPO, agency)).get(address).status_code == 403
    other = signed_in(make_person(SAFETY_OFFICER, nights.office(nights.NEIGHBOUR)))
    assert other.get(address).status_code == 404
    Forecast.objects.all().delete()
    assert "예측" in officer.get(address).content.decode()
    assert officer.get(f"/tonight/{plan.id}/unwalked.geojson").json()["features"] == []
