"""Programs read the same layers as people, with a key and within its agency."""

import pytest
from django.test import Client

from sunra.platform.base.roles import ANALYST, DATA_OFFICER, VOLUNTEER
from sunra.platform.places.services import publish
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in
from tests.platform.places.table import DONG, calls, lights

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])


@pytest.fixture
def client() -> Client:
    """An analyst of an agency that has published lights and calls."""
    agency = make_agency(dongs=(DONG,))
    officer = make_actor(DATA_OFFICER, agency)
    for layer, kind, frame in (("facility", "security_light", lights(3)), ("event", "call112", calls(4))):
        publish(actor=officer, agency_id=agency.pk, layer=layer, kind=kind, source="s", frame=frame)  # type: ignore[arg-type]
    return signed_in(make_person(ANALYST, agency))


def test_each_layer_answers(client: Client) -> None:
    """If this fails, a program cannot read what the map shows."""
    found = client.get("/api/v1/places/facilities", {"kinds": "security_light", "district": "11290"})
    assert len(found.json()["features"]) == 3
    assert client.get("/api/v1/places/events", {"since": "2026-11-01"}).json()["summed"]
    assert client.get("/api/v1/places/streets").json()["features"] == []
    assert client.get("/api/v1/places/areas").json()["features"] == []


def test_a_bad_question_is_answered_with_its_code(client: Client) -> None:
    """If this fails, a program sees a server error for its own mistake."""
    answer = client.get("/api/v1/places/facilities", {"bbox": "x"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_box")


def test_who_has_no_permission_is_refused(client: Client) -> None:
    """If this fails, anybody's program reads the calls."""
    assert Client().get("/api/v1/places/facilities").status_code == 401
    volunteer = signed_in(make_person(VOLUNTEER))
    assert volunteer.get("/api/v1/places/events").status_code == 403
    assert volunteer.get("/api/v1/places/facilities").json()["features"] == []
    assert client.post("/api/v1/places/facilities").status_code == 405
    assert client.get("/api/v1/openapi.json").status_code == 200
    assert Client().get("/api/v1/openapi.json").status_code in {302, 401}
