"""Home and map pages over Seongbuk's real files: answer time and compressed weight, through a real server.

200 requests a page to uvicorn on loopback, so the times include the network stack of this machine; weights
are what chromium received on a first visit, everything the page loads included.
"""

import http.client
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from tests.browser.conftest import FLAGS
from tests.browser.server import Server

from benchmarks.machine import arguments, report, with_django
from benchmarks.tonight import folder_of

PAGES = ("/", "/risk/", "/patrols/", "/facilities/")
LIMIT_MS, LIMIT_BYTES, REQUESTS = 200.0, 1_500_000, 200
OFFICER = """
from sunra.journeys.demo_setup import PASSWORD, TOTP_SECRET
from sunra.journeys.offices import office_of
from sunra.platform.accounts.services import DemoPerson, create_demo_people
office = office_of("11290").id
create_demo_people([DemoPerson("safety", "bench", "safety_officer", office, PASSWORD, TOTP_SECRET)])
"""


def times(server: Server, path: str, cookies: str) -> list[float]:
    """Milliseconds of each request, on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    found = []
    for _number in range(REQUESTS):
        begun = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookies, "Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        answer.read()
        found.append((time.perf_counter() - begun) * 1000)
        if answer.status != 200:
            raise SystemExit(f"{path} answers {answer.status}")
    connection.close()
    return found


def weight(context: Any, url: str) -> int:
    """Bytes over the wire on a first visit."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(url, wait_until="load")
    page.wait_for_timeout(6000)
    page.close()
    return int(sum(sizes))


def main() -> None:
    """Files in, officer in, measure."""
    options = arguments(__doc__ or "")
    with_django()
    from tests.browser.product import Product

    place = Path(tempfile.mkdtemp(prefix="sunra-pages-"))
    data = folder_of("11290", place / "data")
    server = Server(commands=(("tonight", "--district", "11290", "--data", str(data)),))
    try:
        server.start()
        server.python(OFFICER)
        product = Product(server)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            context = product.signed_in(browser, "safety")
            cookies = "; ".join(f"{one['name']}={one['value']}" for one in context.cookies())
            figures: dict[str, Any] = {}
            for path in PAGES:
                took = times(server, path, cookies)
                figures[path] = {
                    "p50_ms": round(statistics.median(took), 1),
                    "p95_ms": round(statistics.quantiles(took, n=20)[18], 1),
                    "bytes": weight(context, server.url + path),
                }
            browser.close()
    finally:
        server.stop()
        shutil.rmtree(place, ignore_errors=True)
    within = all(one["p95_ms"] <= LIMIT_MS and one["bytes"] <= LIMIT_BYTES for one in figures.values())
    limits = {"p95_ms": LIMIT_MS, "bytes": LIMIT_BYTES}
    report("pages", {"pages": figures, "limits": limits, "within": within}, as_json=options.as_json)


if __name__ == "__main__":
    main()
