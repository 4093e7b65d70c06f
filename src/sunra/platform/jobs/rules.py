"""Who may see and change jobs."""

from sunra.platform.base.access import grant
from sunra.platform.base.roles import (
    AGENCY_ADMIN,
    ANALYST,
    COMMITTEE_STAFF,
    CPO,
    DATA_OFFICER,
    PLATFORM_ADMIN,
    SAFETY_OFFICER,
    STAFF,
)

grant("jobs.view_job", *STAFF)
grant(
    "jobs.change_job",
    PLATFORM_ADMIN,
    AGENCY_ADMIN,
    COMMITTEE_STAFF,
    ANALYST,
    DATA_OFFICER,
    SAFETY_OFFICER,
    CPO,
)
