"""Says whether the ledger is as it was written, and how much of its end nothing outside vouches for yet."""

import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connections
from django.db.models import F

from sunra.platform.base.time import now
from sunra.platform.ledger import anchors, expiry, guards, keys
from sunra.platform.ledger.anchors import Anchor
from sunra.platform.ledger.chain import genesis
from sunra.platform.ledger.models import AnchorMark, Chain, Record, Segment
from sunra.platform.ledger.walk import Problem, walk_segment

DATABASE = "ledger"
SHOWN = 100
Wanted = dict[int, dict[int, str]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome. The blind window: a tail cut within the last ``blind_seconds`` could go unseen.

    ``unanchored`` records lie in it; ``blind_seconds`` is None when nothing was ever anchored.
    ``guarded``: whether the database's own triggers are in place. At most 100 problems are listed.
    """

    ok: bool
    records: int
    segments: int
    anchors: int
    last_anchor: datetime | None
    blind_seconds: float | None
    unanchored: int
    guarded: bool
    seconds: float
    problems: tuple[Problem, ...]

    def summary(self) -> dict[str, Any]:
        """JSON-ready."""
        anchored = self.last_anchor.isoformat() if self.last_anchor else None
        return {**asdict(self), "last_anchor": anchored}


def verify() -> Verdict:
    """Read every record and every anchor; appends may go on meanwhile."""
    started = time.perf_counter()
    problems: list[Problem] = []
    newest, count, wanted = _read_anchors(problems)
    heads = {chain.retention: chain for chain in Chain.objects.order_by("retention")}
    rows = segments = 0
    for retention in sorted(set(heads) | set(wanted)):
        chain = heads.get(retention)
        if chain is None:
            problems.append(Problem("cut", retention, 1, "the whole chain"))
            continue
        seen, months = _verify_chain(chain, wanted.get(retention, {}), problems)
        rows, segments = rows + seen, segments + months
    strays = Record.objects.exclude(retention=F("segment__chain_id")).count()
    if strays:
        problems.append(Problem("stray", detail=str(strays)))
    anchored = {years: seq for years, seq, _ in newest.heads} if newest else {}
    return Verdict(
        ok=not problems,
        records=rows,
        segments=segments,
        anchors=count,
        last_anchor=newest.at if newest else None,
        blind_seconds=round((now() - newest.at).total_seconds(), 1) if newest else None,
        unanchored=sum(max(chain.seq - anchored.get(years, 0), 0) for years, chain in heads.items()),
        guarded=guards.installed(connections[DATABASE]),
        seconds=round(time.perf_counter() - started, 3),
        problems=tuple(problems[:SHOWN]),
    )


def _verify_chain(chain: Chain, wanted: dict[int, str], problems: list[Problem]) -> tuple[int, int]:
    """Walk one chain from its beginning; rows and segments seen. ``chain`` was read before its records."""
    seq, head, rows, months = 0, genesis(chain.retention), 0, 0
    asked: dict[int, str] = {}
    watched = wanted | {chain.seq: chain.head}
    for segment in chain.segments.order_by("month"):
        months += 1
        if (segment.first_seq, segment.start_hash) != (seq + 1, head) or not _shaped(segment):
            problems.append(Problem("segment", chain.retention, segment.first_seq, segment.month))
        if segment.state == Segment.State.EXPIRED:
            problems.extend(_expired(segment))
            seq, head = segment.last_seq or 0, segment.end_hash
            asked |= {number: digest for number, digest in watched.items() if number < seq} | {seq: head}
            continue
        walk = walk_segment(segment, watched)
        problems.extend(walk.problems)
        asked |= walk.asked
        seq, head, rows = walk.seq, walk.head, rows + walk.rows
    for number, digest in sorted(wanted.items()):
        if asked.get(number) != digest:
            code = "cut" if number > seq else "anchor"
            problems.append(Problem(code, chain.retention, number, "anchored"))
    if chain.seq and asked.get(chain.seq) != chain.head:
        problems.append(Problem("cut" if chain.seq > seq else "altered", chain.retention, chain.seq, "head"))
    if seq > chain.seq and Chain.objects.get(pk=chain.pk).seq < seq:
        problems.append(Problem("stray", chain.retention, chain.seq + 1, "after the head"))
    return rows, months


def _shaped(segment: Segment) -> bool:
    """An open month has no end yet, a closed one has, and neither a signature."""
    ended = bool(segment.end_hash) and segment.last_seq is not None
    begun = bool(segment.end_hash) or segment.last_seq is not None
    if segment.state == Segment.State.EXPIRED:
        return ended
    plain = not (segment.signature or segment.key_id or segment.expired_at)
    return plain and (ended if segment.state == Segment.State.CLOSED else not begun)


def _expired(segment: Segment) -> list[Problem]:
    """An expired month must be signed by us, due, and empty."""
    problem = Problem("expired", segment.chain_id, segment.first_seq, segment.month)
    due = (
        segment.expired_at is not None and expiry.ends(segment.month, segment.chain_id) <= segment.expired_at
    )
    past = segment.expired_at is not None and segment.expired_at <= now()
    known = keys.signed(expiry.signed_text(segment), segment.key_id, segment.signature)
    left = Record.objects.filter(segment=segment).exists()
    return [] if due and past and known and not left else [problem]


def _read_anchors(problems: list[Problem]) -> tuple[Anchor | None, int, Wanted]:
    """The newest anchor, how many there are, and the hash that each anchored seq must have."""
    mark = AnchorMark.objects.filter(pk=1).first()
    wanted: Wanted = defaultdict(dict)
    newest: Anchor | None = None
    count = 0
    try:
        for anchor in anchors.read():
            count += 1
            linked = (anchor.number, anchor.previous) == (
                (newest.number + 1, newest.line_hash) if newest else (1, "")
            )
            if not linked:
                problems.append(Problem("anchors", detail=f"link {anchor.number}"))
            for retention, seq, digest in anchor.heads:
                if wanted[retention].setdefault(seq, digest) != digest:
                    problems.append(Problem("anchors", retention, seq, "two heads"))
            if mark and mark.number == anchor.number and mark.line_hash != anchor.line_hash:
                problems.append(Problem("anchors", detail=f"replaced {anchor.number}"))
            newest = anchor
    except ValueError as error:
        problems.append(Problem("anchors", detail=f"unreadable {error}"))
    # each signature covers all lines before it by their hashes, so that the last one is enough
    if newest and not keys.signed(newest.text(), newest.key_id, newest.signature):
        problems.append(Problem("anchors", detail=f"signature {newest.number}"))
    if mark and (newest is None or mark.number > newest.number):
        problems.append(Problem("anchors", detail=f"cut after {newest.number if newest else 0}"))
    return newest, count, wanted
