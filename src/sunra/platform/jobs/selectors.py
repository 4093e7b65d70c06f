"""Everything that reads jobs for people."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from sunra.platform.base.access import get_visible, require, visible
from sunra.platform.base.actor import Actor
from sunra.platform.base.roles import PLATFORM_ADMIN
from sunra.platform.jobs.models import Job


def jobs(actor: Actor) -> QuerySet[Job]:
    """The jobs of the actor's agencies, newest first; the platform's administrator also sees housekeeping.

    Raises ``PermissionDenied`` without ``jobs.view_job``.
    """
    require(actor, "jobs.view_job")
    rows = visible(Job.objects.all(), actor)
    if actor.role == PLATFORM_ADMIN:
        rows = rows | Job.objects.filter(agency__isnull=True)
    return rows.order_by("-created")


def get_job(actor: Actor, job_id: UUID, *, lock: bool = False) -> Job:
    """One job; ``lock`` holds its row to the end of the transaction. Raises ``Http404`` when not visible."""
    rows = Job.objects.select_for_update() if lock else Job.objects.all()
    if actor.role == PLATFORM_ADMIN:
        own = rows.filter(agency__isnull=True, pk=job_id).first()
        if own is not None:
            return own
    return get_visible(rows, actor, pk=job_id)


def progress(job: Job) -> dict[str, Any]:
    """How far a job is, JSON-ready."""
    return {
        "id": str(job.pk),
        "kind": job.kind,
        "title": job.title,
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "note": job.note,
        "error": {"code": job.error_code, "message": job.error} if job.error_code else None,
        "result": job.result if job.state == Job.State.DONE else None,
    }
