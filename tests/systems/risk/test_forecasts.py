"""Forecasts: by events or by a stated prior, once per question, and never seen by the wrong eyes."""

import datetime as dt
import gzip
import json

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import Client

from sunra.core.forecast import StationCount
from sunra.platform.accounts.selectors import person_actor
from sunra.platform.base.errors import UserError
from sunra.systems.risk import geojson, selectors, services
from sunra.systems.risk.models import Forecast
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


def test_without_events_it_is_a_prior_and_not_graded() -> None:
    """A district without events gets the stated prior over all its cells, and no grade."""
    agency = nights.office()
    nights.with_facilities(agency)
    found = nights.forecast_of(agency)
    assert (found.event_source, found.graded, found.events) == ("prior", False, 0)
    table = selectors.night(found)
    assert table.height == found.cells
    assert not any(table[f"grade_{slot:02d}"].sum() for slot in range(12))
    assert "no_local_events" in found.inputs


def test_station_figures_scale_the_prior() -> None:
    """With a station's yearly count the prior adds up to its share of one night."""
    agency = nights.office()
    nights.with_facilities(agency)
    found = services.make_forecast(
        actor=nights.job(agency), agency_id=agency.id, district=nights.DISTRICT, day=nights.DAY,
        station_counts=[StationCount("theft", 365.0)],
    )  # fmt: skip
    assert found.expected_total == pytest.approx(1.0)


def test_with_events_cells_are_graded_and_stand_beside_the_naive_count() -> None:
    """Two hundred events give grades, an expectation and the naive count, highest where most happened."""
    agency = nights.office()
    nights.with_facilities(agency)
    nights.with_events(agency)
    found = nights.forecast_of(agency)
    assert (found.event_source, found.graded, found.events) == ("events", True, 200)
    top = selectors.cells(found, selectors.own_slot(found, 11)).row(0, named=True)
    assert top["grade"] > 0
    assert top["naive"] > 0
    cell = selectors.cell(nights.job(agency), found.id, top["cell_e"], top["cell_n"])
    assert cell.count > 10
    assert cell.own_share + cell.near_share == pytest.approx(1)
    assert cell.past["theft"] == cell.count
    assert set(cell.nearest) == {"cctv"}
    assert cell.unknown == ("security_light", "emergency_bell")


def test_the_same_question_is_answered_once() -> None:
    """Asking again gives the stored row back; another day is another row."""
    agency = nights.office()
    nights.with_facilities(agency)
    first = nights.forecast_of(agency)
    assert nights.forecast_of(agency).id == first.id
    nights.forecast_of(agency, nights.DAY + dt.timedelta(days=1))
    assert Forecast.objects.count() == 2


def test_a_lost_table_is_written_again() -> None:
    """When the file behind a forecast is gone, the same question writes it anew under the same row."""
    from sunra.platform.base.home import home

    agency = nights.office()
    nights.with_facilities(agency)
    first = nights.forecast_of(agency)
    (home() / first.path).unlink()
    again = nights.forecast_of(agency)
    assert (again.id, again.sha256) == (first.id, first.sha256)
    assert (home() / again.path).is_file()


def test_an_unknown_district_is_an_error_with_a_remedy() -> None:
    """A code that no district bears is refused before anything is computed."""
    agency = nights.office()
    with pytest.raises(UserError) as caught:
        services.make_forecast(
            actor=nights.job(agency), agency_id=agency.id, district="99999", day=nights.DAY
        )
    assert caught.value.code == "unknown_district"


def test_a_prior_can_never_be_stored_as_graded() -> None:
    """The database itself refuses a graded prior."""
    agency = nights.office()
    nights.with_facilities(agency)
    found = nights.forecast_of(agency)
    with pytest.raises(IntegrityError), transaction.atomic():
        Forecast.objects.filter(id=found.id).update(graded=True)


def test_who_may_not_forecast_is_refused() -> None:
    """A crime prevention officer may look and not make; nobody makes for another agency."""
    agency, other = nights.office(), nights.office(nights.NEIGHBOUR)
    args = {"agency_id": agency.id, "district": nights.DISTRICT, "day": nights.DAY}
    for actor in (make_actor("cpo", agency), make_actor("safety_officer", other)):
        with pytest.raises(PermissionDenied):
            services.make_forecast(actor=actor, **args)


def test_the_station_sees_the_forecast_of_its_district_and_the_neighbour_does_not() -> None:
    """A station with a dong in the district sees it though another agency made it;
    the next district's office gets 404.
    """
    agency = nights.office()
    nights.with_facilities(agency)
    found = nights.forecast_of(agency)
    station = make_agency("중부경찰서", dongs=(agency.jurisdiction.first().dong,))
    assert selectors.forecast(make_actor("cpo", station), found.id) == found
    with pytest.raises(Http404):
        selectors.forecast(make_actor("cpo", nights.office(nights.NEIGHBOUR)), found.id)


def test_slots_by_the_clock_and_by_the_night_agree() -> None:
    """A night from noon: its first slot is 12-14, 22-24 is its sixth."""
    found = Forecast(first_hour=12)
    assert selectors.clock_slot(found, 0) == 6
    assert selectors.own_slot(found, 11) == 5
    assert all(selectors.own_slot(found, selectors.clock_slot(found, slot)) == slot for slot in range(12))


def test_changed_cells_compare_two_nights() -> None:
    """Without an earlier night nothing changed; with one the answer holds old and new grade."""
    agency = nights.office()
    nights.with_facilities(agency)
    nights.with_events(agency)
    later = nights.forecast_of(agency)
    actor = nights.job(agency)
    assert selectors.changed(actor, later) == []
    nights.forecast_of(agency, nights.DAY - dt.timedelta(days=60))
    assert all(row["grade"] != row["was"] for row in selectors.changed(actor, later))


def test_the_map_gets_grades_for_all_slots() -> None:
    """One answer holds twelve grades a cell; packed and plain say the same; a prior draws only its tenth."""
    agency = nights.office()
    nights.with_facilities(agency)
    prior = nights.forecast_of(agency)
    assert len(json.loads(geojson.collection(prior))["features"]) == prior.cells // 10
    nights.with_events(agency)
    found = nights.forecast_of(agency)
    data = json.loads(geojson.collection(found))
    assert len(data["features"]) == found.cells
    assert {len(one["properties"]["grades"]) for one in data["features"]} == {12}
    assert {len(one["properties"]["expected"]) for one in data["features"]} == {12}
    plain = json.loads(geojson.collection(found, figures=False))
    assert json.loads(gzip.decompress(geojson.packed(found))) == plain


@pytest.fixture
def graded() -> Forecast:
    """A graded forecast."""
    agency = nights.office()
    nights.with_facilities(agency)
    nights.with_events(agency)
    return nights.forecast_of(agency)


def test_pages_show_the_expected_count_beside_the_naive_one(graded: Forecast) -> None:
    """Map, filtered table, cell page and cells answer; each page says what a grade is not."""
    cpo = signed_in(make_person("cpo", graded.agency))
    text = cpo.get("/risk/?map-slot=11").content.decode()
    assert "불심검문" in text or "no ground" in text or "근거" in text
    row = selectors.cells(graded, 5).row(0, named=True)
    page = cpo.get(f"/risk/{graded.id}/cells/{row['cell_e']}-{row['cell_n']}/")
    assert page.status_code == 200
    cells = cpo.get(f"/risk/{graded.id}/cells.geojson", headers={"Accept-Encoding": "gzip"})
    assert cells["Content-Encoding"] == "gzip"
    assert cpo.get(f"/risk/{graded.id}/cells.geojson").json()["graded"] is True
    table = cpo.get("/risk/?map-slot=3", headers={"HX-Request": "true", "HX-Target": "table-cells"})
    assert b"<html" not in table.content
    assert cpo.get(f"/risk/{graded.id}/cells/1-1/").status_code == 404
    assert cpo.get("/risk/?day=nonsense").status_code == 200


def test_without_a_forecast_the_page_offers_the_first_step() -> None:
    """A safety officer without a forecast is led to planning."""
    officer = signed_in(make_person("safety_officer", nights.office()))
    assert "/tonight/" in officer.get("/risk/").content.decode()


def test_cells_are_for_staff(graded: Forecast) -> None:
    """A volunteer gets 403, the anonymous the sign-in, the next district's officer 404."""
    address = f"/risk/{graded.id}/cells.geojson"
    assert signed_in(make_person("volunteer", graded.agency)).get(address).status_code == 403
    assert signed_in(make_person("patrol_leader", graded.agency)).get("/risk/").status_code == 403
    assert Client().get(address).status_code == 302
    other = signed_in(make_person("cpo", nights.office(nights.NEIGHBOUR)))
    assert other.get(address).status_code == 404
    assert str(graded.id) not in other.get("/risk/").content.decode()


def test_person_actor_has_the_jurisdiction_it_needs(graded: Forecast) -> None:
    """The office's own people reach the forecast by their agency."""
    actor = person_actor(make_person("analyst", graded.agency))
    assert list(selectors.forecasts(actor)) == [graded]


def test_events_of_no_weight_fall_back_to_the_prior() -> None:
    """A district whose only events are of a family without weight is not graded by them."""
    import polars as pl

    from sunra.core.forecast import Params
    from sunra.platform.places.models import PlaceEvent

    agency = nights.office()
    nights.with_facilities(agency)
    nights.with_events(agency, count=5)
    PlaceEvent.objects.update(family="traffic_accident")
    assert Params().weights["traffic_accident"] == 0
    found = nights.forecast_of(agency)
    assert (found.event_source, found.graded) == ("prior", False)
    assert isinstance(selectors.night(found), pl.DataFrame)
