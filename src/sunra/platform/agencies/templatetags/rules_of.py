"""Lets a template show only what the reader may do."""

from typing import Any

from django import template

from sunra.platform.base.actor import ANONYMOUS

register = template.Library()


@register.simple_tag(takes_context=True)
def may(context: template.Context, permission: str) -> bool:
    """``{% may "app.verb_noun" as may_change %}``: whether the reader holds a permission."""
    actor: Any = context.get("actor") or ANONYMOUS
    return bool(actor.may(permission))
