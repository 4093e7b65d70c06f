"""What an agency pulls, and how it went."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from sunra.platform.accounts.access import get_visible, require, visible
from sunra.platform.accounts.actor import Actor
from sunra.systems.sharing.models import Connector, Pull
from sunra.systems.sharing.rules import VIEW


@dataclass(frozen=True, slots=True)
class Line:
    """A connector with its latest pull."""

    connector: Connector
    latest: Pull | None


def connectors(actor: Actor) -> list[Line]:
    """Every connector of the actor's agencies, with its latest pull; two queries whatever their number."""
    require(actor, VIEW)
    rows = list(visible(Connector.objects.select_related("agency"), actor))
    latest: dict[UUID, Pull] = {}
    for one in Pull.objects.filter(connector__in=rows).order_by("created").iterator():
        latest[one.connector_id] = one
    return [Line(row, latest.get(row.id)) for row in rows]


def connector(actor: Actor, connector_id: UUID) -> Connector:
    """One connector; ``Http404`` for another agency's."""
    require(actor, VIEW)
    return get_visible(Connector.objects.select_related("agency"), actor, id=connector_id)


def pulls(actor: Actor, connector_id: UUID) -> QuerySet[Pull]:
    """Its pulls, newest first."""
    return connector(actor, connector_id).pulls.select_related("vintage")
