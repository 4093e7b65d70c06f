"""What sharing does when places are published."""

from sunra.platform.events.models import Event
from sunra.platform.events.registry import consumer
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
