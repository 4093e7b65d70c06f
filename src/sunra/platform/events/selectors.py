"""Everything that reads events for people."""

from django.db.models import QuerySet

from sunra.platform.base.access import require
from sunra.platform.base.actor import Actor
from sunra.platform.events.models import Delivery


def dead_letters(actor: Actor) -> QuerySet[Delivery]:
    """Deliveries laid aside after their last attempt, of the whole installation; the newest first.

    Raises ``PermissionDenied`` without ``events.view_dead_letter`` (the platform's administrator).
    """
    require(actor, "events.view_dead_letter")
    dead = Delivery.objects.filter(state=Delivery.State.DEAD)
    return dead.select_related("event", "event__agency").order_by("-settled")
