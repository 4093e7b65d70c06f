"""Runs one claimed job: heartbeat beside it, its end recorded under its fence."""

import logging
import random
import threading
import traceback
from datetime import timedelta
from typing import Self
from uuid import UUID

from django.db import DatabaseError, connection, transaction

from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now
from sunra.platform.jobs import leases, queue, registry
from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.errors import Cancelled, Interrupted, LeaseLost
from sunra.platform.jobs.leases import Lease
from sunra.platform.jobs.models import Job

log = logging.getLogger(__name__)


def claim(job_id: UUID, *, worker: str, task_id: UUID | None = None) -> Lease | None:
    """Take a queued job in the caller's transaction: new fence, fresh lease; None when not to be had."""
    job = Job.objects.select_for_update(skip_locked=True).filter(pk=job_id, state=Job.State.QUEUED).first()
    if job is None or (task_id is not None and job.task_id != task_id):
        return None
    try:
        seconds = registry.kind_of(job.kind).lease_seconds
    except registry.UnknownKind:
        seconds = 60.0
    job.state, job.worker = Job.State.RUNNING, worker
    job.fence, job.attempts = job.fence + 1, job.attempts + 1
    job.lease_until, job.started = leases.until(seconds), job.started or now()
    job.save()
    return Lease(
        job_id=job.pk,
        kind=job.kind,
        fence=job.fence,
        seconds=seconds,
        worker=worker,
        agency_id=job.agency_id,
        requested_by=job.requested_by,
        task_id=job.task_id,
        args=job.args,
        checkpoint=job.checkpoint,
    )


def run_alone(job_id: UUID) -> None:
    """Claim and run one job by its id, from a worker other than ours."""
    with transaction.atomic():
        lease = claim(job_id, worker="django-tasks")
    if lease is not None:
        run(lease)


def run(lease: Lease, *, stop: threading.Event | None = None) -> None:
    """Run the job to its end, whatever that is; raises nothing but the process's own end."""
    context = JobContext(lease, stop=stop)
    with Heartbeat(context):
        try:
            kind = registry.kind_of(lease.kind)
            result = kind.run(context, **lease.args)
            if not context.finished:
                context.finish(result)
        except LeaseLost:
            log.warning("job %s was taken over", lease.job_id)
        except Cancelled:
            _end(lease, Job.State.CANCELLED)
        except Interrupted:
            release(lease)
        except UserError as error:
            _end(lease, Job.State.FAILED, code=error.code, text=str(error))
        except registry.UnknownKind:
            _end(lease, Job.State.FAILED, code="jobs.unknown_kind", text=lease.kind)
        except Exception as error:  # noqa: BLE001 - a job may raise anything; the worker goes on
            _unexpected(lease, error)


def release(lease: Lease) -> None:
    """Give a job back to the queue at once, with its checkpoint; the attempt does not count."""
    with transaction.atomic():
        job = _held(lease)
        if job is not None:
            requeue(job, attempts=job.attempts - 1)


def requeue(job: Job, *, attempts: int | None = None, seconds: float = 0) -> None:
    """Queue a locked job again; the higher fence shuts its last runner out."""
    queue.close(job.task_id, done=False)
    run_after = now() + timedelta(seconds=seconds) if seconds else None
    job.state, job.fence, job.lease_until, job.worker = Job.State.QUEUED, job.fence + 1, None, ""
    job.attempts = job.attempts if attempts is None else max(attempts, 0)
    job.task_id = queue.put(job.pk, run_after=run_after)
    job.save()


def finish(job: Job, state: Job.State, *, code: str = "", text: str = "") -> None:
    """End a locked job without a result."""
    queue.close(job.task_id, done=False)
    job.state, job.finished, job.lease_until = state, now(), None
    job.error_code, job.error, job.fence = code, text, job.fence + 1
    job.save()


def _held(lease: Lease) -> Job | None:
    """The locked job while the lease holds it, cancelled or not."""
    job = Job.objects.select_for_update().filter(pk=lease.job_id).first()
    return job if job and job.fence == lease.fence and job.state == Job.State.RUNNING else None


def _end(lease: Lease, state: Job.State, *, code: str = "", text: str = "") -> None:
    with transaction.atomic():
        job = _held(lease)
        if job is not None:
            finish(job, state, code=code, text=text)


def _unexpected(lease: Lease, error: Exception) -> None:
    """Try again later, or give up; the trace is kept without the message, which may hold data of people."""
    name = type(error).__name__
    trace = "".join(traceback.format_tb(error.__traceback__))
    log.error("job %s (%s) failed: %s\n%s", lease.job_id, lease.kind, name, trace)
    with transaction.atomic():
        job = _held(lease)
        if job is None:
            return
        try:
            retries = registry.kind_of(lease.kind).retries
        except registry.UnknownKind:
            retries = 0
        if job.cancel_requested:
            finish(job, Job.State.CANCELLED)
        elif job.attempts > retries:
            finish(job, Job.State.FAILED, code="jobs.unexpected", text=name)
        else:
            job.error_code, job.error = "jobs.unexpected", name
            requeue(job, seconds=min(5 * 2**job.attempts, 600) * random.uniform(0.8, 1.2))  # noqa: S311 - spread


class Heartbeat:
    """Renews the lease from a thread of its own, three times in its length."""

    def __init__(self, context: JobContext) -> None:
        self.context = context
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(timeout=5)

    def _beat(self) -> None:
        lease, missed = self.context.lease, 0
        try:
            while not self._over.wait(lease.seconds / 3):
                try:
                    missed = 0 if leases.renew(lease) else 3
                except DatabaseError:
                    missed += 1
                if missed >= 3:
                    self.context.lose()
                    return
        finally:
            connection.close()
