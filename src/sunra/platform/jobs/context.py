"""What a running job holds: its arguments, its lease, and the only door through which it may commit."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import transaction

from sunra.platform.base.actor import Actor
from sunra.platform.jobs import leases
from sunra.platform.jobs.errors import Cancelled, Interrupted, LeaseLost
from sunra.platform.jobs.leases import Lease


class JobContext:
    """Given to ``run(ctx, **args)``.

    The work is done once when each ``with ctx.commit():`` writes its rows *and* calls ``ctx.checkpoint`` or
    ``ctx.finish`` inside the block: rows and mark are then one transaction, and a run that takes over
    after a crash starts from ``ctx.state``.
    """

    def __init__(self, lease: Lease, *, stop: threading.Event | None = None) -> None:
        self.lease = lease
        self.state: dict[str, Any] = dict(lease.checkpoint)
        self.finished = False
        self._stop = stop or threading.Event()
        self._lost = threading.Event()
        self._progress = leases.Throttle(seconds=0.5)
        self._checked = leases.Throttle(seconds=1.0)

    @property
    def job_id(self) -> UUID:
        """The job's id."""
        return self.lease.job_id

    @property
    def agency_id(self) -> UUID | None:
        """The agency for which the job runs; None for the installation's own housekeeping."""
        return self.lease.agency_id

    @property
    def requested_by(self) -> str:
        """The public id of whoever asked for it."""
        return self.lease.requested_by

    @property
    def actor(self) -> Actor:
        """The actor for services and selectors: the job, within its agency."""
        if self.agency_id is None:
            return Actor(kind="job", id=f"job:{self.lease.kind}", label=self.lease.kind)
        return Actor.job(self.agency_id, self.lease.kind)

    def check(self) -> None:
        """Raise ``Cancelled``, ``LeaseLost`` or ``Interrupted`` when the run must end; call it often."""
        if self._lost.is_set():
            raise LeaseLost
        if self._stop.is_set():
            raise Interrupted
        if self._checked.passes():
            self._look()

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Show how far the job is (``done`` of ``total``, ``note`` in people's words); also checks."""
        if self._progress.passes() or done >= total:
            leases.write_progress(self.lease, done=done, total=total, note=note)
        self.check()

    def checkpoint(self, state: dict[str, Any]) -> None:
        """Keep ``state`` (JSON): a run that takes over finds it in ``ctx.state``. Raises ``LeaseLost``."""
        with transaction.atomic():
            leases.hold(self.lease)
            leases.write_checkpoint(self.lease, state)
        self.state = dict(state)

    def finish(self, result: dict[str, Any] | None = None) -> None:
        """Inside ``with ctx.commit():`` the job is done together with the rows written there."""
        with transaction.atomic():
            leases.hold(self.lease)
            leases.write_done(self.lease, result or {})
        self.finished = True

    @contextmanager
    def commit(self) -> Iterator[None]:
        """A transaction that only the holder of the newest fence can commit; results go here.

        Raises ``LeaseLost`` when the job has been taken over, ``Cancelled`` when it was cancelled: nothing
        of the block is kept. The job's row stays locked meanwhile: compute before, write inside.
        """
        self.check()
        finished, state = self.finished, self.state
        try:
            with transaction.atomic(durable=True):
                leases.hold(self.lease)
                yield
        except BaseException:
            self.finished, self.state = finished, state
            raise

    def lose(self) -> None:
        """Told by the heartbeat that the lease is gone."""
        self._lost.set()

    def _look(self) -> None:
        state = leases.look(self.lease)
        if state is None:
            self._lost.set()
            raise LeaseLost
        if state.cancel_requested:
            raise Cancelled
