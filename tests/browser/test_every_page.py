"""Every page that somebody can reach, in both languages and at both widths: axe finds nothing."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.axe import SCRIPT, violations
from tests.browser.conftest import FLAGS, LANGUAGES, WIDTHS
from tests.browser.product import UNLINKED, Product, crawl
from tests.browser.programs import SHELL, path_of
from tests.homes import Homes

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("pages")]


@pytest.fixture(scope="module")
def undrawn(chromium: Any) -> Iterator[Any]:
    """A browser that draws no maps, most of a page's cost: axe sees no canvas, and test_product.py looks at
    pages with theirs drawn.
    """
    flags = [flag for flag in FLAGS if "swiftshader" not in flag]
    browser = chromium.browser_type.launch(executable_path=path_of(SHELL), args=[*flags, "--disable-3d-apis"])
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def product(assets: None, homes: Homes) -> Iterator[Product]:
    """One installation for both languages; without a worker, for pages are only looked at."""
    running = Product()
    homes.copy("demo", running.server.home)
    running.server.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def pages(product: Product, undrawn: Any) -> dict[str, tuple[str, str]]:
    """Every page that somebody can reach."""
    return crawl(product, undrawn)


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_any_page(
    product: Product, undrawn: Any, pages: dict[str, tuple[str, str]], language: str
) -> None:
    """If this fails, somebody cannot use a page, at a desk or on a phone."""
    assert len(pages) > 25
    assert faults(product, undrawn, pages, language) == {}


def faults(
    product: Product, chromium: Any, pages: dict[str, tuple[str, str]], language: str
) -> dict[str, list[str]]:
    """What axe finds, and where a page is wider than the screen, by page and width."""
    found: dict[str, list[str]] = {}
    visits: dict[str, list[str]] = {}
    for who, path in pages.values():
        visits.setdefault(who, []).append(path)
    for who, paths in visits.items():
        context = product.signed_in(chromium, who, language=language)
        context.add_init_script(path=SCRIPT)
        page = context.new_page()
        for path in paths:
            look(page, product.server.url + path, found, language)
        context.close()
    stranger = chromium.new_page(extra_http_headers={"Accept-Language": language})
    for path in UNLINKED:
        look(stranger, product.server.url + path, found, language)
    stranger.close()
    return found


def look(page: Any, url: str, found: dict[str, list[str]], language: str) -> None:
    """One page at both widths: its language, its width, and axe."""
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.goto(url, wait_until="load")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wrong = violations(page)
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            wrong.append("wider than the screen")
        if page.evaluate("document.documentElement.lang") != language:
            wrong.append("in the wrong language")
        if wrong:
            found[f"{url} {width}"] = wrong
