"""Words of agreements: states, fields, acts, kinds of persons' data."""

from django.utils.translation import gettext_lazy as _

from sunra.platform.accounts.roles import ANALYST, COMMITTEE_STAFF, CPO, DATA_OFFICER, SAFETY_OFFICER
from sunra.platform.base.errors import Text
from sunra.systems.sharing import field_texts

READERS = (ANALYST, COMMITTEE_STAFF, CPO, DATA_OFFICER, SAFETY_OFFICER)

STANDING: dict[str, Text] = {
    "requested": _("waiting for a decision"),
    "overdue": _("decision overdue"),
    "granted": _("in force"),
    "to_come": _("granted, not begun"),
    "expired": _("expired"),
    "refused": _("refused"),
    "withdrawn": _("withdrawn"),
    "revoked": _("revoked by the owner"),
}
COLOURS = {
    "requested": "now", "overdue": "warn", "granted": "done", "to_come": "next", "expired": "next",
    "refused": "failed", "withdrawn": "next", "revoked": "failed",
}  # fmt: skip
FIELDS: dict[str, Text] = {
    "key": _("Identifier"),
    "name": _("Name"),
    "lon": _("Longitude"),
    "lat": _("Latitude"),
    "cell": _("Cell (national point number)"),
    "dong": _("Legal dong"),
    "precision": _("Precision of the place"),
    "address": _("Address"),
    "agency": _("Managing agency"),
    "reference_date": _("Reference date"),
    "cameras": _("Cameras"),
    "lamps": _("Lamps"),
    "bells": _("Bells"),
    "purpose": _("Purpose of installation"),
    "installed": _("Installed"),
    "level": _("Level"),
    "station": _("Police station"),
    "count": _("Count"),
    "geometry": _("Course of the street"),
    "time_from": _("From (time)"),
    "time_to": _("To (time)"),
    "category": _("Category"),
    "family": _("Family of events"),
    "weight": _("Weight"),
    "year": _("Year"),
}
PRECISIONS: dict[str, Text] = {
    "point": _("point"),
    "dong": _("legal dong only"),
    "none": _("place not known"),
}
ACTS: dict[str, Text] = {"look": _("looked at"), "export": _("downloaded")}
PERSONS: dict[str, Text] = {
    "resident_number": _("Resident registration numbers"),
    "email": _("E-mail addresses"),
    "phone": _("Telephone numbers of persons"),
    "plate": _("Vehicle plates"),
    "image": _("Faces or images"),
    "birth": _("Dates of birth"),
    "home": _("Addresses of persons"),
    "name": _("Names of persons"),
}
TREATMENTS: dict[str, Text] = {
    "drop": _("Drop the column"),
    "pseudonym": _("Make it pseudonymous"),
    "cell": _("Keep places as 100 m cells"),
    "keep": _("It names no person: keep"),
}


def field(name: str) -> Text:
    """The word for a field of a dataset."""
    return FIELDS[name] if name in FIELDS else field_texts.field(name)


def act(code: str) -> Text:
    """What was done with the data."""
    return ACTS.get(code, code)
