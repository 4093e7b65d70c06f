"""Words and sentences that the patrol pages, the brief and the exports share."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p

from sunra.platform.base.errors import Text

KINDS = {"car": _("Car"), "foot": _("On foot"), "dog": _("With a dog")}

BRIEF = {
    "heading": _("Tonight's patrol plan"),
    "no_ground": _("A grade of a place is no ground to stop or question anyone."),
    "volunteers": _(
        "Volunteers go in pairs or more and have no police powers. In danger step back and call 112."
    ),
    "demo": _("Demonstration data"),
    "prior": _("No local events: the order of places is an assumption from what stands there, not graded."),
    "straight": _(
        "Distances are straight lines × 1.3, because no street file covers the stops. No turns are printed."
    ),
    "assumed_teams": _("No team is registered: these are assumed teams."),
    "order": _("No."),
    "cell": _("Cell"),
    "time": _("Time"),
    "grade": _("Risk grade"),
    "often": _("How often"),
    "start": _p("time", "start"),
    "start_place": _("Start"),
    "stops": _("Stops"),
    "places": _p("after a number", "places"),
    "made": _("Made"),
    "nothing": _("No stop fits into this shift."),
}

ASKED = _("%(count)d residents' requests")

WHY = {
    "no_streets": _("There is no street file for this district."),
    "not_covered": _("The street file does not reach enough of the stops."),
    "in_pieces": _("The street file is in pieces that do not join."),
    "": "",
}

SHIFTS = {
    "planned": _("Planned"),
    "on_patrol": _("On patrol"),
    "ended": _("Ended"),
    "cancelled": _("Cancelled"),
}

ALARMS = {
    "late_check_in": _("Late check-in"),
    "no_end": _("End not reported"),
    "help": _("Called 112"),
    "drop_out": _("Cannot go on"),
}

ASKS = {
    "late_check_in": _("Are you all right? Please check in."),
    "no_end": _("Your shift is over. Please end the patrol on your phone."),
    "help": _("We saw your call to 112. Stay back; are you safe?"),
    "drop_out": _("We saw that you cannot go on. Do you need help?"),
}
"""What the room asks a team with one press; the team answers on its phone."""

BOARD = {
    "on": _("On patrol"),
    "waiting": _("Has not begun"),
    "recalled": _("Called back"),
    "alarm": _("Alarm"),
}

HAZARDS = {
    "lamp": _("Lamp is dark"),
    "road": _("Road or steps broken"),
    "waste": _("Waste in the way"),
    "fence": _("Fence or wall broken"),
    "camera": _("CCTV covered or broken"),
    "bell": _("Emergency bell broken"),
    "other": _("Something else"),
}

REPORT_TO = {"120": _("City line 120"), "district": _("District office")}

ROLES = {"leader": _("Leader"), "deputy": _("Deputy leader"), "member": _("Member")}

TRACKS = {
    "commission": _("Commission by the station chief"),
    "appointment": _("Appointment by the safety council"),
}

_STANDINGS = {
    "none": _("Not applied for"),
    "applied": _("Applied for"),
    "checked": _("No disqualification found"),
    "review": _("In review"),
    "refused": _("Refused"),
    "ended": _p("membership", "Ended"),
}

STANDINGS = {
    "commission": _STANDINGS | {"granted": _("Commissioned")},
    "appointment": _STANDINGS | {"granted": _("Appointed")},
}

DOG_STAGES = {
    "applied": _("Applied for"),
    "paper": _("Paper passed"),
    "tested": _("Field test passed"),
    "selected": _("Selected"),
    "active": _("On duty after briefing"),
    "refused": _("Refused"),
    "ended": _p("membership", "Ended"),
}

DOG_STEPS = DOG_STAGES | {"active": _("Briefing given, or renewed")}

DOG_ITEMS = {
    "narrow": _("Narrow passage at heel"),
    "calm": _("Calm past distractions"),
    "dogs": _("No reaction to other dogs"),
}

TRAININGS = {"basic": _("Basic training"), "first_aid": _("First aid"), "dog": _("Patrol with a dog")}

DEMO = BRIEF["demo"]

HOOK_EVENTS = {
    "patrols.plan_confirmed": _("A plan was confirmed"),
    "patrols.shift_begun": _("A patrol began"),
    "patrols.shift_ended": _("A patrol ended"),
    "patrols.hazard_reported": _("A hazard was reported"),
}

HOOK_ERRORS: dict[str, Text] = {
    "address": _("No https address of a name, at port 443 or 8443"),
    "private": _("The name leads to an address inside a network"),
    "unknown_host": _("The name is not known"),
    "timeout": _("No answer in time"),
    "certificate": _("The certificate does not hold"),
    "unreachable": _("Not reachable"),
    "status": _("Answered with an error"),
    "off": _("Switched off before"),
    "": "",
}

HOOK_OFF: dict[str, Text] = {
    "by_hand": _("Switched off by hand"),
    "failing": _("Switched off after three days without success"),
    "gone": _("The other side said that the address is gone"),
    "": "",
}

GEAR_KINDS = {
    "vest": _("Vest"),
    "lamp": _("Lamp"),
    "radio": _("Radio"),
    "armour": _("Protective gear"),
    "other": _("Other"),
}

DAY_KINDS = {
    "launch": _("Launch day"),
    "joint": _("Joint patrol"),
    "festival": _("Festival"),
    "exam": _("Exam season"),
    "other": _("Other"),
}
