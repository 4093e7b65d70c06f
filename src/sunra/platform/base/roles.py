"""The roles a person or a program may hold in an agency; the only grounds on which anything is allowed."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from sunra.platform.base.errors import Text

PLATFORM_ADMIN: Final = "platform_admin"
AGENCY_ADMIN: Final = "agency_admin"
COMMITTEE_STAFF: Final = "committee_staff"
ANALYST: Final = "analyst"
AUDITOR: Final = "auditor"
SAFETY_OFFICER: Final = "safety_officer"
DATA_OFFICER: Final = "data_officer"
CPO: Final = "cpo"
CONTROL_OPERATOR: Final = "control_operator"
PATROL_LEADER: Final = "patrol_leader"
VOLUNTEER: Final = "volunteer"
MACHINE: Final = "machine"


@dataclass(frozen=True, slots=True)
class Role:
    """One role; ``staff`` must sign in with a second factor, ``held`` by people (or by programs alone)."""

    code: str
    name: Text
    staff: bool
    held: bool = True


ROLES: Final[dict[str, Role]] = {
    role.code: role
    for role in (
        Role(PLATFORM_ADMIN, _("Platform administrator"), staff=True),
        Role(AGENCY_ADMIN, _("Agency administrator"), staff=True),
        Role(COMMITTEE_STAFF, _("Committee staff"), staff=True),
        Role(ANALYST, _("Analyst"), staff=True),
        Role(AUDITOR, _("Auditor"), staff=True),
        Role(SAFETY_OFFICER, _("Safety officer"), staff=True),
        Role(DATA_OFFICER, _("Data officer"), staff=True),
        Role(CPO, _("Crime prevention officer"), staff=True),
        Role(CONTROL_OPERATOR, _("Control centre operator"), staff=True),
        Role(PATROL_LEADER, _("Patrol leader"), staff=False),
        Role(VOLUNTEER, _("Volunteer"), staff=False),
        Role(MACHINE, _("Program"), staff=False, held=False),
    )
}

EVERYONE: Final = tuple(code for code, role in ROLES.items() if role.held)
STAFF: Final = tuple(code for code, role in ROLES.items() if role.staff)
ADMINS: Final = (PLATFORM_ADMIN, AGENCY_ADMIN)
