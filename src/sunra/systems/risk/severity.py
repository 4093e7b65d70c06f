"""Traffic accidents by how bad they were, wherever the data say so: families of their own in a forecast.

An event says so by its category (112: 404 사망·대형사고; police records: 사망사고, 중상사고, 경상사고,
부상신고사고). Accidents of which nothing is said stay one family.
"""

import re
from typing import Final

from sunra.core import forecast
from sunra.core.forecast.families import TRAFFIC_ACCIDENT

FATAL: Final = f"{TRAFFIC_ACCIDENT}_fatal"
SERIOUS: Final = f"{TRAFFIC_ACCIDENT}_serious"
SLIGHT: Final = f"{TRAFFIC_ACCIDENT}_slight"
SEVERITIES: Final = (FATAL, SERIOUS, SLIGHT)
FAMILIES: Final = (*forecast.FAMILIES, *SEVERITIES)
"""Every family that a forecast of a district may hold."""

_WORDS: Final = (
    (FATAL, re.compile(r"^404$|사망|fatal", re.IGNORECASE)),
    (SERIOUS, re.compile(r"중상|serious", re.IGNORECASE)),
    (SLIGHT, re.compile(r"경상|부상신고|slight|minor", re.IGNORECASE)),
)


def family_of(family: str, category: str) -> str:
    """The family that an event of this published family and category belongs to."""
    if family != TRAFFIC_ACCIDENT:
        return family
    return next((found for found, words in _WORDS if words.search(category)), family)
