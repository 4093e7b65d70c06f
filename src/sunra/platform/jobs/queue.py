"""The queue that the jobs stand on: django-tasks with its database backend, one task per attempt."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from sunra.platform.base.time import now

QUEUE = "default"


@task(queue_name=QUEUE)
def run_job(job_id: str) -> None:
    """One attempt at a job; any django-tasks worker may run it, ours claims job and task as one."""
    from sunra.platform.jobs.runner import run_alone

    run_alone(UUID(job_id))


def put(job_id: UUID, *, run_after: datetime | None = None) -> UUID:
    """Queue one attempt in the caller's transaction; the task's id."""
    result = run_job.using(run_after=run_after).enqueue(str(job_id))
    return UUID(str(result.id))


def ready() -> QuerySet[Any]:
    """Tasks that may run now, in their order."""
    tasks: QuerySet[Any] = DBTaskResult.objects.ready().filter(queue_name=QUEUE)
    return tasks


def start(task_id: UUID, worker: str) -> bool:
    """Mark the attempt's task as running; False when it is not waiting any more."""
    waiting = DBTaskResult.objects.filter(pk=task_id, status=TaskResultStatus.READY)
    values = {"status": TaskResultStatus.RUNNING, "started_at": now(), "worker_ids": [worker]}
    return bool(waiting.update(**values))


def close(task_id: UUID | None, *, done: bool) -> None:
    """End the attempt's task, in the caller's transaction."""
    status = TaskResultStatus.SUCCESSFUL if done else TaskResultStatus.FAILED
    if task_id is None:
        return
    DBTaskResult.objects.filter(pk=task_id).update(status=status, finished_at=now())
