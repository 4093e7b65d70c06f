"""How often an address or a key may come: counted in the shared cache, so that every process sees it."""

import hashlib
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sunra.platform.accounts.api import problem
from sunra.platform.accounts.declared import is_api
from sunra.platform.accounts.lockout import client_ip
from sunra.platform.base.actor import actor_of

View = TypeVar("View", bound=Callable[..., Any])

MINUTE, DAY = 60, 86_400
BAD_KEYS = 30
"""Keys that open nothing, from one address in a minute."""
INVITATIONS = 30
"""Looks at invitations from one address in a minute."""
PUBLIC_CALLS = 120
"""Looks at what is open to everybody, from one address in a minute; a district office may share one."""
FILE_CALLS = 600
"""Requests for open files from one address in a minute: a map reads its tiles in many small parts."""

COUNT_CALLS, COUNTS_A_DAY = 30, 500
"""Free counts from one address, in a minute and in a day."""


def over(name: str, who: str, limit: int, *, seconds: int = MINUTE) -> bool:
    """Count one call of ``who`` in this minute (or ``seconds``); whether it is beyond ``limit``.

    Two processes may count one call less now and then: this keeps floods out, it is no meter.
    """
    window = int(time.time()) // seconds
    key = f"limit:{name}:{window}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
    if cache.add(key, 1, seconds * 2):
        return limit < 1
    try:
        return int(cache.incr(key)) > limit
    except ValueError:  # it ended in between
        return False


def over_from(name: str, request: HttpRequest, limit: int, *, seconds: int = MINUTE) -> bool:
    """The same for the address that a request comes from."""
    return over(name, client_ip(request), limit, seconds=seconds)


def guarded(name: str, calls: str, *, daily: str = "") -> Callable[[View], View]:
    """Let one address call a public view so often a minute; ``calls`` names the limit in this module, and
    ``daily`` one for a day.

    Programs with a key are counted against their quota instead. Beyond it the answer is 429: a page for
    people, the usual refusal for programs.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            keyed = actor_of(request).kind == "machine"
            wait = 0
            if not keyed and over_from(name, request, globals()[calls]):
                wait = MINUTE
            elif not keyed and daily and over_from(f"{name}-day", request, globals()[daily], seconds=DAY):
                wait = DAY - int(time.time()) % DAY
            if wait:
                programs = is_api(request.resolver_match)
                return too_many(wait) if programs else _too_many_page(request, wait)
            return view(request, *args, **kwargs)

        return cast("View", counted)

    return decorate


def _too_many_page(request: HttpRequest, wait: int) -> HttpResponse:
    answer = render(request, "429.html", status=429)
    answer["Retry-After"] = str(wait)
    return answer


def too_many(wait: int = MINUTE) -> HttpResponse:
    """The answer to a program that calls too often: after ``wait`` seconds it may come again."""
    answer = problem(429, "too_many", _("Too many calls. Try again in a minute."))
    answer["Retry-After"] = str(wait)
    return answer
