"""What sharing does when places are published, and when a night's patrols are settled."""

from sunra.platform.accounts.actor import Actor
from sunra.platform.events.models import Event
from sunra.platform.events.registry import consumer
from sunra.platform.places.services import publish
from sunra.systems.sharing import frames
from sunra.systems.sharing.indicators import PATROL_KIND, PATROL_SOURCE
from sunra.systems.sharing.models import Opening
from sunra.systems.sharing.services import opendata

_OURS = "sharing/"


@consumer("sharing.open_files", type="places.published", version=1)
def renew_files(event: Event) -> None:
    """Have the files of an open dataset made anew when its places changed."""
    source = str(event.payload["source"])
    if not source.startswith(_OURS) or not any(event.payload[name] for name in ("added", "changed", "gone")):
        return
    rows = Opening.objects.filter(
        dataset_id=source.removeprefix(_OURS), closed__isnull=True, form=Opening.Form.FEATURES
    )
    for opening in rows:
        opendata.make_files(opening, cause=str(event.pk))


@consumer("sharing.patrol_hours", type="patrols.plan_confirmed", version=2)
def keep_patrol_hours(event: Event) -> None:
    """Put the planned stays of a night where figures find them, in place of what was planned before.

    Words about one night may come in any order: an older one changes nothing.
    """
    if event.agency_id is None:
        return
    night = {"payload__district": event.payload["district"], "payload__day": event.payload["day"]}
    same = Event.objects.filter(type=event.type, agency_id=event.agency_id, **night)
    if same.filter(created__gt=event.created).exists():
        return
    publish(
        actor=Actor.job(event.agency_id, "sharing.patrol_hours"),
        agency_id=event.agency_id,
        layer="event",
        kind=PATROL_KIND,
        source=f"{PATROL_SOURCE}/{event.payload['district']}/{event.payload['day']}",
        frame=frames.patrols(event.payload["stays"]),
        vintage=event.payload["plan"],
        demo=event.payload["demo"],
    )
