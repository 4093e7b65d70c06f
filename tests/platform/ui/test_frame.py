"""The frame of every page: doors, preferences, error pages."""

import uuid
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from sunra.platform.base.access import grant
from sunra.platform.base.actor import ANONYMOUS, Actor
from sunra.platform.base.roles import AUDITOR, VOLUNTEER
from sunra.platform.ui import doors, pages, platform_doors

urlpatterns = [
    path("", pages.preference, name="front"),
    path("a/", pages.preference, name="page-a"),
    path("a/b/", pages.preference, name="page-b"),
]


def person(role: str) -> Actor:
    """Somebody of an agency."""
    return Actor(kind="person", id="p", label="김", person_id=1, agency_id=uuid.uuid4(), role=role)


@pytest.fixture
def empty_doors(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No page is registered but the test's own."""
    monkeypatch.setattr(doors, "_ENTRIES", {})
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.mark.usefixtures("empty_doors")
def test_a_door_opens_only_to_those_who_may_enter() -> None:
    """If this fails, people see pages that refuse them."""
    grant("ui.test_door", AUDITOR)
    doors.register("today", "누구나", "page-a")
    doors.register("govern", "감사", "page-b", "ui.test_door")
    assert [door.code for door in doors.opened(person(AUDITOR), "/")] == ["today", "govern"]
    assert [door.code for door in doors.opened(person(VOLUNTEER), "/")] == ["today"]
    assert doors.opened(ANONYMOUS, "/") == ()


@pytest.mark.usefixtures("empty_doors")
def test_public_pages_are_named_to_those_without_a_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a resident does not find the pages that are open to everybody."""
    monkeypatch.setattr(doors, "_FOR_ALL", {})
    doors.register_for_all("b", "page-b", order=2)
    doors.register_for_all("a", "page-a", order=1)
    doors.register_for_all("gone", "no-such-page")
    links = doors.for_all(ANONYMOUS, "/a/")
    assert [(link.label, link.current) for link in links] == [("a", True), ("b", False)]
    assert doors.for_all(person(VOLUNTEER), "/a/") == ()


@pytest.mark.usefixtures("empty_doors")
def test_the_reader_sees_where_they_are() -> None:
    """If this fails, two pages or none are marked as the present one."""
    doors.register("today", "첫", "front", order=1)
    doors.register("today", "a", "page-a", order=2)
    doors.register("see", "b", "page-b")
    opened = doors.opened(person(VOLUNTEER), "/a/b/c/")
    assert [link.current for door in opened for link in door.links] == [False, False, True]
    assert opened[1].current
    assert opened[0].url == "/"
    assert not any(link.current for door in doors.opened(person(VOLUNTEER), "/other/") for link in door.links)


@pytest.mark.usefixtures("empty_doors")
def test_a_page_this_site_does_not_serve_has_no_link() -> None:
    """If this fails, the public site breaks on the staff's pages."""
    doors.register("today", "weg", "nowhere:at-all")
    assert doors.opened(person(VOLUNTEER), "/") == ()


def test_no_seventh_door() -> None:
    """If this fails, a typing mistake makes a page vanish from the side bar."""
    with pytest.raises(ValueError, match="no such door"):
        doors.register("todday", "x", "y")


def test_the_platforms_pages_have_their_doors() -> None:
    """If this fails, the ledger's page cannot be found."""
    platform_doors.register()
    assert ("govern", "ledger:search") in doors._ENTRIES


@pytest.fixture
def visitor() -> Client:
    """A browser."""
    return Client()


def test_language_and_theme_are_kept(visitor: Client) -> None:
    """If this fails, a reader's choice is lost."""
    answer = visitor.post("/ui/preference/", {"language": "en", "theme": "dark", "next": "/ui/x/?a=1"})
    assert answer["Location"] == "/ui/x/?a=1"
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert answer.cookies["theme"].value == "dark"
    assert visitor.post("/ui/preference/", {"theme": "auto"}).cookies["theme"].value == ""


def test_a_preference_leads_nowhere_else(visitor: Client) -> None:
    """If this fails, the address of a preference can send a reader to a stranger's site."""
    for target in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert visitor.post("/ui/preference/", {"next": target})["Location"] == "/"


def test_unknown_values_are_not_kept(visitor: Client) -> None:
    """If this fails, anything at all goes into a cookie."""
    answer = visitor.post("/ui/preference/", {"language": "xx", "theme": "pink"})
    assert not answer.cookies


def test_looking_at_the_preference_is_refused(visitor: Client) -> None:
    """If this fails, a verb that is not declared is let through."""
    assert visitor.get("/ui/preference/").status_code in {302, 403, 405}


@pytest.mark.parametrize(
    ("view", "status", "word"),
    [
        (pages.bad_request, 400, "요청을 이해하지 못했습니다"),
        (pages.forbidden, 403, "이 화면을 볼 권한이 없습니다"),
        (pages.not_found, 404, "찾는 화면이 없습니다"),
        (pages.server_error, 500, "시스템에 문제가 생겼습니다"),
        (pages.unavailable, 503, "지금은 기록을 남길 수 없습니다"),
    ],
)
def test_error_pages_say_what_to_do(view: object, status: int, word: str) -> None:
    """If this fails, an error leaves the reader alone."""
    request = RequestFactory().get("/somewhere/")
    answer = view(request)
    assert answer.status_code == status
    assert word in answer.content.decode()
    assert 'href="/"' in answer.content.decode()


def test_the_error_page_stands_without_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a broken database shows nothing at all."""

    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(pages, "_failed", broken)
    answer = pages.server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "<h1>" in answer.content.decode()


def test_the_unavailable_page_carries_the_reason() -> None:
    """If this fails, a reader does not learn what to do."""
    answer = pages.unavailable(RequestFactory().get("/"), "까닭", "다시")
    assert "까닭 다시" in answer.content.decode()
