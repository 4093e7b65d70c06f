"""Security keys, switched on by configuration: set up as second factor and used to sign in.

Chromium's own virtual authenticator (WebAuthn domain of its DevTools protocol) stands in for the key.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from sunra.platform.accounts.roles import ANALYST
from tests.browser.axe import violations
from tests.browser.server import Server
from tests.homes import Homes

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("security_key")]
PASSWORD = "night-watch-of-old-seoul"
MAKE = f"""
from django.utils import timezone
from sunra.platform.accounts.models import Person
from sunra.platform.agencies.services import found_installation
agency = found_installation(name="협의회")
person = Person(username="keeper", name="열쇠지기", email="keeper@example.org")
person.set_password("{PASSWORD}")
person.save()
person.memberships.create(agency=agency, role="{ANALYST}", valid_from=timezone.now())
"""
KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": False,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def server(assets: None, homes: Homes) -> Iterator[Server]:
    """An installation with security keys switched on by the environment."""
    running = Server(environment={"SUNRA_WEBAUTHN": "true"})
    try:
        homes.copy("empty", running.home)
        running.start()
        running.python(MAKE)
        yield running
    finally:
        running.stop()


def _address(server: Server, path: str = "/") -> str:
    return f"http://localhost:{server.port}{path}"  # browsers give keys to names, not to numbers


def _password(page: Page, server: Server) -> None:
    page.goto(_address(server, "/account/login/"))
    page.fill("input[name=login]", "keeper")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state()


def test_staff_use_a_security_key_instead_of_six_digits(server: Server, open_page: Any) -> None:
    """If this fails, the key that an agency bought can't be registered, or opens nothing."""
    page = open_page(_address(server, "/account/login/"))
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    key = devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})["authenticatorId"]
    assert page.locator("#passkey_login").count() == 1
    _password(page, server)
    assert urlsplit(page.url).path == "/account/2fa/totp/activate/" or "reauthenticate" in page.url
    page.goto(_address(server, "/account/2fa/webauthn/add/"))
    if "reauthenticate" in page.url:
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_load_state()
    assert violations(page) == []
    page.fill("input[name=name]", "책상 열쇠")
    with page.expect_navigation():
        page.click("#mfa_webauthn_add")
    assert len(devices.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]) == 1
    assert page.goto(_address(server, "/me/")).status == 200
    assert urlsplit(page.url).path == "/me/", "the key is not taken for a second factor"

    page.goto("about:blank")
    page.context.clear_cookies()
    _password(page, server)
    assert urlsplit(page.url).path == "/account/2fa/authenticate/"
    assert violations(page) == []
    with page.expect_navigation():
        page.click("#mfa_webauthn_authenticate")
    page.goto(_address(server, "/me/"))
    assert urlsplit(page.url).path == "/me/"
    assert server.ask("SELECT count(*) FROM ledger_record WHERE act = 'sign_in'", "ledger") == 2


def test_without_the_key_a_password_opens_nothing(server: Server, open_page: Any) -> None:
    """If this fails, a stolen password is enough."""
    page = open_page(_address(server, "/account/login/"))
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    _password(page, server)
    assert urlsplit(page.url).path == "/account/2fa/authenticate/"
    page.goto(_address(server, "/me/"))
    assert urlsplit(page.url).path == "/account/2fa/authenticate/"
