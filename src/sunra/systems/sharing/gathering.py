"""A file too large for one piece, read part by part onto the shelf: nothing of it is kept before it is whole.

What comes out is what `frames.sort` and the reader give for a small file, row by row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID, uuid4

import polars as pl

from sunra.core.tables import Stream, TableRead
from sunra.core.tables.messages import remedy_of
from sunra.core.tables.result import REJECT_SCHEMA
from sunra.core.tables.streaming import Totals
from sunra.engine import store
from sunra.systems.sharing import frames, shelf

PERSONAL = "(?i)성명|이름|담당|주민|생년|전화|연락처|휴대|이메일|name|phone|tel|mail|birth"
"""Column names whose values are never kept from a row put aside."""
REJECTS = {
    "line": pl.Int64, "field": pl.String, "reason": pl.String, "value": pl.String, "remedy": pl.String,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Gathered:
    """A large file after its last part: the balance, what may be published, and where the rows lie.

    ``number`` is the id of the vintage to be; ``first`` the rows put aside that a page lists.
    """

    number: UUID
    totals: Totals
    sorted: frames.Sorted
    reference_date: date | None
    table: store.Stored | None
    rejects: store.Stored
    first: pl.DataFrame

    def forget(self) -> None:
        """Remove what was not taken into keeping."""
        for stored in (self.table, self.rejects):
            if stored is not None:
                stored.path.unlink(missing_ok=True)


def gather(stream: Stream, *, name: str, district: str, shown: int) -> Gathered:
    """Take every part of ``stream``; ``shown`` rows put aside stay at hand. Raises `TableError`."""
    room = _Room(uuid4(), name, district)
    with room.swept():
        first = [room.aside(pl.DataFrame(schema=REJECT_SCHEMA))]
        for part in stream:
            rejects = room.add(part)
            left = shown - sum(frame.height for frame in first)
            first.append(rejects.head(max(0, left)))
        return room.closed(stream.totals, pl.concat(first))


def put_aside(rejects: pl.DataFrame) -> pl.DataFrame:
    """Rows refused by the reader as the report has them; a personal column's value never leaves the file."""
    found = rejects.sort("line", maintain_order=True)
    remedies = {code: remedy_of(code) for code in found["reason"].unique().to_list()}
    personal = pl.col("field").fill_null("").str.contains(PERSONAL)
    return found.select(
        pl.col("line").cast(pl.Int64),
        pl.col("field").fill_null(""),
        pl.col("reason"),
        pl.when(personal).then(pl.lit("")).otherwise(pl.col("value").fill_null("")).alias("value"),
        pl.col("reason").replace_strict(remedies, default="", return_dtype=pl.String).alias("remedy"),
    )


class _Room:
    """Where the parts of one file lie while they come, and what was counted of them."""

    def __init__(self, number: UUID, name: str, district: str) -> None:
        self._number, self._name, self._district = number, name, district
        self._table = shelf.arriving(number, name, "table")
        self._rejects = shelf.arriving(number, name, "rejects")
        self._sum = frames.Sorted(None, frames.nothing("facility"), 0, 0, 0)
        self._exact = 0
        self._date: date | None = None

    @contextmanager
    def swept(self) -> Iterator[None]:
        """Nothing stays on the disk when reading ends before the last part."""
        try:
            yield
        except BaseException:
            self._table.abandon()
            self._rejects.abandon()
            raise

    def add(self, part: TableRead) -> pl.DataFrame:
        """Write one part; returns its rows put aside."""
        if part.table.height:
            found = frames.sort(part, district=self._district, wide=True)
            self._table.add(found.frame if found.layer else part.table)
            self._sum = replace(
                found,
                frame=self._sum.frame,
                published=self._sum.published + found.published,
                elsewhere=self._sum.elsewhere + found.elsewhere,
                withheld=self._sum.withheld + found.withheld,
            )
            if found.layer:
                exact = found.frame["dong"].str.starts_with(self._district)
                self._exact += frames.rows_of(found.frame.filter(exact))
            newest = part.table["reference_date"].max() if "reference_date" in part.table.columns else None
            if isinstance(newest, date):
                self._date = newest if self._date is None else max(self._date, newest)
        return self.aside(part.rejects)

    def aside(self, rejects: pl.DataFrame) -> pl.DataFrame:
        """Write rows put aside, as the report has them."""
        found = put_aside(rejects)
        self._rejects.add(found)
        return found

    def closed(self, totals: Totals, first: pl.DataFrame) -> Gathered:
        """The whole file."""
        table = self._table.close() if self._sum.layer or totals.accepted else None
        found = self._sum
        if table is not None and 0 < self._exact < found.published:
            table = self._narrowed(table)
            elsewhere = found.elsewhere + found.published - self._exact
            found = replace(found, published=self._exact, elsewhere=elsewhere)
        return Gathered(
            self._number, totals, found, self._date, table, self._rejects.close(), first,
        )  # fmt: skip

    def _narrowed(self, wide: store.Stored) -> store.Stored:
        """Without the rows of a divided city's 구, since the code itself has rows."""
        narrow = shelf.arriving(self._number, self._name, "narrow")
        inside = pl.col("dong").str.starts_with(self._district)
        for rows in pl.scan_parquet(wide.path).filter(inside).collect().iter_slices(50_000):
            narrow.add(rows)
        wide.path.unlink()
        return narrow.close()
