"""The app's registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from sunra.platform.ui import doors


class PatrolsConfig(AppConfig):
    """Registers ``systems.patrols``."""

    name = "sunra.systems.patrols"
    label = "patrols"

    def ready(self) -> None:
        """Put the pages behind their door."""
        doors.register("act", _("Patrols"), "patrols:plan", "patrols.view_plan", order=10)
        doors.register("act", _("Patrol calendar"), "patrols:calendar", "patrols.view_calendar", order=11)
        doors.register("act", _("Shifts"), "patrols:shifts", "patrols.view_duty", order=12)
        doors.register("act", _("Live board"), "patrols:live", "patrols.view_live", order=13)
        doors.register("act", _("Patrol logs"), "patrols:logs", "patrols.lead_shift", order=15)
        doors.register("act", _("Volunteer hours"), "patrols:hours", "patrols.view_member", order=25)
        doors.register(
            "learn", _("Results of organisations"), "patrols:results", "patrols.view_organisation", order=30
        )
        doors.register("act", _("Reports from patrols"), "patrols:hazards", "patrols.direct_night", order=14)
        doors.register(
            "act", _("Organisations"), "patrols:organisations", "patrols.view_organisation", order=20
        )
        doors.register("act", _("Dog patrol squad"), "patrols:dogs", "patrols.view_dog", order=23)
        doors.register("act", _("Equipment"), "patrols:equipment", "patrols.view_gear", order=24)
        doors.register("act", _("Webhooks"), "patrols:hooks", "patrols.view_hook", order=40)
        doors.register("act", _("Members"), "patrols:members", "patrols.view_member", order=22)
        doors.register(
            "learn", _("Did patrols change anything?"), "patrols:effects", "patrols.view_effect", order=20
        )
