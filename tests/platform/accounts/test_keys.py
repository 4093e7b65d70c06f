"""Keys of programs: shown once, kept as a hash, bound to agency, permissions and time."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.test import Client, override_settings
from django.urls import include, path
from ninja import NinjaAPI

from sunra.platform.accounts import keys, services
from sunra.platform.accounts.api import Needs, install_handlers
from sunra.platform.accounts.declared import access_for
from sunra.platform.accounts.models import MachineKey
from sunra.platform.agencies.models import Agency
from sunra.platform.base.access import PUBLIC, get_visible, grant, require
from sunra.platform.base.actor import actor_of
from sunra.platform.base.errors import UserError
from sunra.platform.base.roles import AGENCY_ADMIN, ANALYST, MACHINE, VOLUNTEER
from sunra.platform.base.time import now
from sunra.platform.ledger.models import Record
from tests.platform.accounts.people import make_actor, make_agency, make_person, signed_in

pytestmark = pytest.mark.django_db(databases=["default", "ledger"])

grant("test.read", ANALYST, MACHINE)
grant("test.write", ANALYST, MACHINE)
grant("test.people_only", ANALYST)

api = NinjaAPI(urls_namespace="test-api", docs_url=None, openapi_url=None)
install_handlers(api)


@api.get("/read", auth=Needs("test.read"))
def read(request: HttpRequest) -> dict[str, str]:
    """Who reads."""
    return {"kind": actor_of(request).kind}


@api.post("/read", auth=Needs("test.write"))
def write(request: HttpRequest) -> dict[str, str]:
    """Who writes."""
    return {"kind": actor_of(request).kind}


@api.get("/open", auth=Needs(PUBLIC))
def open_to_all(request: HttpRequest) -> dict[str, str]:
    """For anybody."""
    return {"kind": actor_of(request).kind}


@api.get("/forgotten")
def forgotten(request: HttpRequest) -> dict[str, str]:
    """Declares nothing."""
    return {}


@api.get("/agency/{uuid}", auth=Needs("test.read"))
def agency(request: HttpRequest, uuid: str) -> dict[str, str]:
    """One row."""
    return {"name": get_visible(Agency.objects.all(), actor_of(request), pk=uuid).name}


@api.get("/deep", auth=Needs("test.read"))
def deep(request: HttpRequest) -> dict[str, str]:
    """A service refuses."""
    require(actor_of(request), "test.people_only")
    return {}


@api.get("/wrong", auth=Needs("test.read"))
def wrong(request: HttpRequest) -> dict[str, str]:
    """An error that people can mend."""
    raise UserError("test.wrong", "what", "do this", ("field",))


urlpatterns = [path("api/", api.urls), path("account/", include("allauth.urls"))]


@pytest.fixture
def urls() -> Iterator[None]:
    """The addresses above."""
    with override_settings(ROOT_URLCONF=__name__):
        yield


def _key(agency: Agency, *permissions: str) -> tuple[MachineKey, dict[str, str]]:
    key, full = services.create_key(
        actor=make_actor(AGENCY_ADMIN, agency),
        agency_id=agency.id,
        name="수집기",
        permissions=list(permissions),
        expires=now() + timedelta(days=1),
    )
    return key, {"Authorization": f"Bearer {full}"}


def test_a_key_opens_what_it_names_and_nothing_else(urls: None) -> None:
    """If this fails, a program does more than its key says."""
    own, other = make_agency("가"), make_agency("나")
    _row, header = _key(own, "test.read")
    client = Client(enforce_csrf_checks=True)
    assert client.get("/api/read", headers=header).json() == {"kind": "machine"}
    assert client.post("/api/read", headers=header).status_code == 403
    assert client.get(f"/api/agency/{own.pk}", headers=header).json() == {"name": "가"}
    assert client.get(f"/api/agency/{other.pk}", headers=header).status_code == 404
    assert client.get("/api/deep", headers=header).status_code == 403
    assert client.delete("/api/read", headers=header).status_code == 405
    denials = set(Record.objects.filter(act="denied").values_list("actor_kind", "subject", "ref"))
    assert denials == {
        ("machine", "permission", "test.write"),
        ("machine", "agencies.Agency", str(other.pk)),
        ("machine", "permission", "test.people_only"),
    }


def test_an_operation_that_declares_nothing_is_refused(urls: None) -> None:
    """If this fails, a forgotten auth= opens data to the world."""
    _row, header = _key(make_agency(), "test.read")
    assert Client().get("/api/forgotten").status_code == 401
    assert Client().get("/api/forgotten", headers=header).status_code == 403
    assert Client().get("/api/read").status_code == 401
    assert Client().get("/api/open").json() == {"kind": "anonymous"}


def test_people_use_the_api_with_their_session_and_changes_need_the_token(urls: None) -> None:
    """If this fails, another site posts in the name of who is signed in."""
    client = signed_in(make_person(ANALYST))
    assert client.get("/api/read").json() == {"kind": "person"}
    assert client.post("/api/read").status_code == 200
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.get("/api/read").status_code == 200
    assert strict.post("/api/read").status_code == 403
    assert signed_in(make_person(VOLUNTEER)).get("/api/read").status_code == 403
    assert signed_in(make_person(ANALYST, factor=False)).get("/api/read").status_code == 403


def test_errors_that_people_can_mend_say_how(urls: None) -> None:
    """If this fails, a program's author has to guess."""
    answer = signed_in(make_person(ANALYST)).get("/api/wrong")
    assert answer.status_code == 400
    assert answer.json() == {"code": "test.wrong", "message": "what", "remedy": "do this", "where": ["field"]}


def test_expired_revoked_and_orphaned_keys_open_nothing() -> None:
    """If this fails, a key outlives its term, its owner's wish or its agency."""
    for spoil in ({"expires": now()}, {"revoked": now()}):
        row, header = _key(make_agency(), "test.read")
        full = header["Authorization"].removeprefix("Bearer ")
        assert keys.find_key(full) == row
        assert keys.find_key(full + "x") is None
        MachineKey.objects.filter(pk=row.pk).update(**spoil)
        assert keys.find_key(full) is None
    row, header = _key(make_agency(), "test.read")
    Agency.objects.update(active=False)
    assert keys.find_key(header["Authorization"].removeprefix("Bearer ")) is None


def test_only_a_hash_is_kept_and_making_and_revoking_are_recorded() -> None:
    """If this fails, a stolen database opens the API, or a key appears without a trace."""
    agency = make_agency()
    row, header = _key(agency, "test.read")
    secret = header["Authorization"].split("_", 2)[2]
    assert not [value for value in MachineKey.objects.values().get().values() if secret in str(value)]
    services.revoke_key(actor=make_actor(AGENCY_ADMIN, agency), key_id=row.pk, reason="교체하였음")
    acts = Record.objects.filter(subject="accounts.MachineKey", ref=str(row.pk)).values_list("act", flat=True)
    assert set(acts) == {"grant", "revoke"}


def test_keys_are_made_by_administrators_for_their_agency_with_what_programs_may() -> None:
    """If this fails, anybody makes a key, or a key holds what only people may."""
    own, other = make_agency(), make_agency()
    given = {"name": "x", "permissions": ["test.read"], "expires": now() + timedelta(days=1)}
    with pytest.raises(PermissionDenied):
        services.create_key(actor=make_actor(ANALYST, own), agency_id=own.id, **given)
    admin = make_actor(AGENCY_ADMIN, own)
    with pytest.raises(Http404):
        services.create_key(actor=admin, agency_id=other.id, **given)
    for wrong in ({"permissions": ["test.people_only"]}, {"permissions": []}, {"expires": now()}):
        with pytest.raises(UserError):
            services.create_key(actor=admin, agency_id=own.id, **(given | wrong))
    row, _header = _key(other, "test.read")
    with pytest.raises(Http404):
        services.revoke_key(actor=admin, key_id=row.pk, reason="x")
    with pytest.raises(PermissionDenied):
        services.revoke_key(actor=make_actor(ANALYST, other), key_id=row.pk, reason="x")


def test_the_page_shows_a_new_key_once() -> None:
    """If this fails, the key cannot be taken, or can be read again later."""
    agency = make_agency()
    client = signed_in(make_person(AGENCY_ADMIN, agency))
    data = {"agency": agency.pk, "name": "수집기", "permissions": ["test.read"], "expires": "2099-01-01"}
    answer = client.post("/keys/", data)
    full = answer.context["full"]
    assert full in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    page = client.get("/keys/").content.decode()
    assert full not in page
    assert full[:12] in page
    row = MachineKey.objects.get()
    assert client.post(f"/keys/{row.pk}/revoke/", {"reason": "교체하였음"}).status_code == 302
    assert keys.find_key(full) is None
    assert client.post("/keys/", data | {"permissions": ["nothing"]}).status_code == 400


def test_what_an_api_path_needs_is_read_from_its_operations() -> None:
    """If this fails, the page of rules and the middleware do not know the API."""
    view = next(item.callback for item in api.urls[0] if str(item.pattern) == "read")
    access = access_for(view, "test-api:read")
    assert access is not None
    assert dict(access.verbs) == {"GET": "test.read", "POST": "test.write"}
