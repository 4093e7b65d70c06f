"""The app's registration."""

from django.apps import AppConfig

from sunra.platform.base.discovery import import_rooms


class JobsConfig(AppConfig):
    """Registers ``platform.jobs``."""

    name = "sunra.platform.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Find every app's kinds of jobs and schedules."""
        import_rooms("jobs")
