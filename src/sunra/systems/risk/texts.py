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
    "traffic_accident_fatal": _("Traffic accident, fatal or major"),
    "traffic_accident_serious": _("Traffic accident with serious injury"),
    "traffic_accident_slight": _("Traffic accident with slight injury"),
}

AREAS = {
    "dong": _("Legal dong"),
    "beat": _("Station beat"),
    "zone": _("School zone"),
}

METHODS = {
    "prior": _("assumption without events"),
    "empirical_bayes": _("own past and surroundings (empirical Bayes)"),
    "empirical_bayes_fixed": _("own past and surroundings (empirical Bayes, fixed weights)"),
    "poisson_glm": _("Poisson regression"),
    "boosted_trees": _("boosted trees"),
    "stack": _("mean of several methods"),
    "count_all": _("naive count (nothing did better on the own past)"),
    "naive": _("naive count (nothing did better on the own past)"),
}

CHOICES = {
    "naive_won": _(
        "%(families)s: tried on this district's own past, no method did better than the naive count. So the"
        " naive count is what you see; the forecast adds nothing to it."
    ),
    "too_little_to_choose": _(
        "%(families)s: the past holds too few events to try methods against each other. The standard method"
        " (own past and surroundings) is used untried."
    ),
}

SPECIAL = {
    "seollal": _("Seollal holidays"),
    "chuseok": _("Chuseok holidays"),
    "public_holiday": _("public holiday"),
    "exam": _("college entrance exam day"),
}

NOTES = {
    "no_local_events": NO_LOCAL_EVENTS,
    "relative_only": _("No figure of any station: only the order of cells means something."),
    "no_covariates": _("Nothing is known about what stands here: all cells are alike."),
    "too_few_events": _("Only %(events)s events are known; grades need %(needed)s."),
    "single_cell": _("All %(events)s events lie in one cell, as when a file knows no exact place."),
    "hour_unknown": _("Of %(events)s events only the day is known; they are spread over all hours."),
    "short_history": _("Only %(days)s days are known: seasons and rare places are not."),
    "stale_history": _("The newest event is %(days)s days old: what changed since is unknown."),
    "gap": _("For %(days)s days after %(after)s nothing was reported: a part of the data may be missing."),
    "every_row_repeated": _("Every event stands there more than once: a file may have come twice."),
    "outside_grid": _("%(events)s events lie beside the district and count for its border alone."),
    "future_ignored": _("%(events)s events lie in the future and were not looked at."),
}

BRIEF = {
    "heading": _("Risk brief for tonight"),
    "hours": _("noon to noon"),
    "made": _("Made"),
    "demo": DEMO,
    "no_ground": NO_GROUND,
    "cells": _("Where"),
    "cell": _("Cell"),
    "grade": _("Grade"),
    "often": _("How often"),
    "slot": _("Highest slot"),
    "why": _("Why"),
    "areas": _("By legal dong"),
    "area": _("Legal dong"),
    "changes": _("What changed since the night before"),
    "before": _("before"),
    "now": _("now"),
    "unchanged": _("No grade changed."),
    "first": _("There is no earlier graded night to compare with."),
    "nothing": _("Nothing to show."),
    "naive": _(
        "Each figure is an expectation from past reports; the naive count stands beside it on the map page."
    ),
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
