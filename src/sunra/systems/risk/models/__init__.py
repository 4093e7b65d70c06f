"""Tables of risk, one module a part."""

from sunra.systems.risk.models.forecasts import EventSource, FamilyWeights, Forecast
from sunra.systems.risk.models.overrides import Override
from sunra.systems.risk.models.requests import (
    OPEN_STATES,
    AskerSalt,
    Asking,
    PatrolRequest,
    RequestDecision,
    RequestState,
    RequestVisit,
)

__all__ = [
    "OPEN_STATES",
    "AskerSalt",
    "Asking",
    "EventSource",
    "FamilyWeights",
    "Forecast",
    "Override",
    "PatrolRequest",
    "RequestDecision",
    "RequestState",
    "RequestVisit",
]
