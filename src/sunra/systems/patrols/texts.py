"""Words and sentences that the patrol pages, the brief and the exports share."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p

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
