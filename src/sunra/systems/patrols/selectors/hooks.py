"""Reads webhooks and what became of their messages."""

from uuid import UUID

from django.db.models import QuerySet

from sunra.platform.accounts.access import get_visible, require, visible
from sunra.platform.accounts.actor import Actor
from sunra.systems.patrols.models import Hook, HookMessage
from sunra.systems.patrols.rules import VIEW_HOOK


def hooks(actor: Actor) -> QuerySet[Hook]:
    """The webhooks of the actor's agencies."""
    require(actor, VIEW_HOOK)
    return visible(Hook.objects.all(), actor)


def hook(actor: Actor, hook_id: UUID) -> Hook:
    """One webhook; ``Http404`` beyond the actor's agencies."""
    require(actor, VIEW_HOOK)
    return get_visible(Hook.objects.all(), actor, id=hook_id)


def messages(actor: Actor, found: Hook) -> QuerySet[HookMessage]:
    """What was sent to it, newest first."""
    require(actor, VIEW_HOOK)
    return visible(HookMessage.objects.filter(hook=found), actor).order_by("-created")
