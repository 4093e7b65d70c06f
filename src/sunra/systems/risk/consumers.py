"""What risk does when a night's patrols are settled."""

import datetime as dt

from sunra.platform.events.models import Event
from sunra.platform.events.registry import consumer
from sunra.systems.risk.services.request_upkeep import keep_stops, note_walked


@consumer("risk.request_stops", type="patrols.plan_confirmed", version=2)
def keep_request_stops(event: Event) -> None:
    """Note which requests a confirmed plan stops at, in place of what an earlier plan of the night said.

    Words about one night may come in any order: an older one changes nothing.
    """
    if event.agency_id is None:
        return
    night = {"payload__district": event.payload["district"], "payload__day": event.payload["day"]}
    same = Event.objects.filter(type=event.type, agency_id=event.agency_id, **night)
    if same.filter(created__gt=event.created).exists():
        return
    keep_stops(
        planner_id=event.agency_id,
        district=event.payload["district"],
        day=dt.date.fromisoformat(event.payload["day"]),
        stops=event.payload["stops"],
    )


@consumer("risk.request_walked", type="patrols.stop_walked", version=1)
def keep_request_walked(event: Event) -> None:
    """Note for residents that a team was at a stop; payload: ``district``, ``cell_e``, ``cell_n``, ``at``."""
    if event.agency_id is None:
        return
    found = event.payload
    note_walked(
        planner_id=event.agency_id,
        district=found["district"],
        cell=(int(found["cell_e"]), int(found["cell_n"])),
        at=dt.datetime.fromisoformat(found["at"]),
    )
