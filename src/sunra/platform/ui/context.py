"""What every page knows: who looks at it, which doors are open, whether the data is a demonstration."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from sunra.platform.accounts.models import Person
from sunra.platform.accounts.selectors import memberships_of
from sunra.platform.base.actor import ANONYMOUS, Actor
from sunra.platform.base.errors import Text
from sunra.platform.base.roles import ROLES
from sunra.platform.notices.selectors import unread_count
from sunra.platform.ui import doors

THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the reader's memberships in the agency switch."""

    id: str
    agency: str
    role: Text
    current: bool


def page(request: HttpRequest) -> dict[str, Any]:
    """The variables of ``base.html``; ``request.demo`` marks a page that shows demonstration rows.

    What needs the database is asked for only when the page shows it.
    """
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    theme = request.COOKIES.get("theme", "")
    opened = doors.opened(actor, request.path)
    return {
        "actor": actor,
        "doors": opened,
        "bottom_doors": opened[:3],
        "public_links": doors.for_all(actor, request.path),
        "memberships": SimpleLazyObject(lambda: _choices(request, actor)),
        "unread_notices": SimpleLazyObject(lambda: unread_count(actor) if actor.person_id else 0),
        "demo": settings.DEMO or getattr(request, "demo", False),
        "site_name": settings.SITE_NAME,
        "theme": theme if theme in THEMES else "",
        "languages": settings.LANGUAGES,
    }


def _choices(request: HttpRequest, actor: Actor) -> list[Choice]:
    person = getattr(request, "user", None)
    if actor.person_id is None or not isinstance(person, Person):
        return []
    return [
        Choice(str(held.pk), held.agency.name, ROLES[held.role].name, held.pk == actor.membership_id)
        for held in memberships_of(person)
    ]
