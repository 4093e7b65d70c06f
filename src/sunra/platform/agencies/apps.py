"""The app's registration."""

from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    """Registers ``platform.agencies``."""

    name = "sunra.platform.agencies"
    label = "agencies"
