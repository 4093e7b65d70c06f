"""The phone page on a slow line: seconds to the route list, on a first visit and from the phone's own cache.

Chromium's preset "slow 4G" (562.5 ms to the server and back, 1.44 Mbit/s down, 0.675 up) and a processor
slowed four times. The first visit opens an invitation on an empty phone; the later one opens the page again.
Both times are taken in the page, from the start of the navigation to the first line of the list.
"""

import json
import shutil
import statistics
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.machine import arguments, report, with_django

VISITS = 5
LINE = {"offline": False, "latency": 562.5, "downloadThroughput": 180_000, "uploadThroughput": 84_375}
SLOWER = 4
WATCH = """addEventListener("DOMContentLoaded", () => {
  const seen = () => {
    if (document.querySelector("#stops li") && !window.listed) window.listed = performance.now();
  };
  new MutationObserver(seen).observe(document.body, { childList: true, subtree: true });
});"""
INVITATIONS = """
import json
from sunra.systems.patrols.models import Shift
from sunra.systems.patrols.services import duty
from tests.platform.accounts.people import make_actor
row = Shift.objects.first()
actor = make_actor("safety_officer", row.agency)
print(json.dumps([duty.invite(actor=actor, shift_id=row.pk, here=True).code for _ in range(%d)]))
"""


def main() -> None:
    """Serve a night, visit it."""
    options = arguments(__doc__ or "")
    with_django()
    from tests.browser.conftest import FLAGS
    from tests.browser.phone import night_on
    from tests.browser.server import Server
    from tests.homes import Homes

    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server()
        try:
            night_on(server, Homes(Path(folder)))
            codes = json.loads(server.python(INVITATIONS % VISITS))
            path = shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            visits = [visit(browser, f"{server.url}/duty/", code) for code in codes]
            browser.close()
        finally:
            server.stop()
    first, again, weights = zip(*visits, strict=True)
    figures = {
        "visits": VISITS,
        "first_visit_seconds": {"median": statistics.median(first), "worst": max(first), "limit": 4.0},
        "from_cache_seconds": {"median": statistics.median(again), "worst": max(again), "limit": 1.0},
        "kilobytes": max(weights),
    }
    report("phone_page", figures, seed=0, as_json=options.as_json)


def visit(browser: Browser, address: str, code: str) -> tuple[float, float, float]:
    """Seconds to the list on the first visit and on the next, and what came over the line in kB."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="ko")
    context.add_init_script(WATCH)
    page = context.new_page()
    slow(context, page)
    page.goto(f"{address}#join={code}&pin=0")
    first = listed(page)
    sizes = "performance.getEntries().reduce((sum, one) => sum + (one.transferSize ?? 0), 0)"
    weight = page.evaluate(sizes) / 1000
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_timeout(6_000)  # the cache fills over the same line
    page.close()
    page = context.new_page()
    slow(context, page)
    page.goto(address)
    again = listed(page)
    context.close()
    return first, again, round(weight, 1)


def slow(context: Any, page: Any) -> None:
    """Put the page on the slow line and the slow processor."""
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", LINE)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def listed(page: Any) -> float:
    """Seconds from the start of the navigation to the list."""
    page.wait_for_selector("#stops li", timeout=30_000)
    return round(float(page.evaluate("window.listed")) / 1000, 2)


if __name__ == "__main__":
    main()
