"""Errors of the routing core: a code and its parameters, no text for people."""


class RoutingError(ValueError):
    """``code`` is "no_streets", "bad_stops", "bad_team", "bad_break", "bad_fixed", "bad_response",
    "bad_walks", "bad_file", "shift_too_short", "fixed_too_long" or "break_too_long"; of street graphs
    "no_streets", "too_dense", "bad_points", "bad_mode", "bad_edges", "bad_dark" or "bad_store"; ``params``
    the values.
    """

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(f"{code}: {params}")
