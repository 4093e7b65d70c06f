"""The app's registration."""

from django.apps import AppConfig


class PatrolsConfig(AppConfig):
    """Registers the patrols system."""

    name = "sunra.systems.patrols"
    label = "patrols"
