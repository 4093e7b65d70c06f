"""The app's registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from sunra.platform.ui import doors


class SharingConfig(AppConfig):
    """Registers ``systems.sharing``."""

    name = "sunra.systems.sharing"
    label = "sharing"

    def ready(self) -> None:
        """Put the catalogue behind its door."""
        doors.register("see", _("Data"), "sharing:catalogue", "sharing.view_dataset", order=10)
        doors.register("see", _("Statistics"), "sharing:statistics", "sharing.view_statistics", order=30)
        doors.register("see", _("Open data"), "open:catalogue", "sharing.view_dataset", order=40)
        doors.register(
            "govern", _("Sharing agreements"), "sharing:agreements", "sharing.view_agreement", order=40
        )
