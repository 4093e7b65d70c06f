"""Tables of risk, one module a part."""

from sunra.systems.risk.models.forecasts import EventSource, FamilyWeights, Forecast, MethodChoice
from sunra.systems.risk.models.overrides import Override
from sunra.systems.risk.models.requests import (
    OPEN_STATES,
    AskerSalt,
    Asking,
    PatrolRequest,
    RequestDecision,
    RequestShare,
    RequestState,
    RequestVisit,
)
from sunra.systems.risk.models.scores import Alarm, ForecastScore, Report

__all__ = [
    "OPEN_STATES",
    "Alarm",
    "AskerSalt",
    "Asking",
    "EventSource",
    "FamilyWeights",
    "Forecast",
    "ForecastScore",
    "MethodChoice",
    "Override",
    "PatrolRequest",
    "Report",
    "RequestDecision",
    "RequestShare",
    "RequestState",
    "RequestVisit",
]
