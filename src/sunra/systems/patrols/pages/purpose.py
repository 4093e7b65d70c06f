"""Why a person looks at members: asked once, held for half an hour, written down at each look."""

import time

from django.http import HttpRequest

_KEY = "patrols.purpose"
HOLDS_SECONDS = 1800


def remember(request: HttpRequest, reason: str) -> None:
    """Hold a purpose for the pages that follow."""
    request.session[_KEY] = {"why": reason, "since": int(time.time())}


def given(request: HttpRequest) -> str:
    """The purpose that still holds; empty when it must be asked for."""
    kept = request.session.get(_KEY)
    return kept["why"] if kept and time.time() - kept["since"] < HOLDS_SECONDS else ""
