"""Leases and fences: who holds a job, and the row operations that only its holder may do.

Every operation compares the fence, a number that grows with each claim (Kleppmann's fencing token): a
runner that was taken for dead and wakes up again fails its comparison and changes nothing.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sunra.platform.base.time import now
from sunra.platform.jobs.errors import Cancelled, LeaseLost
from sunra.platform.jobs.models import Job


@dataclass(frozen=True, slots=True)
class Lease:
    """One claim of one job; ``seconds`` it lasts without a heartbeat."""

    job_id: UUID
    kind: str
    fence: int
    seconds: float
    worker: str
    agency_id: UUID | None
    requested_by: str
    task_id: UUID | None
    args: dict[str, Any] = field(default_factory=dict)
    checkpoint: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Throttle:
    """Lets one call in ``seconds`` pass; the first always."""

    seconds: float
    last: float = float("-inf")

    def passes(self) -> bool:
        """Whether this call may pass."""
        moment = time.monotonic()
        if moment - self.last < self.seconds:
            return False
        self.last = moment
        return True


def until(seconds: float) -> datetime:
    """When a lease taken now ends."""
    return now() + timedelta(seconds=seconds)


def _mine(lease: Lease) -> dict[str, Any]:
    return {"pk": lease.job_id, "fence": lease.fence, "state": Job.State.RUNNING}


def hold(lease: Lease) -> Job:
    """Lock the job's row to the end of the transaction; raises ``LeaseLost`` or ``Cancelled``.

    An expired lease that nobody took over still counts: taking over needs this same lock.
    """
    job = Job.objects.select_for_update().filter(pk=lease.job_id).first()
    if job is None or job.fence != lease.fence or job.state != Job.State.RUNNING:
        raise LeaseLost
    if job.cancel_requested:
        raise Cancelled
    return job


def look(lease: Lease) -> Job | None:
    """The job as it is, or None when the lease is lost; takes no lock."""
    return Job.objects.filter(**_mine(lease)).only("cancel_requested").first()


def renew(lease: Lease) -> bool:
    """One heartbeat; False when the lease is lost."""
    return bool(Job.objects.filter(**_mine(lease)).update(lease_until=until(lease.seconds), updated=now()))


def write_progress(lease: Lease, *, done: int, total: int, note: str) -> None:
    """Show progress; renews the lease as well."""
    values = {"done": done, "total": total, "note": note[:200], "lease_until": until(lease.seconds)}
    if not Job.objects.filter(**_mine(lease)).update(**values):
        raise LeaseLost


def write_checkpoint(lease: Lease, state: dict[str, Any]) -> None:
    """Keep the state; work went on, so earlier losses are forgiven."""
    if not Job.objects.filter(**_mine(lease)).update(
        checkpoint=state, losses=0, lease_until=until(lease.seconds)
    ):
        raise LeaseLost


def write_done(lease: Lease, result: dict[str, Any]) -> None:
    """The job is done; its task in the queue too."""
    from sunra.platform.jobs import queue

    values = {"state": Job.State.DONE, "result": result, "finished": now(), "lease_until": None, "error": ""}
    if not Job.objects.filter(**_mine(lease)).update(**values, error_code=""):
        raise LeaseLost
    queue.close(lease.task_id, done=True)
