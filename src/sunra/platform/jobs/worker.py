"""The worker: runs jobs one after another; beside them a keeper delivers, recovers, schedules and anchors."""

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, close_old_connections, connections, transaction
from django_tasks_db.models import DBTaskResult

from sunra.platform.events.services import deliver_pending
from sunra.platform.jobs import queue, recovery, runner, schedules
from sunra.platform.jobs.leases import Lease
from sunra.platform.ledger.services import anchor

log = logging.getLogger(__name__)
ANCHOR_SECONDS = 60.0


def new_worker_id() -> str:
    """A name for this process that no other has, at most 64 characters."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


class Worker:
    """One worker; ``stop`` ends it after the job at hand has come to its next check."""

    def __init__(self, stop: threading.Event, *, worker_id: str = "", poll: float = 0.5) -> None:
        self.stop = stop
        self.worker_id = worker_id or new_worker_id()
        self.poll = poll
        self._current: Lease | None = None

    def run(self) -> None:
        """Work until ``stop``."""
        keeper = threading.Thread(target=keep, args=(self.stop,), name="keeper", daemon=True)
        keeper.start()
        while not self.stop.is_set():
            try:
                worked = self.run_one()
            except DatabaseError as error:
                log.warning("the queue cannot be read: %s", type(error).__name__)
                close_old_connections()
                worked = False
            if not worked:
                self.stop.wait(self.poll)
        keeper.join(timeout=2)
        connections.close_all()

    def run_one(self) -> bool:
        """Take the next task and run it; False when none is waiting."""
        for task_id, path, call in list(queue.ready().values_list("pk", "task_path", "args_kwargs")[:10]):
            if path != queue.run_job.module_path:
                if self._run_plain(task_id):
                    return True
                continue
            with transaction.atomic():
                lease = runner.claim(uuid.UUID(call["args"][0]), worker=self.worker_id, task_id=task_id)
                if lease is not None:
                    queue.start(task_id, self.worker_id)
            if lease is not None:
                self._current = lease
                runner.run(lease, stop=self.stop)
                self._current = None
                return True
        return False

    def abandon(self) -> None:
        """Give back the job at hand, whose code does not listen; its fence is stale from now on."""
        lease = self._current
        if lease is not None:
            runner.release(lease)

    def _run_plain(self, task_id: uuid.UUID) -> bool:
        """Run a django-tasks task that is not one of our jobs: once, without lease or retry."""
        with transaction.atomic():
            if not queue.start(task_id, self.worker_id):
                return False
        row: Any = DBTaskResult.objects.get(pk=task_id)
        try:
            result = row.task_result
            row.set_successful(row.task.call(*result.args, **result.kwargs))
        except Exception as error:  # noqa: BLE001 - a task may raise anything; the worker goes on
            log.warning("task %s failed: %s", row.task_path, type(error).__name__)
            row.set_failed(error)
        return True


def run_worker(stop: threading.Event, *, worker_id: str = "", poll: float = 0.5) -> None:
    """Work until ``stop`` is set."""
    Worker(stop, worker_id=worker_id, poll=poll).run()


def keep(stop: threading.Event, *, pause: float = 1.0) -> None:
    """What every worker does beside its jobs, once a second; the anchor once a minute. Any number may."""
    anchored = float("-inf")
    try:
        while not stop.is_set():
            close_old_connections()
            _guarded(deliver_pending)
            _guarded(recovery.reap)
            _guarded(schedules.tick)
            if time.monotonic() - anchored >= ANCHOR_SECONDS:
                anchored = time.monotonic()
                _guarded(anchor)
            stop.wait(pause)
    finally:
        connections.close_all()


def _guarded(duty: Callable[[], Any]) -> None:
    """One duty's failure does not keep the others from being done; its message may hold data: class only."""
    try:
        duty()
    except Exception as error:  # noqa: BLE001 - whatever fails, the others must go on
        log.warning("%s failed: %s", getattr(duty, "__name__", duty), type(error).__name__)
