"""Which browser: Debian's chromium, whole or as the shell that draws pages and no window around them."""

import os
import shutil

WHOLE = ("chromium", "chromium-browser", "google-chrome")
SHELL = ("chromium-headless-shell", *WHOLE)
"""The same engine from the same source package, a quarter less work for the same pages; else the whole."""


def path_of(names: tuple[str, ...]) -> str | None:
    """Where the first of these programs lies; ``CHROMIUM`` names another."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
