"""How often an address or a key may come: counted in the shared cache, so that every process sees it."""

import hashlib
import time

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from sunra.platform.accounts.api import problem
from sunra.platform.accounts.lockout import client_ip

MINUTE = 60
KEY_CALLS = 600
"""Calls that one machine key may make in a minute."""
BAD_KEYS = 30
"""Keys that open nothing, from one address in a minute."""
INVITATIONS = 30
"""Looks at invitations from one address in a minute."""


def over(name: str, who: str, limit: int) -> bool:
    """Count one call of ``who`` in this minute; whether it is beyond ``limit``.

    Two processes may count one call less now and then: this keeps floods out, it is no meter.
    """
    window = int(time.time()) // MINUTE
    key = f"limit:{name}:{window}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
    if cache.add(key, 1, MINUTE * 2):
        return limit < 1
    try:
        return int(cache.incr(key)) > limit
    except ValueError:  # it ended in between
        return False


def over_from(name: str, request: HttpRequest, limit: int) -> bool:
    """The same for the address that a request comes from."""
    return over(name, client_ip(request), limit)


def too_many() -> HttpResponse:
    """The answer to a program that calls too often."""
    answer = problem(429, "too_many", _("Too many calls. Try again in a minute."))
    answer["Retry-After"] = str(MINUTE)
    return answer
