"""Lock-out after failed sign-ins: who is counted, from where, and what the locked see."""

import ipaddress
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sunra.platform.accounts.models import Person

_NOWHERE = "0.0.0.0"  # noqa: S104 - stands for "no address", nothing is bound to it


def client_ip(request: HttpRequest) -> str:
    """The caller's address; behind the trusted proxy what it added last, never what the caller claims."""
    given = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        given = request.headers.get("X-Forwarded-For", given).rsplit(",", 1)[-1].strip()
    try:
        return str(ipaddress.ip_address(given))
    except ValueError:  # a local socket has no address
        return _NOWHERE


def username(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """The account that is tried, by one name, whether the user name or the e-mail address was typed."""
    given = ""
    for source in (credentials or {}, request.POST if request is not None else {}):
        given = given or str(source.get("username") or source.get("email") or source.get("login") or "")
    if not given:
        return ""
    known = Person.objects.filter(Q(username__iexact=given) | Q(email__iexact=given)).order_by("pk").first()
    return known.username if known else given.strip().lower()[:150]


def locked(
    request: HttpRequest, _original: HttpResponse | None = None, _credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """The page of the locked: the same for accounts that exist and those that do not."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    answer = render(request, "accounts/locked.html", {"minutes": minutes}, status=429)
    answer["Retry-After"] = str(minutes * 60)
    return answer
