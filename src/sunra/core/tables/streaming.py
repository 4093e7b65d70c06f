"""Files too large for one piece: read twice, first to count, then part by part in bounded memory."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from sunra.core.tables import kinds, oddities
from sunra.core.tables.census import Census, Known, facts_of, hash_of
from sunra.core.tables.errors import HeaderOnly, NotATable, TooLarge, UnclosedQuote, Unreadable
from sunra.core.tables.gazetteer import Gazetteer
from sunra.core.tables.limits import Limits
from sunra.core.tables.longtext import OPENING, LongText, Record
from sunra.core.tables.mapping import Mapping, recognised
from sunra.core.tables.raw import Raw
from sunra.core.tables.reading import typed, unknown
from sunra.core.tables.result import PRECISIONS, TableRead
from sunra.core.tables.work import Facts

PART_ROWS = 50_000
MOST_ROWS = 20_000_000
SAMPLED = 2_000
Watch = Callable[[float], None]
"""Told now and then which share of the work on a file is done; may raise to end it."""
_COUNTING = 0.4
"""Share of the time that the first pass takes."""
_ONCE = frozenset({"rows_cut", "reference_date_differs", "cut_off"})
"""Flags that say something of the file, not how many rows: parts do not add up."""


@dataclass(eq=False)
class Totals:
    """The balance over all parts of a file; ``summary()`` as `TableRead.summary`."""

    file: str
    kind: str = "unknown"
    encoding: str | None = None
    crs: int | None = None
    rows: int = 0
    accepted: int = 0
    merged: int = 0
    quarantined: int = 0
    units: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    placed: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Codes of what is odd about the file, as `TableRead.warnings`."""
        return tuple(sorted(code for code, count in self.flags.items() if count))

    def add(self, part: TableRead) -> None:
        """One more part."""
        self.kind, self.encoding, self.crs = part.kind, part.encoding, part.crs or self.crs
        for name in ("rows", "accepted", "merged", "quarantined", "units"):
            setattr(self, name, getattr(self, name) + getattr(part, name))
        self.reasons.update(part.reasons)
        self.placed.update(part.placed)
        for code, count in part.flags.items():
            self.flags[code] = max(self.flags[code], count) if code in _ONCE else self.flags[code] + count

    def summary(self) -> dict[str, Any]:
        """The JSON-ready record that ``sunra tables read --json`` prints."""
        order = sorted(self.reasons.items(), key=lambda item: (-item[1], item[0]))
        return {
            "file": self.file,
            "kind": self.kind,
            "encoding": self.encoding,
            "crs": self.crs,
            "rows": self.rows,
            "accepted": self.accepted,
            "merged": self.merged,
            "quarantined": self.quarantined,
            "reasons": dict(order),
            "placed": {precision: self.placed[precision] for precision in PRECISIONS},
            "units": self.units,
            "warnings": list(self.warnings),
            "flags": dict(sorted(self.flags.items())),
        }


class Stream:
    """The parts of one file in order; ``totals`` is complete when they have all been taken.

    ``rows`` is known before the first part. Keys, repetitions and counts are those of the whole file: a
    repeated record stands in the part where it comes first, with the sum of all counts. Rows without a point
    are judged by an even sample of the file and the gazetteer given, so that parts of any size say the same.
    ``opening`` are the first records, ``sample`` about `SAMPLED` records of the whole file, evenly taken.
    """

    def __init__(
        self,
        path: Path,
        *,
        limits: Limits,
        gazetteer: Gazetteer | None,
        part_rows: int = PART_ROWS,
        mapping: Mapping | None = None,
        watch: Watch | None = None,
    ) -> None:
        self._limits, self._part_rows, self._mapping = limits, part_rows, mapping
        self._watch = watch or (lambda _share: None)
        self._text = LongText(path)
        self._districts: Counter[str] = Counter()
        self.totals = Totals(file=path.name)
        self._head, self._kind, census = self._count()
        self.rows = census.rows
        if self.rows < 1:
            raise HeaderOnly(path.name, "no rows below the column names")
        self.sample = census.sample[:: max(1, len(census.sample) // SAMPLED)]
        self._width = census.width
        facts, learnt = Facts(), Gazetteer.of([])
        if self._kind is not None:
            facts, learnt = facts_of(self._head, self._kind, census.sample, limits)
        self._learnt = Gazetteer.of([learnt.frame, *([gazetteer.frame] if gazetteer else [])])
        self._part = Known(census.rows, census.close(), facts)

    @property
    def kind(self) -> str:
        """The kind of table, before the first part."""
        return self._kind.kind.name if self._kind else "unknown"

    def records(self) -> Iterator[list[str]]:
        """The cells of every record, titles and column names included, in the order of the file."""
        return (record for _, record, _ in self._text.records(self._limits))

    def _count(self) -> tuple[Raw, kinds.Recognised | None, Census]:
        """The records up to the header, the kind they tell, and the census of those below."""
        records = self._text.records(self._limits)
        first = list(islice(records, OPENING))
        if not first:
            raise HeaderOnly(self._text.file, "no rows")
        if len(first) == 1 and first[0][2]:
            raise UnclosedQuote(self._text.file, "opens in the only line", line=first[0][0])
        head = self.opening = Raw(
            file=self._text.file,
            records=[record for _, record, _ in first],
            lines=[line for line, _, _ in first],
            encoding=self._text.encoding,
        )
        known = recognised(head, self._mapping) if self._mapping else kinds.recognise(head)
        below = (known.header if known else 0) + 1
        census = Census(known=known, width=len(head.records[below - 1]))
        rows = chain(first[below:], records)
        while part := list(islice(rows, self._part_rows)):
            census.add(part, head, self._limits)
            if census.rows > MOST_ROWS:
                raise TooLarge(self._text.file, f"over {MOST_ROWS} rows", line=part[-1][0])
            self._watch(_COUNTING * self._text.position / self._text.size)
        shown = Raw(
            file=head.file, records=head.records[:below], lines=head.lines[:below], encoding=head.encoding
        )
        return shown, known, census

    def __iter__(self) -> Iterator[TableRead]:
        records = islice(self._text.records(self._limits), len(self._head.records), None)
        seen = 0
        while part := list(islice(records, self._part_rows)):
            seen += len(part)
            found = self._read(part)
            self.totals.add(found)
            self._seen(found)
            self._watch(_COUNTING + (1 - _COUNTING) * min(1.0, seen / self.rows))
            yield found
        if seen != self.rows:
            raise NotATable(self._text.file, "the file changed while it was read")
        if missing := oddities.missing_from(self._districts):
            self.totals.flags["missing_districts"] = len(missing)

    def _seen(self, part: TableRead) -> None:
        """Counts the districts of a kind that covers whole provinces."""
        if self._kind is not None and self._kind.kind.bordered and part.table.height:
            counts = part.table["dong"].str.slice(0, 5).value_counts()
            self._districts.update(dict(counts.iter_rows()))

    def _read(self, part: list[Record]) -> TableRead:
        cut = next((line for line, _, is_cut in part if is_cut), 0)
        raw = Raw(
            file=self._head.file,
            records=self._head.records + [record for _, record, _ in part],
            lines=self._head.lines + [line for line, _, _ in part],
            encoding=self._head.encoding,
            cut_line=cut,
            notes=Counter({"cut_off": 1} if cut else {}),
        )
        if self._kind is None:
            return unknown(raw)
        self._part.expect(
            raw.lines[len(self._head.lines) :], [hash_of(row, self._width) for _, row, _ in part]
        )
        return typed(raw, self._kind, self._limits, self._learnt, self._part)


def read_stream(
    path: str | Path,
    *,
    limits: Limits | None = None,
    gazetteer: Gazetteer | None = None,
    part_rows: int = PART_ROWS,
    mapping: Mapping | None = None,
    watch: Watch | None = None,
) -> Stream:
    """A delimited text of any size, part by part: iterate for `TableRead`s, then ask ``totals``.

    ``mapping`` says what the columns of an unknown table hold; ``watch`` is told how far the work is.

    The limits on bytes and rows of one `read` do not hold here; those of fields, columns and lines do, and
    `MOST_BYTES` and `MOST_ROWS`. Raises `TableError` before the first part for what is wrong with the file
    as a whole.
    """
    source = Path(path)
    try:
        return Stream(
            source,
            limits=limits or Limits(),
            gazetteer=gazetteer,
            part_rows=part_rows,
            mapping=mapping,
            watch=watch,
        )
    except OSError as error:
        raise Unreadable(source.name, error.strerror or "cannot be opened") from None
