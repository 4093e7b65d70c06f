"""A night whose table is lost, whose job is cancelled half-way, or behind whose pages many rows stand."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sunra.core.routing.search import Search
from sunra.journeys.offices import office_of
from sunra.platform.agencies.models import Agency
from sunra.platform.base.home import home
from sunra.platform.jobs.models import Job
from sunra.platform.jobs.worker import Worker
from sunra.platform.notices.models import Notice
from sunra.systems.patrols.models import Organisation, Plan, PlanStop, PlanTeam, Team
from sunra.systems.patrols.services import plans
from sunra.systems.risk import geojson
from sunra.systems.risk.models import Forecast
from tests.platform.accounts.people import make_person, signed_in
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
MOST_QUERIES = 40


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short search is as good for these tests."""
    monkeypatch.setattr(plans, "PlanParams", lambda: nights.QUICK)


@pytest.fixture
def office() -> Agency:
    """An office with facilities and events."""
    agency = office_of(nights.DISTRICT)
    nights.with_facilities(agency)
    nights.with_events(agency)
    return agency


def worked() -> None:
    """Every job that waits has run."""
    worker = Worker(threading.Event(), worker_id="w")
    while worker.run_one():
        pass


def press(office: Agency) -> tuple[Client, Job]:
    """The officer and the job that the button queued."""
    officer = signed_in(make_person("safety_officer", office))
    officer.post("/tonight/")
    return officer, Job.objects.get(kind="journeys.tonight")


def test_a_lost_table_is_told_with_its_remedy(office: Agency) -> None:
    """Map, cell and layer answer 409 with what to do, the API the same as JSON, the first page stands;
    planning again brings the table back.
    """
    officer, _job = press(office)
    worked()
    forecast = Forecast.objects.get()
    row = geojson.night(forecast).row(0, named=True)
    geojson.packed.cache_clear()
    (home() / forecast.path).unlink()
    pages = (
        "/risk/",
        f"/risk/{forecast.id}/cells/{row['cell_e']}-{row['cell_n']}/",
        f"/risk/{forecast.id}/cells.geojson",
    )
    for page in pages:
        answer = officer.get(page)
        assert answer.status_code == 409, page
        assert "오늘 밤 계획을 다시 세우거나" in answer.content.decode()
    answer = officer.get(f"/api/v1/risk/forecasts/{forecast.id}/cells")
    assert (answer.status_code, answer.json()["code"]) == (400, "risk.table_missing")
    assert answer.json()["remedy"]
    assert officer.get("/").status_code == 200
    officer.post("/tonight/")
    worked()
    assert officer.get("/risk/").status_code == 200
    assert Forecast.objects.count() == 1


def test_a_damaged_table_is_made_again(office: Agency) -> None:
    """A Parquet file with other bytes is no 500, and the next plan writes it anew."""
    officer, _job = press(office)
    worked()
    forecast = Forecast.objects.get()
    (home() / forecast.path).write_bytes(b"no parquet")
    assert officer.get("/risk/").status_code == 409
    assert officer.get("/").status_code == 200
    officer.post("/tonight/")
    worked()
    assert officer.get("/risk/").status_code == 200


def test_a_job_cancelled_in_the_search_leaves_no_half_night(
    office: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelled while routes are sought: no plan, no stop, no word to the officer; retried it is whole."""
    officer, job = press(office)
    real, calls = Search.rounds, []

    def cancelling(self: Search, *args: Any, **options: Any) -> Any:
        if not calls:
            calls.append(officer.post(f"/jobs/{job.id}/cancel/").status_code)
        return real(self, *args, **options)

    monkeypatch.setattr(Search, "rounds", cancelling)
    monkeypatch.setattr(plans, "PlanParams", lambda: plans_of(5000))
    monkeypatch.setattr("sunra.platform.jobs.leases.Throttle.passes", lambda _self: True)
    worked()
    job.refresh_from_db()
    assert calls == [302]
    assert job.state == "cancelled"
    assert not any(model.objects.exists() for model in (Plan, PlanTeam, PlanStop, Notice))
    monkeypatch.setattr(Search, "rounds", real)
    monkeypatch.setattr(plans, "PlanParams", lambda: nights.QUICK)
    assert officer.post(f"/jobs/{job.id}/retry/").status_code == 302
    worked()
    job.refresh_from_db()
    plan = Plan.objects.get()
    assert (job.state, job.result["plan"]) == ("done", str(plan.id))
    assert PlanStop.objects.filter(team__plan=plan).exists()
    assert Notice.objects.count() == 1


def plans_of(iterations: int) -> Any:
    """Dials with a long search."""
    return nights.PlanParams(iterations=iterations, seconds=60)


def many(office: Agency) -> None:
    """Twelve organisations with a team each, eight nights with plans by teams of stops."""
    lon, lat = nights.points(3)[1]
    for number in range(12):
        organisation = Organisation.objects.create(
            agency=office, key=f"o{number}", name=f"{number} 방범대", kind="dog"
        )
        Team.objects.create(
            agency=office, organisation=organisation, key=f"t{number}", name=f"{number}조", kind="car",
            district=nights.DISTRICT, start_lon=lon, start_lat=lat, shift_from="20:00", shift_minutes=120,
            speed_kmh=18,
        )  # fmt: skip


def test_pages_ask_as_much_for_many_rows_as_for_few(office: Agency) -> None:
    """Home, risk and patrol pages need no query for each row behind them."""
    nights.plan_of(office, confirmed=True)
    officer = signed_in(make_person("safety_officer", office))
    addresses = ("/", "/risk/", "/patrols/", "/patrols/organisations/", "/data/", "/tonight/")
    few = {address: asked(officer, address) for address in addresses}
    many(office)
    for day in range(1, 4):
        nights.plan_of(office, nights.DAY.replace(day=day))
    nights.plan_of(office, nights.DAY.replace(day=21), confirmed=True)
    for address in addresses:
        count = asked(officer, address)
        assert count <= few[address] + 2, address
        assert count <= MOST_QUERIES, address


def asked(client: Client, address: str) -> int:
    """How many queries an address needs when everything is warm."""
    assert client.get(address).status_code == 200, address
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)
