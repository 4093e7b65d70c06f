"""The app's registration."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Registers ``platform.ui`` and the doors to the platform's own pages."""

    name = "sunra.platform.ui"
    label = "ui"

    def ready(self) -> None:
        """Put the platform's pages behind their doors."""
        from sunra.platform.ui import platform_doors

        platform_doors.register()
