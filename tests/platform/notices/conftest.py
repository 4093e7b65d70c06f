"""Pages of these tests need no built assets; what they store lies in a home of their own."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _plain_static(settings: Any) -> None:
    """Addresses of static files without the manifest that set-up builds."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files, keys and anchors of this test alone."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("SUNRA_HOME", str(home))
    return home
