"""The app's registration."""

from django.apps import AppConfig

from sunra.platform.base.discovery import import_rooms


class EventsConfig(AppConfig):
    """Registers ``platform.events``."""

    name = "sunra.platform.events"
    label = "events"

    def ready(self) -> None:
        """Find every app's consumers."""
        import_rooms("consumers")
