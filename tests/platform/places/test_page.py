"""The page of facilities: the table is the truth, the map its picture, and both within the reader's reach."""

import pytest
from django.test import Client

from sunra.platform.base.actor import Actor
from sunra.platform.base.roles import ANALYST, DATA_OFFICER, VOLUNTEER
from sunra.platform.places.models import Facility
from sunra.platform.places.services import publish
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in
from tests.platform.places.table import DONG, lights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture
def officer() -> Actor:
    """An officer whose agency has published 40 lights and a camera of a demonstration."""
    actor = make_actor(DATA_OFFICER, make_agency("성북구청", dongs=(DONG,)))
    given = {"actor": actor, "agency_id": actor.agency_id, "layer": "facility", "source": "s"}
    publish(kind="security_light", frame=lights(40), **given)  # type: ignore[arg-type]
    publish(kind="cctv", frame=lights(1, dong=["1129010100"]), demo=True, **given)  # type: ignore[arg-type]
    return actor


@pytest.fixture
def client(officer: Actor) -> Client:
    """An analyst of the same district."""
    return signed_in(make_person(ANALYST, Facility.objects.select_related("agency")[0].agency))


def test_the_page_shows_map_and_table(client: Client) -> None:
    """If this fails, nobody sees which facilities there are."""
    answer = client.get("/facilities/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "/places/facilities.geojson" in page
    assert "다사 574 545" in page
    assert page.count("data-row=") == 25


def test_kind_and_dong_narrow_map_and_table_alike(client: Client) -> None:
    """If this fails, the map shows something else than the table beside it."""
    page = client.get("/facilities/", {"facilities-kind": "cctv"}).content.decode()
    assert page.count("data-row=") == 1
    assert "facilities.geojson?kinds=cctv" in page
    page = client.get("/facilities/", {"facilities-dong": DONG, "facilities-page": "2"}).content.decode()
    assert page.count("data-row=") == 15
    assert f"facilities.geojson?dong={DONG}" in page
    features = client.get("/places/facilities.geojson", {"dong": DONG}).json()["features"]
    assert len(features) == 40


def test_demonstration_data_are_named(client: Client) -> None:
    """If this fails, made-up facilities pass for real ones."""
    marked = client.get("/facilities/")
    assert marked.context["demo"]
    Facility.objects.filter(demo=True).delete()
    assert not client.get("/facilities/").context["demo"]


def test_the_table_leaves_as_csv(client: Client) -> None:
    """If this fails, nobody can take the list along."""
    answer = client.get("/facilities/", {"export": "csv", "table": "facilities"})
    body = b"".join(answer) if answer.streaming else answer.content
    assert body.decode("utf-8-sig").count("\n") >= 41


def test_an_empty_page_says_why() -> None:
    """If this fails, a new installation shows a bare frame."""
    answer = signed_in(make_person(VOLUNTEER)).get("/facilities/")
    assert answer.status_code == 200
    assert "geojson" not in answer.content.decode()


def test_the_page_is_refused_to_the_anonymous_and_empty_elsewhere(officer: Actor) -> None:
    """If this fails, a stranger or another agency reads the list."""
    assert Client().get("/facilities/").status_code == 302
    stranger = signed_in(make_person(ANALYST, make_agency("강남구청", dongs=("1168010100",))))
    assert stranger.get("/facilities/").content.decode().count("data-row=") == 0
    assert stranger.post("/facilities/").status_code == 405
