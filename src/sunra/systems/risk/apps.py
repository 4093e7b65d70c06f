"""The app's registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from sunra.platform.ui import doors


class RiskConfig(AppConfig):
    """Registers ``systems.risk``."""

    name = "sunra.systems.risk"
    label = "risk"

    def ready(self) -> None:
        """Put the map behind its door."""
        doors.register("see", _("Risk"), "risk:map", "risk.view_forecast", order=20)
        doors.register("see", _("Honesty"), "risk:honesty", "risk.view_forecast", order=22)
        doors.register("see", _("Fairness"), "risk:fairness", "risk.view_forecast", order=23)
        doors.register("see", _("Factors"), "risk:factors", "risk.view_forecast", order=24)
        doors.register("see", _("Hot spots"), "risk:hotspots", "risk.view_forecast", order=25)
        doors.register("see", _("Overrides"), "risk:overrides", "risk.view_forecast", order=26)
        doors.register_for_all(_("Ask for a patrol"), "request:ask", order=10)
        doors.register_for_all(_("Risk around here"), "risk:public", order=20)
        doors.register_for_all(_("Honesty"), "risk:honesty", order=25)
        doors.register("act", _("Patrol requests"), "risk:requests", "risk.view_request", order=30)
