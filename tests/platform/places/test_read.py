"""Reading places: within the reader's reach, within the box, and never a single event."""

import json
from datetime import date
from uuid import UUID

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from sunra.core.geo import cells
from sunra.platform.base.actor import Actor
from sunra.platform.base.errors import UserError
from sunra.platform.base.roles import ANALYST, DATA_OFFICER, VOLUNTEER
from sunra.platform.places import geojson, selectors, words
from sunra.platform.places.models import Crosswalk, LegalDong
from sunra.platform.places.selectors import Box
from sunra.platform.places.services import load_codes, publish
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in
from tests.platform.places.table import DONG, LAT, LON, calls, lights, roads

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])

HERE = f"{LON - 0.0004},{LAT - 0.0004},{LON + 0.0004},{LAT + 0.0004}"


@pytest.fixture
def officer() -> Actor:
    """An officer whose agency has published lights, streets and calls."""
    agency = make_agency("성북구청", dongs=(DONG,))
    actor = make_actor(DATA_OFFICER, agency)
    for layer, kind, frame in (
        ("facility", "security_light", lights(3)),
        ("street", "road", roads()),
        ("event", "call112", calls(4)),
    ):
        publish(actor=actor, agency_id=agency.pk, layer=layer, kind=kind, source="s", frame=frame)  # type: ignore[arg-type]
    return actor


def test_who_is_responsible_for_the_dong_sees_what_others_published_there(officer: Actor) -> None:
    """If this fails, a police station does not see the lights of its own streets."""
    station = make_actor(ANALYST, make_agency("성북경찰서", dongs=(DONG,)))
    assert selectors.facilities(station).count() == 3
    assert selectors.events(station).count() == 4
    assert selectors.streets(station).count() == 2


def test_who_is_responsible_elsewhere_sees_nothing(officer: Actor) -> None:
    """If this fails, an agency reads another's places."""
    stranger = make_actor(ANALYST, make_agency("강남구청", dongs=("1168010100",)))
    assert not selectors.facilities(stranger).exists()
    assert not selectors.events(stranger).exists()
    assert not selectors.streets(stranger).exists()
    assert not selectors.areas(stranger).exists()
    assert selectors.kinds(stranger) == []


def test_the_agency_above_sees_what_is_below(officer: Actor) -> None:
    """If this fails, a committee does not see the places of its districts."""
    parent = make_agency("서울특별시 자치경찰위원회")
    below = make_agency("도봉구청", parent=parent)
    clerk = make_actor(DATA_OFFICER, below)
    publish(
        actor=clerk, agency_id=below.pk, layer="facility", kind="cctv", source="s", frame=lights(1, dong=[""])
    )
    assert selectors.facilities(make_actor(ANALYST, parent)).count() == 1


def test_box_kind_and_district_narrow(officer: Actor) -> None:
    """If this fails, a map layer holds what the map does not show."""
    box = Box.parse(HERE)
    assert [f.key for f in selectors.facilities(officer, bbox=box)] == ["light-0"]
    assert selectors.facilities(officer, kinds=["cctv"]).count() == 0
    assert selectors.facilities(officer, district="11290").count() == 3
    assert selectors.facilities(officer, district="11680").count() == 0
    assert selectors.kinds(officer) == [{"kind": "security_light", "rows": 3, "units": 6}]


def test_a_street_shows_in_every_box_it_runs_through(officer: Actor) -> None:
    """If this fails, a street is cut out of a section in which it neither begins nor ends."""
    middle = Box.parse(f"{LON + 0.006},{LAT - 0.0004},{LON + 0.007},{LAT + 0.0004}")
    assert [s.key for s in selectors.streets(officer, bbox=middle)] == ["b"]


def test_events_are_narrowed_by_family_and_day(officer: Actor) -> None:
    """If this fails, yesterday's calls stand in last year's map."""
    assert selectors.events(officer, families=["theft"]).count() == 0
    first = selectors.events(officer).order_by("time_from").values_list("time_from", flat=True)[1]
    assert selectors.events(officer, since=first).count() == 3
    assert selectors.events(officer, until=first).count() == 1


@settings(max_examples=60, deadline=None)
@given(
    st.floats(126.5, 129.5), st.floats(34.5, 38.0), st.floats(0.0005, 0.05), st.floats(0, 1), st.floats(0, 1)
)
def test_the_cells_of_a_box_hold_every_point_of_it(
    west: float, south: float, size: float, x: float, y: float
) -> None:
    """If this fails, things at the edge of the map are missing from it."""
    e_min, e_max, n_min, n_max = Box(west, south, west + size, south + size).cells()
    cell_e, cell_n = cells.cell_of(west + size * x, south + size * y)
    assert e_min <= int(cell_e) <= e_max
    assert n_min <= int(cell_n) <= n_max


@pytest.mark.parametrize("text", ["", "1,2,3", "a,b,c,d", "127,37,126,38", "0,0,1,1", "nan,nan,nan,nan"])
def test_a_box_that_makes_no_sense_is_refused(text: str) -> None:
    """If this fails, a mistyped address asks for the whole country."""
    with pytest.raises(UserError) as refused:
        Box.parse(text)
    assert refused.value.code == "bad_box"


def test_few_facilities_come_singly_and_many_by_cell(officer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a city's lights choke the map, or their sum is wrong."""
    single = geojson.points(selectors.facilities(officer))
    assert (single["summed"], len(single["features"])) == (False, 3)
    assert single["features"][0]["properties"]["label"] == f"{words.kind('security_light')} 등 0"
    monkeypatch.setattr(geojson, "LIMIT", 2)
    summed = geojson.points(selectors.facilities(officer))
    assert (summed["summed"], summed["limited"]) == (True, True)
    assert summed["features"][0]["properties"]["cell"].startswith("다사")


def test_an_event_is_never_drawn_singly(officer: Actor) -> None:
    """If this fails, one call of one night can be read off the map."""
    features = geojson.event_cells(selectors.events(officer))["features"]
    assert [f["properties"]["count"] for f in features] == [4]
    assert not {"key", "time_from", "category"} & set(features[0]["properties"])


def test_layers_answer_on_the_page_address(officer: Actor) -> None:
    """If this fails, the map stays empty."""
    client = signed_in(make_person(ANALYST, make_agency(dongs=(DONG,))))
    answer = client.get("/places/facilities.geojson", {"bbox": HERE, "kinds": "security_light,cctv"})
    assert answer["Content-Type"] == "application/geo+json"
    assert [f["properties"]["key"] for f in json.loads(answer.content)["features"]] == ["light-0"]
    assert len(client.get("/places/streets.geojson").json()["features"]) == 2
    assert client.get("/places/areas.geojson").json()["features"] == []
    events = client.get("/places/events.geojson", {"since": "2026-11-01", "until": "2026-11-01"})
    assert events.json()["features"][0]["properties"]["rows"] == 4
    assert client.get("/places/events.geojson", {"since": "2026-11-02"}).json()["features"] == []


def test_a_bad_address_says_what_is_wrong() -> None:
    """If this fails, a mistyped box or day ends in a server error."""
    client = signed_in(make_person(ANALYST))
    assert client.get("/places/facilities.geojson", {"bbox": "x"}).json()["code"] == "bad_box"
    answer = client.get("/places/events.geojson", {"since": "gestern"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_day")


def test_layers_are_refused_to_those_not_named(officer: Actor) -> None:
    """If this fails, a passer-by reads the map, or a volunteer the calls."""
    assert Client().get("/places/facilities.geojson").status_code in {302, 401}
    volunteer = signed_in(make_person(VOLUNTEER, make_agency(dongs=(DONG,))))
    assert volunteer.get("/places/facilities.geojson").status_code == 200
    assert volunteer.get("/places/events.geojson").status_code == 403
    assert volunteer.post("/places/facilities.geojson").status_code == 405


def test_codes_are_loaded_once_and_know_their_successors() -> None:
    """If this fails, old codes find no place in new tables."""
    count = load_codes()
    assert LegalDong.objects.count() == count > 20_000
    rows = list(LegalDong.objects.filter(code=DONG).values_list("pk", "full_name", "valid_to"))
    assert load_codes() == count
    assert list(LegalDong.objects.filter(code=DONG).values_list("pk", "full_name", "valid_to")) == rows
    old = Crosswalk.objects.filter(old__startswith="42").order_by("old").first()
    assert old is not None
    assert old.new.startswith("51")
    assert selectors.successors(old.old)[0].startswith("51")
    assert selectors.dongs(district="11290").filter(code=DONG).exists()
    gone = LegalDong.objects.get(code=old.old)
    assert isinstance(gone.valid_to, date)
    assert not selectors.dongs().filter(code=old.old).exists()


def test_a_job_reads_within_its_agency(officer: Actor) -> None:
    """If this fails, background work sees more than the agency for which it runs."""
    assert isinstance(officer.agency_id, UUID)
    assert selectors.facilities(Actor.job(officer.agency_id, "test")).count() == 3
    assert selectors.facilities(Actor.job(make_agency().pk, "test")).count() == 0
