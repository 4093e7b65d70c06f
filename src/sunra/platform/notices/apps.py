"""The app's registration."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Registers ``platform.notices``."""

    name = "sunra.platform.notices"
    label = "notices"
