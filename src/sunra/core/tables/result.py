"""What `read` gives back, and the balance it guarantees."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from sunra.core.tables.messages import remedy_of

REJECT_SCHEMA = {"line": pl.Int64, "field": pl.String, "reason": pl.String, "value": pl.String}
WITNESS_SCHEMA = {
    "district": pl.String,
    "form": pl.String,
    "text": pl.String,
    "number": pl.Int32,
    "dong": pl.String,
    "rows": pl.UInt32,
}
"""What located rows say about where roads, lots and dong names lie (see `gazetteer`)."""
PRECISIONS = ("point", "dong", "none")
ADMIN_DONG = "admin_dong"
"""Precision of a row placed at an administrative dong (행정동) of several legal dongs; counted as "dong"."""


class Unbalanced(AssertionError):  # noqa: N818
    """Rows in are not accepted + merged + quarantined: a defect of the reader, never of the file."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row kept out: where it stands, which field was wrong, why, what was found, what to do (a code)."""

    line: int
    field: str
    reason: str
    value: str
    remedy_code: str


@dataclass(frozen=True, kw_only=True)
class TableRead:
    """One file read: accepted rows in ``table`` (columns in `kinds.base`), refused ones in ``rejects``.

    ``rows`` counts the records of the file, ``merged`` the exact repetitions folded into an accepted row,
    ``units`` cameras, lamps, bells (or rows), ``flags`` warnings with how often each was seen,
    ``witness`` what the located rows teach about addresses (see `gazetteer.learn`).
    Raises `Unbalanced` unless rows == accepted + merged + quarantined.
    """

    file: str
    kind: str
    encoding: str | None
    crs: int | None
    rows: int
    merged: int
    table: pl.DataFrame
    rejects: pl.DataFrame
    units: int = 0
    flags: Mapping[str, int] = field(default_factory=dict)
    witness: pl.DataFrame | None = None

    def __post_init__(self) -> None:
        if self.rows != self.accepted + self.merged + self.quarantined or self.merged < 0:
            raise Unbalanced(
                f"{self.file}: {self.rows} rows, {self.accepted} accepted, {self.merged} merged,"
                f" {self.quarantined} quarantined"
            )

    @property
    def accepted(self) -> int:
        """Rows of the file that became part of ``table`` (one row may become several lines there)."""
        return int(self.table["line"].n_unique()) if self.table.height else 0

    @property
    def quarantined(self) -> int:
        """Rows kept out."""
        return self.rejects.height

    @property
    def reasons(self) -> dict[str, int]:
        """Quarantined rows by reason, most frequent first."""
        counts = self.rejects["reason"].value_counts().sort(["count", "reason"], descending=[True, False])
        return {str(reason): int(count) for reason, count in counts.iter_rows()}

    @property
    def placed(self) -> dict[str, int]:
        """Accepted rows by how exactly they are placed."""
        seen = self.table.unique("line")["precision"].value_counts() if self.table.height else None
        counts = dict(seen.iter_rows()) if seen is not None else {}
        counts["dong"] = counts.get("dong", 0) + counts.get(ADMIN_DONG, 0)
        return {precision: int(counts.get(precision, 0)) for precision in PRECISIONS}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Codes of what is odd about the file; how often is in ``flags``."""
        return tuple(sorted(self.flags))

    @property
    def quarantine(self) -> tuple[Quarantined, ...]:
        """The refused rows by line."""
        return tuple(
            Quarantined(line, name, reason, value, remedy_of(reason))
            for line, name, reason, value in self.rejects.sort("line").iter_rows()
        )

    def summary(self) -> dict[str, Any]:
        """The JSON-ready record that ``sunra tables read --json`` prints."""
        return {
            "file": self.file,
            "kind": self.kind,
            "encoding": self.encoding,
            "crs": self.crs,
            "rows": self.rows,
            "accepted": self.accepted,
            "merged": self.merged,
            "quarantined": self.quarantined,
            "reasons": self.reasons,
            "placed": self.placed,
            "units": self.units,
            "warnings": list(self.warnings),
            "flags": dict(sorted(self.flags.items())),
        }
