"""The product's settings with another set of addresses (``SUNRA_TEST_URLCONF``), for servers under test.

``SUNRA_TEST_HOURS`` sets the product's clock that many hours ahead: a shift later.
"""

import datetime as dt
import os

import sunra.platform.base.time as product_time
from sunra.web.settings import *  # noqa: F403

ROOT_URLCONF = os.environ.get("SUNRA_TEST_URLCONF", "sunra.web.urls")
AHEAD = dt.timedelta(hours=float(os.environ.get("SUNRA_TEST_HOURS", "0")))


class _Later(dt.datetime):
    """A clock that is ``AHEAD``."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
        """The shifted moment."""
        return dt.datetime.now(tz) + AHEAD


if AHEAD:
    product_time.datetime = _Later  # type: ignore[misc]
