"""The product's settings with another set of addresses (``SUNRA_TEST_URLCONF``), for servers under test."""

import os

from sunra.web.settings import *  # noqa: F403

ROOT_URLCONF = os.environ.get("SUNRA_TEST_URLCONF", "sunra.web.urls")
