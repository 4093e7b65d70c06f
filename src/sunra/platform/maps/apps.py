"""The app's registration."""

from django.apps import AppConfig


class MapsConfig(AppConfig):
    """Registers ``platform.maps`` and its step of ``sunra assets``."""

    name = "sunra.platform.maps"
    label = "maps"

    def ready(self) -> None:
        """Have the base map built with the other assets."""
        from sunra.platform.maps.basemap import STEP
        from sunra.platform.places import words
        from sunra.platform.ui import doors
        from sunra.platform.ui.assets import add_step

        add_step(STEP)
        doors.register("build", words.FACILITIES, "maps:facilities", "places.view_place", order=10)
