"""The app's registration."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Registers ``platform.jobs``."""

    name = "sunra.platform.jobs"
    label = "jobs"
