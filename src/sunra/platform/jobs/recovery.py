"""Jobs whose worker fell silent: taken back once their lease is over."""

import logging
from uuid import UUID

from django.db import transaction

from sunra.platform.base.time import now
from sunra.platform.jobs.models import Job
from sunra.platform.jobs.runner import finish, requeue

log = logging.getLogger(__name__)
MAX_LOSSES = 5
"""Workers that may die on one job without a checkpoint in between, before the job is thought to kill them."""


def reap() -> int:
    """Queue every job again whose lease is over; how many. The new fence shuts the silent runner out."""
    silent = Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=now()).values_list("pk", flat=True)
    return sum(_take_back(pk) for pk in list(silent[:100]))


def _take_back(pk: UUID) -> bool:
    with transaction.atomic():
        job = (
            Job.objects.select_for_update()
            .filter(pk=pk, state=Job.State.RUNNING, lease_until__lt=now())
            .first()
        )
        if job is None:
            return False
        log.warning("job %s (%s): worker %s fell silent", job.pk, job.kind, job.worker)
        job.losses += 1
        if job.cancel_requested:
            finish(job, Job.State.CANCELLED)
        elif job.losses >= MAX_LOSSES:
            finish(job, Job.State.FAILED, code="jobs.worker_lost", text="worker lost")
        else:
            requeue(job, attempts=job.attempts - 1)
        return True
