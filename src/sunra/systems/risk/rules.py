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
