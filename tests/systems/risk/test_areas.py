"""Areas, compared nights, the weights' page and the brief: sums that agree, and doors that hold."""

import datetime as dt
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from pypdf import PdfReader

from sunra.platform.places.models import Facility
from sunra.systems.risk import brief, selectors
from sunra.systems.risk.models import FamilyWeights, Forecast
from sunra.systems.risk.selectors.areas import BEAT, DONG, ZONE
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in
from tests.systems import nights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture
def graded() -> Forecast:
    """A graded forecast whose district has cameras and thefts."""
    agency = nights.office()
    nights.with_facilities(agency)
    nights.with_events(agency)
    return nights.forecast_of(agency)


def test_dongs_add_up_to_the_district(graded: Forecast) -> None:
    """The 법정동 partition the cells that lie in one: their sums are those of the whole table."""
    found = selectors.areas(nights.job(graded.agency), graded, DONG)
    whole = selectors.table(graded)
    inside = whole.filter(whole["dong"] != "")
    assert sum(one.cells for one in found) == inside.height
    assert sum(one.expected for one in found) == pytest.approx(inside["expected_day"].sum())
    assert [one.expected for one in found] == sorted((one.expected for one in found), reverse=True)


def test_a_beat_is_the_jurisdiction_of_a_station(graded: Forecast) -> None:
    """A station with one dong has exactly that dong's figures, with slots, top cells and months."""
    dong = selectors.areas(nights.job(graded.agency), graded, DONG)[0]
    station = make_agency("중부경찰서", dongs=(dong.area.code,))
    type(station).objects.filter(pk=station.pk).update(type="police_station")
    actor = make_actor("cpo", station)
    [beat] = selectors.areas(actor, graded, BEAT)
    assert (beat.cells, beat.expected) == (dong.cells, dong.expected)
    one = selectors.area(actor, graded, BEAT, str(station.id))
    assert sum(expected for expected, _naive in one.slots) == pytest.approx(one.expected)
    assert one.top[0]["expected"] >= one.top[-1]["expected"]
    months = selectors.trend(actor, graded, one.area)
    assert len(months) == 24
    assert months[-1][0] == dt.date(2026, 10, 1)
    actor = nights.job(graded.agency)
    whole = [selectors.trend(actor, graded, each.area) for each in selectors.areas(actor, graded, DONG)]
    assert 100 < sum(count for each in whole for _month, count in each) <= 200
    with pytest.raises(Http404):
        selectors.area(actor, graded, BEAT, "none")


def test_a_school_zone_is_300_m_around_its_gate(graded: Forecast) -> None:
    """Without an outline the cells whose middle lies within 300 m of the gate count, and their events."""
    nights.with_facilities(graded.agency, kind="child_zone", source="zones")
    Facility.objects.filter(kind="child_zone").exclude(key="20").delete()
    actor = nights.job(graded.agency)
    [zone] = selectors.areas(actor, graded, ZONE)
    assert 15 < zone.cells < 31
    found = selectors.area(actor, graded, ZONE, zone.area.code)
    assert sum(count for _month, count in selectors.trend(actor, graded, found.area)) <= 200


def test_pages_of_areas_changes_and_weights_answer(graded: Forecast) -> None:
    """Each page says what a grade is not; unknown kinds and nights are 404 or an empty page, not an error."""
    earlier = nights.forecast_of(graded.agency, nights.DAY - dt.timedelta(days=60))
    cpo = signed_in(make_person("cpo", graded.agency))
    here = f"district={graded.district}&day={graded.day}"
    dong = selectors.areas(nights.job(graded.agency), graded, DONG)[0].area.code
    for address in (
        f"/risk/areas/?{here}", f"/risk/areas/?{here}&kind=zone", f"/risk/areas/dong/{dong}/?{here}",
        f"/risk/compare/?{here}&with={earlier.day}", f"/risk/compare/?{here}", f"/risk/weights/?{here}",
        f"/risk/?{here}",
    ):  # fmt: skip
        page = cpo.get(address)
        assert page.status_code == 200, address
        assert "근거" in page.content.decode(), address
    assert cpo.get(f"/risk/areas/?{here}&kind=person").status_code == 404
    assert cpo.get(f"/risk/areas/dong/1/?{here}").status_code == 404
    changes = cpo.get(f"/risk/compare/changes.geojson?{here}&with={earlier.day}&direction=down").json()
    assert all(one["properties"]["grade"] < one["properties"]["was"] for one in changes["features"])
    assert cpo.get("/risk/compare/changes.geojson?district=99999").status_code == 404
    assert cpo.post(f"/risk/weights/?{here}", {}).status_code == 403


def test_the_public_sees_dongs_and_never_a_cell(graded: Forecast) -> None:
    """Nobody signed in: sums by 법정동, no link or number of a cell; the staff's pages ask for a sign-in."""
    page = Client().get(f"/risk/public/?district={graded.district}").content.decode()
    top = selectors.areas(nights.job(graded.agency), graded, DONG)[0]
    assert top.area.name in page
    row = selectors.cells(graded, 0).row(0, named=True)
    assert f"{row['cell_e']}-{row['cell_n']}" not in page
    assert str(graded.id) not in page
    assert Client().get("/risk/public/?district=99999").status_code == 404
    assert Client().get("/risk/areas/").status_code == 302


def test_new_weights_start_a_forecast_and_a_bad_one_is_said(graded: Forecast) -> None:
    """Kept with its reason, then computed in the background; above ten nothing is kept."""
    officer = signed_in(make_person("safety_officer", graded.agency))
    address = f"/risk/weights/?district={graded.district}"
    given = dict.fromkeys(graded.params["weights"], 1)
    assert officer.post(address, {**given, "theft": 11, "reason": "축제"}).status_code == 200
    assert not FamilyWeights.objects.exists()
    assert officer.post(address, {**given, "theft": 3, "reason": "축제"}).status_code == 302
    assert FamilyWeights.objects.get().weights["theft"] == 3
    page = officer.get(address).content.decode()
    assert "축제" in page


def test_the_button_forecasts_the_own_district_alone(graded: Forecast) -> None:
    """The officer's own district is queued; another's is 404, and who may not make gets 403."""
    officer = signed_in(make_person("safety_officer", graded.agency))
    answer = officer.post("/risk/make/", {"district": graded.district})
    assert (answer.status_code, answer["Location"][:6]) == (302, "/jobs/")
    assert officer.post("/risk/make/", {"district": nights.NEIGHBOUR}).status_code == 404
    cpo = signed_in(make_person("cpo", graded.agency))
    assert cpo.post("/risk/make/", {"district": graded.district}).status_code == 403


def test_the_brief_is_one_page_with_what_a_grade_is_not(graded: Forecast) -> None:
    """Cells with their reasons, areas, changes, and the sentence, on one page; refused to who may not see."""
    nights.forecast_of(graded.agency, nights.DAY - dt.timedelta(days=60))
    made = PdfReader(BytesIO(brief.pdf(nights.job(graded.agency), graded)))
    text = " ".join(made.pages[0].extract_text().split())
    assert len(made.pages) == 1
    assert "근거" in text
    top = selectors.table(graded).sort("rank").row(0, named=True)
    assert selectors.cell(nights.job(graded.agency), graded.id, top["cell_e"], top["cell_n"]).number in text
    volunteer = signed_in(make_person("volunteer", graded.agency))
    assert volunteer.get("/risk/brief.pdf").status_code == 403
    with pytest.raises(PermissionDenied):
        brief.pdf(make_actor("volunteer", graded.agency), graded)
