"""Chromium and a real server. Mark tests with ``@pytest.mark.browser``; drive pages through ``open_page``.

``open_page(url, width=1360, language="ko")`` gives a page in a context of its own;
``tests.browser.axe.violations`` checks it. ``gallery`` serves every component; start a
``tests.browser.server.Server`` of your own for the product.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.programs import SHELL, path_of
from tests.browser.server import ASSETS, Server

WIDTHS = (1360, 390)
LANGUAGES = ("ko", "en")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--enable-unsafe-swiftshader",
]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """Debian's chromium under Playwright; ends with this folder, for its event loop stops Django's client."""
    from playwright.sync_api import sync_playwright

    path = path_of(SHELL)
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
            "chromium is not installed (Debian: apt-get install chromium)"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def assets() -> None:
    """The built assets; ``make setup`` makes them."""
    if not (ASSETS / "static" / "staticfiles.json").is_file():
        pytest.fail(f"no assets in {ASSETS}: run `make setup` (or `sunra assets` with SUNRA_ASSETS)")


@pytest.fixture(scope="package")
def gallery(assets: None) -> Iterator[Server]:
    """A server that shows every component at ``/gallery/``."""
    server = Server(urlconf="tests.platform.ui.gallery").start()
    yield server
    server.stop()


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens pages; errors of scripts and refusals of the content policy fail the test at its end."""
    contexts, faults = [], []

    def opened(url: str, *, width: int = 1360, language: str = "ko", **options: Any) -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": 900 if width > 700 else 844},
            locale=language,
            extra_http_headers={"Accept-Language": language},
            device_scale_factor=1,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on(
            "console",
            lambda message: (
                faults.append(message.text)
                if "Content Security Policy" in message.text
                or (message.type == "error" and "favicon" not in message.text)
                else None
            ),
        )
        page.goto(url)
        return page

    opened.faults = faults  # type: ignore[attr-defined]
    yield opened
    for context in contexts:
        context.close()
    assert not faults, faults
