"""Sentences and words of scores, audits, alarms and factors."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from sunra.systems.risk.texts import KINDS

NOTHING_TO_AUDIT = _("No forecast of this district can be read.")
NOTHING_TO_AUDIT_REMEDY = _("Make a forecast first; the audit looks at the nights that are on file.")
TOO_FEW_EVENTS = _("There are too few events for a factor analysis.")
TOO_FEW_EVENTS_REMEDY = _("Fifty events in three years are the least; choose all families, or wait for more.")

NO_CAUSE = _(
    "A relative risk says that events are more frequent where such places stand. It does not say that they "
    "are the cause: people are where bars and bus stops are, and cameras are put up where much happens."
)
POST_CHOICE = _(
    "The intervals are those of the final model. How sure the choice itself is tells the last column: the "
    "share of 50 resamples of the district's blocks in which the factor was chosen."
)
NEAREST_BOX = _(
    "Beats are approximated: each cell counts for the nearest police box, because borders are not published."
)
PRIORS_NOT_SCORED = _("Nights without local events are an assumption, not a forecast, and are not scored.")
NEVER_DEMO = _("Demonstration data is never scored.")

ALARM_NAMES = {
    "drift": _("Drift"),
    "calibration": _("Calibration"),
    "concentration": _("Concentration"),
    "naive": _("Behind the naive count"),
}
ALARM_MEANINGS = {
    "drift": _("Much more or much less happened than was expected, in all."),
    "calibration": _("In one tenth of the expectation much more or much less happened than was expected."),
    "concentration": _("One area is flagged far beyond its share of the events."),
    "naive": _("The naive count catches more events than the forecast."),
}
ALARM_NOTICES = {
    "drift": gettext_noop("Forecast of %(district)s: observed over expected is %(value)s, beyond %(bound)s."),
    "calibration": gettext_noop(
        "Forecast of %(district)s: one band is at %(value)s times what was expected, beyond %(bound)s."
    ),
    "concentration": gettext_noop(
        "Forecast of %(district)s: an area has %(value)s times its share of flags, beyond %(bound)s."
    ),
    "naive": gettext_noop(
        "Forecast of %(district)s: the naive count is ahead (gain %(value)s, bound %(bound)s)."
    ),
}

FORMS = {"near": _("near"), "dense": _("dense"), "far": _("farther than")}

FACTORS = KINDS | {
    "dark": _("Dark: far from every light"),
    "bar": _("Bars"),
    "convenience_store": _("Convenience stores"),
    "karaoke": _("Karaoke rooms"),
    "game_room": _("Game and PC rooms"),
    "lodging": _("Lodgings"),
    "safe_house": _("Safe houses"),
    "locker": _("Parcel lockers"),
}

LEVELS = {
    3: _("hot, 99 %"),
    2: _("hot, 95 %"),
    1: _("hot, 90 %"),
    0: _("neither"),
    -1: _("cold, 90 %"),
    -2: _("cold, 95 %"),
    -3: _("cold, 99 %"),
}
PATTERN_NAMES = {
    "none": _("none"),
    "new": _("new"),
    "consecutive": _("consecutive"),
    "persistent": _("persistent"),
    "intensifying": _("intensifying"),
    "diminishing": _("diminishing"),
    "sporadic": _("sporadic"),
    "former": _("former"),
}

EVENT_KINDS = {
    "call112": _("Calls to 112"),
    "accident_event": _("Traffic accidents"),
}

PARAMS = {
    "half_life_days": _("Half-life of the past (days)"),
    "kde_metres": _("Reach of the neighbourhood (m)"),
    "kde_weight": _("Weight of the neighbourhood"),
    "slot_events": _("Strength of the pull to an even week (events)"),
    "cell_slot_events": _("Strength of the pull to the district's hours (events)"),
    "min_exposure_days": _("Least exposure (days)"),
    "min_graded_events": _("Least events for a grade"),
}

CAP_NOTE = _("A cap on repeats would send patrols to other places as well; this is what it would cost.")
