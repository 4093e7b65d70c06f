"""Which kinds of events may be forecast by place, and which never.

Home-bound offences and suicides are refused here, at the door of the method, so that no caller can put
them on a cell map by mistake: a cell of 100 m can be one house.
"""

from typing import Final

RESIDENTIAL_INTRUSION: Final = "residential_intrusion"
STREET_VIOLENCE: Final = "street_violence"
THEFT: Final = "theft"
DISORDER: Final = "disorder"
NUISANCE: Final = "nuisance"
TRAFFIC_ACCIDENT: Final = "traffic_accident"

FAMILIES: Final = (RESIDENTIAL_INTRUSION, STREET_VIOLENCE, THEFT, DISORDER, NUISANCE, TRAFFIC_ACCIDENT)

COMBINED: Final = "combined"

REFUSED: Final = frozenset(
    {
        "home",
        "home_bound",
        "withheld",
        "domestic",
        "domestic_violence",
        "child",
        "child_abuse",
        "elder_abuse",
        "sexual",
        "sexual_violence",
        "stalking",
        "dating_violence",
        "suicide",
        "self_harm",
        "missing",
        "missing_person",
        "mental_health",
        "welfare_check",
    }
)
