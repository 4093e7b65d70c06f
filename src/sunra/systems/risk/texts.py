"""Sentences that pages, briefs and errors of risk share."""

from django.utils.translation import gettext_lazy as _

NO_GROUND = _("A grade of a place is no ground to stop or question anyone.")
NO_LOCAL_EVENTS = _(
    "No local events: the order of places is an assumption from what stands there, not graded."
)
DEMO = _("Demonstration data")
UNKNOWN_DISTRICT = _("There is no district with this code.")
UNKNOWN_DISTRICT_REMEDY = _("Give the five digits of a 시군구, for example 11290 for Seongbuk-gu.")
WITHHELD_FOUND = _("Domestic, child, sexual, stalking and suicide cases never enter a forecast by cell.")
WITHHELD_REMEDY = _("Have these rows taken out of the source they came with; then forecast again.")
TABLE_MISSING = _("The table of this forecast is missing or damaged.")
TABLE_MISSING_REMEDY = _(
    "Plan tonight again, or have the backup restored; the rest of the data is not touched."
)

FAMILIES = {
    "combined": _("All families"),
    "residential_intrusion": _("Residential intrusion"),
    "street_violence": _("Street violence"),
    "theft": _("Theft"),
    "disorder": _("Disorder"),
    "nuisance": _("Nuisance"),
    "traffic_accident": _("Traffic accident"),
}

NOTES = {
    "no_local_events": NO_LOCAL_EVENTS,
    "relative_only": _("No figure of any station: only the order of cells means something."),
    "no_covariates": _("Nothing is known about what stands here: all cells are alike."),
}

KINDS = {
    "cctv": _("CCTV cameras"),
    "security_light": _("Security lights"),
    "emergency_bell": _("Emergency bells"),
    "police_office": _("Police offices"),
    "bus_stop": _("Bus stops"),
    "subway_station": _("Subway stations"),
    "school": _("Schools"),
    "park": _("Parks"),
    "licence": _("Licensed premises"),
    "enforcement_camera": _("Enforcement cameras"),
    "child_zone": _("Child protection zones"),
    "street_lamp": _("Street lamps"),
}
