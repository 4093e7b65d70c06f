"""The whole product with its demonstration district: server, worker, and people who sign in."""

import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import APIResponse, Browser, BrowserContext

from sunra.journeys.demo_setup import PASSWORD, TOTP_SECRET
from tests.browser.server import ROOT, Server
from tests.codes import code_now

UNLINKED = (
    "/account/password/reset/",
    "/account/password/reset/done/",
    "/account/login/",
    "/patrols/certificates/check/",
    "/ui/nowhere/",
)
"""Pages without a sign-in, and one that is not there."""

ROLES = ("safety", "platform", "admin", "auditor", "cpo", "data", "leader", "volunteer", "committee")
"""Demonstration people, the ones with the most pages first."""

_LINK = re.compile(r"<a\s[^>]*href=\"([^\"]+)\"")
_TOKEN = re.compile(r"name=\"csrfmiddlewaretoken\" value=\"([^\"]+)\"")
_NOT_A_PAGE = re.compile(
    r"\.(geojson|gpx|pdf|csv|json)$|/export/$|/download/$|/logout/$|/stream/$|^/static/|^/files/"
)


@dataclass
class Product:
    """A running demonstration installation with one worker."""

    server: Server = field(default_factory=Server)
    worker: subprocess.Popen[bytes] | None = None
    states: dict[str, Any] = field(default_factory=dict)

    def start(self) -> "Product":
        """Start the web process and the worker."""
        self.server.start()
        log = (self.server.home / "worker.log").open("wb")
        line = [sys.executable, "-m", "sunra.cli.processes", "worker"]
        self.worker = subprocess.Popen(line, env=self.server.variables, cwd=ROOT, stdout=log, stderr=log)
        return self

    def stop(self) -> None:
        """End both and remove the home."""
        if self.worker is not None:
            self.worker.send_signal(signal.SIGTERM)
            self.worker.wait(15)
        self.server.stop()

    def signed_in(
        self, browser: Browser, who: str, *, width: int = 1360, language: str = "ko"
    ) -> BrowserContext:
        """A browser context of ``who``, who signs in the first time with password and one-time code."""
        if who not in self.states:
            self.states[who] = self._sign_in(browser, who)
        return browser.new_context(
            viewport={"width": width, "height": 900 if width > 700 else 844},
            locale=language,
            extra_http_headers={"Accept-Language": language},
            storage_state=self.states[who],
        )

    def sign_in_by_hand(self, browser: Browser, who: str) -> None:
        """What a person types and presses, for the first time of ``who``: a code counts once."""
        context = browser.new_context(locale="ko")
        page = context.new_page()
        page.goto(self.server.url)
        page.fill("input[name=login]", who)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_load_state()
        page.fill("input[name=code]", code_now(TOTP_SECRET))
        page.press("input[name=code]", "Enter")
        page.wait_for_load_state()
        assert urlsplit(page.url).path == "/", page.url
        self.states[who] = context.storage_state()
        context.close()

    def _sign_in(self, browser: Browser, who: str) -> Any:
        """The same forms without drawing the pages: nine people's home pages are nine maps."""
        context = browser.new_context(locale="ko")
        answer = context.request.get(f"{self.server.url}/account/login/")
        answer = self._send(context, answer, login=who, password=PASSWORD)
        if "/2fa/" in answer.url:
            answer = self._send(context, answer, code=code_now(TOTP_SECRET))
        assert urlsplit(answer.url).path == "/", answer.url
        state = context.storage_state()
        context.close()
        return state

    def _send(self, context: BrowserContext, page: APIResponse, **filled: str) -> APIResponse:
        token = _TOKEN.search(page.text())
        assert token, page.url
        form = {"csrfmiddlewaretoken": token[1], **filled}
        return context.request.post(page.url, form=form, headers={"Referer": page.url})


def shape(path: str) -> str:
    """An address without its ids and choices: two rows of one list are one page."""
    plain = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "<id>", urlsplit(path).path)
    return re.sub(r"\d+", "<n>", plain)


def links(url: str, text: str) -> list[str]:
    """The addresses on this page that lead to other pages of the product."""
    here = urlsplit(url)
    paths = []
    for href in _LINK.findall(text):
        target = urlsplit(urljoin(url, unescape(href)))
        if target.netloc == here.netloc and not _NOT_A_PAGE.search(target.path):
            paths.append(target.path + (f"?{target.query}" if target.query else ""))
    return paths


def crawl(product: Product, browser: Browser) -> dict[str, tuple[str, str]]:
    """Every page that somebody can reach by links: shape → (person, address); each shape once.

    Asked for without drawing them: most of a page's cost is its map.
    """
    found: dict[str, tuple[str, str]] = {}
    for who in ROLES:
        context = product.signed_in(browser, who)
        waiting, seen = ["/"], set()
        while waiting:
            path = waiting.pop(0)
            if shape(path) in seen:
                continue
            seen.add(shape(path))
            answer = context.request.get(product.server.url + path)
            assert answer.status < 400, f"{who}: {path} answers {answer.status}"
            if "text/html" in answer.headers.get("content-type", ""):
                found.setdefault(
                    shape(urlsplit(answer.url).path) if path != "/" else f"/ ({who})", (who, path)
                )
                waiting += links(answer.url, answer.text())
        context.close()
    return found
