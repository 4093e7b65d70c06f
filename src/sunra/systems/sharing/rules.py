"""Who may look at data, and who may bring it."""

from sunra.platform.accounts.access import grant
from sunra.platform.accounts.roles import (
    AGENCY_ADMIN,
    ANALYST,
    AUDITOR,
    COMMITTEE_STAFF,
    CPO,
    DATA_OFFICER,
    SAFETY_OFFICER,
)

VIEW = "sharing.view_dataset"
IMPORT = "sharing.import_file"

grant(VIEW, AGENCY_ADMIN, ANALYST, AUDITOR, COMMITTEE_STAFF, CPO, DATA_OFFICER, SAFETY_OFFICER)
grant(IMPORT, CPO, DATA_OFFICER, SAFETY_OFFICER)

APPROVE = "sharing.approve_vintage"
MAP = "sharing.map_columns"
STEWARD = "sharing.change_dataset"

grant(APPROVE, DATA_OFFICER, SAFETY_OFFICER)
grant(MAP, DATA_OFFICER, SAFETY_OFFICER)
grant(STEWARD, AGENCY_ADMIN, DATA_OFFICER)
