"""Typed refusals: each carries a code and parameters, the text is made by the pages."""


class IndicatorError(ValueError):
    """A figure cannot be made; ``code`` says why and ``params`` name the place."""

    code = "indicator"

    def __init__(self, detail: str, **params: object) -> None:
        """Keep the parameters beside the developer's sentence."""
        super().__init__(detail)
        self.params = params


class MixedUnits(IndicatorError):  # noqa: N818 - reads as what it is
    """Figures of two kinds of units (a station and a district) were to be combined."""

    code = "mixed_units"


class OverlappingUnits(IndicatorError):  # noqa: N818
    """Two groups share a member: their sum would count it twice."""

    code = "overlapping_units"


class UnknownUnit(IndicatorError):  # noqa: N818
    """A unit or kind of unit that is not there."""

    code = "unknown_unit"


class BadFigures(IndicatorError):  # noqa: N818
    """Columns differ in length, hold NaN or a negative count."""

    code = "bad_figures"


class TooShort(IndicatorError):  # noqa: N818
    """A series with too few periods for a trend."""

    code = "too_short"
