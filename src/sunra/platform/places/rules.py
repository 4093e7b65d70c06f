"""Who may see and publish places."""

from sunra.platform.accounts.access import grant
from sunra.platform.accounts.roles import (
    AGENCY_ADMIN,
    ANALYST,
    COMMITTEE_STAFF,
    CPO,
    DATA_OFFICER,
    EVERYONE,
    MACHINE,
    PLATFORM_ADMIN,
    SAFETY_OFFICER,
    STAFF,
)

grant("places.view_place", *EVERYONE, MACHINE)
# What happened in a cell is for those who plan by it, not for whoever walks there.
grant("places.view_event", *STAFF, MACHINE)
grant(
    "places.publish_source",
    PLATFORM_ADMIN,
    AGENCY_ADMIN,
    COMMITTEE_STAFF,
    ANALYST,
    DATA_OFFICER,
    SAFETY_OFFICER,
    CPO,
    MACHINE,
)
