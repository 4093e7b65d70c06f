"""Everything that reads events for people."""

from django.db.models import Q, QuerySet

from sunra.platform.base.access import require
from sunra.platform.base.actor import Actor
from sunra.platform.events.models import Delivery


def dead_letters(actor: Actor) -> QuerySet[Delivery]:
    """Deliveries laid aside after their last attempt, of the actor's agencies or of none; the newest first.

    Raises ``PermissionDenied`` without ``events.view_dead_letter`` (the platform's administrator).
    """
    require(actor, "events.view_dead_letter")
    mine = Q(event__agency_id__in=actor.scope) | Q(event__agency=None)
    dead = Delivery.objects.filter(mine, state=Delivery.State.DEAD)
    return dead.select_related("event", "event__agency").order_by("-settled")
