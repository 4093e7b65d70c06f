"""What must be known of a file before it is read in parts: repetitions, and what nearly all rows say."""

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sunra.core.geo.districts import districts
from sunra.core.tables import addresses, coordinates, evidence, keys
from sunra.core.tables.gazetteer import Gazetteer
from sunra.core.tables.kinds import Recognised
from sunra.core.tables.kinds.base import reference_column
from sunra.core.tables.limits import Limits
from sunra.core.tables.meaning import Meanings
from sunra.core.tables.raw import Raw
from sunra.core.tables.rows import begin
from sunra.core.tables.work import WHOLE, Facts, Work

_SAMPLE = 25_000

Hashes = NDArray[np.int64]


def hash_of(record: list[str], width: int) -> int:
    """One number for all cells of a record (seeded per process, so that nobody can aim at equal ones).

    Empty cells beyond the header's width do not count; filled ones do, since such a record is refused.
    """
    return hash(tuple(record if any(map(str.strip, record[width:])) else record[:width]))


@dataclass(eq=False)
class Census:
    """Counts every record once, in 8 bytes (16 with identifiers); keeps an even sample of them."""

    known: Recognised | None
    width: int
    rows: int = 0
    sample: list[list[str]] = field(default_factory=list)
    _stride: int = 1
    _rows: "array[int]" = field(default_factory=lambda: array("q"))
    _pairs: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, part: list[tuple[int, list[str], bool]], head: Raw, limits: Limits) -> None:
        """Takes records below the header into account, each with its line."""
        # A record that the file's end cuts is refused: it repeats nothing.
        self._rows.extend(
            hash((line, cut)) if cut else hash_of(record, self.width) for line, record, cut in part
        )
        if self.known is not None and self.known.kind.identifier:
            self._pairs.extend(_pairs(part, head, self.known, limits))
        for index, (_, record, _) in enumerate(part, start=self.rows):
            if index % self._stride == 0:
                self.sample.append(record)
        while len(self.sample) >= 2 * _SAMPLE:
            self.sample = self.sample[::2]
            self._stride *= 2
        self.rows += len(part)

    def close(self) -> tuple[Hashes, Hashes, Hashes]:
        """(repeated records, how often each, repeated owners with identifier) as hashes; frees the rest."""
        rows = np.frombuffer(self._rows, dtype=np.int64) if self.rows else np.empty(0, dtype=np.int64)
        values, first, times = np.unique(rows, return_index=True, return_counts=True)
        ids = np.empty(0, dtype=np.int64)
        if len(self._pairs):
            # Equal records are one thing: only different ones make an identifier a repeated one.
            pairs, seen = np.unique(np.frombuffer(self._pairs, dtype=np.int64)[first], return_counts=True)
            ids = pairs[(seen > 1) & (pairs != 0)]
        again = times > 1
        del rows
        self._rows, self._pairs = array("q"), array("q")
        return values[again], times[again], ids


def _pairs(
    part: list[tuple[int, list[str], bool]], head: Raw, known: Recognised, limits: Limits
) -> list[int]:
    """Hash of owner and identifier of every record, 0 where it has none."""
    lines = [line for line, _, _ in part]
    work = _begun(head, known, [record for _, record, _ in part], lines, limits)
    work.put(work.text(known.kind.identifier).alias("_id"))
    named = work.frame["_id"] != ""
    pairs = np.zeros(len(part), dtype=np.int64)
    rows = np.searchsorted(np.array(lines), work.frame["line"].filter(named).to_numpy())
    pairs[rows] = hashes_of((keys.owners(work) + ":" + work.frame["_id"]).filter(named))
    return list(pairs.tolist())


def hashes_of(texts: pl.Series) -> Hashes:
    """One number per text (seeded per process)."""
    return np.fromiter(map(hash, texts.to_list()), dtype=np.int64, count=len(texts))


def _begun(head: Raw, known: Recognised, records: list[list[str]], lines: list[int], limits: Limits) -> Work:
    """Records below the header as far as their kind brings them before they are placed."""
    above = head.lines[: known.header + 1]
    raw = Raw(
        file=head.file,
        records=[*head.records[: known.header + 1], *records],
        lines=[*above, *lines],
        encoding=head.encoding,
    )
    work, _ = begin(raw, known, limits)
    reference_column(work)
    known.kind.prepare(work)
    return work


def facts_of(
    head: Raw, known: Recognised, sample: list[list[str]], limits: Limits
) -> tuple[Facts, Gazetteer]:
    """What holds for the whole file, judged by an even sample of its rows, and what their points teach."""
    lines = list(range(head.lines[known.header] + 1, head.lines[known.header] + 1 + len(sample)))
    work = _begun(head, known, sample, lines, limits)
    province, district = addresses.habits(work)
    work.put(addresses.home_districts(work))
    coordinates.read_coordinates(work)
    texts = evidence.gather(work)
    writes = evidence.offices_of(texts, Meanings(Gazetteer.of([])))
    located = work.frame["lon"].is_not_nan()
    found = districts().locate(work.frame["lon"].to_numpy(), work.frame["lat"].to_numpy())
    dong = pl.Series("dong", found, dtype=pl.String)
    learnt = Gazetteer.of([evidence.witnesses(texts.filter(located), dong.filter(located))])
    facts = Facts(
        province=province,
        district=district,
        crs=work.crs,
        turned=work.crs not in (None, 4326) and work.flags["swapped_axes"] > 0,
        guessed=work.flags["crs_guessed"] > 0,
        offices=writes,
    )
    return facts, learnt


class Known:
    """The whole file's knowledge, brought to each part of it (`reading.Part`, `keys.Across`)."""

    def __init__(self, rows: int, census: tuple[Hashes, Hashes, Hashes], facts: Facts) -> None:
        self.rows = rows
        self.across: keys.Across = self
        self._facts = facts
        self._repeated, self._times, self._ids = census
        self._first: dict[int, bytes] = {}
        self._keys: list[Hashes] = []
        self._counts: Counter[int] = Counter()
        self._lines, self._hashes = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)

    def expect(self, lines: Iterable[int], hashes: Iterable[int]) -> None:
        """Line and hash of every record of the next part."""
        self._lines = np.fromiter(lines, dtype=np.int64)
        self._hashes = np.fromiter(hashes, dtype=np.int64)

    def enter(self, work: Work) -> None:
        """Gives the rows their hashes, and the work what holds for the whole file."""
        work.facts = self._facts
        at = np.searchsorted(self._lines, work.frame["line"].to_numpy())
        work.put(pl.Series("_hash", self._hashes[at], dtype=pl.Int64))

    def merge(self, work: Work, unit: str | None) -> int:
        """Keeps a record where it stands first in the file, its count times the records equal to it."""
        hashes = work.frame["_hash"].to_numpy()
        if not len(self._repeated) or not len(hashes):
            return 0
        at = np.searchsorted(self._repeated, hashes).clip(max=len(self._repeated) - 1)
        rows = np.flatnonzero(self._repeated[at] == hashes)
        keep, factor = np.ones(len(hashes), dtype=bool), np.ones(len(hashes), dtype=np.int64)
        for row, text in zip(rows.tolist(), work.frame[WHOLE].gather(rows).to_list(), strict=True):
            # The hash says "perhaps": equal is what is equal in full.
            digest = blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
            first = self._first.setdefault(int(hashes[row]), b"")
            if not first:
                self._first[int(hashes[row])] = digest
                factor[row] = self._times[at[row]]
            elif first == digest:
                keep[row] = False
        if unit:
            work.put(pl.col(unit) * pl.Series(factor))
        work.frame = work.frame.filter(pl.Series(keep))
        return int((~keep).sum())

    def is_repeated(self, pairs: pl.Series) -> pl.Series:
        """True for owner and identifier that different records of the file share."""
        return pl.Series(np.isin(hashes_of(pairs), self._ids), dtype=pl.Boolean)

    def count(self, texts: pl.Series) -> pl.Series:
        """The how-manieth of its kind each key is, from 1, over all parts so far."""
        hashes = hashes_of(texts)
        values, inverse, times = np.unique(hashes, return_inverse=True, return_counts=True)
        old = np.zeros(len(values), dtype=bool)
        for known in self._keys:
            old |= known[np.searchsorted(known, values).clip(max=len(known) - 1)] == values
        order = np.ones(len(hashes), dtype=np.int64)
        for row in np.flatnonzero((old | (times > 1))[inverse]).tolist():
            value = int(hashes[row])
            self._counts[value] = max(self._counts[value], int(old[inverse[row]])) + 1
            order[row] = self._counts[value]
        self._remember(values[~old])
        return pl.Series("order", order)

    def _remember(self, values: Hashes) -> None:
        """Sorted runs that double: few to look through, little to move."""
        while self._keys and len(self._keys[-1]) <= 2 * len(values):
            values = np.sort(np.concatenate([self._keys.pop(), values]), kind="stable")
        if len(values):
            self._keys.append(values)
