"""OGC API – Features: what the standard demands, who reads what, and that pages neither skip nor repeat."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from sunra.platform.accounts import limits
from sunra.platform.accounts.services import create_key
from sunra.platform.agencies.models import Agency
from sunra.platform.base.time import now
from sunra.platform.places.models import Facility
from sunra.systems.sharing.models import Dataset
from sunra.systems.sharing.opened import asked, columns
from tests.platform.accounts.people import make_actor, make_person, signed_in
from tests.systems import nights
from tests.systems.sharing import opening as made

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])
ROOT = "/api/v1/ogc"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def dataset() -> Dataset:
    """Forty open cameras, the first without coordinates."""
    found = made.cameras(nights.office())
    made.opened(found)
    return found


def ask(path: str, client: Client | None = None, **headers: str) -> Any:
    """The answer to anybody."""
    return (client or Client()).get(f"{ROOT}{path}", headers=headers)


def items(dataset: Dataset, query: str = "", client: Client | None = None) -> Any:
    """A page of the dataset's features."""
    answer = ask(f"/collections/{dataset.id}/items{query}", client)
    assert answer.status_code == 200, answer.content
    return answer.json()


def key_of(agency: Agency, *permissions: str) -> Client:
    """A program of the agency."""
    full = create_key(
        actor=make_actor("agency_admin", agency),
        agency_id=agency.id,
        name="client",
        permissions=list(permissions or ("sharing.read_features",)),
        expires=now() + timedelta(days=1),
    )[1]
    return Client(headers={"Authorization": f"Bearer {full}"})


def test_a_program_finds_its_way_from_the_landing_page(dataset: Dataset) -> None:
    """If this fails, a client of the standard gets stuck at the door."""
    landing = ask("/").json()
    rels = {link["rel"]: link["href"] for link in landing["links"]}
    assert {"self", "alternate", "service-desc", "service-doc", "conformance", "data"} <= rels.keys()
    found = Client().get(rels["data"].removeprefix("http://testserver")).json()["collections"]
    assert [one["id"] for one in found] == [str(dataset.id)]
    assert found[0]["extent"]["spatial"]["bbox"][0][0] == pytest.approx(129.03, abs=0.05)
    conforms = Client().get(rels["conformance"].removeprefix("http://testserver")).json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in conforms
    one = ask(f"/collections/{dataset.id}").json()
    assert {"items", "license", "describedby", "self", "alternate"} <= {link["rel"] for link in one["links"]}


def test_the_description_is_openapi_3_0_of_these_addresses_alone() -> None:
    """If this fails, the class oas30 is claimed wrongly."""
    answer = ask("/api")
    assert answer["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"
    found = answer.json()
    assert found["openapi"].startswith("3.0.")
    assert set(found["paths"]) >= {"/", "/conformance", "/collections/{collection_id}/items"}
    assert '"null"' not in answer.content.decode()


def test_a_page_says_how_many_match_and_leads_on(dataset: Dataset) -> None:
    """If this fails, a client cannot page or does not know when it is done."""
    page = items(dataset, "?limit=15")
    assert (page["numberMatched"], page["numberReturned"]) == (40, 15)
    assert page["timeStamp"].endswith("Z")
    seen: list[int] = []
    url: str | None = f"{ROOT}/collections/{dataset.id}/items?limit=15"
    while url:
        page = Client().get(url).json()
        seen += [one["id"] for one in page["features"]]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert seen == sorted(Facility.objects.values_list("id", flat=True))
    back = next(link["href"] for link in page["links"] if link["rel"] == "prev")
    assert "offset=15" in back
    assert len(Client().get(back).json()["features"]) == 15


def test_a_page_goes_on_where_it_ended_though_rows_went(dataset: Dataset) -> None:
    """If this fails, a row deleted between two pages makes a client lose another one."""
    page = items(dataset, "?limit=10")
    Facility.objects.filter(id__in=[one["id"] for one in page["features"][:5]]).delete()
    url = next(link["href"] for link in page["links"] if link["rel"] == "next")
    after = Client().get(url).json()["features"]
    assert after[0]["id"] == page["features"][-1]["id"] + 1


@pytest.mark.parametrize("shift", [0.0, 0.0031])
def test_a_box_is_exact(dataset: Dataset, shift: float) -> None:
    """If this fails, features outside the box come, or features inside are missing."""
    rows = Facility.objects.exclude(lon=None).order_by("lon")
    west, east = rows[8].lon + shift, rows[25].lon
    south, north = 35.09, 35.12
    inside = rows.filter(lon__range=(west, east), lat__range=(south, north))
    page = items(dataset, f"?bbox={west},{south},{east},{north}&limit=1000")
    assert {one["id"] for one in page["features"]} == set(inside.values_list("id", flat=True))
    assert page["numberMatched"] == inside.count()


def test_a_box_may_have_heights_be_turned_or_cross_the_antimeridian(dataset: Dataset) -> None:
    """If this fails, a box that the standard allows is misread."""
    whole = 39  # the fortieth has no place
    for box in ("100,0,0,150,60,0", "100,60,150,0", "-180,-90,180,90", "120,0,-120,60"):
        assert items(dataset, f"?bbox={box}")["numberMatched"] == whole, box
    assert items(dataset, "?bbox=-120,0,120,60")["numberMatched"] == 0


def test_properties_and_times_narrow(dataset: Dataset) -> None:
    """If this fails, a filter is ignored: the client takes all rows for the ones it wanted."""
    assert items(dataset, "?purpose=방범")["numberMatched"] == 20
    assert items(dataset, "?purpose=방범&count=3")["numberMatched"] == 6
    assert items(dataset, "?dong=26110")["numberMatched"] == 40
    assert items(dataset, "?dong=11290")["numberMatched"] == 0
    cell = items(dataset)["features"][1]["properties"]["cell"]
    assert items(dataset, f"?cell={cell}")["numberMatched"] >= 1
    assert items(dataset, "?cell=nowhere")["numberMatched"] == 0
    assert items(dataset, "?category=theft")["numberMatched"] == 0, "other collections have it"
    day = now().date()
    assert items(dataset, "?datetime=2000-01-01/..")["numberMatched"] == 40
    assert items(dataset, f"?datetime=../{day - timedelta(days=2)}")["numberMatched"] == 0
    assert (
        items(dataset, f"?datetime={day - timedelta(days=1)}/{day + timedelta(days=1)}")["numberMatched"]
        == 40
    )


@pytest.mark.parametrize(
    "query",
    ["nonsense=1", "unexplained=secret", "bbox=1,2,3", "bbox=a,b,c,d", "limit=0", "limit=-1", "limit=x",
     "offset=-1", "datetime=yesterday", "datetime=2026-02-31", "count=many", "f=xml", "after=x"],
)  # fmt: skip
def test_what_is_not_understood_is_refused_with_a_reason(dataset: Dataset, query: str) -> None:
    """If this fails, a slip in a parameter gives wrong data without a word."""
    answer = ask(f"/collections/{dataset.id}/items?{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_parameter"


def test_a_limit_above_the_largest_is_the_largest(dataset: Dataset) -> None:
    """If this fails, one call takes everything, or a generous client is refused."""
    assert items(dataset, f"?limit=1{'0' * 30}")["numberReturned"] == 40


def test_one_feature_has_its_place_and_explained_properties_alone(dataset: Dataset) -> None:
    """If this fails, a client cannot look a feature up, or reads what nobody judged."""
    row = Facility.objects.exclude(lon=None).first()
    assert row is not None
    found = ask(f"/collections/{dataset.id}/items/{row.id}")
    assert found["Content-Type"] == "application/geo+json"
    body = found.json()
    assert body["geometry"] == {"type": "Point", "coordinates": [row.lon, row.lat]}
    assert (body["id"], body["properties"]["purpose"]) == (row.id, row.attrs["purpose"])
    assert "unexplained" not in body["properties"]
    for wrong in (str(row.id + 1000), "x", "-1", "9" * 30, "١"):
        assert ask(f"/collections/{dataset.id}/items/{wrong}").status_code == 404


def test_people_get_a_page(dataset: Dataset) -> None:
    """If this fails, a link into the API shows a browser raw JSON, or f=json is ignored."""
    for path in (
        "/",
        "/conformance",
        "/collections",
        f"/collections/{dataset.id}",
        f"/collections/{dataset.id}/items",
    ):
        assert ask(f"{path}?f=html")["Content-Type"].startswith("text/html")
        assert ask(path, Accept="text/html,*/*;q=0.8")["Content-Type"].startswith("text/html")
        assert "json" in ask(f"{path}?f=json", Accept="text/html")["Content-Type"]
    one = Facility.objects.first()
    assert one is not None
    assert "방범" in ask(f"/collections/{dataset.id}/items?f=html").content.decode()
    assert ask(f"/collections/{dataset.id}/items/{one.id}?f=html").status_code == 200


def test_what_is_not_open_is_read_with_a_key_of_its_agency_alone() -> None:
    """If this fails, closed data leaks to other agencies or to everybody, or its owner cannot read it."""
    agency = nights.office()
    closed = made.cameras(agency)
    path = f"/collections/{closed.id}/items"
    own, foreign = key_of(agency), key_of(nights.office(nights.NEIGHBOUR))
    assert ask(path, own).status_code == 200
    assert ask(path, foreign).status_code == 404
    assert ask(path).status_code == 404
    assert ask(path, key_of(agency, "places.view_place")).status_code == 404
    assert ask(path, signed_in(make_person("volunteer", agency))).status_code == 404
    assert ask(path, signed_in(make_person("analyst", agency))).status_code == 200
    assert [one["id"] for one in ask("/collections", own).json()["collections"]] == [str(closed.id)]
    assert ask("/collections", foreign).json()["collections"] == []
    assert ask("/collections/nonsense").status_code == 404


def test_events_are_no_collection_whoever_asks() -> None:
    """If this fails, single events leave through the door for places."""
    agency = nights.office()
    calls = made.calls(agency)
    assert ask(f"/collections/{calls.id}/items", key_of(agency)).status_code == 404
    made.opened(calls)
    page = items(calls, "?limit=1000", key_of(agency))
    assert {one["geometry"]["type"] for one in page["features"] if one["geometry"]} <= {
        "Polygon",
        "MultiPolygon",
    }
    assert page["numberMatched"] == len(page["features"])
    theft = items(calls, "?category=theft&limit=5")
    assert {one["properties"]["category"] for one in theft["features"]} == {"theft"}
    assert items(calls, "?datetime=2026-01-01")["numberMatched"] == 0
    west, south, east, north = ask(f"/collections/{calls.id}").json()["extent"]["spatial"]["bbox"][0]
    assert items(calls, f"?bbox={west},{south},{east},{north}")["numberMatched"] == page["numberMatched"]
    assert items(calls, "?bbox=126,37,127,38")["numberMatched"] == 0
    assert ask(f"/collections/{calls.id}/items/1").json()["id"] == 1
    more = items(calls, "?limit=2")
    assert any(link["rel"] == "next" for link in more["links"])


def test_a_box_cuts_streets_exactly() -> None:
    """If this fails, a street comes because its cells touch the box, or not because no vertex lies inside."""
    streets = made.streets(nights.office())
    made.opened(streets)
    assert items(streets, "?bbox=129.004,35.09,129.006,35.11")["numberMatched"] == 1
    assert items(streets, "?bbox=129.004,35.1003,129.006,35.11")["numberMatched"] == 0
    assert items(streets, "?bbox=129.0,35.09,129.03,35.11")["numberMatched"] == 2
    assert items(streets, "?level=local")["numberMatched"] == 3


def test_one_address_cannot_ask_without_end(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, one visitor takes the public API from everybody; a key is counted by its own quota."""
    monkeypatch.setattr(limits, "PUBLIC_CALLS", 3)
    answers = [ask("/") for _time in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3]["Retry-After"] == "60"
    assert ask("/", key_of(dataset.agency)).status_code == 200


@given(
    st.text(max_size=30),
    st.sampled_from(["bbox", "datetime", "limit", "offset", "after", "count", "purpose", "q"]),
)
def test_any_text_is_read_or_refused(text: str, name: str) -> None:
    """If this fails, some parameter breaks the server instead of being refused."""
    known = columns.of_places({"purpose"})
    try:
        found = asked.read({name: text}, known)
    except asked.BadParameter as error:
        refused = error.where
    else:
        refused = (name,)
        assert found.limit <= asked.MOST
    assert refused == (name,)
