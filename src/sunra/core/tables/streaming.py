"""Files too large for one piece: read twice, first to count, then part by part in bounded memory."""

import codecs
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from sunra.core.tables import delimited, kinds
from sunra.core.tables.census import Census, Known, facts_of, hash_of
from sunra.core.tables.errors import BadEncoding, Empty, HeaderOnly, NotATable, TooLarge, Unreadable
from sunra.core.tables.gazetteer import Gazetteer
from sunra.core.tables.limits import Limits
from sunra.core.tables.raw import Raw
from sunra.core.tables.reading import typed, unknown
from sunra.core.tables.result import PRECISIONS, TableRead
from sunra.core.tables.sniff import SNIFFED, container_of, delimiter_of, is_binary
from sunra.core.tables.work import Facts

PART_ROWS = 50_000
STREAMED = 64 * 1024 * 1024
"""Bytes from which a text is read in parts."""
MOST_BYTES = 8 * 1024**3
MOST_ROWS = 20_000_000
_BLOCK = 1 << 20
_HEAD = 200
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
            "warnings": sorted(self.flags),
            "flags": dict(sorted(self.flags.items())),
        }


class Stream:
    """The parts of one file in order; ``totals`` is complete when they have all been taken.

    ``rows`` is known before the first part. Keys, repetitions and counts are those of the whole file: a
    repeated record stands in the part where it comes first, with the sum of all counts. Rows without a point
    are judged by an even sample of the file and the gazetteer given, so that parts of any size say the same.
    """

    def __init__(
        self, path: Path, *, limits: Limits, gazetteer: Gazetteer | None, part_rows: int = PART_ROWS
    ) -> None:
        self._limits, self._part_rows = limits, part_rows
        self._text = _Text(path)
        self.totals = Totals(file=path.name)
        self._head, self._kind, census = self._count()
        self.rows = census.rows
        if self.rows < 1:
            raise HeaderOnly(path.name, "no rows below the column names")
        self._width = census.width
        facts, learnt = Facts(), Gazetteer.of([])
        if self._kind is not None:
            facts, learnt = facts_of(self._head, self._kind, census.sample, limits)
        self._learnt = Gazetteer.of([learnt.frame, *([gazetteer.frame] if gazetteer else [])])
        self._part = Known(census.rows, census.close(), facts)

    def _count(self) -> tuple[Raw, kinds.Recognised | None, Census]:
        """The records up to the header, the kind they tell, and the census of those below."""
        records = self._text.records(self._limits)
        first = list(islice(records, _HEAD))
        head = Raw(
            file=self._text.file,
            records=[record for _, record, _ in first],
            lines=[line for line, _, _ in first],
            encoding=self._text.encoding,
        )
        known = kinds.recognise(head)
        below = (known.header if known else 0) + 1
        census = Census(known=known, width=len(head.records[below - 1]) if first else 0)
        rows = chain(first[below:], records)
        while part := list(islice(rows, self._part_rows)):
            census.add(part, head, self._limits)
            if census.rows > MOST_ROWS:
                raise TooLarge(self._text.file, f"over {MOST_ROWS} rows", line=part[-1][0])
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
            yield found
        if seen != self.rows:
            raise NotATable(self._text.file, "the file changed while it was read")

    def _read(self, part: list[tuple[int, list[str], bool]]) -> TableRead:
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


class _Text:
    """A delimited text on the disk: encoding and separator found once, records as often as needed."""

    def __init__(self, path: Path) -> None:
        self.file, self._path = path.name, path
        if path.stat().st_size > MOST_BYTES:
            raise TooLarge(path.name, f"{path.stat().st_size} bytes, limit {MOST_BYTES}")
        with path.open("rb") as stream:
            head = stream.read(SNIFFED)
        if not head.strip():
            raise Empty(path.name)
        wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        if not wide and is_binary(head):
            raise NotATable(path.name, "binary content")
        _check_lines(path, wide=wide)
        self.encoding = "utf-16" if wide else _encoding(path, head)
        self._delimiter = delimiter_of(head.decode(self.encoding, "ignore"))

    def records(self, limits: Limits) -> Iterator[tuple[int, list[str], bool]]:
        """(first line, cells, cut off) of every record, read as they are asked for."""
        try:
            with self._path.open(encoding=self.encoding, newline="") as stream:
                # An empty line more does no harm, and a last line without an end gets one.
                lines = chain((line.replace("\x1a", "") for line in stream), ("\n", delimited.END))
                yield from delimited.walk(lines, self._delimiter, self.file, limits)
        except OSError as error:
            raise Unreadable(self.file, error.strerror or "cannot be opened") from None
        except UnicodeDecodeError as error:
            raise BadEncoding(self.file, f"not {self.encoding}: {error.reason}") from None


def _check_lines(path: Path, *, wide: bool) -> None:
    """Refuses what no line reader could hold: a megabyte without a line's end, or zero bytes."""
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            if b"\x00" in block and not wide:
                raise NotATable(path.name, "binary content")
            if len(block) == _BLOCK and b"\n" not in block and b"\r" not in block:
                raise TooLarge(path.name, f"a line over {_BLOCK} bytes")


def _encoding(path: Path, head: bytes) -> str:
    """As `sniff.encoding_of`, block by block: utf-8-sig, utf-8, euc_kr, cp949 in this order."""
    names = ["utf-8-sig"] if head.startswith(codecs.BOM_UTF8) else ["utf-8", "euc_kr", "cp949"]
    for name in names:
        decoder = codecs.getincrementaldecoder(name)()
        try:
            with path.open("rb") as stream:
                while block := stream.read(_BLOCK):
                    decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return name
    raise BadEncoding(path.name, f"none of {', '.join(names)}")


def read_stream(
    path: str | Path,
    *,
    limits: Limits | None = None,
    gazetteer: Gazetteer | None = None,
    part_rows: int = PART_ROWS,
) -> Stream:
    """A delimited text of any size, part by part: iterate for `TableRead`s, then ask ``totals``.

    The limits on bytes and rows of one `read` do not hold here; those of fields, columns and lines do, and
    `MOST_BYTES` and `MOST_ROWS`. Raises `TableError` before the first part for what is wrong with the file
    as a whole.
    """
    source = Path(path)
    try:
        return Stream(source, limits=limits or Limits(), gazetteer=gazetteer, part_rows=part_rows)
    except OSError as error:
        raise Unreadable(source.name, error.strerror or "cannot be opened") from None


def is_streamed(path: Path) -> bool:
    """True for a delimited text that is better read in parts."""
    try:
        if path.stat().st_size < STREAMED:
            return False
        with path.open("rb") as stream:
            return container_of(stream.read(SNIFFED), path.suffix.lower()) == "text"
    except OSError:
        return False
