"""The app's registration."""

from django.apps import AppConfig


class JourneysConfig(AppConfig):
    """Registers what crosses several systems."""

    name = "sunra.journeys"
    label = "journeys"
