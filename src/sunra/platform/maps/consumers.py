"""What the maps do when an agency publishes places."""

from sunra.platform.accounts.actor import Actor
from sunra.platform.events.models import Event
from sunra.platform.events.registry import consumer
from sunra.platform.jobs.services import enqueue
from sunra.platform.maps.jobs import STREETS


@consumer("maps.streets", type="places.published", version=1)
def draw_streets(event: Event) -> None:
    """Have the street tiles made anew when streets came, changed or went."""
    changed = any(event.payload[name] for name in ("added", "changed", "gone"))
    if event.payload["layer"] == "street" and changed and event.agency_id is not None:
        actor = Actor.job(event.agency_id, STREETS)
        enqueue(actor=actor, kind=STREETS, args={}, key=f"{STREETS}:{event.pk}")
