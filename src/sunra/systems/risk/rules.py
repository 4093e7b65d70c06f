"""Who may see cells: staff only; the public stops at 법정동."""

from sunra.platform.accounts.access import grant
from sunra.platform.accounts.roles import (
    ANALYST,
    AUDITOR,
    COMMITTEE_STAFF,
    CPO,
    DATA_OFFICER,
    MACHINE,
    SAFETY_OFFICER,
)

VIEW = "risk.view_forecast"
MAKE = "risk.make_forecast"

grant(VIEW, ANALYST, AUDITOR, COMMITTEE_STAFF, CPO, DATA_OFFICER, SAFETY_OFFICER, MACHINE)
grant(MAKE, ANALYST, SAFETY_OFFICER)

VIEW_REQUEST = "risk.view_request"
DECIDE_REQUEST = "risk.decide_request"
OVERRIDE = "risk.override_forecast"

grant(VIEW_REQUEST, ANALYST, AUDITOR, COMMITTEE_STAFF, CPO, SAFETY_OFFICER)
grant(DECIDE_REQUEST, CPO, SAFETY_OFFICER)
grant(OVERRIDE, CPO, SAFETY_OFFICER)
