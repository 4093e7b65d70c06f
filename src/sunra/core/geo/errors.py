"""Errors of the geographic core: a code and its parameters, no text for people."""


class GeoError(ValueError):
    """Base of all errors of ``core.geo``; ``code`` names the cause, ``params`` the values behind it."""

    code = "geo"

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(f"{self.code}: " + ", ".join(f"{key}={value!r}" for key, value in params.items()))


class UnknownCrs(GeoError):  # noqa: N818
    """The coordinate system is not one of ``crs.CODES``; params: ``epsg``."""

    code = "unknown_crs"


class NotACell(GeoError):  # noqa: N818
    """The text is not a national point number; params: ``text``."""

    code = "not_a_cell"


class OutsideGrid(GeoError):  # noqa: N818
    """The place lies outside the national point number's squares; params: ``easting``, ``northing`` (m)."""

    code = "outside_grid"


class UnknownDistrict(GeoError):  # noqa: N818
    """No district bears the code; params: ``code``, ``successors`` (when it was split up)."""

    code = "unknown_district"


class UnknownDong(GeoError):  # noqa: N818
    """No legal dong bears or bore the code; params: ``code``."""

    code = "unknown_dong"
