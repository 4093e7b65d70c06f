"""What leaves for other programs: CSV, GPX and the API say the same as the table, to those who may see it."""

import csv
import io
from xml.etree import ElementTree as ET

import pytest

from sunra.systems.risk import feeds, selectors
from sunra.systems.risk.models import Forecast
from tests.platform.accounts.people import make_person, signed_in
from tests.systems import nights
from tests.systems.test_systems_api import ask, key

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
GPX = "{http://www.topografix.com/GPX/1/1}"


@pytest.fixture
def graded() -> Forecast:
    """A graded forecast."""
    agency = nights.office()
    nights.with_facilities(agency)
    nights.with_events(agency)
    return nights.forecast_of(agency)


def test_csv_has_every_cell_and_slot_by_the_clock(graded: Forecast) -> None:
    """Twelve rows a cell; the slot 22-24 holds what the table holds for it."""
    rows = list(csv.DictReader(io.StringIO(feeds.csv_text(graded))))
    assert len(rows) == graded.cells * 12
    top = selectors.cells(graded, selectors.own_slot(graded, 11)).row(0, named=True)
    place = (str(top["cell_e"]), str(top["cell_n"]), "11")
    [same] = [row for row in rows if (row["cell_e"], row["cell_n"], row["slot"]) == place]
    assert float(same["expected"]) == pytest.approx(top["expected"], rel=1e-5)
    assert int(same["grade"]) == top["grade"]


def test_gpx_leads_to_the_highest_cells_and_says_what_a_grade_is_not(graded: Forecast) -> None:
    """Waypoints in order, each with the number of its cell; the file's description is the sentence."""
    root = ET.fromstring(feeds.gpx(graded, clock=11, top=5))
    points = root.findall(f"{GPX}wpt")
    names = [point.findtext(f"{GPX}name") or "" for point in points]
    assert [name.split(".")[0] for name in names] == ["1", "2", "3", "4", "5"]
    assert root.findtext(f"{GPX}metadata/{GPX}desc")


def test_a_program_reads_every_feed_with_its_scope(graded: Forecast) -> None:
    """Tonight's forecast, CSV, GPX, areas, shortage with the scope; 403 without, 404 for another agency's."""
    token = key(graded.agency, "risk.view_forecast")
    assert ask(f"/risk/tonight?district={graded.district}", token).json()["id"] == str(graded.id)
    base = f"/risk/forecasts/{graded.id}"
    assert ask(f"{base}/cells.csv", token).content.count(b"\r\n") == graded.cells * 12 + 1
    assert ask(f"{base}/cells.gpx?slot=11&top=3", token).content.count(b"<wpt") == 3
    assert ask(f"{base}/cells.gpx?slot=12", token).status_code == 422
    assert {one["kind"] for one in ask(f"{base}/areas", token).json()} == {"dong"}
    assert ask(f"{base}/areas?kind=person", token).status_code == 422
    assert all(one["lacking"] for one in ask(f"{base}/shortage?grade=3", token).json())
    narrow = key(graded.agency, "patrols.view_plan")
    foreign = key(nights.office(nights.NEIGHBOUR), "risk.view_forecast")
    for path in ("cells.csv", "cells.gpx", "areas", "shortage"):
        assert ask(f"{base}/{path}", narrow).status_code == 403
        assert ask(f"{base}/{path}", foreign).status_code == 404
    assert ask(f"/risk/tonight?district={graded.district}", foreign).status_code == 404


def test_no_program_reads_home_bound_cases_by_cell(graded: Forecast) -> None:
    """Asked for by family, the door for events gives none, and no cell of a forecast names such a family."""
    token = key(graded.agency, "places.view_event", "risk.view_forecast")
    for family in ("domestic", "child", "sexual", "stalking", "suicide"):
        found = ask(f"/places/events?district={graded.district}&families={family}", token).json()
        assert found["features"] == []
        assert f"family_{family}" not in selectors.columns_of(graded)


def test_files_are_for_staff(graded: Forecast) -> None:
    """An officer takes CSV and GPX along; a volunteer gets 403, the neighbour's officer 404."""
    cpo = signed_in(make_person("cpo", graded.agency))
    for ending in ("csv", "gpx"):
        address = f"/risk/{graded.id}/cells.{ending}"
        answer = cpo.get(address)
        assert answer.status_code == 200
        assert "attachment" in answer["Content-Disposition"]
        assert signed_in(make_person("volunteer", graded.agency)).get(address).status_code == 403
        other = signed_in(make_person("cpo", nights.office(nights.NEIGHBOUR)))
        assert other.get(address).status_code == 404
