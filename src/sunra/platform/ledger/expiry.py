"""The end of a record's time: whole months are dropped, each leaving its signed end hash."""

from datetime import datetime

from django.db import transaction

from sunra.platform.base.actor import Actor
from sunra.platform.base.time import SEOUL, now
from sunra.platform.ledger import keys
from sunra.platform.ledger.chain import canonical, stamp
from sunra.platform.ledger.models import Chain, Record, Segment
from sunra.platform.ledger.services import Act, record
from sunra.platform.ledger.walk import walk_segment

DATABASE = "ledger"
EXPIRY = Actor(kind="job", id="job:ledger.expiry", label="ledger.expiry")


def ends(month: str, years: int) -> datetime:
    """When the last record of a month (``YYYY-MM``, Seoul) has been kept for ``years``."""
    year, number = (int(part) for part in month.split("-"))
    following = (year + 1, 1) if number == 12 else (year, number + 1)
    return datetime(following[0] + years, following[1], 1, tzinfo=SEOUL)


def signed_text(segment: Segment) -> str:
    """What the installation's key signs of an expired segment."""
    expired = stamp(segment.expired_at) if segment.expired_at else ""
    links = [segment.start_hash, segment.first_seq, segment.end_hash, segment.last_seq]
    return canonical([segment.chain_id, segment.month, *links, expired])


def expire(moment: datetime | None = None) -> list[Segment]:
    """Drop every month whose time is over, oldest first; a month that does not verify is left as evidence."""
    at = moment or now()
    dropped = []
    for chain in Chain.objects.order_by("retention"):
        _close_idle(chain, at)
        due = chain.segments.exclude(state=Segment.State.EXPIRED).order_by("month")
        for segment in due:
            over = segment.state == Segment.State.CLOSED and ends(segment.month, chain.retention) <= at
            if not over or walk_segment(segment).problems:
                break
            dropped.append(_drop(segment, at))
    return dropped


def _close_idle(chain: Chain, at: datetime) -> None:
    """Close an open month that is over, though nothing has followed it."""
    with transaction.atomic(using=DATABASE):
        head = Chain.objects.select_for_update().get(pk=chain.pk)
        closed = {"state": Segment.State.CLOSED, "end_hash": head.head, "last_seq": head.seq}
        month = at.astimezone(SEOUL).strftime("%Y-%m")
        chain.segments.filter(state=Segment.State.OPEN, month__lt=month).update(**closed)


def _drop(segment: Segment, at: datetime) -> Segment:
    """Sign the end and delete the records, in one transaction; the dropping is itself on record."""
    name = f"{segment.chain_id}/{segment.month}"
    record(actor=EXPIRY, act=Act.CHANGE, subject="ledger.Segment", ref=name, purpose="retention over")
    with transaction.atomic(using=DATABASE):
        segment.expired_at, segment.state = at, Segment.State.EXPIRED
        segment.key_id, segment.signature = keys.sign(signed_text(segment))
        segment.save(update_fields=["expired_at", "state", "key_id", "signature"])
        Record.objects.filter(segment=segment).delete()
    return segment
