"""One-time codes for tests: never one that ends while it is typed."""

import time

from sunra.platform.accounts import factors

PERIOD, NEEDED = 30, 8


def code_now(secret: str) -> str:
    """The six digits, good for at least eight seconds more."""
    left = PERIOD - time.time() % PERIOD
    if left < NEEDED:
        time.sleep(left + 0.1)
    return factors.code_now(secret)
