"""Errors of the geographic core: a code and its parameters, no text for people."""


class GeoError(ValueError):
    """Base of all errors of ``core.geo``; ``code`` names the cause, ``params`` the values behind it."""

    code = "geo"

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(f"{self.code}: " + ", ".join(f"{key}={value!r}" for key, value in params.items()))


class UnknownCrs(GeoError):
    """The coordinate system is not one of ``crs.CODES``; params: ``epsg``."""

    code = "unknown_crs"


class NotACell(GeoError):
    """The text is not a national point number; params: ``text``."""

    code = "not_a_cell"


class OutsideGrid(GeoError):
    """The place lies outside the squares that the national point number names; params: ``easting``, ``northing`` (m)."""

    code = "outside_grid"


class UnknownDistrict(GeoError):
    """No district bears the code; params: ``code`` and ``successors`` (5-digit codes, when it was split up)."""

    code = "unknown_district"


class UnknownDong(GeoError):
    """No legal dong bears or bore the code; params: ``code``."""

    code = "unknown_dong"
