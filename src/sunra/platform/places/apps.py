"""The app's registration."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Registers ``platform.places``."""

    name = "sunra.platform.places"
    label = "places"
