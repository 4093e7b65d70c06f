"""Why a street file is refused, and how big one may be."""

import time
from dataclasses import dataclass, field

from sunra.core.routing.errors import RoutingError


class StreetFileError(RoutingError):
    """A street file that cannot be used; nothing of it is.

    ``code`` is "unreadable", "too_large", "too_deep", "too_slow", "xml_entities", "not_a_street_file",
    "bad_encoding", "missing_field", "bad_number", "bad_place", "bad_level", "unknown_node",
    "repeated_node" or "no_streets".
    ``file`` is the name without its folder, ``row`` counts from 1 with the header as row 1 (in files without
    a header: the element's number; 0 = no row), ``field`` the column or tag ("" = none).
    """

    def __init__(self, code: str, file: str, *, row: int = 0, field: str = "") -> None:
        super().__init__(code, file=file, row=row, field=field)
        self.file = file
        self.row = row
        self.field = field


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read: bytes after unpacking, rows, points, nesting, seconds."""

    max_bytes: int = 512_000_000
    max_rows: int = 3_000_000
    max_points: int = 20_000_000
    max_depth: int = 16
    max_seconds: float = 120.0


@dataclass(slots=True)
class Watch:
    """Counts one file against its limits."""

    file: str
    limits: Limits
    _begun: float = field(default_factory=time.monotonic)
    _bytes: int = 0

    def took(self, count: int) -> None:
        """So many more bytes were read. Raises "too_large" or "too_slow"."""
        self._bytes += count
        if self._bytes > self.limits.max_bytes:
            raise StreetFileError("too_large", self.file)
        self.still()

    def still(self) -> None:
        """Raises "too_slow" when the time is over."""
        if time.monotonic() - self._begun > self.limits.max_seconds:
            raise StreetFileError("too_slow", self.file)

    def rows(self, rows: int, points: int = 0) -> None:
        """Raises "too_large" when these are more rows or points than allowed."""
        if rows > self.limits.max_rows or points > self.limits.max_points:
            raise StreetFileError("too_large", self.file, row=min(rows, self.limits.max_rows + 1))
