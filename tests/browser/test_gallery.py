"""Every component in a real browser: accessible, inside the content policy, with and without JavaScript."""

import re
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.axe import until, violations
from tests.browser.conftest import LANGUAGES, WIDTHS
from tests.browser.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("gallery")]
Open = Callable[..., Any]
READY = "[data-map][data-ready]"


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(gallery: Server, open_page: Open, language: str) -> None:
    """If this fails, somebody cannot use a component."""
    page = open_page(f"{gallery.url}/gallery/?tell=1", language=language)
    page.wait_for_selector(READY)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.documentElement.lang") == language


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_nothing_by_night_or_with_errors(gallery: Server, open_page: Open, scheme: str) -> None:
    """If this fails, night colours or a form's errors cannot be read."""
    page = open_page(f"{gallery.url}/gallery/", color_scheme=scheme)
    page.wait_for_selector(READY)
    page.evaluate("document.querySelector('form.card').noValidate = true")
    page.click("text=저장")
    page.wait_for_selector(READY)
    assert page.evaluate("document.activeElement.className") == "error-summary"
    assert violations(page) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_error_pages_are_accessible(gallery: Server, chromium: Any, language: str) -> None:
    """If this fails, the page that says what went wrong cannot be used."""
    page = chromium.new_page(extra_http_headers={"Accept-Language": language})
    for status in (400, 403, 404, 500, 503):
        page.goto(f"{gallery.url}/gallery/error/{status}/")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert violations(page) == [], (status, width)
    page.close()


def test_the_table_changes_without_a_new_page_and_the_address_tells(gallery: Server, open_page: Open) -> None:
    """If this fails, a filtered table cannot be sent to a colleague."""
    page = open_page(f"{gallery.url}/gallery/")
    page.evaluate("window.stays = true")
    page.select_option("#table-main-dong", "정릉동")
    until(page, "location.search.includes('dong=')")
    until(page, "document.querySelector('#table-main .rows').textContent.includes('20')")
    page.click("#table-main thead >> text=거리")
    page.wait_for_selector("#table-main th[aria-sort=ascending]")
    assert page.evaluate("window.stays")
    assert "sort=metres" in page.url
    assert "dong=" in page.url


def test_the_table_works_without_javascript(gallery: Server, open_page: Open) -> None:
    """If this fails, an old browser shows a table that cannot be used."""
    page = open_page(f"{gallery.url}/gallery/", java_script_enabled=False)
    page.select_option("#table-main-dong", "정릉동")
    page.click("#table-main button[type=submit]")
    assert "20건" in page.inner_text("#table-main .rows")
    page.click("#table-main .pager >> text=다음")
    assert "page=2" in page.url
    assert page.is_visible("#map [data-status]")
    assert "자바스크립트가 필요합니다" in page.locator("#map [data-status]").inner_html()


def test_choosing_a_row_marks_the_map_and_the_other_way(gallery: Server, open_page: Open) -> None:
    """If this fails, map and table tell two stories."""
    page = open_page(f"{gallery.url}/gallery/")
    page.wait_for_selector(READY)
    page.locator("#table-main .pick").first.click()
    until(page, "new URLSearchParams(location.search).get('map-at')?.startsWith('14.50')")
    assert page.get_attribute("#table-main [data-row=s1] .pick", "aria-pressed") == "true"
    page.wait_for_timeout(1200)
    assert page.inner_text("#map [data-status]") == "순찰 거점 1"
    box = page.locator("#map canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2 + 150)
    assert page.get_attribute("#table-main [data-row=s1] .pick", "aria-pressed") == "false"
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    until(page, "document.querySelector('#table-main [data-row=s1]').classList.contains('marked')")


def test_slot_layers_and_place_are_in_the_address_and_come_back(gallery: Server, open_page: Open) -> None:
    """If this fails, a link does not show what its sender saw."""
    page = open_page(f"{gallery.url}/gallery/")
    page.wait_for_selector(READY)
    slider = page.locator("#map-slot")
    slider.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "02-04시"
    page.uncheck("#map [data-layer][value=routes]")
    until(page, "location.search.includes('map-layers=risk.stops')")
    again = open_page(page.url)
    again.wait_for_selector(READY)
    assert again.input_value("#map-slot") == "1"
    assert not again.is_checked("#map [data-layer][value=routes]")
    assert again.is_checked("#map [data-layer][value=risk]")


def test_the_list_of_what_is_in_view_follows_the_map(gallery: Server, open_page: Open) -> None:
    """If this fails, those who do not see the map do not learn what it shows."""
    page = open_page(f"{gallery.url}/gallery/?map-at=16/37.5905/127.0035")
    page.wait_for_selector(READY)
    page.click("#map summary:has-text('지도에 보이는 것')")
    few = page.inner_text("#map [data-view-count]")
    page.locator("#map canvas").focus()
    for _press in range(3):
        page.keyboard.press("-")
        page.wait_for_timeout(500)
    assert page.inner_text("#map [data-view-count]") != few
    assert page.locator("#map [data-view-rows] tr").count() == 30


def test_korean_names_are_drawn(gallery: Server, open_page: Open) -> None:
    """If this fails, the map shows districts without names."""
    page = open_page(f"{gallery.url}/gallery/?map-layers=")
    page.wait_for_selector(READY)
    page.wait_for_timeout(1000)
    drawn = page.evaluate(
        """() => new Promise(done => {
          const frame = document.querySelector('[data-map]');
          const layers = ['names-dong', 'names-district'];
          done(frame.sunraMap.queryRenderedFeatures({layers}).map(one => one.properties.ko));
        })"""
    )
    assert {"정릉동", "성북동"} & set(drawn)


def test_a_phone_has_four_buttons_and_all_pages(gallery: Server, open_page: Open) -> None:
    """If this fails, a volunteer with gloves cannot find the way."""
    page = open_page(f"{gallery.url}/gallery/", width=390)
    buttons = page.locator("nav.bottom li > *")
    assert buttons.count() == 4
    for index in range(4):
        box = buttons.nth(index).bounding_box()
        assert box["width"] >= 44
        assert box["height"] >= 44
    buttons.nth(3).click()
    page.wait_for_selector("#doors:popover-open")
    page.keyboard.press("Escape")
    assert not page.is_visible("#doors")


def test_language_and_night_are_kept(gallery: Server, open_page: Open) -> None:
    """If this fails, a choice is lost on the next page."""
    page = open_page(f"{gallery.url}/gallery/")
    with page.expect_navigation():
        page.click("header >> text=English")
    assert page.evaluate("document.documentElement.lang") == "en"
    with page.expect_navigation():
        page.click("footer >> text=Dark")
    assert page.get_attribute("html", "data-theme") == "dark"
    page.reload()
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.get_attribute("html", "data-theme") == "dark"


def test_the_page_weighs_at_most_one_and_a_half_megabytes(gallery: Server, open_page: Open) -> None:
    """If this fails, the map page does not open on a weak connection; compressed, map and fonts included."""
    page = open_page("about:blank")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    weights: list[int] = []
    session.on("Network.loadingFinished", lambda event: weights.append(int(event["encodedDataLength"])))
    page.goto(f"{gallery.url}/gallery/")
    page.wait_for_selector(READY)
    page.wait_for_timeout(1500)
    assert 300_000 < sum(weights) <= 1_500_000


def test_the_base_map_comes_in_parts(gallery: Server, open_page: Open) -> None:
    """If this fails, a phone downloads the whole country."""
    page = open_page(f"{gallery.url}/gallery/")
    found = re.search(r"/static/maps/korea\.[0-9a-f]+\.pmtiles", page.content())
    assert found is not None
    request = urllib.request.Request(gallery.url + found.group(), headers={"Range": "bytes=0-126"})
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 206
        assert answer.read()[:7] == b"PMTiles"
        assert answer.headers["Content-Range"].startswith("bytes 0-126/")
        assert "immutable" in answer.headers["Cache-Control"]


def test_node_modules_are_not_served(gallery: Server) -> None:
    """If this fails, every file of every package is on the web."""
    for path in (
        "/static/axe-core/axe.min.js",
        "/static/node_modules/axe-core/axe.min.js",
        "/static/../stamp.json",
    ):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(gallery.url + path)
        assert caught.value.code in {302, 403, 404}
