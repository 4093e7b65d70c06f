"""What every page knows: who looks at it, which doors are open, whether the data is a demonstration."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """The variables of ``base.html``."""
    return {"actor": getattr(request, "actor", None), "demo": settings.DEMO, "site_name": settings.SITE_NAME}
