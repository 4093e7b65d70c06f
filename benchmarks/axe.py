"""Axe over every page that somebody can reach, in two languages and two widths: how many violations."""

import shutil

from playwright.sync_api import sync_playwright
from tests.browser.conftest import FLAGS, LANGUAGES, WIDTHS

from benchmarks.machine import arguments, report, with_django


def main() -> None:
    """Start the demonstration, walk it, count."""
    options = arguments(__doc__ or "")
    with_django()
    from tests.browser.product import Product, crawl
    from tests.browser.server import Server
    from tests.browser.test_every_page import faults

    product = Product(server=Server(commands=(("demo",),))).start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            pages = crawl(product, browser)
            found = {language: faults(product, browser, pages, language) for language in LANGUAGES}
            browser.close()
    finally:
        product.stop()
    total = sum(len(wrong) for one in found.values() for wrong in one.values())
    figures = {
        "pages": len(pages),
        "views": len(pages) * len(LANGUAGES) * len(WIDTHS),
        "violations": total,
        "limit": 0,
        "where": found,
    }
    report("axe", figures, seed=0, as_json=options.as_json)


if __name__ == "__main__":
    main()
