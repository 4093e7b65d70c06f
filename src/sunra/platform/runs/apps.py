"""The app's registration."""

from django.apps import AppConfig


class RunsConfig(AppConfig):
    """Registers ``platform.runs``."""

    name = "sunra.platform.runs"
    label = "runs"
