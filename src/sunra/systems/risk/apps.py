"""The app's registration."""

from django.apps import AppConfig


class RiskConfig(AppConfig):
    """Registers the risk system."""

    name = "sunra.systems.risk"
    label = "risk"
