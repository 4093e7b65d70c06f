"""What people read for the kinds of places; a kind without a word here shows as its code."""

from django.utils.translation import gettext_lazy as _

from sunra.platform.base.errors import Text

KINDS: dict[str, Text] = {
    "cctv": _("CCTV"),
    "security_light": _("Security light"),
    "street_lamp": _("Street lamp"),
    "emergency_bell": _("Emergency bell"),
    "police_office": _("Police office"),
    "enforcement_camera": _("Enforcement camera"),
    "child_zone": _("Child protection zone"),
    "school": _("School"),
    "subway_station": _("Subway station"),
    "bus_stop": _("Bus stop"),
    "park": _("Park"),
    "safe_return": _("Safe-return path"),
    "safe_house": _("Safe house for women"),
    "locker": _("Safe parcel locker"),
    "cpted_site": _("CPTED site"),
    "licence": _("Licensed premises"),
    "accident_hotspot": _("Accident hot spot"),
    "road": _("Road"),
    "boundary": _("Boundary"),
}

FACILITIES = _("Safety facilities")
FACILITIES_LEAD = _("Cameras, lights, bells and police offices that agencies have published.")
KIND = _("Kind")
NAME = _("Name")
DONG = _("Legal dong")
COUNT = _("Count")
SOURCE = _("Source")
PUBLISHED = _("Published")
CELL = _("Cell (national point number)")
EMPTY = _("No facilities yet")
EMPTY_TEXT = _("They appear here as soon as an agency has published a file.")


def kind(code: str) -> str:
    """The word for a kind, in the active language."""
    return str(KINDS.get(code, code))
