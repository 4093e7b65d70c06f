"""Everything that writes: organisations and teams come in, a night is planned, a plan is confirmed."""

from sunra.systems.patrols.services.member_files import import_members
from sunra.systems.patrols.services.organisations import (
    import_organisations,
    import_teams,
    preview,
    sheet_of,
    take,
)
from sunra.systems.patrols.services.plans import Draft, compute, confirm, keep, make_plan

__all__ = [
    "Draft",
    "compute",
    "confirm",
    "import_members",
    "import_organisations",
    "import_teams",
    "keep",
    "make_plan",
    "preview",
    "sheet_of",
    "take",
]
