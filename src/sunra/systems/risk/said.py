"""What must be said of a whole night before its numbers: how its method was chosen, and what day it is."""

from django.utils.translation import gettext as _

from sunra.systems.risk.models import EventSource, Forecast
from sunra.systems.risk.texts import CHOICES, FAMILIES, NO_LOCAL_EVENTS, NOTES, SPECIAL
from sunra.systems.risk.work import SPECIAL as SPECIAL_DAY


def of_night(forecast: Forecast) -> list[str]:
    """Sentences for every page and brief of the night; none on an ordinary one."""
    return [*special(forecast), *choices(forecast)]


def choices(forecast: Forecast) -> list[str]:
    """Where the naive count won the trial on the district's own past, or the past was too short for one."""
    weights = forecast.params.get("weights", {})
    said = []
    for reason, text in CHOICES.items():
        named = [
            str(FAMILIES.get(code, code))
            for code, one in forecast.method.items()
            if one.get("reason") == reason and weights.get(code, 0) > 0
        ]
        if named:
            said.append(str(text) % {"families": ", ".join(named)})
    return said


def special(forecast: Forecast) -> list[str]:
    """Which special day the night touches, and on how many past days of its kind it rests."""
    said = []
    for note in forecast.notes:
        if note["code"] != SPECIAL_DAY:
            continue
        values = {"kind": SPECIAL.get(note["params"]["kind"], ""), "days": note["params"]["days"]}
        said.append(
            _(
                "Special day: %(kind)s. Level and hours follow what %(days)s such days of the past brought;"
                " the fewer the events, the closer to ordinary days."
            )
            % values
            if values["days"]
            else _(
                "Special day: %(kind)s. The data holds no such day of the past, so it is expected like an"
                " ordinary day, a public holiday like a Sunday."
            )
            % values
        )
    return said


def ungraded(forecast: Forecast) -> str:
    """Why a night has no grades; "" when it has."""
    if forecast.graded:
        return ""
    if forecast.event_source == EventSource.PRIOR:
        return str(NO_LOCAL_EVENTS)
    few = next((note["params"] for note in forecast.notes if note["code"] == "too_few_events"), None)
    return str(NOTES["too_few_events"]) % few if few else str(NO_LOCAL_EVENTS)
