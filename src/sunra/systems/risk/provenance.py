"""How an event became known: reported by somebody, or discovered by a patrol that was there.

Sources say it in the attribute ``found_by`` of an event (``patrol``); an event of which nothing is said, as
every call to 112, counts as reported. What patrols find is there because patrols are: it is left out of
scores and audits, lest the forecast be judged right for sending patrols where patrols were.
"""

from django.db.models import Q, QuerySet

from sunra.platform.places.models import PlaceEvent

FOUND_BY, PATROL = "found_by", "patrol"


def reported(events: QuerySet[PlaceEvent]) -> QuerySet[PlaceEvent]:
    """Without what patrols discovered."""
    # A missing key compares as unknown, which an exclusion alone would drop.
    return events.filter(Q(attrs__found_by__isnull=True) | ~Q(attrs__found_by=PATROL))


def discovered(events: QuerySet[PlaceEvent]) -> QuerySet[PlaceEvent]:
    """Only what patrols discovered."""
    return events.filter(attrs__found_by=PATROL)
