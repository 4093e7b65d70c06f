"""Everything that writes, one module a part."""

from sunra.systems.risk.services.forecasts import FIRST_HOUR, Draft, compute, keep, make_forecast

__all__ = ["FIRST_HOUR", "Draft", "compute", "keep", "make_forecast"]
