"""Everything that reads patrols."""

from sunra.systems.patrols.selectors.groups import (
    organisation,
    organisations,
    teams,
    teams_on_duty,
)
from sunra.systems.patrols.selectors.plans import latest, plan, plans, routes, stops_by_night

__all__ = [
    "latest",
    "organisation",
    "organisations",
    "plan",
    "plans",
    "routes",
    "stops_by_night",
    "teams",
    "teams_on_duty",
]
