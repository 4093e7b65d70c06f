"""Everything that reads runs for people."""

from django.db.models import QuerySet

from sunra.platform.base.access import require, visible
from sunra.platform.base.actor import Actor
from sunra.platform.base.roles import PLATFORM_ADMIN
from sunra.platform.runs.models import Run


def runs(actor: Actor) -> QuerySet[Run]:
    """The runs of the actor's agencies, newest first; the platform's administrator also sees those of none.

    Raises ``PermissionDenied`` without ``runs.view_run``.
    """
    require(actor, "runs.view_run")
    rows = visible(Run.objects.all(), actor)
    if actor.role == PLATFORM_ADMIN:
        rows = rows | Run.objects.filter(agency__isnull=True)
    return rows.select_related("agency").order_by("-created", "pk")


def places(rows: QuerySet[Run]) -> list[str]:
    """The engines that these runs used."""
    return sorted(set(rows.order_by().values_list("engine", flat=True)))
