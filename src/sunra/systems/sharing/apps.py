"""The app's registration."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """Registers the sharing system."""

    name = "sunra.systems.sharing"
    label = "sharing"
