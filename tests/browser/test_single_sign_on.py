"""Single sign-on through OpenID Connect, switched on by configuration, with a stand-in for the provider."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.axe import violations
from tests.browser.provider import CLIENT, SECRET, Provider
from tests.browser.server import Server
from tests.codes import code_now
from tests.homes import Homes

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("single_sign_on")]
TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
MAKE = f"""
from django.utils import timezone
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from sunra.platform.accounts.models import Person
from sunra.platform.accounts.sealing import seal
from sunra.platform.agencies.services import found_installation
agency = found_installation(name="협의회")
for name, role in (("walker", "volunteer"), ("officer", "analyst")):
    email = name + "@example.org"
    person = Person(username=email, name="사람", email=email)
    person.set_unusable_password()
    person.save()
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    person.memberships.create(agency=agency, role=role, valid_from=timezone.now())
    if role == "analyst":
        Authenticator.objects.create(user=person, type="totp", data={{"secret": seal("{TOTP}")}})
"""
COUNT = "SELECT count(*) FROM accounts_person"
SIGNED_IN = "SELECT count(*) FROM ledger_record WHERE act = 'sign_in'"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """The stand-in."""
    running = Provider().start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def server(assets: None, homes: Homes, provider: Provider) -> Iterator[Server]:
    """An installation that was told of the provider by its environment."""
    given = {"SERVER": provider.url, "CLIENT": CLIENT, "SECRET": SECRET, "NAME": "시청 통합인증"}
    running = Server(environment={f"SUNRA_OIDC_{name}": value for name, value in given.items()})
    try:
        homes.copy("empty", running.home)
        running.start()
        running.python(MAKE)
        yield running
    finally:
        running.stop()


def _through(page: Page, server: Server, *, look: bool = False) -> None:
    """From the sign-in page through the provider and back; ``look`` lets axe see the page between."""
    page.goto(f"{server.url}/account/login/")
    page.click("text=시청 통합인증")
    page.wait_for_load_state()
    if "/oidc/login/" in page.url:
        assert not look or violations(page) == []
        page.click("main button[type=submit]")
        page.wait_for_load_state()


def test_an_invited_person_comes_in(server: Server, provider: Provider, open_page: Any) -> None:
    """If this fails, an agency with its own sign-in can't use it."""
    provider.claims = {"sub": "1", "email": "walker@example.org", "email_verified": True}
    page = open_page(f"{server.url}/account/login/")
    for _again in range(2):  # by the address first, by the provider's id later
        _through(page, server, look=True)
        page.goto(f"{server.url}/me/")
        assert urlsplit(page.url).path == "/me/", server.log()
        page.goto("about:blank")
        page.context.clear_cookies()
    provider.claims = {"sub": "1", "email": "renamed@example.org", "email_verified": False}
    _through(page, server)
    page.goto(f"{server.url}/me/")
    assert urlsplit(page.url).path == "/me/"
    assert server.ask(COUNT) == 2
    assert server.ask(SIGNED_IN, "ledger") == 3


def test_staff_still_show_their_second_factor(server: Server, provider: Provider, open_page: Any) -> None:
    """If this fails, single sign-on goes around the second factor."""
    provider.claims = {"sub": "2", "email": "officer@example.org", "email_verified": True}
    page = open_page(f"{server.url}/account/login/")
    _through(page, server)
    assert urlsplit(page.url).path == "/account/2fa/authenticate/"
    page.fill("input[name=code]", code_now(TOTP))
    page.press("input[name=code]", "Enter")
    page.wait_for_load_state()
    page.goto(f"{server.url}/me/")
    assert urlsplit(page.url).path == "/me/"


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "8", "email": "stranger@example.org", "email_verified": True},
        {"sub": "9", "email": "walker@example.org", "email_verified": False},
        {"sub": "9", "email": "walker@example.org", "email_verified": "false"},
        {"sub": "9"},
    ],
)
def test_strangers_and_unproved_addresses_stay_outside(
    server: Server, provider: Provider, open_page: Any, claims: dict[str, Any]
) -> None:
    """If this fails, the provider's accounts become ours, or a claimed address opens somebody's account."""
    provider.claims = claims
    page = open_page(f"{server.url}/account/login/")
    _through(page, server)
    assert violations(page) == []
    page.goto(f"{server.url}/me/")
    assert urlsplit(page.url).path == "/account/login/"
    assert server.ask(COUNT) == 2
