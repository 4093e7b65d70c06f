"""The roles; kept on the lowest floor, so that every app can name them."""

from django.utils.translation import gettext_noop

from sunra.platform.base.roles import (
    ADMINS,
    AGENCY_ADMIN,
    ANALYST,
    AUDITOR,
    COMMITTEE_STAFF,
    CONTROL_OPERATOR,
    CPO,
    DATA_OFFICER,
    EVERYONE,
    MACHINE,
    PATROL_LEADER,
    PLATFORM_ADMIN,
    ROLES,
    SAFETY_OFFICER,
    STAFF,
    VOLUNTEER,
    Role,
)

__all__ = [
    "ADMINS",
    "AGENCY_ADMIN",
    "ANALYST",
    "AUDITOR",
    "COMMITTEE_STAFF",
    "CONTROL_OPERATOR",
    "CPO",
    "DATA_OFFICER",
    "EVERYONE",
    "MACHINE",
    "NAMES",
    "PATROL_LEADER",
    "PLATFORM_ADMIN",
    "ROLES",
    "SAFETY_OFFICER",
    "STAFF",
    "VOLUNTEER",
    "Role",
]

NAMES = (
    gettext_noop("Platform administrator"),
    gettext_noop("Agency administrator"),
    gettext_noop("Committee staff"),
    gettext_noop("Analyst"),
    gettext_noop("Auditor"),
    gettext_noop("Safety officer"),
    gettext_noop("Data officer"),
    gettext_noop("Crime prevention officer"),
    gettext_noop("Control centre operator"),
    gettext_noop("Patrol leader"),
    gettext_noop("Volunteer"),
    gettext_noop("Program"),
)
"""The names once more: the lowest floor has no catalogue, this app's holds them."""
