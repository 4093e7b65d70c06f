"""Refuses to start outside demo mode with demonstration accounts or secrets that others know."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.management.base import SystemCheckError
from django.db import DatabaseError

from sunra.platform.accounts.models import Person
from sunra.platform.agencies.models import Agency

_SHORTEST_SECRET = 40
_KNOWN_SECRETS = ("django-insecure", "changeme", "secret", "demo", "sunra")


def secret_problems() -> list[checks.CheckMessage]:
    """A secret key that is short or begins like one out of a manual."""
    key = str(settings.SECRET_KEY)
    if settings.DEMO or (len(key) >= _SHORTEST_SECRET and not key.lower().startswith(_KNOWN_SECRETS)):
        return []
    return [
        checks.Error(
            "The secret key is short or well known.",
            hint="Unset SUNRA_SECRET_KEY (the installation makes its own) or give 40 random characters.",
            id="accounts.E001",
        )
    ]


def demo_problems() -> list[checks.CheckMessage]:
    """Demonstration people or agencies in the database of an installation that is not a demonstration."""
    if settings.DEMO:
        return []
    try:
        found = Person.objects.filter(demo=True).exists() or Agency.objects.filter(demo=True).exists()
    except DatabaseError:  # no tables yet: nothing to refuse
        return []
    if not found:
        return []
    return [
        checks.Error(
            "The database holds demonstration accounts or agencies.",
            hint="Start with SUNRA_DEMO=true, or point SUNRA_HOME or DATABASE_URL to an empty place.",
            id="accounts.E002",
        )
    ]


@checks.register(checks.Tags.security)
def check_secret(**_kwargs: Any) -> list[checks.CheckMessage]:
    """Run with every management command."""
    return secret_problems()


@checks.register(checks.Tags.database)
def check_demo(**_kwargs: Any) -> list[checks.CheckMessage]:
    """Run by ``migrate`` and ``check --database``."""
    return demo_problems()


def refuse_to_start() -> None:
    """Raise ``SystemCheckError`` when the installation must not serve; each process calls it first."""
    found = secret_problems() + demo_problems()
    if found:
        raise SystemCheckError("\n".join(f"{one.id}: {one.msg} {one.hint}" for one in found))
