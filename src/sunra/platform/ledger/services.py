"""Everything that writes to the ledger: append, anchor; expiry stands in :mod:`expiry`."""

from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from sunra.platform.base.actor import Actor
from sunra.platform.base.time import SEOUL, now
from sunra.platform.ledger import anchors
from sunra.platform.ledger.acts import Act, Retention
from sunra.platform.ledger.chain import FIELDS, canonical, genesis, record_hash
from sunra.platform.ledger.errors import LedgerUnavailable, PurposeMissing
from sunra.platform.ledger.models import Chain, Record, Segment
from sunra.platform.ledger.selectors import Filters, search

__all__ = ["Act", "LedgerUnavailable", "PurposeMissing", "Retention", "anchor", "look", "record"]

DATABASE = "ledger"
NEEDS_PURPOSE = {Act.LOOK, Act.OPEN, Act.EXPORT}


def record(
    *,
    actor: Actor,
    act: Act,
    subject: str,
    ref: str,
    purpose: str,
    basis: str = "",
    detail: dict[str, Any] | None = None,
    retention: Retention = Retention.TWO_YEARS,
) -> Record:
    """Append one record and commit it at once, whatever the request's own transaction does later.

    ``subject`` is a class of data (``patrols.member``), ``ref`` the id of the row; both, like ``detail``,
    hold ids and codes, never names. Call it *before* the data is read or changed. Raises
    :class:`PurposeMissing` for a look without a purpose and :class:`LedgerUnavailable` when the record
    cannot be written: then the act must not happen.
    """
    if act in NEEDS_PURPOSE and not purpose.strip():
        raise PurposeMissing
    values = {
        "actor_kind": _fit(actor.kind, 16),
        "actor_id": _fit(actor.id, 64),
        "role": _fit(actor.role or "", 40),
        "agency_id": str(actor.agency_id or ""),
        "act": Act(act).value,
        "subject": _fit(subject, 80),
        "ref": _fit(ref, 200),
        "purpose": _fit(purpose, 300),
        "basis": _fit(basis, 200),
        "detail": canonical(detail or {}),
    }
    try:
        with transaction.atomic(using=DATABASE, durable=True):
            return _append(Retention(retention), values)
    except DatabaseError as error:
        raise LedgerUnavailable from error


def anchor() -> anchors.Anchor | None:
    """Write the heads outside the database; the worker does so every minute. None when unchanged."""
    return anchors.write()


def look(*, actor: Actor, filters: Filters, purpose: str) -> QuerySet[Record]:
    """Search the ledger on record: the search is written before a row is read."""
    rows = search(actor, filters)
    record(
        actor=actor,
        act=Act.LOOK,
        subject="ledger.Record",
        ref="search",
        purpose=purpose,
        detail=filters.described(),
    )
    return rows


def _append(retention: Retention, values: dict[str, Any]) -> Record:
    """Put the record at the end of its chain; runs alone, because it holds the chain's row."""
    Chain.objects.get_or_create(retention=retention, defaults={"head": genesis(retention)})
    chain = Chain.objects.select_for_update().get(retention=retention)
    at = now()
    segment = _segment(chain, at)
    values |= {"retention": int(retention), "seq": chain.seq + 1, "at": at}
    digest = record_hash(chain.head, segment.month, tuple(values[name] for name in FIELDS))
    row = Record.objects.create(segment=segment, hash=digest, **values)
    Chain.objects.filter(pk=chain.pk).update(seq=row.seq, head=digest)
    return row


def _segment(chain: Chain, at: datetime) -> Segment:
    """The month's segment; a new month closes the one before and starts from its end hash."""
    month = at.astimezone(SEOUL).strftime("%Y-%m")
    last = chain.segments.order_by("-month").first()
    if last is not None and last.month >= month:  # a clock that went back stays in the open month
        return last
    if last is not None and last.state == Segment.State.OPEN:
        Segment.objects.filter(pk=last.pk).update(
            state=Segment.State.CLOSED, end_hash=chain.head, last_seq=chain.seq
        )
    return Segment.objects.create(chain=chain, month=month, start_hash=chain.head, first_seq=chain.seq + 1)


def _fit(text: str, length: int) -> str:
    """The text as any database takes it: no NUL, no lone surrogate, not too long."""
    clean = str(text).replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    return clean if len(clean) <= length else clean[: length - 1] + "…"
