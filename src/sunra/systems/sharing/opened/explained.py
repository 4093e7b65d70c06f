"""What the columns of single kinds of places mean, and which columns never leave and why.

Each entry is name, type, meaning and unit; ``opened.columns`` makes the dictionary of them. A new column of
``core.tables`` needs an entry in one of the two: a test names those without a decision.
"""

from django.utils.translation import gettext_lazy as _

from sunra.platform.base.errors import Text

EXPLAINED: tuple[tuple[str, str, Text, Text], ...] = (
    ("place_type", "string", _("Type of place where it stands"), ""),
    ("police_link", "boolean", _("Whether it is linked to the police"), ""),
    ("guard_link", "boolean", _("Whether it is linked to a guard company"), ""),
    ("office_link", "boolean", _("Whether it is linked to an office"), ""),
    ("checked", "date", _("Day of the last check"), ""),
    ("check_result", "string", _("Result of the last check"), ""),
    ("mounting", "string", _("What it is mounted on"), ""),
    ("lamp_type", "string", _("Type of the lamp"), ""),
    ("lit", "boolean", _("Whether it is lit"), ""),
    ("has_cctv", "boolean", _("Whether it has CCTV"), ""),
    ("has_wifi", "boolean", _("Whether it has Wi-Fi"), ""),
    ("emergency_call", "boolean", _("Whether an emergency call can be made from it"), ""),
    ("pixels", "integer", _("Pixels of the camera"), _("10,000 pixels")),
    ("days_kept", "integer", _("Days for which recordings are kept"), _("days")),
    ("enforces", "string", _("What the device enforces"), ""),
    ("speed_kmh", "integer", _("Speed limit that is enforced"), "km/h"),
    ("road", "string", _("Name of the road"), ""),
    ("road_type", "string", _("Type of the road"), ""),
    ("direction", "string", _("Direction of travel that is watched"), ""),
    ("section_end", "string", _("Whether the device begins or ends a section"), ""),
    ("section_metres", "number", _("Length of the section over which speed is measured"), "m"),
    ("zone", "string", _("Protection zone in which it stands"), ""),
    ("facility", "string", _("Type of the facility"), ""),
    ("zone_cameras", "integer", _("Cameras in the zone"), _("cameras")),
    ("width_low", "number", _("Width of the street in the zone, least"), "m"),
    ("width_high", "number", _("Width of the street in the zone, most"), "m"),
    ("founder", "string", _("Who founded the school: state, city or private"), ""),
    ("founded", "date", _("Day of the foundation"), ""),
    ("state", "string", _("Whether it is open, closed or suspended"), ""),
    ("station_number", "string", _("Number of the subway station"), ""),
    ("route", "string", _("Line or route"), ""),
    ("route_id", "string", _("Number of the route"), ""),
    ("transfer", "boolean", _("Whether one can change lines there"), ""),
    ("stop_number", "string", _("Number of the bus stop"), ""),
    ("park_type", "string", _("Type of the park"), ""),
    ("area", "number", _("Area of the park"), "m²"),
    ("business", "string", _("Business that is licensed"), ""),
    ("trade", "string", _("Kind of the business in detail"), ""),
    ("licensed", "date", _("Day of the licence"), ""),
    ("closed", "date", _("Day of the closing"), ""),
    ("in_use", "boolean", _("Whether it is in use"), ""),
    ("boxes", "integer", _("Boxes of the locker"), _("boxes")),
    ("open_hours", "string", _("Opening hours"), ""),
    ("hours", "string", _("Hours of the service"), ""),
    ("target", "string", _("What was designed anew"), ""),
    ("design", "string", _("What the design does against crime"), ""),
    ("progress", "string", _("Progress of the work"), ""),
    ("designed", "date", _("Day of the design"), ""),
    ("box", "string", _("Police box in charge"), ""),
    ("point_number", "string", _("National point number as the source gives it"), ""),
    ("service", "string", _("Service to which the row belongs"), ""),
    ("route_bells", "integer", _("Emergency bells along the route"), _("bells")),
    ("route_cameras", "integer", _("Cameras along the route"), _("cameras")),
    ("route_lamps", "integer", _("Lamps along the route"), _("lamps")),
    ("length", "number", _("Length of the route"), "m"),
    ("signs", "integer", _("Signs along the route"), _("signs")),
    ("markings", "integer", _("Road markings along the route"), _("markings")),
    ("report_signs", "integer", _("Signs that say how to report, along the route"), _("signs")),
    ("accidents", "integer", _("Accidents at the spot in the year"), _("accidents")),
    ("casualties", "integer", _("Persons hurt or killed at the spot in the year"), _("persons")),
    ("spot", "string", _("Code of the spot"), ""),
    ("group", "string", _("Group of accidents by which the spot was found"), ""),
    ("category", "string", _("Category"), ""),
    ("year", "integer", _("Year"), ""),
    ("code", "string", _("Code of the area"), ""),
    ("km2", "number", _("Size of the area"), "km²"),
)

CLOSED: dict[str, Text] = {
    "line": _("The line of the file helps its owner alone; the identifier is open."),
    "geometry": _("It leaves as the geometry of the feature."),
    "lon": _("It leaves as the geometry of the feature."),
    "lat": _("It leaves as the geometry of the feature."),
    "deaths": _("Too few to be told by spot: with the day in the news a person could be found."),
    "serious": _("Too few to be told by spot: with the day in the news a person could be found."),
    "slight": _("Too few to be told by spot: with the day in the news a person could be found."),
    "reported": _("Too few to be told by spot: with the day in the news a person could be found."),
}
"""Columns of places that never leave, with the reason."""

CLOSED_KINDS: dict[str, Text] = {
    "accident_table": _("Figures of others: their publisher opens them."),
    "population": _("Figures of others: their publisher opens them."),
    "unknown": _("Nobody has said what the columns mean."),
}
"""Kinds of tables of which nothing is opened, with the reason."""
