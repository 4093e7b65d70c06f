"""Who may plan, confirm and walk; members' names are for those who lead them."""

from sunra.platform.accounts.access import grant
from sunra.platform.accounts.roles import (
    AGENCY_ADMIN,
    ANALYST,
    AUDITOR,
    COMMITTEE_STAFF,
    CONTROL_OPERATOR,
    CPO,
    MACHINE,
    PATROL_LEADER,
    SAFETY_OFFICER,
    VOLUNTEER,
)

VIEW = "patrols.view_plan"
MAKE = "patrols.make_plan"
CONFIRM = "patrols.confirm_plan"
VIEW_ORGANISATION = "patrols.view_organisation"
VIEW_MEMBER = "patrols.view_member"
IMPORT = "patrols.import_organisation"
MANAGE_MEMBER = "patrols.manage_member"
REVIEW_MEMBER = "patrols.review_member"
VIEW_DOG = "patrols.view_dog"
MANAGE_DOG = "patrols.manage_dog"
REVIEW_DOG = "patrols.review_dog"
EXAMINE_DOG = "patrols.examine_dog"
LEAD = "patrols.lead_shift"
DIRECT = "patrols.direct_night"
VIEW_DUTY = "patrols.view_duty"
VIEW_LIVE = "patrols.view_live"
VIEW_EFFECT = "patrols.view_effect"
JUDGE = "patrols.judge_effect"
RULE_LOT = "patrols.rule_lot"
VIEW_CALENDAR = "patrols.view_calendar"
PLAN_CALENDAR = "patrols.plan_calendar"
VIEW_GEAR = "patrols.view_gear"
MANAGE_GEAR = "patrols.manage_gear"
VIEW_HOOK = "patrols.view_hook"
MANAGE_HOOK = "patrols.manage_hook"

grant(
    VIEW,
    ANALYST, AUDITOR, COMMITTEE_STAFF, CONTROL_OPERATOR, CPO, MACHINE, PATROL_LEADER, SAFETY_OFFICER,
    VOLUNTEER,
)  # fmt: skip
grant(MAKE, SAFETY_OFFICER)
grant(CONFIRM, SAFETY_OFFICER)
grant(VIEW_ORGANISATION, AGENCY_ADMIN, AUDITOR, COMMITTEE_STAFF, CPO, PATROL_LEADER, SAFETY_OFFICER)
grant(VIEW_MEMBER, AGENCY_ADMIN, PATROL_LEADER, SAFETY_OFFICER)
grant(IMPORT, AGENCY_ADMIN, SAFETY_OFFICER)
grant(MANAGE_MEMBER, AGENCY_ADMIN, PATROL_LEADER, SAFETY_OFFICER)
grant(REVIEW_MEMBER, AGENCY_ADMIN, SAFETY_OFFICER)
grant(VIEW_DOG, AGENCY_ADMIN, COMMITTEE_STAFF, PATROL_LEADER, SAFETY_OFFICER)
grant(MANAGE_DOG, AGENCY_ADMIN, PATROL_LEADER, SAFETY_OFFICER)
grant(REVIEW_DOG, AGENCY_ADMIN, SAFETY_OFFICER)
grant(EXAMINE_DOG, COMMITTEE_STAFF, SAFETY_OFFICER)
grant(VIEW_DUTY, CONTROL_OPERATOR, CPO, PATROL_LEADER, SAFETY_OFFICER, VOLUNTEER)
grant(VIEW_LIVE, CONTROL_OPERATOR, CPO, PATROL_LEADER, SAFETY_OFFICER)
grant(LEAD, CONTROL_OPERATOR, PATROL_LEADER, SAFETY_OFFICER)
grant(DIRECT, CONTROL_OPERATOR, SAFETY_OFFICER)
grant(VIEW_EFFECT, ANALYST, COMMITTEE_STAFF, CPO, MACHINE, SAFETY_OFFICER)
grant(JUDGE, ANALYST, SAFETY_OFFICER)
grant(RULE_LOT, SAFETY_OFFICER)
grant(
    VIEW_CALENDAR, ANALYST, AUDITOR, COMMITTEE_STAFF, CONTROL_OPERATOR, CPO, PATROL_LEADER,
    SAFETY_OFFICER, VOLUNTEER,
)  # fmt: skip
grant(PLAN_CALENDAR, SAFETY_OFFICER)
grant(VIEW_GEAR, AGENCY_ADMIN, AUDITOR, COMMITTEE_STAFF, CPO, PATROL_LEADER, SAFETY_OFFICER)
grant(MANAGE_GEAR, AGENCY_ADMIN, SAFETY_OFFICER)
grant(VIEW_HOOK, AGENCY_ADMIN, AUDITOR, SAFETY_OFFICER)
grant(MANAGE_HOOK, AGENCY_ADMIN, SAFETY_OFFICER)

WALKERS = frozenset({PATROL_LEADER, VOLUNTEER})
"""They see the confirmed routes of their own group and nothing else."""
