"""Who may look at data, and who may bring it."""

from sunra.platform.accounts.access import grant
from sunra.platform.accounts.roles import (
    AGENCY_ADMIN,
    ANALYST,
    AUDITOR,
    COMMITTEE_STAFF,
    CPO,
    DATA_OFFICER,
    MACHINE,
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

VIEW_STATISTICS = "sharing.view_statistics"
VIEW_SMALL_AREAS = "sharing.view_small_areas"
RUN_STATISTICS = "sharing.run_statistics"
MAKE_REPORT = "sharing.make_report"

grant(
    VIEW_STATISTICS,
    *(AGENCY_ADMIN, ANALYST, AUDITOR, COMMITTEE_STAFF, CPO, DATA_OFFICER, SAFETY_OFFICER, MACHINE),
)
# A cell may hold one household and an hour one event: for those who plan by them, never for programs.
grant(VIEW_SMALL_AREAS, ANALYST, COMMITTEE_STAFF, CPO, DATA_OFFICER, SAFETY_OFFICER)
grant(RUN_STATISTICS, ANALYST, COMMITTEE_STAFF, DATA_OFFICER, SAFETY_OFFICER)
grant(MAKE_REPORT, ANALYST, COMMITTEE_STAFF, CPO, DATA_OFFICER, SAFETY_OFFICER)

VIEW_AGREEMENT = "sharing.view_agreement"
REQUEST_AGREEMENT = "sharing.request_agreement"
DECIDE_AGREEMENT = "sharing.decide_agreement"
READ_SHARED = "sharing.read_shared"
READ_SHARED_FEATURES = "sharing.read_shared_features"
TREAT_PERSONS = "sharing.treat_persons"
RELEASE = "sharing.release_statistics"

grant(VIEW_AGREEMENT, AGENCY_ADMIN, ANALYST, AUDITOR, COMMITTEE_STAFF, CPO, DATA_OFFICER, SAFETY_OFFICER)
grant(REQUEST_AGREEMENT, AGENCY_ADMIN, ANALYST, COMMITTEE_STAFF, CPO, DATA_OFFICER, SAFETY_OFFICER)
grant(DECIDE_AGREEMENT, AGENCY_ADMIN, DATA_OFFICER)
grant(READ_SHARED, ANALYST, COMMITTEE_STAFF, CPO, DATA_OFFICER, SAFETY_OFFICER)
grant(READ_SHARED_FEATURES, ANALYST, COMMITTEE_STAFF, CPO, DATA_OFFICER, SAFETY_OFFICER, MACHINE)
grant(TREAT_PERSONS, DATA_OFFICER)
grant(
    RELEASE,
    *(AGENCY_ADMIN, ANALYST, AUDITOR, COMMITTEE_STAFF, CPO, DATA_OFFICER, SAFETY_OFFICER, MACHINE),
)

OPEN = "sharing.open_dataset"
FEATURES = "sharing.read_features"

grant(OPEN, AGENCY_ADMIN, DATA_OFFICER)
grant(FEATURES, AGENCY_ADMIN, ANALYST, AUDITOR, COMMITTEE_STAFF, CPO, DATA_OFFICER, SAFETY_OFFICER, MACHINE)

CONNECT = "sharing.manage_connector"

grant(CONNECT, DATA_OFFICER)
