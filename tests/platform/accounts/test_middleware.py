"""Nothing is reachable that does not say who may reach it."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from sunra.platform.accounts import keys
from sunra.platform.agencies.models import Agency
from sunra.platform.base.access import PUBLIC, SIGNED_IN, allow, get_visible, grant, public, require
from sunra.platform.base.actor import actor_of
from sunra.platform.base.roles import ANALYST, VOLUNTEER
from sunra.platform.ledger.models import Record
from sunra.platform.ledger.services import LedgerUnavailable
from tests.platform.accounts.people import make_agency, make_person, signed_in

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])

grant("test.see", ANALYST, VOLUNTEER)
grant("test.do", ANALYST)


def _ok(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    return HttpResponse(actor_of(request).role)


def _deep(request: HttpRequest) -> HttpResponse:
    require(actor_of(request), "test.do")
    return HttpResponse("done")


def _object(request: HttpRequest, pk: str) -> HttpResponse:
    return HttpResponse(get_visible(Agency.objects.all(), actor_of(request), pk=pk).name)


def _copy(view):
    def copied(request: HttpRequest, **kwargs: str) -> HttpResponse:
        return view(request, **kwargs)

    return copied


urlpatterns = [
    path("", public(_copy(_ok))),
    path("undeclared/", _copy(_ok)),
    path("see/", allow("test.see")(_copy(_ok))),
    path("both/", allow(GET="test.see", POST="test.do")(_copy(_ok))),
    path("mine/", allow(GET=SIGNED_IN)(_copy(_ok))),
    path("post/", allow(POST=PUBLIC)(_copy(_ok))),
    path("deep/", allow("test.see")(_copy(_deep))),
    path("agency/<uuid:pk>/", allow("test.see")(_copy(_object))),
    path("account/", include("allauth.urls")),
]


@pytest.fixture(autouse=True)
def _urls():
    with override_settings(ROOT_URLCONF=__name__):
        yield


def _denials() -> list[tuple[str, str]]:
    return list(Record.objects.filter(act="denied").values_list("subject", "ref"))


def test_a_view_that_declares_nothing_is_refused_to_all() -> None:
    """If this fails, a forgotten decorator opens a page."""
    assert Client().get("/undeclared/")["Location"].startswith("/account/login/")
    assert signed_in(make_person(ANALYST)).get("/undeclared/").status_code == 403
    assert _denials() == [("permission", "undeclared")]


def test_the_anonymous_are_led_to_the_sign_in_page_and_back() -> None:
    """If this fails, people without a session see a page or lose their way."""
    answer = Client().get("/see/?day=1")
    assert (answer.status_code, answer["Location"]) == (302, "/account/login/?next=/see/%3Fday%3D1")
    assert Client().get("/see/", headers={"HX-Request": "true"}).status_code == 401


def test_only_the_named_roles_pass_and_only_with_the_named_verbs() -> None:
    """If this fails, a role acts beyond its permissions."""
    volunteer, analyst = signed_in(make_person(VOLUNTEER)), signed_in(make_person(ANALYST))
    assert volunteer.get("/both/").content == b"volunteer"
    assert volunteer.post("/both/").status_code == 403
    assert analyst.post("/both/").status_code == 200
    assert analyst.head("/both/").status_code == 200
    assert {analyst.put("/both/").status_code, analyst.options("/both/").status_code} == {405}
    assert Client().post("/").status_code == 405


def test_a_denial_in_a_service_reaches_the_ledger() -> None:
    """If this fails, a refusal deeper than the view leaves no trace."""
    assert signed_in(make_person(VOLUNTEER)).get("/deep/").status_code == 403
    assert _denials() == [("permission", "test.do")]


def test_a_row_of_another_agency_does_not_exist_and_the_look_is_recorded() -> None:
    """If this fails, ids of others can be probed, or probing leaves no trace."""
    own, other = make_agency(), make_agency()
    client = signed_in(make_person(ANALYST, own))
    assert client.get(f"/agency/{own.pk}/").status_code == 200
    assert client.get(f"/agency/{other.pk}/").status_code == 404
    assert _denials() == [("agencies.Agency", str(other.pk))]


def test_without_the_ledger_a_denial_is_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, refusals vanish while the ledger is down."""

    def broken(**_kwargs: object) -> None:
        raise LedgerUnavailable

    monkeypatch.setattr("sunra.platform.accounts.denials.record", broken)
    assert signed_in(make_person(VOLUNTEER)).post("/both/").status_code == 503
    assert signed_in(make_person(VOLUNTEER)).get("/deep/").status_code == 503


def test_staff_without_a_second_factor_are_sent_to_set_it_up() -> None:
    """If this fails, a password alone opens the desk of an officer."""
    person = make_person(ANALYST, factor=False)
    assert signed_in(person).get("/see/")["Location"] == "/account/2fa/totp/activate/"
    assert signed_in(make_person(VOLUNTEER)).get("/see/").status_code == 200


def test_a_person_without_a_membership_has_no_role() -> None:
    """If this fails, an account alone opens doors."""
    client = signed_in(make_person(None))
    assert client.get("/mine/").status_code == 200
    assert client.get("/see/").status_code == 403


@pytest.mark.parametrize("given", ["snr_deadbeef_nothing", "nonsense", "snr_x", ""])
def test_a_key_that_opens_nothing_is_refused_everywhere(given: str) -> None:
    """If this fails, a wrong key is treated as an anonymous visitor."""
    assert keys.find_key(given) is None
    assert Client().get("/", headers={"Authorization": f"Bearer {given}"}).status_code == 401
