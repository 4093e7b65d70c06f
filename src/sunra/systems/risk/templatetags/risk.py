"""``{% load risk %}``: the row of pages behind the door of risk."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sunra.platform.base.actor import actor_of
from sunra.platform.base.errors import Text
from sunra.systems.risk.rules import VIEW, VIEW_REQUEST

register = template.Library()


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the row: shown to who may enter it, marked on the addresses named in ``here``."""

    name: str
    label: Text
    permission: str = VIEW
    here: tuple[str, ...] = ()


ENTRIES = (
    Entry("map", _("Map"), here=("cell",)),
    Entry("compare", _("Changes")),
    Entry("areas", _("Areas"), here=("area",)),
    Entry("shortage", _("Missing facilities")),
    Entry("requests", _("Patrol requests"), VIEW_REQUEST, ("request",)),
    Entry("overrides", _("Overrides"), here=("override", "override_add")),
    Entry("honesty", _("Honesty")),
    Entry("fairness", _("Fairness")),
    Entry("factors", _("Factors")),
    Entry("hotspots", _("Hot spots")),
    Entry("weights", _("Weights")),
)


@register.inclusion_tag("risk/_nav.html", takes_context=True)
def risk_nav(context: template.Context) -> dict[str, Any]:
    """``{% risk_nav %}``: links to the other pages, for the same district where the page has one."""
    request = context["request"]
    actor = actor_of(request)
    forecast = context.get("forecast")
    district = context.get("district_code") or getattr(forecast, "district", "")
    now = request.resolver_match.url_name if request.resolver_match else ""
    query = f"?district={district}" if district else ""
    return {
        "entries": [
            (f"{reverse(f'risk:{one.name}')}{query}", one.label, now in {one.name, *one.here})
            for one in ENTRIES
            if actor.may(one.permission)
        ]
    }
