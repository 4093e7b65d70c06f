"""A night as it is walked: shifts open, phones join, what they say is kept once, and the room is told."""

from sunra.systems.patrols.services.duty.alarms import close_alarm, see_alarm, watch
from sunra.systems.patrols.services.duty.passes import (
    Invited,
    Joined,
    authenticate,
    authenticate_all,
    invite,
    join,
    revoke,
    spot_mark,
)
from sunra.systems.patrols.services.duty.reports import Taken, keep_photo, take
from sunra.systems.patrols.services.duty.shifts import close_hazard, open_shifts, recall, say, set_rules
from sunra.systems.patrols.services.duty.tracks import forget_tracks

__all__ = [
    "Invited",
    "Joined",
    "Taken",
    "authenticate",
    "authenticate_all",
    "close_alarm",
    "close_hazard",
    "forget_tracks",
    "invite",
    "join",
    "keep_photo",
    "open_shifts",
    "recall",
    "revoke",
    "say",
    "see_alarm",
    "set_rules",
    "spot_mark",
    "take",
    "watch",
]
