"""What patrol requests and overrides say: causes, states, refusals with their remedies."""

from django.utils.translation import gettext_lazy as _

from sunra.platform.base.errors import Text

CAUSES: dict[str, Text] = {
    "dark_street": _("Dark street"),
    "way_home": _("Way home at night"),
    "school_route": _("Way to school"),
    "noise": _("Noise"),
    "drinking": _("Drinking and smoking in public"),
    "traffic": _("Speeding or dangerous traffic"),
    "empty_house": _("Empty house or building site"),
    "park": _("Park or walking path"),
    "littering": _("Rubbish or damage"),
    "other": _("Something else"),
}

STATES: dict[str, Text] = {
    "new": _("Received"),
    "accepted": _("Taken up"),
    "declined": _("Not taken up"),
    "merged": _("Joined with another"),
    "closed": _("Ended"),
}
STATE_TAGS = {"new": "now", "accepted": "ok", "declined": "late", "merged": "info", "closed": "plain"}
STATE_MEANINGS: dict[str, Text] = {
    "new": _("The officers have it and will decide."),
    "accepted": _(
        "Planners see the place and the hours. A patrol is likely but not promised for a certain day."
    ),
    "declined": _("The officers decided against it for now. The reason stands below."),
    "merged": _("Others asked for the same place; all of you are counted together."),
    "closed": _("Nobody asked again for two months. Ask again if it is still needed."),
}

ACTS: dict[str, Text] = {
    "accept": _("Taken up"),
    "decline": _("Not taken up"),
    "merge": _("Joined with another"),
}

DAYS: tuple[Text, ...] = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
)  # fmt: skip

REFUSED: dict[str, tuple[Text, Text]] = {
    "resident_number": (
        _("This looks like a resident registration number."),
        _("Take the number out. We never need it."),
    ),
    "telephone": (
        _("This looks like a telephone number."),
        _("Take it out. You see the answer with your code; nobody will call."),
    ),
    "number": (
        _("This looks like a number that belongs to somebody."),
        _("Take it out; the place and the hours are enough."),
    ),
    "email": (
        _("This looks like an e-mail address."),
        _("Take it out. You see the answer with your code."),
    ),
    "online": (
        _("This looks like a web address or an account."),
        _("Take it out; describe the place in your own words."),
    ),
    "plate": (
        _("This looks like a number plate."),
        _("Take it out. For a vehicle that breaks the law use the police's own report page or 112."),
    ),
    "home": (
        _("This points at somebody's home."),
        _(
            "Name the street, a crossing or a building that all know, without 동 and 호, without neighbours."
        ),
    ),
    "name": (
        _("This names a person."),
        _("Say what happens at the place and when, without names. For danger from a person call 112."),
    ),
    "group": (
        _("This speaks of a group of people by who they are."),
        _(
            "Say what happens at the place and when: dark, loud, dangerous traffic."
            " Patrols go to places, not to groups."
        ),
    ),
    "description": (
        _("This describes a certain person."),
        _("Say what is wrong with the place and when, not who is there. For danger from a person call 112."),
    ),
}  # fmt: skip

NO_PLACE = _("The place is missing.")
NO_PLACE_REMEDY = _("Mark it on the map, use your position, or choose a 법정동 and write a landmark.")
NOT_SERVED = _("No police or district office here takes requests for this place.")
NOT_SERVED_REMEDY = _("Choose a 법정동 from the list, or ask the office of your own district.")
NO_HOURS = _("Choose at least one time of day and one day of the week.")
NO_CAUSE = _("Choose what the matter is from the list.")
TOO_MANY = _("As many requests as one connection may send in a day have come from yours.")
TOO_MANY_REMEDY = _("Ask again tomorrow. What is urgent belongs to 112.")
NOT_OPEN = _("This request is no longer open.")
NOT_OPEN_REMEDY = _("Look at it again; somebody may have decided in the meantime.")
NO_CELL = _("Where exactly this is has not been said yet.")
NO_CELL_REMEDY = _("Give the cell as a national point number, for example 다사 544 466.")
BAD_CELL = _("This is no cell of a 100 m grid in this district.")
NO_REASON = _("Write the reason, in at least five letters.")
NOT_ALIKE = _("These two requests cannot be joined.")
NOT_ALIKE_REMEDY = _("Choose another open request of the same agency.")
NOTHING_TO_UNDO = _("There is nothing to undo.")
NOTHING_TO_UNDO_REMEDY = _("Only the latest decision can be undone, and only once.")
OFFICER_SCREENED = _("The answer is shown to residents and may not name or describe persons.")

OVERRIDE_CAUSES: dict[str, Text] = {
    "festival": _("Festival or event"),
    "closed_road": _("Closed road"),
    "construction": _("Building works"),
    "exam": _("Exam day"),
    "weather": _("Weather"),
    "new_light": _("New light or camera"),
    "other": _("Something else"),
}
NO_CELLS = _("No cell is chosen.")
NO_CELLS_REMEDY = _("Choose a 법정동, or write cells such as 다사 544 466, one a line.")
TOO_MANY_CELLS = _("An override may cover at most 600 cells.")
TOO_MANY_CELLS_REMEDY = _("Choose a smaller area, or make two overrides.")
NOT_YOURS = _("Some cells lie outside your jurisdiction.")
NOT_YOURS_REMEDY = _("Choose cells of your own 법정동, all of one district.")
BAD_FACTOR = _("The factor must lie between 0.1 and 10 and may not be 1.")
BAD_DAYS = _("An override must end between its first day and 92 days later, and may not lie in the past.")
SCREENED_OVERRIDE = _("Title and reason of an override speak of places, never of persons or groups.")
ALREADY_WITHDRAWN = _("This override was withdrawn already.")
