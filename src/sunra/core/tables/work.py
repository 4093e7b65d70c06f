"""A table on its way from text to accepted rows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sunra.core.tables.result import REJECT_SCHEMA

MAX_VALUE = 120
WHOLE = "_whole"
"""Column with the whole record as one text: what an exact repetition repeats."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What holds for a whole file that is read in parts.

    The province and district that nearly all rows are of, the coordinate system (None: none), its axes
    exchanged, guessed without addresses, and which (district, column) write administrative dongs.
    """

    province: str = ""
    district: str = ""
    crs: int | None = None
    turned: bool = False
    guessed: bool = False
    offices: Mapping[tuple[str, str], bool] = field(default_factory=dict)


class Work:
    """Rows still in play and rows already refused; every step only moves rows from one to the other.

    ``frame`` has ``line``, the canonical text fields of the kind, ``_whole``, and what the steps add.
    """

    def __init__(self, *, file: str, frame: pl.DataFrame, flags: Counter[str] | None = None) -> None:
        self.file = file
        self.frame = frame
        self.flags: Counter[str] = Counter(flags or {})
        self.crs: int | None = None
        self.geometry: NDArray[np.object_] | None = None
        self.witness: pl.DataFrame | None = None
        self.facts: Facts | None = None
        self._rejects: list[pl.DataFrame] = []

    def has(self, *fields: str) -> bool:
        """True when the file has all these columns."""
        return all(field in self.frame.columns for field in fields)

    def has_any(self, *fields: str) -> bool:
        """True when the file has one of these columns."""
        return any(field in self.frame.columns for field in fields)

    def text(self, field: str) -> pl.Series:
        """A column as text, empty where the file has none."""
        if field in self.frame.columns:
            return self.frame[field]
        return pl.Series(field, [""], dtype=pl.String).new_from_index(0, self.frame.height)

    def put(self, *columns: pl.Series | pl.Expr) -> None:
        """Adds or replaces columns."""
        self.frame = self.frame.with_columns(*columns)

    def flag(self, code: str, count: int) -> None:
        """Notes a warning seen ``count`` times."""
        if count:
            self.flags[code] += int(count)

    def reject(
        self, bad: pl.Series | NDArray[np.bool_], *, field: str, reason: str, value: pl.Series | str = ""
    ) -> None:
        """Moves the rows where ``bad`` holds into the quarantine; ``value`` is what was found there."""
        mask = pl.Series("bad", bad, dtype=pl.Boolean).fill_null(value=False)
        if not mask.any():
            return
        shown = (
            value if isinstance(value, pl.Series) else pl.Series([value]).new_from_index(0, self.frame.height)
        )
        self._rejects.append(
            pl.DataFrame({"line": self.frame["line"], "value": shown.cast(pl.String).fill_null("")})
            .filter(mask)
            .select(
                pl.col("line").cast(pl.Int64),
                pl.lit(field).alias("field"),
                pl.lit(reason).alias("reason"),
                pl.col("value").str.slice(0, MAX_VALUE),
            )
        )
        self.frame = self.frame.filter(~mask)

    def reject_lines(self, lines: Iterable[int], *, field: str, reason: str, values: Iterable[str]) -> None:
        """Quarantines records that never became rows of the frame."""
        rows = [(line, field, reason, value[:MAX_VALUE]) for line, value in zip(lines, values, strict=True)]
        if rows:
            self._rejects.append(pl.DataFrame(rows, schema=REJECT_SCHEMA, orient="row"))

    def rejects(self) -> pl.DataFrame:
        """All refused rows."""
        return pl.concat([pl.DataFrame(schema=REJECT_SCHEMA), *self._rejects])
