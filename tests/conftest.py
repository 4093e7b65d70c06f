"""Fixtures that every part of the suite shares."""

import pytest


@pytest.fixture(autouse=True)
def _korean() -> None:
    """Every test starts in the language of the product."""
    from django.utils import translation

    translation.activate("ko")
