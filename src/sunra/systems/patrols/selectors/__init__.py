"""Everything that reads patrols."""

from sunra.systems.patrols.selectors.groups import (
    members,
    organisation,
    organisations,
    teams,
    teams_on_duty,
)
from sunra.systems.patrols.selectors.plans import latest, plan, plans, routes

__all__ = [
    "latest",
    "members",
    "organisation",
    "organisations",
    "plan",
    "plans",
    "routes",
    "teams",
    "teams_on_duty",
]
