"""The app's registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from sunra.platform.ui import doors


class JourneysConfig(AppConfig):
    """Registers what crosses several systems."""

    name = "sunra.journeys"
    label = "journeys"

    def ready(self) -> None:
        """Put the homes of all roles behind the first door, and name the way to the residents."""
        from sunra.journeys import residents

        residents.connect()
        doors.register("today", _("Today"), "home", order=0)
        doors.register("today", _("Plan tonight"), "tonight", "journeys.run_tonight", order=10)
