"""The installation's own housekeeping, for floors that cannot declare jobs themselves."""

from datetime import timedelta
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from sunra.platform.base.errors import UserError
from sunra.platform.base.time import now
from sunra.platform.events.models import Delivery, Event
from sunra.platform.jobs.context import JobContext
from sunra.platform.jobs.models import Job, ScheduledRun
from sunra.platform.jobs.registry import job, schedule
from sunra.platform.jobs.retention import clear_accounts
from sunra.platform.ledger.expiry import expire
from sunra.platform.ledger.verify import verify

KEEP_JOBS = timedelta(days=180)
KEEP_EVENTS = timedelta(days=30)


@job("ledger.verify", title=_("Check the access records"), lease_seconds=300)
def verify_ledger(_ctx: JobContext) -> dict[str, Any]:
    """Verify once a day; a failed job is what people see."""
    verdict = verify()
    if not verdict.ok:
        found = ", ".join(sorted({problem.code for problem in verdict.problems}))
        raise UserError(
            code="ledger.tampered",
            message=_("The access records are not as they were written."),
            remedy=_("Stop work on them, keep the anchors and call the auditor."),
            where=(found,),
        )
    return {"records": verdict.records, "seconds": verdict.seconds}


@job("ledger.expire", title=_("Drop access records whose time is over"), lease_seconds=300)
def expire_ledger(_ctx: JobContext) -> dict[str, Any]:
    """Drop expired months; on PostgreSQL the owner role does it (``sunra ledger expire``)."""
    try:
        return {"dropped": [str(segment) for segment in expire()]}
    except DatabaseError:
        return {"dropped": [], "needs": "owner role"}


@job("jobs.purge", title=_("Clear finished jobs and delivered events"))
def purge(_ctx: JobContext) -> dict[str, Any]:
    """Delete what nobody needs any more; dead letters stay."""
    old = now() - KEEP_JOBS
    settled = now() - KEEP_EVENTS
    tasks = DBTaskResult.objects.filter(finished_at__lt=settled)
    tasks.exclude(status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING]).delete()
    runs, _rows = ScheduledRun.objects.filter(due_at__lt=old).delete()
    jobs, _rows = Job.objects.filter(state__in=Job.OVER, finished__lt=old).delete()
    undone = Delivery.objects.exclude(state=Delivery.State.DONE).values("event")
    events, _rows = Event.objects.filter(created__lt=settled).exclude(pk__in=undone).delete()
    return {"jobs": jobs, "events": events, "runs": runs}


@job("accounts.purge", title=_("Delete what is kept about people beyond its time"))
def purge_accounts(_ctx: JobContext) -> dict[str, Any]:
    """See ``retention.clear_accounts``."""
    return dict(clear_accounts())


schedule("accounts.purge", "accounts.purge", daily_at="03:20")
schedule("jobs.purge", "jobs.purge", daily_at="03:40")
schedule("ledger.verify", "ledger.verify", daily_at="04:10")
schedule("ledger.expire", "ledger.expire", daily_at="04:40")
