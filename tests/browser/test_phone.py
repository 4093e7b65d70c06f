"""The phone page as it is used: a whole shift without a network, and everything arrives exactly once."""

import os
import shutil
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
from tests.browser.server import Server
from tests.homes import Homes

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("phone")]
EVENTS, HOURS = 200, 8
MINUTES_BETWEEN = HOURS * 60 * 60_000 // EVENTS
PARTS = ("report", "lines", "help", "route")
SAY = """async text => {
  document.getElementById("line").value = text;
  const before = Number(document.body.dataset.queue);
  document.getElementById("line-form").requestSubmit();
  const turn = () => new Promise(done => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    port2.postMessage(0);
  });
  while (Number(document.body.dataset.queue) <= before) await turn();
}"""


@pytest.fixture
def server(assets: None) -> Iterator[Server]:
    """A server of this test's own."""
    made = Server()
    yield made
    made.stop()


def kill(server: Server) -> None:
    """Take the server away as a power cut would."""
    assert server.process is not None
    server.process.kill()
    server.process.wait(10)


def device(chromium: Any, folder: Path) -> Any:
    """A phone whose storage outlives its browser."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return chromium.browser_type.launch_persistent_context(
        str(folder), executable_path=path, args=FLAGS, viewport={"width": 390, "height": 844}, locale="ko",
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
    server: Server, homes: Homes, open_page: Callable[..., Any]
) -> None:
    """axe finds nothing on any part in either language; cells and numbers are those of ``core.geo``."""
    given = night_on(server, homes, phones=2)
    for language, link in zip(("ko", "en"), given["links"], strict=True):
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
    server: Server, homes: Homes, chromium: Any, tmp_path: Path
) -> None:
    """Eight hours offline, 200 events, phone and server killed, the server killed again in mid-sending."""
    given = night_on(server, homes)
    context = device(chromium, tmp_path / "phone")
    page = context.pages[0]
    page.clock.install()
    join(page, server, given["links"][0])
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    kill(server)
    page.check("#consent")
    page.click("#action")
    until(page, "document.querySelector('#action').dataset.does === 'check_in'")
    for n in range(EVENTS - 1):
        page.clock.fast_forward(MINUTES_BETWEEN)
        page.evaluate(SAY, f"말 {n}")
    queued = page.evaluate("Number(document.body.dataset.queue)")
    assert queued >= EVENTS  # the track, handed over each minute, comes on top
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
    lines = server.ask("select count(*) from patrols_message where from_team")
    different = server.ask("select count(distinct text) from patrols_message where from_team")
    assert (lines, different) == (EVENTS - 1, EVENTS - 1)
    assert server.ask("select count(*) from patrols_fieldevent where kind = 'begin'") == 1
    assert kept(server) >= queued
    context.close()


def kept(server: Server) -> int:
    """Events on the server."""
    return int(server.ask("select count(*) from patrols_fieldevent"))


def wait(done: Callable[[], bool]) -> None:
    """Until ``done``, for at most half a minute."""
    end = time.monotonic() + 30
    while not done():
        assert time.monotonic() < end, "never"
        time.sleep(0.02)
