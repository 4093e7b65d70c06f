"""The app's registration."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Registers ``platform.ui``."""

    name = "sunra.platform.ui"
    label = "ui"
