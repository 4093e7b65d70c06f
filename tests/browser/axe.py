"""axe-core on a page: every rule, no exception."""

import time

from playwright.sync_api import Page

from tests.browser.server import ASSETS

SCRIPT = ASSETS / "node_modules" / "axe-core" / "axe.min.js"


def violations(page: Page) -> list[str]:
    """What axe finds: rule, impact, and the first places; run outside the page's content policy.

    Style sheets are not fetched a second time: only an experimental rule, which is off, would read them.
    """
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(SCRIPT.read_text("utf-8"))
    found = page.evaluate(
        "axe.run(document, {resultTypes: ['violations'], preload: {assets: ['media']}})"
        ".then(result => result.violations)"
    )
    return [
        f"{one['id']} ({one['impact']}): " + "; ".join(node["html"][:160] for node in one["nodes"][:3])
        for one in found
    ]


def until(page: Page, expression: str, seconds: float = 15) -> None:
    """Wait until ``expression`` is true; Playwright's own waiting needs eval, which our policy refuses."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"never true: {expression}"
        page.wait_for_timeout(100)
