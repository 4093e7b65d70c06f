"""The app's registration."""

from urllib.parse import urlencode

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sunra.platform.places import origins
from sunra.platform.ui import doors


def _origin(layer: str, source: str, key: str) -> str:
    """The page that leads from a published row back to file and line."""
    return f"{reverse('sharing:lineage')}?{urlencode({'layer': layer, 'source': source, 'key': key})}"


class SharingConfig(AppConfig):
    """Registers ``systems.sharing``."""

    name = "sunra.systems.sharing"
    label = "sharing"

    def ready(self) -> None:
        """Put the catalogue behind its door."""
        origins.register("sharing/", "sharing.view_dataset", _origin)
        doors.register("see", _("Data"), "sharing:catalogue", "sharing.view_dataset", order=10)
        doors.register("see", _("Statistics"), "sharing:statistics", "sharing.view_statistics", order=30)
        doors.register("see", _("Open data"), "open:catalogue", "sharing.view_dataset", order=40)
        doors.register_for_all(_("Open data"), "open:catalogue", order=30)
        doors.register_for_all(_("Safety in my area"), "area:area", order=15)
        doors.register(
            "govern", _("Sharing agreements"), "sharing:agreements", "sharing.view_agreement", order=40
        )
