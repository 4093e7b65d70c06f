"""The phone page as it is used: a whole shift without a network, and everything arrives exactly once."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sunra.core.geo import cells
from tests.browser.axe import until, violations
from tests.browser.conftest import FLAGS
from tests.browser.phone import join, night_on
from tests.browser.programs import WHOLE, path_of
from tests.browser.server import Server
from tests.homes import Homes

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("phone")]
EVENTS, HOURS = 200, 8
HOUR = 60 * 60_000
PARTS = ("report", "lines", "help", "route")
SAY = """async texts => {
  const turn = () => new Promise(done => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    port2.postMessage(0);
  });
  for (const text of texts) {
    document.getElementById("line").value = text;
    const before = Number(document.body.dataset.queue);
    document.getElementById("line-form").requestSubmit();
    while (Number(document.body.dataset.queue) <= before) await turn();
  }
}"""


@pytest.fixture(scope="module")
def server(assets: None) -> Iterator[Server]:
    """A server for both tests; the second kills and starts it again."""
    made = Server()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def links(server: Server, homes: Homes) -> list[list[str]]:
    """Invitations to one night on it."""
    found: list[list[str]] = night_on(server, homes, phones=3)["links"]
    return found


def kill(server: Server) -> None:
    """Take the server away as a power cut would."""
    assert server.process is not None
    server.process.kill()
    server.process.wait(10)


def device(chromium: Any, folder: Path) -> Any:
    """A phone whose storage outlives its browser."""
    return chromium.browser_type.launch_persistent_context(
        str(folder), executable_path=path_of(WHOLE), args=FLAGS, locale="ko",
        viewport={"width": 390, "height": 844},
        extra_http_headers={"Accept-Language": "ko"}, permissions=["geolocation"],
        geolocation={"longitude": 129.032, "latitude": 35.105},
    )  # fmt: skip


def kill_browser(folder: Path) -> None:
    """End every process of a browser at once, as an empty battery would."""
    found = subprocess.run(
        ["pgrep", "-f", f"user-data-dir={folder}"], capture_output=True, text=True, check=False
    )
    for process in found.stdout.split():
        os.kill(int(process), signal.SIGKILL)


def test_every_part_is_usable_and_reckons_the_grid_as_the_server_does(
    server: Server, links: list[list[str]], open_page: Callable[..., Any]
) -> None:
    """axe finds nothing on any part in either language; cells and numbers are those of ``core.geo``."""
    for language, link in zip(("ko", "en"), links[:2], strict=True):
        page = open_page(f"{server.url}/duty/", width=390, language=language)
        until(page, "document.body.dataset.ready === 'yes'")
        assert violations(page) == []
        join(page, server, link)
        for part in PARTS:
            page.click(f"[data-for={part}]")
            assert violations(page) == [], part
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    places = [[126.98 + 0.31 * n % 2.4, 33.3 + 0.17 * n % 4.5] for n in range(60)]
    script = """async places => {
      const grid = await import(document.querySelector('link[href*="/grid."]').href);
      return places.map(([lon, lat]) => [grid.cellOf(lon, lat), grid.pointNumber(lon, lat)]);
    }"""
    for (lon, lat), (cell, number) in zip(places, page.evaluate(script, places), strict=True):
        assert cell == [int(value[0]) for value in cells.cell_of([lon], [lat])]
        assert number == cells.point_number(lon, lat)


def test_a_shift_without_a_network_arrives_exactly_once(
    server: Server, links: list[list[str]], chromium: Any, tmp_path: Path
) -> None:
    """Eight hours offline, 200 events, phone and server killed, the server killed again in mid-sending."""
    context = device(chromium, tmp_path / "phone")
    page = context.pages[0]
    page.clock.install()
    join(page, server, links[2])
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    kill(server)
    page.check("#consent")
    page.click("#action")
    until(page, "document.querySelector('#action').dataset.does === 'check_in'")
    lines = [f"말 {n}" for n in range(EVENTS)]
    for hour in range(HOURS):
        page.clock.fast_forward(HOUR)
        page.evaluate(SAY, lines[hour::HOURS])
    queued = page.evaluate("Number(document.body.dataset.queue)")
    assert queued > EVENTS  # the beginning and the track come on top
    kill_browser(tmp_path / "phone")

    context = device(chromium, tmp_path / "phone")
    page = context.pages[0]
    page.goto(f"{server.url}/duty/")  # nobody answers there: the page comes from the phone itself
    until(page, "document.body.dataset.ready === 'yes'")
    assert page.locator("#stops li").count() == 4
    assert page.evaluate("Number(document.body.dataset.queue)") >= queued
    server.environment["SUNRA_TEST_HOURS"] = str(HOURS)
    server.start()
    page.evaluate("dispatchEvent(new Event('online'))")
    wait(lambda: kept(server) > 0)
    kill(server)
    server.start()
    page.evaluate("dispatchEvent(new Event('online'))")
    until(page, "document.body.dataset.queue === '0'", 90)
    said = server.ask("select count(*) from patrols_message where from_team")
    different = server.ask("select count(distinct text) from patrols_message where from_team")
    assert (said, different) == (EVENTS, EVENTS)
    assert server.ask("select count(*) from patrols_fieldevent where kind = 'begin'") == 1
    assert kept(server) >= queued
    context.close()


def kept(server: Server) -> int:
    """Events on the server."""
    return int(server.ask("select count(*) from patrols_fieldevent"))


def wait(done: Callable[[], bool]) -> None:
    """Until ``done``, for at most a minute."""
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end, "never"
        time.sleep(0.02)
