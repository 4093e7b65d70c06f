"""What every page knows: who looks at it, which doors are open, whether the data is a demonstration."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from sunra.platform.ui import doors

THEMES = ("light", "dark")


def page(request: HttpRequest) -> dict[str, Any]:
    """The variables of ``base.html``; ``request.demo`` marks a page that shows demonstration rows outside demo mode."""
    actor = getattr(request, "actor", None)
    theme = request.COOKIES.get("theme", "")
    opened = doors.opened(actor, request.path)
    return {
        "actor": actor,
        "doors": opened,
        "bottom_doors": opened[:3],
        "demo": settings.DEMO or getattr(request, "demo", False),
        "site_name": settings.SITE_NAME,
        "theme": theme if theme in THEMES else "",
        "languages": settings.LANGUAGES,
    }
