"""Walks a segment's records in their order and recomputes the chain, a few thousand rows at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sunra.platform.ledger.chain import FIELDS, record_hash
from sunra.platform.ledger.models import Record, Segment

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it was written. ``code``:

    ``altered`` (the row, its place or its hash), ``missing`` (rows before ``seq``), ``cut`` (the end),
    ``segment`` (a month's links), ``expired`` (a drop that was not due or not signed), ``stray`` (a row that
    belongs nowhere), ``anchor`` (row and anchor differ), ``anchors`` (the anchor files themselves).
    """

    code: str
    retention: int = 0
    seq: int = 0
    detail: str = ""


@dataclass(slots=True)
class Walk:
    """What was found: the last link, rows seen, and the hash of each seq that was asked for."""

    seq: int
    head: str
    rows: int = 0
    problems: list[Problem] = field(default_factory=list)
    asked: dict[int, str] = field(default_factory=dict)


def walk_segment(segment: Segment, wanted: Mapping[int, Any] | None = None) -> Walk:
    """Recompute one segment from its start hash; keeps the hashes of the seqs in ``wanted``."""
    wanted = wanted or {}
    walk = Walk(segment.first_seq - 1, segment.start_hash)
    for values, digest in _rows(segment):
        seq = values[1]
        walk.rows += 1
        if seq != walk.seq + 1:
            detail = f"{seq - walk.seq - 1} before it"
            walk.problems.append(Problem("missing", segment.chain_id, seq, detail))
        elif record_hash(walk.head, segment.month, values) != digest:
            walk.problems.append(Problem("altered", segment.chain_id, seq, segment.month))
        walk.seq, walk.head = seq, digest
        if seq in wanted:
            walk.asked[seq] = digest
    if segment.last_seq is not None and (walk.seq, walk.head) != (segment.last_seq, segment.end_hash):
        walk.problems.append(Problem("cut", segment.chain_id, walk.seq + 1, segment.month))
    return walk


def _rows(segment: Segment) -> Iterator[tuple[tuple[Any, ...], str]]:
    """(hashed values, stored hash) in the order of seq; short reads, so that nobody waits for the walk."""
    rows = Record.objects.filter(retention=segment.chain_id, segment=segment).order_by("seq")
    columns = rows.values_list(*FIELDS, "hash")
    seq = segment.first_seq - 1_000_000_000_000  # below any: a row moved to the front must be met too
    while True:
        chunk = list(columns.filter(seq__gt=seq)[:CHUNK])
        for row in chunk:
            yield row[:-1], row[-1]
        if len(chunk) < CHUNK:
            return
        seq = chunk[-1][1]
