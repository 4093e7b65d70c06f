"""From past events to the expected count per cell and two-hour slot of a day.

    forecast(events, grid, covariates, horizon, params, seed=0) -> Forecast
    forecast_days(events, grid, covariates, horizons, params, seeds=...) -> several nights, learnt once
    choose_methods(events, grid, covariates, day) -> by family, the method that served best on the past
    prior(grid, station_counts, covariates, horizon, params, seed=0) -> Forecast

Places, never persons: no type here can hold one, and home-bound families are refused.
"""

from sunra.core.forecast.errors import (
    BadEventsError,
    BadGridError,
    BadParamsError,
    ForecastError,
    NoEventsError,
    RefusedFamilyError,
    UnknownFamilyError,
)
from sunra.core.forecast.families import COMBINED, FAMILIES, REFUSED
from sunra.core.forecast.inputs import Covariates, Events, Grid, Horizon, StationCount
from sunra.core.forecast.model import forecast, forecast_days
from sunra.core.forecast.near import near_repeats
from sunra.core.forecast.params import Params
from sunra.core.forecast.prior import prior
from sunra.core.forecast.result import EVENTS, FIXED, PRIOR, Forecast, Note, Part, Why
from sunra.core.forecast.weekly import choose_methods

__all__ = [
    "COMBINED",
    "EVENTS",
    "FAMILIES",
    "FIXED",
    "PRIOR",
    "REFUSED",
    "BadEventsError",
    "BadGridError",
    "BadParamsError",
    "Covariates",
    "Events",
    "Forecast",
    "ForecastError",
    "Grid",
    "Horizon",
    "NoEventsError",
    "Note",
    "Params",
    "Part",
    "RefusedFamilyError",
    "StationCount",
    "UnknownFamilyError",
    "Why",
    "choose_methods",
    "forecast",
    "forecast_days",
    "near_repeats",
    "prior",
]
