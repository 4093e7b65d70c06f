"""Tables of risk, one module a part."""

from sunra.systems.risk.models.forecasts import EventSource, Forecast

__all__ = ["EventSource", "Forecast"]
