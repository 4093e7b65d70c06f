"""Everything that changes jobs on people's behalf: enqueue, cancel, retry."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from sunra.platform.base.access import require
from sunra.platform.base.actor import Actor
from sunra.platform.base.time import now
from sunra.platform.jobs import queue, registry
from sunra.platform.jobs.models import Job
from sunra.platform.jobs.selectors import get_job

__all__ = ["cancel", "enqueue", "retry"]


def enqueue(*, actor: Actor, kind: str, args: dict[str, Any] | None = None, key: str = "") -> Job:
    """Queue a job for the actor's agency; it starts once the transaction around has committed.

    With a ``key`` there is one active job of that kind and key: a second call gives the first one back.
    Who may ask for the kind is the calling service's matter. Raises ``UnknownKind``.
    """
    registry.kind_of(kind)
    active = Job.objects.filter(kind=kind, key=key, state__in=Job.ACTIVE).exclude(key="")
    try:
        return active.first() or _put(actor=actor, kind=kind, args=args or {}, key=key)
    except IntegrityError:  # somebody queued the same key at the same moment
        return active.get()


def _put(*, actor: Actor, kind: str, args: dict[str, Any], key: str) -> Job:
    with transaction.atomic():
        job = Job.objects.create(
            agency_id=actor.agency_id,
            kind=kind,
            args=args,
            key=key,
            requested_by=actor.id,
            requested_role=actor.role,
        )
        job.task_id = queue.put(job.pk)
        job.save(update_fields=["task_id"])
    return job


def cancel(*, actor: Actor, job_id: UUID) -> Job:
    """Cancel a queued job at once, a running one at its next check; one that is over stays as it is."""
    require(actor, "jobs.change_job")
    with transaction.atomic():
        job = get_job(actor, job_id, lock=True)
        if job.state == Job.State.QUEUED:
            job.state, job.finished = Job.State.CANCELLED, now()
            job.save(update_fields=["state", "finished", "updated"])
            queue.close(job.task_id, done=False)
        elif job.state == Job.State.RUNNING:
            job.cancel_requested = True
            job.save(update_fields=["cancel_requested", "updated"])
    return job


def retry(*, actor: Actor, job_id: UUID) -> Job:
    """Queue a failed or cancelled job again, from its last checkpoint; any other stays as it is."""
    require(actor, "jobs.change_job")
    with transaction.atomic():
        job = get_job(actor, job_id, lock=True)
        if job.state not in {Job.State.FAILED, Job.State.CANCELLED}:
            return job
        twin = Job.objects.filter(kind=job.kind, key=job.key, state__in=Job.ACTIVE).exclude(key="").first()
        if twin is not None:
            return twin
        job.state, job.cancel_requested, job.attempts, job.losses = Job.State.QUEUED, False, 0, 0
        job.error_code, job.error, job.finished = "", "", None
        job.task_id = queue.put(job.pk)
        job.save()
    return job
