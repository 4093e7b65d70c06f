"""오늘: each role meets the one next step of its own, and nothing it may not see."""

import datetime as dt

import pytest
from django.test import Client

from sunra.journeys import home
from sunra.platform.accounts.roles import EVERYONE
from sunra.platform.accounts.selectors import person_actor
from sunra.platform.agencies.models import Agency
from sunra.systems.patrols import services as patrols
from sunra.systems.patrols.models import Organisation, Team
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture
def agency() -> Agency:
    """An office with facilities and events."""
    made = nights.office()
    nights.with_facilities(made)
    nights.with_events(made)
    return made


@pytest.mark.parametrize("role", EVERYONE)
def test_every_role_has_a_first_page(agency: Agency, role: str) -> None:
    """The page answers for every role, before and after a plan, with one next step."""
    client = signed_in(make_person(role, agency))
    assert client.get("/").content.decode().count('class="card next-step"') == 1
    nights.plan_of(agency, confirmed=True)
    assert client.get("/").status_code == 200


def test_nobody_signed_in_is_led_to_the_sign_in() -> None:
    """The home page is not public."""
    assert Client().get("/").status_code == 302


def test_the_safety_officers_next_step_follows_the_plan(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No plan: plan. Draft: confirm. Confirmed: print. A plan of another night does not count."""
    monkeypatch.setattr(home, "default_day", lambda: nights.DAY)
    actor = make_actor("safety_officer", agency)
    assert home.today(actor).action.url == "/tonight/"
    plan = nights.plan_of(agency)
    draft = home.today(actor).action
    assert draft.url == f"/patrols/{plan.id}/"
    patrols.confirm(actor=nights.job(agency), plan_id=plan.id)
    assert home.today(actor).action.title != draft.title
    monkeypatch.setattr(home, "default_day", lambda: nights.DAY + dt.timedelta(days=1))
    assert home.today(actor).action.url == "/tonight/"


def test_the_leaders_page_is_the_own_groups_route(agency: Agency) -> None:
    """Without a route it says so; with one it leads there and shows no cell and no other team."""
    own = make_agency("방범대", parent=agency)
    organisation = Organisation.objects.create(
        agency=agency, key="o", name="방범대", kind="neighbourhood", group=own
    )
    lon, lat = nights.points(3)[1]
    for key, of in (("a", organisation), ("b", None)):
        Team.objects.create(
            agency=agency, organisation=of, key=key, name=key, kind="car", district=nights.DISTRICT,
            start_lon=lon,
            start_lat=lat, shift_from=dt.time(21), shift_minutes=120, speed_kmh=18,
        )  # fmt: skip
    leader = person_actor(make_person("patrol_leader", own))
    assert home.today(leader).plan is None
    plan = nights.plan_of(agency, confirmed=True)
    found = home.today(leader)
    assert found.action.url == f"/patrols/{plan.id}/"
    assert [team.name for team in found.teams] == ["a"]
    assert found.forecast is None


def test_the_crime_prevention_officer_sees_what_changed(agency: Agency) -> None:
    """Cells whose grade changed since the night before stand on the page."""
    nights.forecast_of(agency, nights.DAY - dt.timedelta(days=90))
    nights.forecast_of(agency)
    found = home.today(make_actor("cpo", agency))
    assert all(row["grade"] != row["was"] for row in found.changed)
    assert found.action.url == "/risk/"


def test_demonstration_data_marks_the_page() -> None:
    """A page that shows generated places says so, whatever the installation's mode."""
    agency = nights.office()
    nights.with_facilities(agency, demo=True)
    nights.plan_of(agency)
    text = signed_in(make_person("safety_officer", agency)).get("/").content.decode()
    assert 'class="demo"' in text
    nights.with_facilities(agency, demo=False)


def test_a_stale_dataset_is_the_data_officers_next_step(agency: Agency) -> None:
    """A dataset without a vintage counts as stale."""
    from sunra.systems.sharing.models import Dataset

    actor = make_actor("data_officer", agency)
    assert home.today(actor).action.url == "/data/drop-off/"
    Dataset.objects.create(agency=agency, kind="cctv", title="t")
    assert home.today(actor).action.url == "/data/"
