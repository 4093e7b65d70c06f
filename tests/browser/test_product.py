"""The product as its users meet it: sign in, plan tonight, see map and table, on a desk and on a phone."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.axe import until, violations
from tests.browser.conftest import WIDTHS
from tests.browser.product import Product
from tests.homes import Homes

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("product")]
READY = "[data-map][data-ready]"


@pytest.fixture(scope="module")
def product(assets: None, homes: Homes) -> Iterator[Product]:
    """One installation for all tests of this file."""
    running = Product()
    homes.copy("demo", running.server.home)
    running.start()
    yield running
    running.stop()


@pytest.mark.parametrize("width", WIDTHS)
def test_an_officer_plans_tonight(product: Product, chromium: Any, width: int) -> None:
    """If this fails, the main job can't be done from the page."""
    if "safety" not in product.states:
        product.sign_in_by_hand(chromium, "safety")
    page = product.signed_in(chromium, "safety", width=width).new_page()
    page.goto(f"{product.server.url}/tonight/")
    page.click("main form[method=post] button[type=submit]")
    until(page, "document.querySelector('main a[href*=\"/patrols/\"]') !== null", 120)
    page.click('main a[href*="/patrols/"]')
    page.wait_for_selector(READY)
    assert page.locator("table tbody tr").count() > 5
    assert "시연용 데이터" in page.inner_text("body")
    assert "근거가 되지 않습니다" in page.inner_text("main")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for ending in ("pdf", "gpx", "geojson"):
        with page.expect_download() as download:
            page.click(f'a[href$=".{ending}"]')
        assert download.value.path().stat().st_size > 500


@pytest.mark.parametrize("width", WIDTHS)
def test_the_home_page_shows_map_and_table(product: Product, chromium: Any, width: int) -> None:
    """If this fails, tonight can't be seen at a glance."""
    page = product.signed_in(chromium, "safety", width=width).new_page()
    for path in ("/risk/", "/facilities/", "/"):  # test_every_page.py looks at all pages, maps undrawn
        page.goto(product.server.url + path)
        page.wait_for_selector(READY)
        assert violations(page) == []
    page.evaluate(
        "document.querySelector('[data-map]').closest('section, div').querySelector('details').open = true"
    )
    assert page.locator("[data-map] table tbody tr, .map table tbody tr").count() > 3


def test_the_neighbour_does_not_see_the_plan(product: Product, chromium: Any) -> None:
    """If this fails, a plan leaks to a same-role person of another agency through the browser."""
    mine = product.signed_in(chromium, "safety").new_page()
    mine.goto(f"{product.server.url}/patrols/")
    link = mine.get_attribute('a[href$=".gpx"]', "href")
    other = product.signed_in(chromium, "neighbour")
    assert other.request.get(product.server.url + str(link)).status == 404
