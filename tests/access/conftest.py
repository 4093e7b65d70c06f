"""Thousands of calls: without built assets, and without the one middleware that makes a thread for each."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest


@pytest.fixture(autouse=True)
def _plain_static(settings: Any) -> None:
    """Addresses of static files without the manifest that set-up builds; nothing serves them."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.startswith("servestatic.")]


@pytest.fixture
def _known_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same few people call thousands of times: each session's person is looked up once."""
    look_up: Callable[[HttpRequest], Any] = auth.get_user
    known: dict[str, Any] = {}

    def person(request: HttpRequest) -> Any:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if key not in known:
            known[key] = look_up(request)
        return known[key]

    monkeypatch.setattr(auth, "get_user", person)
