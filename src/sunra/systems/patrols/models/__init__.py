"""All tables of patrols."""

from sunra.systems.patrols.models.draws import PlanChance
from sunra.systems.patrols.models.groups import Member, Organisation, Team, TeamKind
from sunra.systems.patrols.models.plans import DistanceSource, Plan, PlanStatus, PlanStop, PlanTeam

__all__ = [
    "DistanceSource",
    "Member",
    "Organisation",
    "Plan",
    "PlanChance",
    "PlanStatus",
    "PlanStop",
    "PlanTeam",
    "Team",
    "TeamKind",
]
