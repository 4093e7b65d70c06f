"""Typed refusals: each carries a code and parameters, the text is made by the pages."""


class ForecastError(ValueError):
    """A forecast cannot be made; ``code`` says why and ``params`` name the place."""

    code = "forecast"

    def __init__(self, detail: str, **params: object) -> None:
        """Keep the parameters beside the developer's sentence."""
        super().__init__(detail)
        self.params = params


class NoEventsError(ForecastError):
    """Nothing happened before the horizon inside the grid: use ``prior`` instead."""

    code = "no_events"


class BadEventsError(ForecastError):
    """Columns differ in length, or hold NaN, an impossible hour, a missing day, a negative weight."""

    code = "bad_events"


class BadGridError(ForecastError):
    """The grid is empty, has a cell twice, or is larger than the method's limit."""

    code = "bad_grid"


class BadParamsError(ForecastError):
    """A parameter is outside its meaning (negative half-life, thresholds not rising, ...)."""

    code = "bad_params"


class RefusedFamilyError(ForecastError):
    """A home-bound or personal family was handed in: never put on cells."""

    code = "refused_family"


class UnknownFamilyError(ForecastError):
    """A family that the parameters give no weight."""

    code = "unknown_family"
