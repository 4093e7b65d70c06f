"""Everything that writes, one module a part."""

from sunra.systems.risk.services.forecasts import DAYS, Draft, compute, keep, make_forecast
from sunra.systems.risk.services.nightly import Done, make_nights, with_data
from sunra.systems.risk.services.weights import params_for, set_weights
from sunra.systems.risk.work import FIRST_HOUR

__all__ = [
    "DAYS",
    "FIRST_HOUR",
    "Done",
    "Draft",
    "compute",
    "keep",
    "make_forecast",
    "make_nights",
    "params_for",
    "set_weights",
    "with_data",
]
