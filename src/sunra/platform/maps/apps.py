"""The app's registration."""

from django.apps import AppConfig


class MapsConfig(AppConfig):
    """Registers ``platform.maps``."""

    name = "sunra.platform.maps"
    label = "maps"
