"""The app's registration."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Registers ``platform.events``."""

    name = "sunra.platform.events"
    label = "events"
